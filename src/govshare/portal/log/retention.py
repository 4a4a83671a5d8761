"""留存与封存状态: what is sealed, checked and held, for how long, and when the next sealing is due; no content of any entry."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Min
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from govshare.archive import queries, two_persons
from govshare.archive.models import Purge
from govshare.archive.queries import State
from govshare.archive.store import open_store
from govshare.audit import queries as log
from govshare.audit.models import Entry
from govshare.duties.queries import parameter
from govshare.kernel.clock import begins, local_date, utc_now
from govshare.kernel.months import following, month_of
from govshare.kernel.roles import Role
from govshare.portal.frame.lists import Column, listing
from govshare.portal.frame.pages import page
from govshare.portal.frame.visitor import Request
from govshare.regulation.articles import cite

FIFTEEN_YEARS = cite("CD2016-26")
READERS = (Role.AUDIT_ADMIN, Role.AUTHORITY, Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN)
_MEGABYTE = 1_000_000


def _checked_at(row: State) -> datetime | None:
    return row.check.checked_at if row.check else None


def _kept_until(row: State) -> datetime:
    return queries.kept_until(row.segment)


COLUMNS = (
    Column("range", gettext_lazy("日志序号"), lambda row: f"{row.segment.first_index}–{row.segment.end_index - 1}", css="num nowrap"),
    Column("since", gettext_lazy("记录自"), lambda row: row.segment.since, cell="portal/log/cells/day.html", css="nowrap"),
    Column("until", gettext_lazy("至"), lambda row: row.segment.until, cell="portal/log/cells/day.html", css="nowrap"),
    Column("entries", gettext_lazy("条数"), lambda row: row.segment.end_index - row.segment.first_index, css="ra num"),
    Column("bytes", gettext_lazy("大小"), lambda row: row.segment.bytes, cell="portal/log/cells/bytes.html", css="ra nowrap"),
    Column("sealed_at", gettext_lazy("封存时间"), lambda row: row.segment.sealed_at, cell="portal/log/cells/moment.html", css="nowrap"),
    Column("checked", gettext_lazy("最近核对"), _checked_at, cell="portal/log/cells/checked.html"),
    Column("kept_until", gettext_lazy("至少保存到"), _kept_until, cell="portal/log/cells/kept.html", css="nowrap"),
    Column("name", gettext_lazy("归档位置"), lambda row: row.segment.name, css="mono", only_export=True),
)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the log lies: how much, since when, and what comes next."""

    placed: int
    sealed: int
    segments: int
    bytes: int
    oldest: datetime | None
    next_sealing: datetime
    at_most: int  # entries that are sealed before the month is over
    unsound: int

    @property
    def hot(self) -> int:
        return self.placed - self.sealed

    @property
    def per_entry(self) -> int:
        return round(self.bytes / self.sealed) if self.sealed else 0

    @property
    def megabytes(self) -> float:
        return round(self.bytes / _MEGABYTE, 1)

    @property
    def days(self) -> int:
        """Since the oldest entry."""
        return (utc_now() - self.oldest).days if self.oldest else 0

    @property
    def whole(self) -> int:
        """Days of fifteen years."""
        return (queries.fifteen_years_after(self.oldest) - self.oldest).days if self.oldest else queries.YEARS * 365


@page("retention/", title=gettext_lazy("留存与封存状态"), basis=FIFTEEN_YEARS, roles=READERS, lists=True)
def retention(request: Request) -> HttpResponse:
    """Segments, holds, destroyed keys: figures and times only (PC-118)."""
    states = queries.states()
    return listing(
        request,
        "portal/log/retention.html",
        title=_("留存与封存状态"),
        columns=COLUMNS,
        rows=list(reversed(states)),
        standing=_standing(states),
        holds=queries.holds_in_force(),
        destructions=queries.destructions(),
        purges=two_persons.unanswered(Purge, now=utc_now())[::-1],
        store=open_store().url(""),
    )


def _standing(states: list[State]) -> Standing:
    segments = [state.segment for state in states]
    hot = Entry.objects.aggregate(at=Min("at"))["at"]
    moments = [moment for moment in (hot, *(segment.since for segment in segments)) if moment]
    month = month_of(local_date(utc_now()))
    return Standing(
        placed=log.placed(),
        sealed=queries.sealed_end(),
        segments=len(segments),
        bytes=sum(segment.bytes for segment in segments),
        oldest=min(moments, default=None),
        next_sealing=begins(following(month)),
        at_most=parameter("PC-110"),
        unsound=sum(1 for state in states if state.check and state.check.problems),
    )
