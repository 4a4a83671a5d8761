"""How a demand and a grant are shown: colours, steps, history, row conditions and masks in words."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from govshare.catalog.queries import ListedEntry
from govshare.connectors import Operator
from govshare.duties.queries import Standing
from govshare.kernel.clock import local_date
from govshare.kernel.errors import Refused
from govshare.portal.templatetags.gx import left, term
from govshare.sharing.models import Demand, Event
from govshare.sharing.queries import parties
from govshare.sharing.rules import DemandStatus, RowCondition, Side, Way, way
from govshare.sharing.rules.demands import EDITABLE

S = DemandStatus

Step = tuple[str, str, str]
_INCOMPLETE = {S.RETURNED, S.ACCEPTING_INCOMPLETE, S.DECIDING_INCOMPLETE}
_FAILED = {S.DECLINED, S.REFUSED, S.WITHDRAWN, S.LAPSED}


@dataclass(frozen=True, slots=True)
class Said:
    """A line of history, as ``{% timeline %}`` takes it."""

    at: datetime
    title: str
    who: str
    text: str
    colour: str
    receipt: str


def in_chinese(text: str) -> SafeString:
    """A name as it stands, whatever language the page is in."""
    return format_html('<span lang="zh">{}</span>', text)


def way_of(demand: Demand, listed: ListedEntry | None) -> str:
    """The way it goes, or would go today; empty where there is none any more."""
    if demand.way:
        return demand.way
    if listed is None:
        return ""
    try:
        return way(listed, parties.side(demand, Side.RECIPIENT))
    except Refused:
        return ""


def steps(demand: Demand, events: Iterable[Event], *, chosen: str, standing: Standing | None, delivered: datetime | None) -> list[Step]:
    """The strip over a demand: what is done and when, where it stands, what is still to come."""
    since = demand.checked_at  # an amended demand begins anew
    at = {event.action.rpartition(":")[2]: event.taken_at for event in events if since and event.taken_at >= since}
    places = [
        (_("起草"), demand.submitted_at or (None if demand.status in EDITABLE else demand.drafted_at)),
        (_("本部门把关"), demand.checked_at),
    ]
    if chosen not in {Way.AT_ONCE, Way.STATUTORY}:
        places += [(_("受理"), at.get("accept")), (_("提供部门答复"), demand.decided_at)]
    places += [(_("授权"), demand.decided_at if demand.status == S.GRANTED else None), (_("首次取数"), delivered)]
    return _strip(demand, places, standing)


def _strip(demand: Demand, places: Sequence[tuple[str, datetime | None]], standing: Standing | None) -> list[Step]:
    found: list[Step] = []
    reached = False
    for title, done_at in places:
        if done_at is not None and not reached:
            found.append(("dn", title, f"{local_date(done_at):%m-%d}"))
        elif not reached and demand.status not in _FAILED:
            reached = True
            found.append(("now", title, _now_words(demand, standing)))
        else:
            found.append(("", title, ""))
    if demand.status in _FAILED:
        place = next((n for n, step in enumerate(found) if not step[0]), len(found) - 1)
        found[place] = ("now", str(term(demand.get_status_display())), "")
        return found[: place + 1]
    return found


def _now_words(demand: Demand, standing: Standing | None) -> str:
    if demand.status in _INCOMPLETE:
        return _("补正中")
    return left(standing) if standing else ""


def history(events: Iterable[Event]) -> list[Said]:
    """The latest first."""
    return [_said(event) for event in sorted(events, key=lambda event: event.id, reverse=True)]


def _said(event: Event) -> Said:
    verb = event.action.rpartition(":")[2]
    bad = {"refuse", "refuse-acceptance", "decline-inside", "escalate", "end", "lapse"}
    good = {"grant", "grant-at-once", "confirm", "bind"}
    colour = "bad" if verb in bad else "ok" if verb in good else "warn" if "ask" in verb or verb in {"return-inside", "press"} else "pri"
    late = f"（{_('逾期')}）" if event.late else ""
    who = " · ".join(filter(None, [event.organization_name, event.taken_by_name]))
    return Said(event.taken_at, f"{term(event.label)}{late}", who, event.note, colour, event.receipt)


def conditions(rows: Iterable[RowCondition], names: Mapping[UUID, str]) -> list[str]:
    """``登记状态 等于 存续``; a condition on an item that is gone says so."""
    return [_condition(row, names) for row in rows]


def _condition(row: RowCondition, names: Mapping[UUID, str]) -> str:
    known = row.operator in Operator.values
    operator = term(Operator(row.operator).label) if known else row.operator
    return " ".join(filter(None, [names.get(row.item, _("已不在目录中的信息项")), operator, "、".join(row.values)]))


def mask(head: int, tail: int, length: int | None) -> str:
    """What a masked value looks like: ``510***…4``, ends shown as ``#``."""
    hidden = min(max((length or 8) - head - tail, 3), 8)
    return f"{'#' * min(head, 12)}{'*' * hidden}{'#' * min(tail, 12)}"
