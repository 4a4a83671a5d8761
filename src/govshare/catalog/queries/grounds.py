"""The register of legal grounds."""

from uuid import UUID

from django.db.models import QuerySet

from govshare.catalog.models import LegalGround
from govshare.catalog.rules.choices import Allows
from govshare.catalog.rules.contents import as_id
from govshare.kernel.errors import NotFound
from govshare.regulation.articles import cite


def ground(ground_id: UUID | str) -> LegalGround:
    """One ground of the register; ``NotFound`` when it names none that is in force."""
    key = as_id(ground_id)
    found = LegalGround.objects.filter(pk=key, active=True).first() if key else None
    if found is None:
        raise NotFound("法律依据登记簿中没有这一条，或它已停用；请从登记簿中选择", basis=cite("CD2016-13.2"))
    return found


def grounds(*, allows: Allows | None = None) -> QuerySet[LegalGround]:
    """Grounds in force; ``allows`` keeps those good for refusing a demand, or for not sharing."""
    living = LegalGround.objects.filter(active=True)
    return living.filter(allows__in=[allows, Allows.BOTH]) if allows else living
