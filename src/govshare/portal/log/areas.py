"""The log's pages, for ``site``."""

from govshare.portal.log import entries

MODULES = (entries,)
