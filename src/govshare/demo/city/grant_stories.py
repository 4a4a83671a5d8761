"""What becomes of each grant, told step by step (CD2016-17, 25, 29.1)."""

from collections.abc import Callable, Generator
from dataclasses import replace
from uuid import UUID

from govshare.demo.city import demand_acts as act
from govshare.demo.city import entry_acts
from govshare.demo.city.agenda import Story, Wait, days, soon
from govshare.demo.city.people import City
from govshare.demo.wants import After, Want
from govshare.sharing.models import Grant
from govshare.sharing.rules import DemandStatus


def told(city: City, want: Want, grant: Grant) -> Story:
    yield from _AFTER[want.after](city, want, grant)


def _stays(_city: City, _want: Want, _grant: Grant) -> Story:
    yield from ()


def _renewing(city: City, want: Want, grant: Grant) -> Generator[Wait, None, UUID]:
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


def _held_up(city: City, want: Want, _grant: Grant) -> Story:
    """An item that was granted becomes longer: nothing is fetched any more until the provider says how it is given now (CD2016-17)."""
    yield days(6)
    items = entry_acts.items_of(want.resource)
    longer = tuple(replace(item, length=(item.length or 20) + 100) if item.column == want.items[-1] else item for item in items)
    entry_acts.edit(city, want.resource, items=longer, reason="填写内容增多，字段加长")
    yield soon(30)
    entry_acts.submit(city, want.resource)
    yield days(1)
    entry_acts.publish(city, want.resource)
    yield days(2)
    entry_acts.confirm(city, want.resource, "变更属实，同意")


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


_AFTER: dict[After, Callable[[City, Want, Grant], Generator[Wait, None, UUID | None]]] = {
    "": _stays,
    "renewed": _renewed,
    "renewing": _renewing,
    "given_up": _given_up,
    "breached": _breached,
    "grounded": _grounded,
    "overruled": _overruled,
    "changed": _changed,
    "held_up": _held_up,
}
