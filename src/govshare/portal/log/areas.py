"""The log's pages, for ``site``."""

from govshare.portal.log import entries, openings, retention

MODULES = (entries, openings, retention)
