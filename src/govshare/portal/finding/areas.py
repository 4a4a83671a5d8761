"""The modules that declare the pages of 找数据."""

from govshare.portal.finding import favourites, pages, resource, search

MODULES = (pages, resource, favourites, search)
