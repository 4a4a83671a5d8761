"""The modules whose pages these are, for ``site.py``."""

from govshare.portal.sharing import answering, checking, demand, demands, drafting, ending, first, grants, handling

MODULES = (demands, demand, drafting, checking, handling, answering, grants, ending, first)
