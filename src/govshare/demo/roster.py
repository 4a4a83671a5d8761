"""Who there is in the made-up city: bodies, the posts in them, the tables they hold. Nothing here touches anything."""

from dataclasses import dataclass

from govshare.demo.data import bodies
from govshare.demo.data.business import CONTRIBUTIONS, HOUSING_FUND, REAL_ESTATE, SOCIAL_INSURANCE
from govshare.demo.data.codes import credit_code
from govshare.demo.data.divisions import DIVISIONS
from govshare.demo.data.legal_entities import LEGAL_ENTITIES
from govshare.demo.data.residents import RESIDENTS
from govshare.demo.data.tables import MadeTable
from govshare.kernel.roles import Role

CITY = "510100"
#: Serial numbers of the bodies' credit codes, clear of those of the firms.
_BODIES_FROM = 31**6 - 1_000

_OWN = (Role.LEADER, Role.REGISTRAR, Role.REVIEWER, Role.RESOURCE_ADMIN)
_OPERATOR = (*_OWN, Role.AUTHORITY, Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN)
#: Small departments of districts: nobody reviews but the leader (PC-20), and one person registers and administers.
_SMALL = (Role.LEADER, Role.REGISTRAR, Role.RESOURCE_ADMIN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """``key`` names it in code and in its database; ``connected``: it has front-end databases; ``shared``: posts that
    another post's person holds as well; ``tables``: large ones made for it by hand; ``node``: its category in the catalog."""

    key: str
    name: str
    short_name: str
    kind: str = "department"
    tier: str = "city"
    region: str = CITY
    district: str = ""
    node: str = ""
    basis: str = ""
    connected: bool = False
    posts: tuple[Role, ...] = _OWN
    shared: tuple[tuple[Role, Role], ...] = ()
    tables: tuple[MadeTable, ...] = ()

    @property
    def credit_code(self) -> str:
        return credit_code(_BODIES_FROM + _PLACES[self.key], region=self.region[:6], kind="11")

    @property
    def database(self) -> str:
        return f"front_{self.key}"

    @property
    def people(self) -> tuple[Role, ...]:
        """The posts that have a person of their own."""
        return tuple(role for role in self.posts if self.holder(role) is role)

    def holder(self, role: Role) -> Role:
        """The post whose person holds ``role``."""
        return dict(self.shared).get(role, role)


_LARGE = {
    "police": (RESIDENTS,),
    "market": (LEGAL_ENTITIES,),
    "labour": (SOCIAL_INSURANCE, CONTRIBUTIONS),
    "fund": (HOUSING_FUND,),
    "civil": (DIVISIONS,),
    "land": (REAL_ESTATE,),
}


def _departments() -> tuple[Body, ...]:
    return tuple(
        Body(key=key, name=name, short_name=short, node=node, basis=basis, connected=connected, tables=_LARGE.get(key, ()))
        for key, name, short, node, basis, connected in bodies.CITY_DEPARTMENTS
    )


def _authorities() -> tuple[Body, ...]:
    return tuple(
        Body(
            key=key,
            name=name,
            short_name=short,
            kind="authority",
            tier="district",
            region=region,
            district=district,
            node=node,
            basis="《成都市政务信息资源共享管理办法》",
            connected=key in bodies.CONNECTED_DISTRICTS,
            posts=(*_OWN, Role.AUTHORITY),
        )
        for key, region, district, name, short, node in bodies.DISTRICTS
    )


def _district_departments() -> tuple[Body, ...]:
    names = dict(bodies.DISTRICT_DEPARTMENTS)
    return tuple(
        Body(
            key=f"{place.key}_{kind}",
            name=f"成都市{place.district}{names[kind]}",
            short_name=f"{place.district}{names[kind]}",
            tier="district",
            region=place.region,
            district=place.district,
            node=place.node,
            basis="《成都市政务信息资源共享管理办法》",
            posts=_SMALL,
            shared=((Role.RESOURCE_ADMIN, Role.REGISTRAR),),
        )
        for place in DISTRICTS
        for kind in bodies.DISTRICTS_WITH.get(place.key, ())
    )


#: The authority is the one that the text itself names in its article 41.
AUTHORITY = Body(
    key="authority",
    name="成都市经济和信息化委员会",
    short_name="市经信委",
    kind="authority",
    node="334",
    basis="《成都市政务信息资源共享管理办法》",
    posts=_OPERATOR,
)
DEPARTMENTS = _departments()
DISTRICTS = _authorities()
DISTRICT_DEPARTMENTS = _district_departments()
BODIES = (AUTHORITY, *DEPARTMENTS, *DISTRICTS, *DISTRICT_DEPARTMENTS)
_PLACES = {body.key: place for place, body in enumerate(BODIES)}
_BY_KEY = {body.key: body for body in BODIES}


def body(key: str) -> Body:
    return _BY_KEY[key]


#: Those that hold the large tables and run the main job.
POLICE, MARKET, LABOUR, FUND, CIVIL, LAND = DEPARTMENTS[:6]
MAIN = DEPARTMENTS[:6]
#: A small city, in which every post has something to do all the same: for tests that need no more.
MAIN_BODIES = (AUTHORITY, *MAIN, *(body for body in (*DISTRICTS, *DISTRICT_DEPARTMENTS) if body.region in {"510104", "510116"}))
