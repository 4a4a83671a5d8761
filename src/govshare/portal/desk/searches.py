"""Saved searches 「检索方案」: a list's address with its filters, by name."""

from datetime import datetime
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from govshare.kernel.actor import Actor
from govshare.kernel.errors import Fault, Invalid, NotFound, WrongState
from govshare.portal.desk import whose
from govshare.portal.models import SavedSearch
from govshare.regulation.conventions import convention

MOST = 50
LONGEST_NAME, LONGEST_QUERY = 60, 2000
DESK = convention("PC-82")
_NOT_KEPT = {"page", "csrfmiddlewaretoken"}  # where one happened to stand in the list


@transaction.atomic
def save(*, page: str, name: str, query: str, by: Actor, now: datetime) -> SavedSearch:
    """Keep ``query`` under ``name``; the same name again replaces what it stood for."""
    name = name.strip()
    kept = urlencode([pair for pair in parse_qsl(query.lstrip("?"), max_num_fields=200) if pair[0] not in _NOT_KEPT])
    faults = [
        Fault(place, message)
        for wrong, place, message in (
            (not name, "name", "请为这个检索方案起个名字"),
            (len(name) > LONGEST_NAME or "\0" in name, "name", f"名字最多 {LONGEST_NAME} 个字，不含无法保存的字符"),
            (len(kept) > LONGEST_QUERY or "%00" in kept, "query", "检索条件过长或含有无法保存的字符，请减少条件"),
            (
                not page.startswith("/") or page.startswith("//") or len(page) > 200 or "\0" in page,
                "page",
                "只能保存本平台列表页的检索条件",
            ),
        )
        if wrong
    ]
    if faults:
        raise Invalid(faults[0].message, basis=DESK, faults=faults)
    person = whose.person(by)
    same = SavedSearch.objects.filter(person=person, page=page, name=name)
    if not same.exists() and SavedSearch.objects.filter(person=person).count() >= MOST:
        raise WrongState(f"检索方案最多 {MOST} 个，请先删除不再需要的", basis=DESK)
    search, _ = SavedSearch.objects.update_or_create(
        person=person, page=page, name=name, defaults={"query": kept, "saved_at": now, "saved_by": by.id}
    )
    return search


@transaction.atomic
def remove(*, search: UUID, by: Actor, now: datetime) -> None:  # noqa: ARG001 - a service says when
    """Forget it; ``NotFound`` for what is not one's own."""
    removed, _ = SavedSearch.objects.filter(pk=search, person=whose.person(by)).delete()
    if not removed:
        raise NotFound("没有这个检索方案，可能已经删除", basis=DESK)


def of(by: Actor, *, page: str = "") -> QuerySet[SavedSearch]:
    """One's own, by page and name; of one list only with ``page``."""
    own = SavedSearch.objects.filter(person=whose.key(by))
    return (own.filter(page=page) if page else own).order_by("page", "name")
