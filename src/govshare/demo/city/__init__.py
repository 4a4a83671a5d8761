"""Builds the city: a year of its life, told through the platform's own services in the order of time, and what every start renews."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from django.db import connection

from govshare.demo.catalog_plan import RESOURCES
from govshare.demo.city import (
    certificates,
    comings,
    demands,
    entries,
    hosting,
    nights,
    posts,
    refusals,
    registers,
    sources,
    transfers,
    unusual,
)
from govshare.demo.city.agenda import DAYS, Agenda
from govshare.demo.city.people import City
from govshare.demo.frontends import FrontEnds
from govshare.demo.resources import Resource
from govshare.demo.roster import BODIES, FUND, MARKET, Body
from govshare.demo.want_plan import WANTS
from govshare.demo.wants import Want
from govshare.kernel.clock import utc_now


def build(
    front_ends: FrontEnds | None,
    *,
    tell: Callable[[str], None],
    roster: Sequence[Body] = BODIES,
    resources: Sequence[Resource] = RESOURCES,
    wants: Sequence[Want] = WANTS,
    now: datetime | None = None,
) -> City:
    """The city of ``roster`` from its founding, a year of working days ago, until yesterday. The database is empty before."""
    city = City(Agenda(now or utc_now(), number=DAYS), front_ends, roster)
    city.agenda.add("founding", posts.founded(city), day=0, minute=9 * 60)
    city.agenda.add("grounds", registers.grounds(city), day=1)
    city.agenda.add("categories", registers.categories(city), day=1)
    city.agenda.add("system", certificates.system_registered(city, MARKET), day=2)
    for body in roster:
        if body.connected and front_ends is not None:
            city.agenda.add(f"fronts {body.key}", sources.registered(city, body), day=2)
    if front_ends is not None:
        city.agenda.add("mistyped", sources.mistyped(city, FUND), day=-4)
    for resource in resources:
        entries.begin(city, resource)
        hosting.begin(city, resource)
    for want in wants:
        demands.begin(city, want)
    comings.begin(city)
    refusals.begin(city, list(resources))
    unusual.begin(city)
    city.agenda.add("nights", nights.kept(city), day=3)
    with unhurried():
        city.agenda.run(each_month=unusual.looked, tell=tell)
    return city


@contextmanager
def unhurried() -> Iterator[None]:
    """No commit waits for the disk: a city that is not finished is made anew anyway."""
    options = connection.settings_dict.setdefault("OPTIONS", {})
    before = options.get("options", "")
    connection.close()
    options["options"] = f"{before} -c synchronous_commit=off".strip()
    try:
        yield
    finally:
        connection.close()
        options["options"] = before


def renew(now: datetime) -> None:
    """What every start does to a city that stands."""
    certificates.renew(now)
    transfers.begin_long(now)
