"""What people do with one demand and its grant, each act through its service (CD2016-22, 25, 29.1)."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from govshare.catalog.queries import ListedEntry, listed
from govshare.demo.city import entry_acts
from govshare.demo.city.people import City
from govshare.demo.wants import Treated, Want
from govshare.duties import queries as duty_queries
from govshare.duties import services as duties
from govshare.kernel.actor import Actor
from govshare.kernel.clock import local_date
from govshare.kernel.roles import Role
from govshare.sharing.models import Demand, Grant
from govshare.sharing.rules import Because, Decision, DemandStatus, Element, Elements, ItemAnswer
from govshare.sharing.rules.demands import Duty
from govshare.sharing.services import acceptance, checks, decisions, demands, grants


def draft(city: City, want: Want, *, complete: bool = True) -> UUID:
    resource = _listed(city, want)
    ids = {item.field: item.id for item in resource.items}
    ends = city.agenda.calendar[-1] + timedelta(days=want.ends_in) if want.ends_in else local_date(city.now) + timedelta(days=want.days)
    elements = Elements(
        application=want.application,
        users=want.users,
        items=tuple(ids[name] for name in want.items),
        mode=want.mode,
        ends_on=ends if complete else None,
        duty_basis=want.duty_basis if complete else "",
        purpose=want.purpose,
    )
    return demands.draft(entry=resource.id, elements=elements, by=city.actor(want.body, Role.REGISTRAR), now=city.now).pk


def _listed(city: City, want: Want) -> ListedEntry:
    return listed(city.entries[want.resource.id])


def status(demand: UUID) -> str:
    return Demand.objects.values_list("status", flat=True).get(pk=demand)


def submit(city: City, want: Want, demand: UUID) -> None:
    demands.submit(demand=demand, by=city.actor(want.body, Role.REGISTRAR), now=city.now)


def withdraw(city: City, want: Want, demand: UUID, reason: str) -> None:
    demands.withdraw(demand=demand, reason=reason, by=city.actor(want.body, Role.REGISTRAR), now=city.now)


def complete(city: City, want: Want, demand: UUID, answer: str) -> None:
    demands.complete(demand=demand, answer=answer, by=city.actor(want.body, Role.REGISTRAR), now=city.now)


def pass_check(city: City, want: Want, demand: UUID) -> None:
    opinion = "属履行职责需要，五项要素齐备，同意提出"
    checks.pass_check(demand=demand, checked=frozenset(Element.values), opinion=opinion, by=_checker(city, want), now=city.now)


def return_to_drafter(city: City, want: Want, demand: UUID) -> None:
    missing = "请写明使用对象的具体岗位和人数，截止时间不宜超过业务所需。"
    checks.return_to_drafter(demand=demand, missing=missing, by=_checker(city, want), now=city.now)


def decline(city: City, want: Want, demand: UUID) -> None:
    reason = "该业务已改由上级系统统一核验，本部门不再单独申请。"
    checks.decline(demand=demand, reason=reason, by=_checker(city, want), now=city.now)


def accept(city: City, want: Want, demand: UUID) -> None:
    acceptance.accept(demand=demand, opinion="确属职责需要，同意受理", by=_officer(city, want), now=city.now)


def refuse_acceptance(city: City, want: Want, demand: UUID) -> None:
    reason = "所需信息与所列职责没有直接关系，超出履行法定职责所必需的范围。"
    acceptance.refuse(demand=demand, ground=_ground(), reason=reason, by=_officer(city, want), now=city.now)


def press(city: City, want: Want, demand: UUID) -> None:
    opinion = "请于三个工作日内逐项答复；不予提供的，须写明法定依据。"
    acceptance.press(demand=demand, opinion=opinion, by=_officer(city, want), now=city.now)


def ask_completion(city: City, want: Want, demand: UUID) -> None:
    missing = "请补充业务量说明和数据使用终端清单。"
    acceptance.ask_completion(demand=demand, missing=missing, by=_provider(city, want), now=city.now)


def ask_before_accepting(city: City, want: Want, demand: UUID) -> None:
    missing = "请补充履职依据的原文、业务流程和近三年办件量，说明为何须超出共享范围取得。"
    acceptance.ask_completion(demand=demand, missing=missing, by=_officer(city, want), now=city.now)


def extend_answer(city: City, want: Want, demand: UUID) -> None:
    """Five working days more for the provider."""
    duty = duty_queries.find(Duty.DECIDE, Demand.objects.get(pk=demand).number)
    if duty is None:
        raise LookupError(f"nobody owes an answer: {want.id}")
    reason = "涉及两个处室的数据口径，提供部门请求核对后一并答复，同意延期五个工作日。"
    duties.extend(duty=duty, due_on=duty_queries.due(duty.due_on, 5).day, reason=reason, by=_officer(city, want), now=city.now)


def refuse(city: City, want: Want, demand: UUID) -> None:
    reason = "所需信息超出该项业务所必需的范围，请改为逐件核验。"
    decisions.refuse(demand=demand, ground=_ground(*want.ground), reason=reason, by=_provider(city, want), now=city.now)


def decide(city: City, want: Want, demand: UUID, *, less_one: bool = False) -> None:
    """Item by item; ``less_one``: the last one is refused with its ground."""
    fields = {item.field: item.id for item in _listed(city, want).items}
    answers = [_answer(fields[name], want.treated.get(name)) for name in want.items]
    if less_one:
        answers[-1] = ItemAnswer(item=answers[-1].item, verdict="refused", because=Because(ground=_ground()))
    decision = Decision(items=tuple(answers), opinion="同意，请按授权范围使用")
    decisions.decide(demand=demand, decision=decision, by=_provider(city, want), now=city.now)


def _answer(item: UUID, treated: Treated | None) -> ItemAnswer:
    if treated is None:
        return ItemAnswer(item=item)
    return ItemAnswer(item=item, verdict=treated.verdict, head=treated.head, tail=treated.tail, because=Because(quote=treated.quote))


def granted(city: City, want: Want, demand: UUID) -> Grant | None:
    """What came of it, kept under the want's id."""
    grant = Grant.objects.filter(demand=demand).first()
    if grant is not None:
        city.grants[want.id] = grant.pk
    return grant


def renew(city: City, want: Want, grant: Grant) -> UUID:
    ends_on = grant.ends_on + timedelta(days=365)
    return demands.renew(grant=grant.pk, ends_on=ends_on, by=city.actor(want.body, Role.REGISTRAR), now=city.now).pk


def agree_renewal(city: City, want: Want, demand: UUID) -> None:
    if status(demand) == DemandStatus.DECIDING:
        decisions.agree_renewal(demand=demand, opinion="使用情况良好，同意续期", by=_provider(city, want), now=city.now)


def change(city: City, want: Want, grant: Grant) -> UUID:
    """A demand that shall take the place of the grant: one item fewer."""
    before = Demand.objects.get(pk=grant.demand_id).elements()
    elements = Elements(
        application=before.application,
        users=(*before.users, "系统运维岗"),
        items=before.items,
        mode=before.mode,
        ends_on=local_date(city.now) + timedelta(days=500),
        duty_basis=before.duty_basis,
        purpose=before.purpose,
    )
    by = city.actor(want.body, Role.REGISTRAR)
    return demands.draft(entry=grant.entry_id, elements=elements, replaces=grant.pk, by=by, now=city.now).pk


def end_by_recipient(city: City, want: Want) -> None:
    _end(city, want, "业务流程优化，不再需要这项信息。", by=_checker(city, want))


def end_for_breach(city: City, want: Want) -> None:
    _end(city, want, "核查发现使用岗位超出授权所列使用对象。", breach="users", by=_provider(city, want))


def end_on_ground(city: City, want: Want) -> None:
    _end(city, want, "依据法律规定，不再向其他部门提供个案明细。", ground=_ground(), by=_provider(city, want))


def end_by_authority(city: City, want: Want) -> None:
    _end(city, want, "使用部门职能调整，原用途已不存在。", by=_officer(city, want))


def _end(city: City, want: Want, reason: str, **why: Any) -> None:
    grants.end_early(grant=city.grants[want.id], reason=reason, now=city.now, **why)


def _ground(title: str = "", article: str = "") -> UUID:
    return UUID(entry_acts.ground(title or "中华人民共和国个人信息保护法", article or "第三十四条"))


def _checker(city: City, want: Want) -> Actor:
    return city.actor(want.body, Role.RESOURCE_ADMIN)


def _provider(city: City, want: Want) -> Actor:
    return city.actor(want.resource.body, Role.RESOURCE_ADMIN)


def _officer(city: City, want: Want) -> Actor:
    return city.actor(city.authority_of(want.body), Role.AUTHORITY)
