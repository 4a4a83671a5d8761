"""What becomes of each demand and its grant, told step by step (CD2016-22, 25, 29.1)."""

from collections.abc import Callable, Generator
from random import Random
from uuid import UUID

from govshare.demo.city import demand_acts as act
from govshare.demo.city import failures, transfers
from govshare.demo.city.agenda import Story, Wait, days, soon
from govshare.demo.city.people import City
from govshare.demo.wants import After, Course, Want
from govshare.sharing.models import Grant
from govshare.sharing.rules import DemandStatus

#: A part of a story that hands on the demand it was about.
_Part = Generator[Wait, None, UUID]


def begin(city: City, want: Want) -> None:
    keys = {body.key for body in city.roster}
    if want.body.key in keys and want.resource.body.key in keys:
        city.agenda.add(want.id, _told(city, want), day=want.day)


def _told(city: City, want: Want) -> Story:
    yield from _COURSES[want.course](city, want)
    grant = _grant(city, want)
    if grant is None:
        return
    if want.mishap:
        city.agenda.add(f"mishap {want.id}", failures.told(city, want), day=city.agenda.place)
    elif want.runs:
        city.agenda.add(f"transfer {want.id}", transfers.delivered(city, want), day=city.agenda.place)
    yield from _AFTER[want.after](city, want, grant)


def _grant(city: City, want: Want) -> Grant | None:
    key = city.grants.get(want.id)
    return Grant.objects.filter(pk=key).first() if key else None


def _pause(want: Want, what: str, longest: int) -> Wait:
    return days(1 + int(Random(f"{want.id} {what}").random() * longest))


def _drafted(city: City, want: Want) -> _Part:
    demand = act.draft(city, want)
    yield soon()
    return demand


def _draft(city: City, want: Want) -> Story:
    act.draft(city, want, complete=False)
    yield soon()


def _submitted(city: City, want: Want) -> _Part:
    demand = yield from _drafted(city, want)
    yield soon(25)
    act.submit(city, want, demand)
    return demand


def _checking(city: City, want: Want) -> Story:
    yield from _submitted(city, want)


def _returned(city: City, want: Want) -> Story:
    demand = yield from _submitted(city, want)
    yield days(1)
    act.return_to_drafter(city, want, demand)


def _declined(city: City, want: Want) -> Story:
    demand = yield from _submitted(city, want)
    yield days(2)
    act.decline(city, want, demand)


def _withdrawn(city: City, want: Want) -> Story:
    demand = yield from _submitted(city, want)
    yield days(1)
    act.withdraw(city, want, demand, "业务调整，改由其他渠道核验")


def _raised(city: City, want: Want) -> _Part:
    """Through the own check; unconditional and in scope is granted by that."""
    demand = yield from _submitted(city, want)
    yield _pause(want, "check", 2)
    act.pass_check(city, want, demand)
    act.granted(city, want, demand)
    return demand


def _accepting(city: City, want: Want) -> Story:
    yield from _raised(city, want)


def _accepted(city: City, want: Want) -> _Part:
    demand = yield from _raised(city, want)
    if act.status(demand) == DemandStatus.ACCEPTING:
        yield days(1)
        act.accept(city, want, demand)
    return demand


def _not_accepted(city: City, want: Want) -> Story:
    demand = yield from _raised(city, want)
    yield days(1)
    if act.status(demand) == DemandStatus.ACCEPTING:
        act.refuse_acceptance(city, want, demand)


def _deciding(city: City, want: Want) -> Story:
    yield from _accepted(city, want)


def _answered(city: City, want: Want, *, less_one: bool = False) -> Story:
    demand = yield from _accepted(city, want)
    yield _pause(want, "answer", 8)
    if act.status(demand) == DemandStatus.DECIDING:
        act.decide(city, want, demand, less_one=less_one)
        act.granted(city, want, demand)
        yield days(1)


def _partly(city: City, want: Want) -> Story:
    yield from _answered(city, want, less_one=True)


def _refused(city: City, want: Want) -> Story:
    demand = yield from _accepted(city, want)
    yield _pause(want, "refuse", 7)
    if act.status(demand) == DemandStatus.DECIDING:
        act.refuse(city, want, demand)


def _incomplete(city: City, want: Want) -> _Part:
    demand = yield from _accepted(city, want)
    yield days(2)
    if act.status(demand) == DemandStatus.DECIDING:
        act.ask_completion(city, want, demand)
    return demand


def _completed(city: City, want: Want) -> Story:
    demand = yield from _incomplete(city, want)
    yield days(4)
    if act.status(demand) == DemandStatus.DECIDING_INCOMPLETE:
        act.complete(city, want, demand, "已补充：月均办件 1200 件，使用终端 6 台，均在政务外网。")
        yield days(3)
        act.decide(city, want, demand)
        act.granted(city, want, demand)
        yield days(1)


def _pressed(city: City, want: Want) -> _Part:
    """The provider says nothing; the platform passes it on to the authority when the time is over (PC-35)."""
    demand = yield from _accepted(city, want)
    yield days(12)
    return demand


def _urged(city: City, want: Want) -> _Part:
    demand = yield from _pressed(city, want)
    yield days(2)
    if act.status(demand) == DemandStatus.PRESSED:
        act.press(city, want, demand)
    return demand


def _late(city: City, want: Want) -> Story:
    demand = yield from _urged(city, want)
    yield days(3)
    if act.status(demand) == DemandStatus.PRESSED:
        act.decide(city, want, demand)
        act.granted(city, want, demand)
        yield days(1)


def _stays(_city: City, _want: Want, _grant: Grant) -> Story:
    yield from ()


def _renewing(city: City, want: Want, grant: Grant) -> _Part:
    """Shortly before its end, a longer term is asked for."""
    yield _until(city, grant, before=12)
    demand = act.renew(city, want, grant)
    yield soon(10)
    act.submit(city, want, demand)
    yield days(1)
    act.pass_check(city, want, demand)
    return demand


def _renewed(city: City, want: Want, grant: Grant) -> Story:
    demand = yield from _renewing(city, want, grant)
    yield days(3)
    act.agree_renewal(city, want, demand)


def _until(city: City, grant: Grant, *, before: int) -> Wait:
    """The working day that comes ``before`` days before the grant's last; the next one, if that has passed."""
    ahead = [place for place, day in enumerate(city.agenda.calendar) if day <= grant.ends_on]
    over = grant.ends_on > city.agenda.calendar[-1]
    weeks_after = (grant.ends_on - city.agenda.calendar[-1]).days * 5 // 7 if over else 0
    return days(max(ahead[-1] + weeks_after - before - city.agenda.place, 1))


def _given_up(city: City, want: Want, _grant: Grant) -> Story:
    yield days(60)
    act.end_by_recipient(city, want)


def _breached(city: City, want: Want, _grant: Grant) -> Story:
    yield days(45)
    act.end_for_breach(city, want)


def _grounded(city: City, want: Want, _grant: Grant) -> Story:
    yield days(50)
    act.end_on_ground(city, want)


def _overruled(city: City, want: Want, _grant: Grant) -> Story:
    yield days(40)
    act.end_by_authority(city, want)


def _changed(city: City, want: Want, grant: Grant) -> Story:
    """A new grant takes the place of the old one."""
    yield days(35)
    demand = act.change(city, want, grant)
    yield soon(15)
    act.submit(city, want, demand)
    yield days(1)
    act.pass_check(city, want, demand)
    yield days(4)
    if act.status(demand) == DemandStatus.DECIDING:
        act.decide(city, want, demand)
    act.granted(city, want, demand)


_COURSES: dict[Course, Callable[[City, Want], Generator[Wait, None, UUID | None]]] = {
    "draft": _draft,
    "checking": _checking,
    "returned": _returned,
    "declined": _declined,
    "withdrawn": _withdrawn,
    "accepting": _accepting,
    "not_accepted": _not_accepted,
    "deciding": _deciding,
    "incomplete": _incomplete,
    "completed": _completed,
    "pressed": _pressed,
    "urged": _urged,
    "late": _late,
    "refused": _refused,
    "partly": _partly,
    "granted": _answered,
}
_AFTER: dict[After, Callable[[City, Want, Grant], Generator[Wait, None, UUID | None]]] = {
    "": _stays,
    "renewed": _renewed,
    "renewing": _renewing,
    "given_up": _given_up,
    "breached": _breached,
    "grounded": _grounded,
    "overruled": _overruled,
    "changed": _changed,
}
