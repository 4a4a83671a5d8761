"""All demands of the city: those described by hand, those that show a state, and the year's many."""

from collections.abc import Iterator
from itertools import cycle
from random import Random

from govshare.demo.catalog_plan import RESOURCES
from govshare.demo.data import businesses
from govshare.demo.data.businesses import Business
from govshare.demo.main_resources import SOCIAL_INSURANCE
from govshare.demo.main_wants import MAIN_WANTS
from govshare.demo.resources import Resource
from govshare.demo.roster import CIVIL, DEPARTMENTS, FUND, LABOUR, LAND, MAIN, MARKET, POLICE, Body
from govshare.demo.roster import body as body_of
from govshare.demo.wants import After, Course, Treated, Want

YEAR = 210  # demands made up for the year
_STANDING = frozenset({"listed", "adjusted", "listed_at_second", "told", "followed"})
_MANY = "个人信息以掩码或摘要提供"

_USUAL: tuple[Course, ...] = ("granted",) * 12 + ("completed", "late", "refused", "partly", "withdrawn", "returned", "declined", "granted")
_AFTERS: tuple[tuple[After, int], ...] = (
    ("", 700),
    ("", 700),
    ("", 180),  # ends by itself
    ("given_up", 600),
    ("", 500),
    ("renewed", 150),
    ("", 400),
    ("breached", 500),
    ("", 650),
    ("changed", 500),
    ("grounded", 500),
    ("overruled", 500),
)

#: Demands under way today: who asks, course, working days ago.
_UNDER_WAY: tuple[tuple[Body, Body, Course, int], ...] = (
    (MARKET, LABOUR, "checking", 2),
    (LABOUR, CIVIL, "checking", 5),
    (FUND, LAND, "checking", 1),
    (POLICE, LABOUR, "checking", 3),
    (CIVIL, POLICE, "draft", 2),
    (LABOUR, FUND, "draft", 1),
    (MARKET, POLICE, "returned", 4),
    (LAND, CIVIL, "returned", 3),
    (LAND, POLICE, "deciding", 5),
    (FUND, POLICE, "deciding", 7),
    (POLICE, CIVIL, "deciding", 10),
    (LABOUR, LAND, "deciding", 12),
    (CIVIL, LABOUR, "deciding", 4),
    (MARKET, LAND, "deciding", 9),
    (FUND, LABOUR, "incomplete", 8),
    (POLICE, LAND, "incomplete", 6),
    (CIVIL, LAND, "pressed", 17),
    (LAND, LABOUR, "pressed", 19),
    (MARKET, CIVIL, "pressed", 22),
    (LABOUR, POLICE, "urged", 20),
)


def _items(resource: Resource) -> tuple[str, ...]:
    """The key and what else the business needs: not everything."""
    names = [field.name for field in resource.items]
    draw = Random(f"items {resource.id}")
    keys = [name for name in names if name in resource.key_columns]
    others = [name for name in names if name not in keys]
    return tuple(keys + [name for name in others if draw.random() < 0.75] or names)


def _treated(resource: Resource, items: tuple[str, ...]) -> dict[str, Treated]:
    """Personal items masked or hashed where the published terms say so."""
    if _MANY not in resource.terms:
        return {}
    given: dict[str, Treated] = {}
    for field in resource.items:
        if field.name in items and field.sensitivity == "personal" and field.type == "C" and field.name not in resource.key_columns:
            given[field.name] = Treated("mask", _MANY, head=1) if field.name == "name" else Treated("keyed_hash", _MANY)
    return given


def _want(body: Body, business: Business, resource: Resource, *, course: Course, day: int, **more: object) -> Want:
    items = _items(resource)
    fields: dict[str, object] = {
        "body": body,
        "resource": resource,
        "items": items,
        "application": business.application,
        "users": business.users,
        "duty_basis": business.duty_basis,
        "purpose": f"用于{business.application}，核验{resource.name}，减少办事人重复提交材料。",
        "course": course,
        "day": day,
        "treated": _treated(resource, items),
        "ground": ("中华人民共和国个人信息保护法", "第三十四条"),
        **more,
    }
    return Want(**fields)  # type: ignore[arg-type]  # each by its name


def _offered(provider: Body | None = None, *, to: Body | None = None, share_type: str = "", before: int = 1000) -> list[Resource]:
    """What can be asked for on that day; of what is for some only, what is for ``to``."""
    return [
        resource
        for resource in RESOURCES
        if resource.story in _STANDING
        and 0 <= resource.day < before - 12
        and resource.body in (DEPARTMENTS if provider is None else (provider,))
        and share_type in ("", resource.share_type)
        and (not resource.scope or to in resource.scope)
    ]


def _year() -> Iterator[Want]:
    """One after another through the year, more of them as the catalog grows."""
    draw = Random("demands of a year")
    courses, afters, seen = cycle(_USUAL), cycle(_AFTERS), set()
    for number in range(YEAR):
        day = 22 + int((number / YEAR) ** 0.7 * 212)
        body, resource = draw.choice(DEPARTMENTS), draw.choice(_offered(before=day))
        business = draw.choice(businesses.of(body.key))
        if resource.body == body or (body.key, business.application, resource.id) in seen:
            continue
        seen.add((body.key, business.application, resource.id))
        after, term = next(afters)
        runs = tuple(draw.randrange(15, 50) for _ in range(draw.randrange(1, 4))) if draw.random() < 0.3 else ()
        yield _want(body, business, resource, course=next(courses), day=day, after=after, days=term, runs=runs)


def _under_way() -> Iterator[Want]:
    for body, provider, course, ago in _UNDER_WAY:
        resource = Random(f"{body.key} {provider.key} {ago}").choice(_offered(provider, to=body, share_type="conditional"))
        yield _want(body, businesses.of(body.key)[0], resource, course=course, day=-ago)


#: What became of demands among the main departments in the year: who asks, whom, course, then what, for how many days.
_PAST: tuple[tuple[Body, Body, Course, After, int], ...] = (
    (LAND, POLICE, "late", "", 600),
    (FUND, CIVIL, "completed", "given_up", 600),
    (CIVIL, LAND, "partly", "", 500),
    (LABOUR, LAND, "granted", "breached", 500),
    (MARKET, LABOUR, "granted", "renewed", 120),
    (POLICE, CIVIL, "granted", "changed", 500),
    (LAND, CIVIL, "declined", "", 500),
    (FUND, LABOUR, "granted", "", 150),
    (MARKET, CIVIL, "granted", "grounded", 500),
    (CIVIL, POLICE, "granted", "overruled", 500),
)


def _past() -> Iterator[Want]:
    for place, (body, provider, course, after, term) in enumerate(_PAST):
        resource = Random(f"past {place}").choice(_offered(provider, to=body, share_type="conditional", before=160))
        business = businesses.of(body.key)[place % 2]
        yield _want(
            body, business, resource, course=course, day=max(resource.day + 14, 70 + 6 * place), after=after, days=term, runs=(20, 40)
        )


#: Deliveries that went wrong: who takes, from whom, how, working days ago.
_MISHAPS: tuple[tuple[Body, Body, str, int], ...] = (
    (LAND, CIVIL, "shrunken", 16),
    (MARKET, LABOUR, "renamed", 15),
    (POLICE, LAND, "retyped", 17),
    (CIVIL, MARKET, "mended", 60),
    (LABOUR, MARKET, "accepted", 40),
    (FUND, LAND, "cancelled", 30),
    (MARKET, CIVIL, "ended", 25),
    (body_of("sport"), body_of("culture"), "no_landing", 14),
)


def _mishaps() -> Iterator[Want]:
    for place, (taker, provider, mishap, ago) in enumerate(_MISHAPS):
        offered = [each for each in _offered(provider, to=taker, before=200) if each.body not in MAIN or each.table not in provider.tables]
        resource = Random(f"mishap {place}").choice(offered)
        business = businesses.of(taker.key)[0]
        yield _want(taker, business, resource, course="granted", day=-ago, mishap=mishap)


def _outside() -> Iterator[Want]:
    """Outside the scope that the authority set: it decides whether to take them on (CD2016-22)."""
    scoped = [resource for resource in RESOURCES if resource.scope and resource.story == "listed"]
    askers = [body for body in DEPARTMENTS if body not in MAIN]
    plan: tuple[tuple[Course, int], ...] = (
        ("accepting", 3),
        ("accepting", 4),
        ("accepting", 6),
        ("not_accepted", 60),
        ("granted", 100),
        ("deciding", 8),
    )
    for place, (course, ago) in enumerate(plan):
        body, resource = askers[place * 3], scoped[place % len(scoped)]
        yield _want(body, businesses.of(body.key)[0], resource, course=course, day=-ago)


#: Rarer things that happen among the main departments: who asks, what of whom, course, then what, working days ago.
_RARE: tuple[tuple[Body, Body, str, Course, After, int], ...] = (
    (LABOUR, LAND, "不动产登记信息", "accepting", "", 3),
    (MARKET, LABOUR, SOCIAL_INSURANCE.name, "accepting_incomplete", "", 5),
    (POLICE, FUND, "住房公积金缴存信息", "supplemented", "", 45),
    (LAND, POLICE, "流动人口登记信息", "extended", "", 8),
    (CIVIL, LABOUR, "工伤认定信息", "granted", "held_up", 34),
)


def _rare() -> Iterator[Want]:
    named = {(resource.body.key, resource.name): resource for resource in RESOURCES}
    for body, provider, name, course, after, ago in _RARE:
        yield _want(body, businesses.of(body.key)[-1], named[provider.key, name], course=course, day=-ago, after=after)


def _ending() -> Iterator[Want]:
    """Grants that end within a month, renewals asked for and not."""
    plan: tuple[tuple[Body, Body, int, After], ...] = (
        (LABOUR, CIVIL, 6, ""),
        (FUND, MARKET, 12, ""),
        (CIVIL, LABOUR, 19, ""),
        (MARKET, LAND, 26, ""),
        (POLICE, MARKET, 14, "renewing"),
        (LAND, LABOUR, 10, "renewing"),
    )
    for place, (body, provider, left, after) in enumerate(plan):
        offered = _offered(provider, to=body, before=150)
        resource = offered[place % len(offered)]
        yield _want(body, businesses.of(body.key)[-1], resource, course="granted", day=150 + place, ends_in=left, after=after, runs=(20,))


def _all() -> Iterator[Want]:
    """One department does not ask twice for the same business for the same resource."""
    asked = set()
    for want in (*MAIN_WANTS, *_under_way(), *_past(), *_mishaps(), *_outside(), *_rare(), *_ending(), *_year()):
        if want.id not in asked:
            asked.add(want.id)
            yield want


WANTS: tuple[Want, ...] = tuple(_all())
