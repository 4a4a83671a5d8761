"""The modules in which the pages of the catalogs are declared."""

from types import ModuleType

from govshare.portal.cataloguing import (
    confirming,
    drafting,
    itemizing,
    keeping,
    noticing,
    own,
    registers,
    reviewing,
    routing,
    verifying,
)

MODULES: tuple[ModuleType, ...] = (
    own,
    drafting,
    itemizing,
    routing,
    reviewing,
    noticing,
    confirming,
    verifying,
    registers,
    keeping,
)
