"""What was out of the ordinary, found by the rules in what was really done, and what the audit administrator made of it (PC-125)."""

from collections.abc import Callable
from datetime import datetime
from functools import partial

from govshare.alerts import services as alerts
from govshare.alerts.models import Alert
from govshare.alerts.rules import Rule
from govshare.audit import services as audit
from govshare.catalog import services as catalog
from govshare.catalog.models import Entry
from govshare.demo.city import refusals, transfers
from govshare.demo.city.agenda import Story, Wait, days, soon
from govshare.demo.city.people import City
from govshare.demo.main_wants import MAIN_WANTS
from govshare.demo.roster import AUTHORITY, CIVIL, FUND, LAND, MARKET, POLICE, Body
from govshare.demo.wants import Want
from govshare.exchange.models import Transfer
from govshare.exchange.rules import TransferStatus
from govshare.kernel.clock import LOCAL
from govshare.kernel.roles import Role

#: Whose registrar pressed a button that is not the registrar's, how often in a row, when, and what became of it.
_PRESSED = ((LAND, 5, 110, "explained"), (FUND, 6, 150, "dismissed"), (POLICE, 11, 190, "handed over"), (CIVIL, 16, -2, "open"))
_ANSWER = "当日新到岗的登记人员不熟悉分工，误以为可以自行发布，反复点了多次；已组织学习登记、审核分开的规定。"


def begin(city: City) -> None:
    for body, times, day, became in _PRESSED:
        if body in city.roster:
            city.agenda.add(f"unusual {body.key}", _pressed(city, body, times, became), day=day)
    taken = next(want for want in MAIN_WANTS if want.body is MARKET and want.runs)
    if {taken.body, taken.resource.body} <= set(city.roster) and city.front_ends is not None:
        city.agenda.add("unusual night", _taken_at_night(city, taken), day=-24)


def _pressed(city: City, body: Body, times: int, became: str) -> Story:
    """Refused again and again within the hour."""
    entry = Entry.objects.filter(provider=city.organization(body)).order_by("code").first()
    if entry is None:
        return
    by = city.actor(body, Role.REGISTRAR)
    for _ in range(times):
        version = Entry.objects.get(pk=entry.pk).version
        publish = partial(catalog.publish, entry=entry.pk, expected_version=version, by=by, now=city.now)
        refusals.tried(city, publish, action="catalog:entry:publish", by=by, about=entry.code)
        yield soon(4)
    yield Wait(night=True)
    looked(city.now)
    yield days(1)
    alert = Alert.objects.filter(rule=Rule.REFUSALS, who=by.id).order_by("-raised_at").first()
    if alert is not None:
        yield from _BECAME[became](city, body, alert)


def _explained(city: City, body: Body, alert: Alert) -> Story:
    auditor = city.actor(AUTHORITY, Role.AUDIT_ADMIN)
    alerts.ask(alert=alert.pk, note="请说明登记人员当日为何反复发布本应由审核人员发布的登记。", by=auditor, now=city.now)
    yield days(2)
    alerts.answer(alert=alert.pk, note=_ANSWER, by=city.actor(body, Role.RESOURCE_ADMIN), now=city.now)
    yield days(1)
    alerts.dispose(alert=alert.pk, verb="explain", note="与该部门的人员变动和培训记录相符，此后没有再发生。", by=auditor, now=city.now)


def _dismissed(city: City, _body: Body, alert: Alert) -> Story:
    auditor = city.actor(AUTHORITY, Role.AUDIT_ADMIN)
    note = "核对各条记录：页面未刷新时重复提交，没有取得任何数据，不属异常。"
    alerts.dispose(alert=alert.pk, verb="dismiss", note=note, by=auditor, now=city.now)
    yield from ()


def _handed_over(city: City, _body: Body, alert: Alert) -> Story:
    auditor = city.actor(AUTHORITY, Role.AUDIT_ADMIN)
    note = "登记、审核没有分开，同一人多次试图自行发布，请主管部门督促改正。"
    alerts.dispose(alert=alert.pk, verb="hand-over", note=note, by=auditor, now=city.now)
    yield from ()


def _left_open(_city: City, _body: Body, _alert: Alert) -> Story:
    yield from ()


_BECAME: dict[str, Callable[[City, Body, Alert], Story]] = {
    "explained": _explained,
    "dismissed": _dismissed,
    "handed over": _handed_over,
    "open": _left_open,
}


def _taken_at_night(city: City, want: Want) -> Story:
    """Fetched once in a while, and then seven times in one night: far above its own history, and at an hour when nobody is at work."""
    transfer = Transfer.objects.filter(grant=city.grants.get(want.id), status=TransferStatus.ACTIVE).order_by("ordered_at").first()
    if transfer is None or city.front_ends is None:
        return
    for pause in (0, 7, 6):
        yield Wait(days=pause, night=True)
        transfers.run(city, want, transfer)
    yield Wait(days=7, night=True)
    here = city.now.astimezone(LOCAL)
    yield soon(max(1, 22 * 60 + 5 - here.hour * 60 - here.minute))
    for _ in range(7):
        transfers.run(city, want, transfer)
        yield soon(6)
    looked(city.now)
    yield days(1)
    alert = Alert.objects.filter(rule=Rule.VOLUME, who=transfer.grant_number).first()
    if alert is not None and alert.organization:
        auditor = city.actor(AUTHORITY, Role.AUDIT_ADMIN)
        alerts.ask(alert=alert.pk, note="请说明当晚为何把同一张表连续取走七次，取走的数据存放在哪里。", by=auditor, now=city.now)


def looked(now: datetime) -> None:
    """What the platform does all the time: everything recorded goes under a signed checkpoint, and the rules read on."""
    while audit.place(now=now):
        pass
    alerts.watch(now=now)
