"""What the authority keeps for all, set up in the first days: categories, legal grounds, numbers of conventions (CD2016-8, 13.2, 16)."""

from govshare.catalog import services
from govshare.demo.city.agenda import Story, soon
from govshare.demo.city.people import City
from govshare.demo.data import registers
from govshare.demo.roster import AUTHORITY
from govshare.kernel.roles import Role


def categories(city: City) -> Story:
    """Further ones below base and themes; one of its own for every department and district."""
    by = city.actor(AUTHORITY, Role.AUTHORITY)
    for code, name in registers.CATEGORIES.items():
        services.add_node(code=code, name=name, by=by, now=city.now)
    yield soon(20)
    for code, name in _own(city).items():
        services.add_node(code=code, name=f"{name}信息资源", by=by, now=city.now)
        services.add_node(code=f"{code}001", name="业务信息", by=by, now=city.now)


def _own(city: City) -> dict[str, str]:
    """Category → department or district."""
    departments = {body.node: body.short_name for body in city.roster if body.tier == "city"}
    return departments | {body.node: body.district for body in city.roster if body.kind == "authority" and body.tier == "district"}


def grounds(city: City) -> Story:
    """More that departments rest on."""
    by = city.actor(AUTHORITY, Role.AUTHORITY)
    for title, issuer, number, article, text, kind, allows in registers.GROUNDS:
        services.add_ground(
            title=title, issuer=issuer, number=number, article=article, text=text, kind=kind, allows=allows, by=by, now=city.now
        )
        yield soon(4)
