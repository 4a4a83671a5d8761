"""A department, its authority, and how a duty begins in these tests."""

from datetime import datetime

from govshare.duties import services
from govshare.duties.models import Duty
from govshare.kernel.actor import Actor
from govshare.kernel.clock import LOCAL
from govshare.kernel.roles import Role
from govshare.regulation.articles import cite

OFFICER = Actor(
    kind="person", id="p-1", name="李四", organization="dept-1", organization_name="市公安局", roles=frozenset({Role.RESOURCE_ADMIN})
)
AUTHORITY = Actor(
    kind="person", id="p-9", name="张三", organization="auth-1", organization_name="市经信委", roles=frozenset({Role.AUTHORITY})
)
KIND = "catalog:change-notice"


def at(year: int, month: int, day: int, hour: int = 10) -> datetime:
    """An hour in Chengdu."""
    return datetime(year, month, day, hour, tzinfo=LOCAL)


def start(now: datetime, working_days: int = 15, about: str = "e-1", owner: str = "dept-1") -> Duty:
    return services.start(
        kind=KIND,
        about=about,
        title="关键要素变更告知",
        owner=owner,
        basis=cite("CD2016-17"),
        working_days=working_days,
        now=now,
        by=OFFICER,
    )
