"""Grants 「授权」: given and received, what each lets through, its confirmation and its end (CD2016-25, 31; PC-44, PC-47)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from govshare.catalog.rules.choices import ItemType
from govshare.duties import queries as duties
from govshare.kernel.actor import Actor
from govshare.kernel.clock import local_date, utc_now
from govshare.kernel.errors import Refused
from govshare.kernel.roles import Role
from govshare.portal.frame.answers import render
from govshare.portal.frame.lists import Column, listing
from govshare.portal.frame.pages import page
from govshare.portal.frame.visitor import Request
from govshare.portal.sharing import words
from govshare.portal.sharing.demand import first_delivery, listed_or_none
from govshare.portal.sharing.demands import READERS, Tab
from govshare.portal.templatetags.gx import term
from govshare.regulation.articles import cite
from govshare.sharing import queries
from govshare.sharing.models import Grant, GrantItem
from govshare.sharing.queries import parties
from govshare.sharing.rules import AccessPlan, GrantStatus, RowCondition, Use
from govshare.sharing.rules.grants import REMINDER, obstacles

DUTY_ONLY = cite("CD2016-31.1")
ZH = "portal/sharing/cells/zh.html"
ENDED = (GrantStatus.ENDED, GrantStatus.SUPERSEDED)


@page("grants/", title=_("共享授权"), basis=DUTY_ONLY, roles=READERS, lists=True)
def grants(request: Request) -> HttpResponse:
    """Received and given; those about to end have a tab of their own."""
    by, today = request.actor, local_date(utc_now())
    sides = _sides(by)
    side = request.GET.get("side", "")
    side = side if side in sides else next(iter(sides))
    found = _searched(sides[side][1], request.GET.get("q", ""))
    states = _states(today)
    state = request.GET.get("state", "")
    shown = found.filter(states[state][1]) if state in states else found
    return listing(
        request,
        "portal/sharing/grants.html",
        title=gettext("共享授权"),
        columns=_columns(side, today),
        rows=shown.order_by("-number"),
        sides=[Tab(key, label, rows.count(), key == side) for key, (label, rows) in sides.items()],
        states=[Tab(key, label, found.filter(rule).count(), key == state) for key, (label, rule) in states.items()],
        total=found.count(),
        side=side,
        state=state,
        q=request.GET.get("q", ""),
        empty=gettext("还没有共享授权：需求经提供部门同意后，授权列在这里"),
    )


def _sides(by: Actor) -> dict[str, tuple[str | Promise, QuerySet[Grant]]]:
    if Role.AUTHORITY in by.roles:
        return {"all": (_("本级全部"), queries.grants.visible(by))}
    return {"received": (_("本部门取得的"), queries.grants.received(by)), "given": (_("本部门提供的"), queries.grants.given(by))}


def _states(today: date) -> Mapping[str, tuple[str | Promise, Q]]:
    soon = today + timedelta(days=duties.parameter(str(REMINDER)))
    running = Q(status=GrantStatus.ACTIVE, ends_on__gte=today)
    return {
        "active": (_("有效"), running),
        "ending": (_("即将到期"), running & Q(ends_on__lte=soon)),
        "ended": (_("已结束"), Q(status__in=ENDED) | Q(ends_on__lt=today)),
    }


def _searched(rows: QuerySet[Grant], text: str) -> QuerySet[Grant]:
    typed = text.replace("\0", "").strip()[:100]
    found = Q()
    for name in ("number", "entry_name", "entry_code", "application", "recipient__name", "provider__name"):
        found |= Q(**{f"{name}__icontains": typed})
    return rows.filter(found) if typed else rows


@dataclass(frozen=True, slots=True)
class Term:
    """When it ends, and in how many days; ``soon``: worth a warning."""

    ends_on: date
    left: int
    soon: bool

    def __str__(self) -> str:
        return self.ends_on.isoformat()


def term_of(grant: Grant, today: date, soon: int) -> Term:
    left = (grant.ends_on - today).days
    return Term(grant.ends_on, left, grant.status == GrantStatus.ACTIVE and left <= soon)


def _columns(side: str, today: date) -> list[Column]:
    soon = duties.parameter(str(REMINDER))
    return [
        Column("number", _("授权"), lambda row: row.number, cell="portal/sharing/cells/grant.html"),
        Column("entry", _("信息资源"), lambda row: row.entry_name, only_export=True),
        Column("entry_code", _("资源代码"), lambda row: row.entry_code, only_export=True),
        Column(
            "recipient", _("使用部门"), lambda row: row.recipient.short_name or row.recipient.name, cell=ZH, only_export=side == "received"
        ),
        Column("provider", _("提供部门"), lambda row: row.provider.short_name or row.provider.name, cell=ZH, only_export=side == "given"),
        Column("application", _("应用业务"), lambda row: row.application, cell="portal/sharing/cells/application.html"),
        Column("items", _("信息项"), lambda row: len(row.items.all()), css="ra"),
        Column("mode", _("共享模式"), lambda row: row.get_mode_display(), cell="portal/sharing/cells/term.html", css="nowrap"),
        Column("starts_on", _("生效"), lambda row: row.starts_on, cell="portal/sharing/cells/day.html", css="nowrap"),
        Column("ends_on", _("截止"), lambda row: term_of(row, today, soon), cell="portal/sharing/cells/ends.html", css="nowrap"),
        Column("status", _("状态"), lambda row: row.get_status_display(), cell="portal/sharing/cells/grant_status.html", css="nowrap"),
    ]


@dataclass(frozen=True, slots=True)
class GivenItem:
    """One granted item: under which name it arrives, and what a value looks like on arrival."""

    item: GrantItem
    field: str

    @property
    def kind(self) -> str:
        return " ".join(filter(None, [term(ItemType(self.item.type).label), str(self.item.length or "")]))

    @property
    def arrives(self) -> str:
        """The shape of what leaves the source."""
        match self.item.use:
            case Use.MASK:
                return words.mask(self.item.head, self.item.tail, self.item.length)
            case Use.KEYED_HASH:
                return gettext("64 位十六进制摘要，同一授权内可比对")
            case Use.QUERY_KEY:
                return gettext("不送出，只用来查询")
            case Use.CONDITION:
                return gettext("不送出，只用来筛选记录")
        return gettext("原值")


@page("grants/<uuid:grant>/", title=_("共享授权"), basis=DUTY_ONLY, roles=READERS)
def grant(request: Request, grant: UUID) -> HttpResponse:
    """Its items and terms one by one, what it lets through today or why nothing, its history."""
    by, now = request.actor, utc_now()
    found = queries.grants.get(grant, by=by)
    entry = listed_or_none(found.entry_id)
    known = {item.id: item for item in entry.items} if entry else {}
    plan, obstacle = planned(found, now=now)
    side = side_of(found, by)
    return render(
        request,
        "portal/sharing/grant.html",
        grant=found,
        items=[GivenItem(row, known[row.item].field if row.item in known else "") for row in found.items.all()],
        conditions=words.conditions(map(RowCondition.from_json, found.conditions), {row.item: row.name for row in found.items.all()}),
        plan=plan,
        obstacle=obstacle,
        term=term_of(found, local_date(now), duties.parameter(str(REMINDER))),
        side=side,
        running=found.status == GrantStatus.ACTIVE and local_date(now) <= found.ends_on,
        rebind=entry is not None and found.status == GrantStatus.ACTIVE and _waits_for_word(found),
        delivered=first_delivery(found),
        history=words.history(found.events.all()),
        facts=_facts(found),
        terms=found.terms.splitlines(),
    )


def planned(grant: Grant, *, now: datetime) -> tuple[AccessPlan | None, Refused | None]:
    """What the grant compiles to now, or why to nothing."""
    try:
        return queries.plan(grant.pk, now=now), None
    except Refused as refusal:
        return None, refusal


def _waits_for_word(grant: Grant) -> bool:
    """Whether the provider's confirmation alone would let it flow again (PC-44)."""
    try:
        between = obstacles(parties.facts(grant), parties.listed(grant.entry_id))
    except Refused:
        return False
    return bool(between.rebind) and not between.regrant


def side_of(grant: Grant, by: Actor) -> str:
    """recipient, provider, or authority (empty: none of them)."""
    for name in ("recipient", "provider", "authority"):
        if parties.answering(getattr(grant, f"{name}_id"), grant.pk) == by.organization:
            return name
    return ""


def _facts(grant: Grant) -> list[tuple[str, object]]:
    return [
        (gettext("使用部门"), words.in_chinese(grant.recipient.name)),
        (gettext("提供部门"), words.in_chinese(grant.provider.name)),
        (gettext("有效期"), f"{grant.starts_on.isoformat()} — {grant.ends_on.isoformat()}"),
        (gettext("共享模式"), term(grant.get_mode_display())),
    ]


def back_to(grant: Grant) -> str:
    return reverse("grant", args=[grant.pk])
