"""What becomes of each demand and its grant, told step by step (CD2016-22, 25, 29.1)."""

from collections.abc import Callable, Generator
from random import Random
from uuid import UUID

from govshare.demo.city import demand_acts as act
from govshare.demo.city import failures, grant_stories, transfers
from govshare.demo.city.agenda import Story, Wait, days, soon
from govshare.demo.city.people import City
from govshare.demo.wants import Course, Want
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
    yield from grant_stories.told(city, want, grant)


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


def _accepting_incomplete(city: City, want: Want) -> _Part:
    """The authority asks for material before it accepts; its own clock stands still meanwhile."""
    demand = yield from _raised(city, want)
    yield days(1)
    if act.status(demand) == DemandStatus.ACCEPTING:
        act.ask_before_accepting(city, want, demand)
    return demand


def _supplemented(city: City, want: Want) -> Story:
    demand = yield from _accepting_incomplete(city, want)
    yield days(3)
    if act.status(demand) == DemandStatus.ACCEPTING_INCOMPLETE:
        act.complete(city, want, demand, "已补充：履职依据原文、业务流程图和近三年办件量，见说明。")
        yield days(1)
        act.accept(city, want, demand)
        yield days(3)
        act.decide(city, want, demand)
        act.granted(city, want, demand)
        yield days(1)


def _not_accepted(city: City, want: Want) -> Story:
    demand = yield from _raised(city, want)
    yield days(1)
    if act.status(demand) == DemandStatus.ACCEPTING:
        act.refuse_acceptance(city, want, demand)


def _deciding(city: City, want: Want) -> Story:
    yield from _accepted(city, want)


def _extended(city: City, want: Want) -> Story:
    """The provider cannot in time, says why, and the authority sets a later day."""
    demand = yield from _accepted(city, want)
    yield days(4)
    if act.status(demand) == DemandStatus.DECIDING:
        act.extend_answer(city, want, demand)


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


_COURSES: dict[Course, Callable[[City, Want], Generator[Wait, None, UUID | None]]] = {
    "draft": _draft,
    "checking": _checking,
    "returned": _returned,
    "declined": _declined,
    "withdrawn": _withdrawn,
    "accepting": _accepting,
    "accepting_incomplete": _accepting_incomplete,
    "supplemented": _supplemented,
    "not_accepted": _not_accepted,
    "deciding": _deciding,
    "extended": _extended,
    "incomplete": _incomplete,
    "completed": _completed,
    "pressed": _pressed,
    "urged": _urged,
    "late": _late,
    "refused": _refused,
    "partly": _partly,
    "granted": _answered,
}
