"""已办 and 我发起: what the visitor did, and what the visitor set going."""

from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Any

from govshare.catalog.models import Revision, Step
from govshare.catalog.rules.workflows import ENTRY
from govshare.kernel.actor import Actor
from govshare.organizations import queries as organizations
from govshare.sharing import queries as sharing
from govshare.sharing.models import Demand, Event

MOST = 500  # of each kind, the latest


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """One act of the visitor, with its receipt."""

    at: datetime
    what: str
    title: str
    number: str
    note: str
    receipt: str
    page: str
    places: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """One thing the visitor set going, and where it stands."""

    at: datetime
    kind: str
    title: str
    number: str
    status: str
    page: str
    places: dict[str, Any]


def done_by(by: Actor) -> list[Deed]:
    """The latest first."""
    return sorted(chain(_steps(by), _events(by)), key=lambda deed: deed.at, reverse=True)


def started_by(by: Actor) -> list[Started]:
    """Demands drafted and entries handed in for review, the latest first."""
    return sorted(chain(_demands(by), _revisions(by)), key=lambda each: each.at, reverse=True)


def _steps(by: Actor) -> list[Deed]:
    rows = Step.objects.filter(taken_by=by.id, organization=by.organization).select_related("entry").order_by("-id")[:MOST]
    labels = {move.action: move.label for move in ENTRY}
    return [
        Deed(
            at=row.taken_at,
            what=labels.get(row.action, row.action.rpartition(":")[2]),
            title=row.entry.code,
            number=row.entry.code,
            note=row.reason,
            receipt=row.receipt,
            page="entry-by-code",
            places={"code": row.entry.code},
        )
        for row in rows
    ]


def _events(by: Actor) -> list[Deed]:
    rows = Event.objects.filter(taken_by=by.id, demand__in=sharing.demands.visible(by)).select_related("demand").order_by("-id")[:MOST]
    return [
        Deed(
            at=row.taken_at,
            what=row.label,
            title=row.demand.entry_name,
            number=row.demand.number,
            note=row.note,
            receipt=row.receipt,
            page="demand",
            places={"demand": row.demand_id},
        )
        for row in rows
    ]


def _demands(by: Actor) -> list[Started]:
    rows = sharing.demands.own(by).filter(drafted_by=by.id).order_by("-id")[:MOST]
    return [_demand(row) for row in rows]


def _demand(row: Demand) -> Started:
    return Started(
        at=row.drafted_at,
        kind=row.get_kind_display(),
        title=row.entry_name,
        number=row.number,
        status=row.get_status_display(),
        page="demand",
        places={"demand": row.pk},
    )


def _revisions(by: Actor) -> list[Started]:
    rows = (
        Revision.objects.filter(submitted_by=by.id, entry__provider=organizations.get(by.organization))
        .select_related("entry")
        .order_by("-id")[:MOST]
    )
    return [
        Started(
            at=row.submitted_at or row.created_at,
            kind="登记",
            title=row.name,
            number=row.entry.code,
            status=row.get_status_display(),
            page="entry-by-code",
            places={"code": row.entry.code},
        )
        for row in rows
    ]
