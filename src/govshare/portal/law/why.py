"""Why somebody may not change what holds for the whole platform, in the refusal's own words."""

from govshare.kernel.actor import Actor
from govshare.kernel.errors import Basis, Refused
from govshare.organizations import queries as organizations


def why_not_operator(by: Actor, *, basis: Basis) -> Refused | None:
    """None: nothing stands against it."""
    try:
        organizations.need_operator(by, basis=basis)
    except Refused as refusal:
        return refusal
    return None
