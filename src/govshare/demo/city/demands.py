"""The departments' demands, each taken through the real steps as far as ``wants`` says (CD2016-22, 25, 29.1)."""

from datetime import datetime, timedelta
from uuid import UUID

from govshare.catalog.models import LegalGround
from govshare.catalog.queries import ListedEntry, listed
from govshare.demo.city import entries
from govshare.demo.city.posts import City
from govshare.demo.wants import WANTS, Treated, Want
from govshare.kernel.clock import local_date
from govshare.kernel.roles import Role
from govshare.sharing.models import Demand
from govshare.sharing.rules import Because, Decision, DemandStatus, Element, Elements, ItemAnswer
from govshare.sharing.services import acceptance, checks, decisions, demands


def find(city: City, want: Want) -> Demand | None:
    """The demand of this department for this business on this entry."""
    entry = entries.find(city, want.resource)
    return Demand.objects.filter(recipient=city.organization(want.body), entry=entry, application=want.application).first()


def take_all(city: City, now: datetime) -> None:
    for want in WANTS:
        demand = find(city, want) or _drafted(city, want, now)
        _raised(city, want, demand.pk, now)
        _answered(city, want, demand.pk, now)


def _listed(city: City, want: Want) -> ListedEntry:
    entry = entries.find(city, want.resource)
    return listed(entry.pk if entry else "")


def _drafted(city: City, want: Want, now: datetime) -> Demand:
    resource = _listed(city, want)
    ids = {item.field: item.id for item in resource.items}
    elements = Elements(
        application=want.application,
        users=want.users,
        items=tuple(ids[name] for name in want.items),
        mode="table",
        ends_on=local_date(now) + timedelta(days=want.days),
        duty_basis=want.duty_basis,
        purpose=want.purpose,
    )
    return demands.draft(entry=resource.id, elements=elements, by=city.actor(want.body, Role.REGISTRAR), now=now)


def _status(demand: UUID) -> str:
    return Demand.objects.get(pk=demand).status


def _raised(city: City, want: Want, demand: UUID, now: datetime) -> None:
    """Handed in and through the department's own check; unconditional in scope is granted by that."""
    drafter = city.actor(want.body, Role.REGISTRAR)
    if want.stage != "draft" and _status(demand) == DemandStatus.DRAFT:
        demands.submit(demand=demand, by=drafter, now=now)
    if want.stage == "withdrawn" and _status(demand) == DemandStatus.CHECKING:
        demands.withdraw(demand=demand, reason="业务调整，改由其他渠道核验", by=drafter, now=now)
    if want.stage != "checking" and _status(demand) == DemandStatus.CHECKING:
        checker = city.actor(want.body, Role.RESOURCE_ADMIN)
        checks.pass_check(demand=demand, checked=frozenset(Element.values), opinion="属履行职责需要，同意提出", by=checker, now=now)


def _answered(city: City, want: Want, demand: UUID, now: datetime) -> None:
    if _status(demand) != DemandStatus.DECIDING:
        return
    provider = city.actor(want.resource.body, Role.RESOURCE_ADMIN)
    if want.stage == "granted":
        decisions.decide(demand=demand, decision=_decision(city, want), by=provider, now=now)
    elif want.stage == "refused":
        title, article = want.ground
        ground = LegalGround.objects.get(title=title, article=article, active=True)
        reason = "所需信息超出核验住所所必需的范围，请改为逐件核验。"
        decisions.refuse(demand=demand, ground=ground.pk, reason=reason, by=provider, now=now)
    elif want.stage == "incomplete":
        missing = "请补充居住证受理业务量说明和数据使用终端清单。"
        acceptance.ask_completion(demand=demand, missing=missing, by=provider, now=now)


def _decision(city: City, want: Want) -> Decision:
    fields = {item.field: item.id for item in _listed(city, want).items}
    return Decision(items=tuple(_answer(fields[name], want.treated.get(name)) for name in want.items), opinion="同意，请按授权范围使用")


def _answer(item: UUID, treated: Treated | None) -> ItemAnswer:
    if treated is None:
        return ItemAnswer(item=item)
    because = Because(quote=treated.quote)
    return ItemAnswer(item=item, verdict=treated.verdict, head=treated.head, tail=treated.tail, because=because)
