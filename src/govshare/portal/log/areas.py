"""The log's pages, for ``site``."""

from govshare.portal.log import entries, pages

MODULES = (entries, pages)
