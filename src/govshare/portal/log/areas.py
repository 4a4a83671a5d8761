"""The log's pages, for ``site``."""

from govshare.portal.log import entries, openings, purges, retention

MODULES = (entries, openings, purges, retention)
