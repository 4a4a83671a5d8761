"""Which way a demand goes, by the entry's class and scope (CD2016-5, 13.2, 25). Pure."""

from typing import TYPE_CHECKING

from govshare.kernel.choices import TextChoices
from govshare.kernel.errors import Refused, WrongState
from govshare.regulation.articles import cite
from govshare.regulation.conventions import convention

if TYPE_CHECKING:
    from govshare.catalog.queries import ListedEntry

RELATED_DEPARTMENTS = cite("CD2016-5.2")
STATUTORY = cite("CD2016-5.5")
NOT_SHARED = cite("CD2016-13.2")
SCOPE = cite("CD2016-16")
DEMAND = cite("CD2016-22")
AT_ONCE = cite("CD2016-25.1")
AGREED = cite("CD2016-25.2")
CROSS_TIER = cite("CD2016-11")
TRANSITION = convention("PC-45")


class Way(TextChoices):
    """How a right to data comes about."""

    STATUTORY = "statutory", "依法向特定部门提供"
    AT_ONCE = "at_once", "无条件共享，自行获取"
    AGREED = "agreed", "按约定条件，由提供部门答复"


def way(listed: "ListedEntry", recipient: str) -> Way:
    """The way a demand of ``recipient`` goes; raises Refused when there is none.

    Statutory sharing comes before the class (5.5). Unconditional outside its scope is no refusal: the related
    departments of 5.2 are those the authority named, so authority and provider decide, as with conditions.
    """
    if str(listed.organization) == recipient:
        raise Refused("这是本部门自己的资源，无需申请共享", basis=DEMAND)
    if recipient in listed.statutory:
        return Way.STATUTORY
    if listed.share_type == "none":
        raise WrongState(f"“{listed.name}”属不予共享类，其法律、法规、规章依据已经核定，不能申请共享", basis=NOT_SHARED)
    if listed.share_type == "unconditional" and listed.in_scope(recipient):
        return Way.AT_ONCE
    return Way.AGREED


def basis_of(chosen: Way) -> object:
    return {Way.STATUTORY: STATUTORY, Way.AT_ONCE: AT_ONCE, Way.AGREED: AGREED}[chosen]


def check_tiers(*, recipient: tuple[str, str], provider: tuple[str, str], transition: bool) -> bool:
    """Whether this demand crosses tiers ((tier, region) each) under the transitional arrangement; raises Refused without it."""
    if recipient[0] == provider[0] and (recipient[0] == "city" or recipient[1] == provider[1]):
        return False
    if not transition:
        raise Refused("跨层级的共享应经市、区（市）县两级共享平台提出，请在本级平台提出", basis=CROSS_TIER)
    return True
