"""Information resources to find again 「收藏」."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from govshare.catalog import queries as catalog
from govshare.kernel.actor import Actor
from govshare.kernel.clock import local_date
from govshare.kernel.errors import WrongState
from govshare.portal.desk import whose
from govshare.portal.models import Favourite
from govshare.regulation.conventions import convention

MOST = 500
DESK = convention("PC-82")


@transaction.atomic
def add(*, entry: UUID, by: Actor, now: datetime) -> Favourite:
    """Remember an entry that ``by`` may see; remembering it twice changes nothing."""
    seen = catalog.entry(entry, by=by, today=local_date(now))
    person = whose.person(by)
    if Favourite.objects.filter(person=person).count() >= MOST:
        raise WrongState(f"收藏最多 {MOST} 条，请先移除不再需要的", basis=DESK)
    favourite, _ = Favourite.objects.get_or_create(person=person, entry_id=seen.id, defaults={"noted_at": now, "noted_by": by.id})
    return favourite


@transaction.atomic
def remove(*, entry: UUID, by: Actor, now: datetime) -> bool:  # noqa: ARG001 - a service says when
    """Forget it; whether it was there."""
    removed, _ = Favourite.objects.filter(person=whose.person(by), entry=entry).delete()
    return bool(removed)


def of(by: Actor) -> QuerySet[Favourite]:
    """The newest first."""
    return Favourite.objects.filter(person=whose.key(by)).select_related("entry__provider").order_by("-noted_at", "-id")


def entries(by: Actor) -> frozenset[UUID]:
    """Ids of the entries that ``by`` remembers."""
    return frozenset(Favourite.objects.filter(person=whose.key(by)).values_list("entry", flat=True))
