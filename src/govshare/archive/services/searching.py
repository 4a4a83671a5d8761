"""Searching the whole log, hot and sealed: who may see what is settled in ``audit``; the audit administrator's looks are recorded."""

from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction

from govshare.archive.search import merged, shelf
from govshare.archive.search.criteria import PAGE, Criteria, Row, before
from govshare.archive.search.merged import Counts
from govshare.audit import keys
from govshare.audit import services as audit
from govshare.audit.rules import subject_hash
from govshare.kernel.actor import Actor
from govshare.kernel.errors import Invalid
from govshare.regulation.articles import cite
from govshare.regulation.conventions import convention

LAW = cite("CD2016-26")
LOOKS_RECORDED = convention("PC-62")
IN_BULK = convention("PC-108")
PACKAGE = "package"  # the form of an export that is a signed package

EXPORTED = 10_000  # entries handed out at once


@dataclass(frozen=True, slots=True)
class Answer:
    """A page of the one list; ``counts`` of all hits go with the first page."""

    rows: tuple[Row, ...]
    next: str
    counts: Counts | None


@transaction.atomic
def search(*, criteria: Criteria, by: Actor, now: datetime, start: str = "", limit: int = PAGE, counted: bool = True) -> Answer:
    """A page of what ``by`` may see, newest first, beginning at ``start`` (the ``next`` of the page before).

    Looks of the audit administrator 「审计管理员」 are recorded, the conditions with them.
    """
    asked, segments, place = _seen(criteria, by), shelf.segments(), before(start)
    found = merged.page(asked, segments, start=place, limit=min(max(limit, 1), PAGE))
    counts = merged.counts(asked, segments) if counted and place is None else None
    if audit.sees_all(by):
        told, n = _told(asked, start=start if place else ""), {"found": len(found.rows)}
        look = audit.entry(action="audit:entry:search", basis=LOOKS_RECORDED, by=by, now=now, counts=n, detail=told)
        audit.record_many([replace(look, subject=asked.subject)])
    return Answer(found.rows, found.next, counts)


@transaction.atomic
def export(*, criteria: Criteria, by: Actor, now: datetime, form: str = "") -> tuple[Row, ...]:
    """All that ``search`` would leaf through, at once and with one record; more than ``EXPORTED`` entries are refused.

    A signed package goes out of the house, so a department's is recorded too (PC-108).
    """
    asked, segments = _seen(criteria, by), shelf.segments()
    found = merged.page(asked, segments, limit=EXPORTED)
    if found.next:
        raise Invalid(f"超过 {EXPORTED} 条，请缩小时间范围或增加条件后再导出", basis=LAW)
    if audit.sees_all(by) or form == PACKAGE:
        told, n = _told(asked, form=form), {"found": len(found.rows)}
        basis = LOOKS_RECORDED if audit.sees_all(by) else IN_BULK
        look = audit.entry(action="audit:entry:export", basis=basis, by=by, now=now, counts=n, detail=told)
        audit.record_many([replace(look, subject=asked.subject)])
    return found.rows


def subject_of(identifier: str) -> str:
    """The keyed hash to search by. What was typed goes no further than this."""
    return subject_hash(keys.subject_key(), identifier)


def _seen(criteria: Criteria, by: Actor) -> Criteria:
    """``criteria`` within what ``by`` may see; a department cannot ask for another's side."""
    party = audit.visible_to(by)
    return replace(criteria, party=party) if party else criteria


def _told(criteria: Criteria, **more: str) -> dict[str, str]:
    """The conditions of a look, for its record; the subject stands in a field of its own."""
    return {name: value for name, value in {**criteria.told(), **more}.items() if value and name != "subject"}
