"""Legal grounds 「法定事由」 from the register, and the refusal of refusals without one (CD2016-22)."""

from collections.abc import Iterable
from uuid import UUID

from govshare.catalog import queries as catalog
from govshare.catalog.models import LegalGround
from govshare.kernel.errors import NotFound, Refused
from govshare.sharing.rules.decisions import NO_REFUSAL


def for_refusal(ground: UUID | None) -> LegalGround:
    """The registered ground, if it allows refusing a demand; else Refused, citing CD2016-22."""
    if ground is None:
        raise Refused("非因法定事由，不得拒绝其他部门的共享需求；请从登记簿中选择法定依据", basis=NO_REFUSAL)
    try:
        found = catalog.ground(ground)
    except NotFound:
        raise Refused("所选法定依据不在登记簿中或者已停用，不能据以拒绝；请从登记簿中选择", basis=NO_REFUSAL) from None
    if not found.permits_refusal:
        raise Refused(f"{found}不是可据以拒绝共享需求的法定依据，请另选", basis=NO_REFUSAL)
    return found


def all_for_refusal(grounds: Iterable[UUID]) -> dict[UUID, LegalGround]:
    return {ground: for_refusal(ground) for ground in grounds}
