"""Takes a demand to any state through the real services, as the people who may."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from govshare.catalog.models import Entry, Route, RouteColumn
from govshare.catalog.queries import ListedEntry, listed
from govshare.catalog.services import registers
from govshare.duties import services as duty_services
from govshare.kernel.actor import Actor
from govshare.kernel.clock import local_date
from govshare.kernel.roles import Role
from govshare.sharing.models import Demand, Grant
from govshare.sharing.rules import Because, Decision, Element, Elements, ItemAnswer
from govshare.sharing.services import acceptance, checks, decisions, demands
from govshare.sources.models import FrontDatabase
from tests.cast import Cast
from tests.catalog.world import Desk, ground_for

ALL_FIVE = frozenset(Element.values)


@dataclass
class Office:
    """``recipient`` demands what ``provider`` has listed; both are department names of the cast."""

    cast: Cast
    now: datetime = field(init=False)
    desk: Desk = field(init=False)

    def __post_init__(self) -> None:
        self.now = self.cast.now
        self.desk = Desk(self.cast)
        self.cast.organization("recipient")

    def actor(self, who: str, role: Role) -> Actor:
        return self.cast.actor(who, role)

    @property
    def registrar(self) -> Actor:
        return self.actor("recipient", Role.REGISTRAR)

    @property
    def checker(self) -> Actor:
        return self.actor("recipient", Role.RESOURCE_ADMIN)

    @property
    def provider(self) -> Actor:
        return self.actor("provider", Role.RESOURCE_ADMIN)

    @property
    def authority(self) -> Actor:
        return self.actor("authority", Role.AUTHORITY)

    @property
    def today(self) -> date:
        return local_date(self.now)

    def later(self, **span: int) -> datetime:
        return self.now + timedelta(**span)

    def conditional(self, **over: Any) -> Entry:
        return self.desk.listed(**over)

    def unconditional(self, **over: Any) -> Entry:
        items = tuple(replace(item, sensitivity="ordinary") for item in _plain_items())
        return self.desk.listed(items, **{"share_type": "unconditional", "terms": "", **over})

    def with_route(self, entry: Entry, **columns: str) -> Entry:
        """Bind every item of the entry to ``src_<field>`` of a table, or to the column named; what was bound before is replaced."""
        provider = self.cast.organization("provider")
        front = FrontDatabase.objects.filter(organization=provider).first() or _front_database(provider, self.now)
        Route.objects.filter(entry=entry, replaced_at=None).update(replaced_at=self.now, replaced_by="x")
        route = Route.objects.create(
            entry=entry, front_database=front, schema="share", table="legal_entity", key=["uscc"], bound_at=self.now, bound_by="x"
        )
        for item in listed(entry.pk).items:
            RouteColumn.objects.create(route=route, item=item.id, column=columns.get(item.field, f"src_{item.field}"))
        return entry

    def elements(self, entry: Entry, **over: Any) -> Elements:
        base = Elements(
            application="企业开办联办",
            users=("窗口受理岗", "审批岗"),
            items=tuple(item.id for item in listed(entry.pk).items[:3]),
            mode="table",
            ends_on=self.today + timedelta(days=300),
            duty_basis="三定规定第四条第二项",
            purpose="核验申请企业的登记信息",
        )
        return replace(base, **over)

    def draft(self, entry: Entry, *, by: Actor | None = None, replaces: UUID | None = None, **over: Any) -> Demand:
        return demands.draft(
            entry=entry.pk, elements=self.elements(entry, **over), by=by or self.registrar, now=self.now, replaces=replaces
        )

    def checking(self, entry: Entry, **over: Any) -> Demand:
        return demands.submit(demand=self.draft(entry, **over).pk, by=self.registrar, now=self.now)

    def passed(self, entry: Entry, **over: Any) -> Demand:
        """Past the own check: granted when unconditional, with the provider when acceptance is automatic."""
        return checks.pass_check(demand=self.checking(entry, **over).pk, checked=ALL_FIVE, by=self.checker, now=self.now)

    def accepting(self, entry: Entry, **over: Any) -> Demand:
        self.set_parameter("PC-32", 0)
        return self.passed(entry, **over)

    def granted(self, entry: Entry, **over: Any) -> Grant:
        demand = self.passed(entry, **over)
        found = Grant.objects.filter(demand=demand).first()
        return found or decisions.decide(demand=demand.pk, decision=self.as_asked(demand), by=self.provider, now=self.now)

    def as_asked(self, demand: Demand, **over: Any) -> Decision:
        return Decision(items=tuple(ItemAnswer(item=row.item) for row in demand.items.all()), **over)

    def set_parameter(self, number: str, value: int) -> None:
        duty_services.set_parameter(number=number, value=value, reason="试验", by=self.authority, now=self.now)

    def ground(self, allows: str) -> UUID:
        """A ground of the register that allows just that: not sharing, refusing, or both."""
        made = registers.add_ground(
            title="试验条例",
            issuer="省人大",
            article=allows,
            text="试验条文。",
            kind="regulation",
            allows=allows,
            by=self.authority,
            now=self.now,
        )
        return made.pk

    @property
    def too_late(self) -> datetime:
        """A moment after the provider's time has passed."""
        return self.later(days=40)


def refusing() -> Because:
    return Because(ground=ground_for("refuse_sharing", "both").pk)


def entry_of(entry: Entry) -> ListedEntry:
    return listed(entry.pk)


def _plain_items() -> Any:
    from tests.catalog.world import ITEMS

    return ITEMS


def _front_database(provider: Any, now: datetime) -> FrontDatabase:
    return FrontDatabase.objects.create(
        organization=provider,
        name="共享前置库",
        engine="postgresql",
        purpose="provide",
        host="front.example",
        port=5432,
        database="share",
        schema="share",
        account="reader",
        sealed_password="v1:0123abcd:sealed",
        tls_mode="verify-full",
        registered_at=now,
        registered_by="x",
        password_changed_at=now,
        password_changed_by="x",
    )


def accept(demand: Demand, office: Office) -> Demand:
    return acceptance.accept(demand=demand.pk, by=office.authority, now=office.now)
