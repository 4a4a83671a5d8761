"""What people tried through the year and were refused: each try is real, and so is the record of the refusal (CD2016-26)."""

from collections.abc import Callable
from functools import partial
from itertools import cycle
from random import Random
from uuid import UUID

from django.db import transaction

from govshare.audit import services as audit
from govshare.catalog import services as catalog
from govshare.catalog.models import Entry
from govshare.demo.city import entry_acts
from govshare.demo.city.agenda import Story
from govshare.demo.city.people import City
from govshare.demo.resources import Resource
from govshare.demo.roster import Body
from govshare.kernel.actor import Actor
from govshare.kernel.errors import Refused
from govshare.kernel.roles import Role
from govshare.sharing.models import Demand
from govshare.sharing.rules import Elements
from govshare.sharing.services import decisions, demands

_A_YEAR = 60


def begin(city: City, resources: list[Resource]) -> None:
    """Spread over the year, each kind in its turn."""
    draw, kinds = Random("refusals"), cycle((_own_review, _secret, _ungrounded, _other_tier))
    there = [resource for resource in resources if resource.body in city.roster and resource.share_type != "none"]
    for number in range(_A_YEAR):
        kind, resource = next(kinds), draw.choice(there)
        city.agenda.add(f"refusal {number}", kind(city, resource), day=15 + number * 234 // _A_YEAR)


def tried(city: City, act: Callable[[], object], *, action: str, by: Actor, about: str = "") -> None:
    """As the outermost layer does it: nothing of the try stays, and the refusal is recorded."""
    try:
        with transaction.atomic():
            act()
    except Refused as refusal:
        audit.record_refusal(refusal=refusal, action=action, by=by, now=city.now, about=about, resource=about if "/" in about else "")
    else:
        raise AssertionError(f"not refused: {action} of {about}")


def _own_review(city: City, resource: Resource) -> Story:
    """A registrar would publish without a reviewer (PC-20)."""
    found = _entry(city, resource)
    if found is not None:
        by = city.actor(resource.body, Role.REGISTRAR)
        publish = partial(catalog.publish, entry=found.pk, expected_version=found.version, by=by, now=city.now)
        tried(city, publish, action="catalog:entry:publish", by=by, about=found.code)
    yield from ()


def _secret(city: City, resource: Resource) -> Story:
    """Something marked as a state secret does not belong here (CD2016-5.4)."""
    by = city.actor(resource.body, Role.REGISTRAR)
    marked = f"机密★10年\n{resource.abstract}"
    register = partial(entry_acts.register, city, resource, name=f"{resource.name}（补充）", abstract=marked)
    tried(city, register, action="catalog:entry:create", by=by)
    yield from ()


def _ungrounded(city: City, resource: Resource) -> Story:
    """A provider would refuse without a ground of law (CD2016-22)."""
    waiting = Demand.objects.filter(status="deciding", provider=city.organization(resource.body)).order_by("number").first()
    if waiting is not None:
        by = city.actor(resource.body, Role.RESOURCE_ADMIN)
        reason = "近期工作繁忙，暂不提供。"
        refuse = partial(decisions.refuse, demand=waiting.pk, ground=None, reason=reason, by=by, now=city.now)
        tried(city, refuse, action="sharing:demand:refuse", by=by, about=waiting.number)
    yield from ()


def _other_tier(city: City, resource: Resource) -> Story:
    """A district department would take directly from the city (CD2016-11)."""
    found, body = _entry(city, resource), _small_body(city)
    if found is not None and body is not None and resource.body.tier == "city" and _is_listed(found.pk):
        by = city.actor(body, Role.REGISTRAR)
        draft = partial(demands.draft, entry=found.pk, elements=Elements(application="区级业务核验"), by=by, now=city.now)
        tried(city, draft, action="sharing:demand:draft", by=by, about=found.code)
    yield from ()


def _entry(city: City, resource: Resource) -> Entry | None:
    key = city.entries.get(resource.id)
    return Entry.objects.get(pk=key) if key else None


def _is_listed(entry: UUID) -> bool:
    return Entry.objects.filter(pk=entry, listing__status__in=["listed", "changed"]).exists()


def _small_body(city: City) -> Body | None:
    return next((body for body in city.roster if body.tier == "district" and body.kind == "department"), None)
