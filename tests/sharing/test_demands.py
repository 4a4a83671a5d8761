"""A demand on its way, through the real services (CD2016-22, 25, 29.1)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from govshare.audit.models import Entry as Evidence
from govshare.catalog import services as catalog
from govshare.catalog.rules.contents import Statutory
from govshare.duties import queries as duties
from govshare.kernel.errors import Invalid, NotFound, NotYours, Refused, WrongState
from govshare.kernel.roles import Role
from govshare.regulation.secrecy import HandleAsSecret
from govshare.sharing import queries
from govshare.sharing.models import Demand, Event, Grant
from govshare.sharing.rules import Elements
from govshare.sharing.rules.demands import Duty
from govshare.sharing.services import acceptance, checks, decisions, demands
from tests.catalog.world import ground_for, not_shared
from tests.sharing.office import ALL_FIVE, Office, accept, refusing

pytestmark = pytest.mark.django_db


@pytest.mark.article("CD2016-25.1", "CD2016-29.1")
def test_unconditional_data_in_scope_is_granted_by_the_own_check_with_no_provider_in_between(office: Office):
    demand = office.passed(office.unconditional())

    grant = Grant.objects.get(demand=demand)
    assert demand.status == "granted"
    assert (grant.way, grant.status, grant.ends_on) == ("at_once", "active", demand.ends_on)
    assert [(item.use, item.name) for item in grant.items.all()] == [("plain", row.name) for row in demand.items.all()]
    assert duties.open_for(str(demand.provider_id), now=office.now) == [
        duty for duty in duties.open_for(str(demand.provider_id), now=office.now) if not duty.kind.startswith("sharing:")
    ]
    assert "信息提供政府部门不对信息在其他政府部门使用的安全问题负责" in grant.terms


@pytest.mark.article("CD2016-5.5")
def test_whom_the_law_names_is_granted_at_once_even_what_is_conditional(office: Office):
    named = Statutory(organization=str(office.cast.organization("recipient").pk), ground=str(ground_for("both").pk))
    entry = office.conditional(statutory=frozenset({named}))

    demand = office.passed(entry)

    assert Grant.objects.get(demand=demand).way == "statutory"
    assert Event.objects.get(demand=demand, status="granted").basis == "CD2016-5.5"


@pytest.mark.article("CD2016-5.5")
def test_whom_the_law_names_is_given_even_what_is_not_shared_with_anybody_else(office: Office):
    named = Statutory(organization=str(office.cast.organization("recipient").pk), ground=str(ground_for("both").pk))
    entry = office.desk.published(**not_shared(statutory=frozenset({named}), modes=frozenset()))
    catalog.verify_not_shared(entry=entry.pk, expected_revision=1, by=office.authority, now=office.now)
    office.with_route(entry)

    grant = office.granted(entry)

    assert grant.way == "statutory"
    assert queries.plan(grant.pk, now=office.now).recipient == str(office.cast.organization("recipient").pk)
    with pytest.raises(Refused):
        office.draft(entry, by=office.actor("third", Role.REGISTRAR))


@pytest.mark.article("CD2016-5.2", "PC-32")
def test_unconditional_data_out_of_scope_goes_to_the_authority_by_hand_and_then_to_the_provider(office: Office):
    entry = office.unconditional(for_all=False, scope=frozenset({str(office.cast.organization("third").pk)}))

    demand = office.passed(entry)

    assert (demand.status, demand.way, demand.within_scope) == ("accepting", "agreed", False)
    assert accept(demand, office).status == "deciding"


@pytest.mark.article("CD2016-29.1", "PC-31")
def test_the_own_check_has_a_clock_of_its_own(office: Office):
    demand = office.checking(office.conditional())

    duty = queries.demands.running(demand)
    assert duty is not None
    assert (duty.kind, duty.owner, duty.working_days) == (Duty.CHECK, str(demand.recipient_id), 3)


@pytest.mark.article("CD2016-22", "PC-32", "PC-34")
def test_conditional_data_in_scope_is_accepted_automatically_and_the_providers_clock_starts(office: Office):
    demand = office.passed(office.conditional())

    duty = queries.demands.running(demand)
    assert demand.status == "deciding"
    assert duty is not None
    assert (duty.kind, duty.owner, duty.working_days) == (Duty.DECIDE, str(demand.provider_id), 10)
    assert duty.due_on == duties.due(office.today, 10).day


@pytest.mark.article("CD2016-22", "PC-32", "PC-33")
def test_where_acceptance_is_by_hand_the_authority_has_its_own_clock(office: Office):
    demand = office.accepting(office.conditional())

    duty = queries.demands.running(demand)
    assert duty is not None
    assert (demand.status, duty.kind, duty.owner) == ("accepting", Duty.ACCEPT, str(demand.authority_id))
    accepted = accept(demand, office)
    assert accepted.status == "deciding"
    assert duties.find(Duty.ACCEPT, demand.number).kept_at == office.now


@pytest.mark.article("CD2016-13.2")
def test_what_is_verified_as_not_shared_cannot_be_demanded(office: Office):
    entry = office.desk.published(**not_shared())

    with pytest.raises(WrongState):
        office.draft(entry)

    assert not Demand.objects.exists()


def test_an_entry_that_is_not_listed_cannot_be_demanded(office: Office):
    entry = office.desk.published()

    with pytest.raises(WrongState, match="未列入共享目录"):
        demands.draft(entry=entry.pk, elements=Elements(), by=office.registrar, now=office.now)


@pytest.mark.article("CD2016-11", "PC-45")
def test_across_tiers_a_demand_is_taken_only_under_the_transitional_arrangement_and_is_marked(office: Office):
    entry = office.conditional()
    district = office.actor("district", Role.REGISTRAR)

    with pytest.raises(Refused) as refusal:
        office.draft(entry, by=district)
    assert str(refusal.value.basis) == "CD2016-11"

    office.set_parameter("PC-45", 1)
    demand = office.draft(entry, by=district)
    assert demand.transitional
    assert demand.authority == office.cast.organization("district_authority")


@pytest.mark.article("CD2016-29.1")
def test_a_draft_may_lack_elements_but_cannot_be_submitted_without_all_five(office: Office):
    entry = office.conditional()
    draft = demands.draft(entry=entry.pk, elements=Elements(application="企业开办"), by=office.registrar, now=office.now)

    with pytest.raises(Invalid) as refusal:
        demands.submit(demand=draft.pk, by=office.registrar, now=office.now)

    assert {fault.place for fault in refusal.value.faults} == {"users", "items", "mode", "ends_on", "duty_basis", "purpose"}
    assert Demand.objects.get(pk=draft.pk).status == "draft"


@pytest.mark.article("PC-49")
def test_numbers_run_by_day_and_never_repeat(office: Office):
    entry = office.conditional()

    numbers = [office.draft(entry).number for _ in range(3)]

    day = f"{office.today:%Y%m%d}"
    assert numbers == [f"SQ-{day}-0001", f"SQ-{day}-0002", f"SQ-{day}-0003"]


@pytest.mark.article("CD2016-29.1")
@pytest.mark.parametrize("left_out", sorted(ALL_FIVE))
def test_the_check_verifies_each_of_the_five_elements(office: Office, left_out: str):
    demand = office.checking(office.conditional())

    with pytest.raises(Invalid) as refusal:
        checks.pass_check(demand=demand.pk, checked=ALL_FIVE - {left_out}, by=office.checker, now=office.now)

    assert [fault.place for fault in refusal.value.faults] == [f"checked.{left_out}"]


@pytest.mark.article("PC-30")
def test_who_drafted_submitted_or_edited_does_not_check(office: Office):
    entry = office.conditional()
    drafted = office.draft(entry, by=office.checker)
    demands.submit(demand=drafted.pk, by=office.registrar, now=office.now)

    with pytest.raises(NotYours) as refusal:
        checks.pass_check(demand=drafted.pk, checked=ALL_FIVE, by=office.checker, now=office.now)

    assert str(refusal.value.basis) == "PC-30"


@pytest.mark.article("PC-30")
def test_the_leader_checks_only_where_every_resource_administrator_took_part_in_drafting(office: Office):
    leader = office.actor("recipient", Role.LEADER)
    ordinary = office.checking(office.conditional())
    office.checker  # noqa: B018 - appointed
    own_draft = office.draft(office.conditional(name="法人变更信息"), by=office.checker)
    demands.submit(demand=own_draft.pk, by=office.checker, now=office.now)

    with pytest.raises(NotYours, match="信息资源管理员把关"):
        checks.pass_check(demand=ordinary.pk, checked=ALL_FIVE, by=leader, now=office.now)
    assert checks.pass_check(demand=own_draft.pk, checked=ALL_FIVE, by=leader, now=office.now).status == "deciding"


@pytest.mark.article("CD2016-29.1")
def test_the_check_may_return_a_demand_to_its_drafter_who_edits_and_submits_again(office: Office):
    entry = office.conditional()
    demand = office.checking(entry)

    returned = checks.return_to_drafter(demand=demand.pk, missing="请写明使用岗位", by=office.checker, now=office.now)
    assert (returned.status, returned.missing) == ("returned", "请写明使用岗位")
    demands.edit(demand=demand.pk, elements=office.elements(entry, users=("审批岗",)), by=office.registrar, now=office.now)
    again = demands.submit(demand=demand.pk, by=office.registrar, now=office.now)

    assert (again.status, again.missing, again.users) == ("checking", "", ["审批岗"])


def test_what_the_department_does_not_raise_never_left_it(office: Office):
    demand = office.checking(office.conditional())
    declined = checks.decline(demand=demand.pk, reason="业务已取消", by=office.checker, now=office.now)

    assert declined.status == "declined"
    for outsider in (office.provider, office.authority):
        with pytest.raises(NotFound):
            queries.demands.get(demand.pk, by=outsider)


@pytest.mark.article("PC-36", "PC-03")
def test_the_providers_clock_stands_still_while_papers_are_completed(office: Office):
    demand = office.passed(office.conditional())
    before = duties.find(Duty.DECIDE, demand.number).due_on

    acceptance.ask_completion(demand=demand.pk, missing="请附业务办理依据", by=office.provider, now=office.now)
    held = duties.find(Duty.DECIDE, demand.number)
    assert held.suspended
    assert duties.find(Duty.COMPLETE, demand.number).owner == str(demand.recipient_id)
    later = office.later(days=14)
    completed = demands.complete(demand=demand.pk, answer="依据见附件", by=office.registrar, now=later)

    running = duties.find(Duty.DECIDE, demand.number)
    assert (completed.status, completed.missing) == ("deciding", "")
    assert not running.suspended
    assert running.due_on >= before + timedelta(days=14)


@pytest.mark.article("PC-36")
def test_the_authority_may_ask_for_completion_before_accepting(office: Office):
    demand = office.accepting(office.conditional())

    asked = acceptance.ask_completion(demand=demand.pk, missing="请写明职责条款", by=office.authority, now=office.now)
    assert asked.status == "accepting_incomplete"
    completed = demands.complete(demand=demand.pk, answer="三定规定第四条", by=office.registrar, now=office.now)

    assert completed.status == "accepting"
    assert not duties.find(Duty.ACCEPT, demand.number).suspended


@pytest.mark.article("CD2016-22")
def test_acceptance_is_refused_only_on_a_legal_ground(office: Office):
    demand = office.accepting(office.conditional())

    with pytest.raises(Refused) as refusal:
        acceptance.refuse(demand=demand.pk, ground=office.ground("not_shared"), reason="不合适", by=office.authority, now=office.now)
    assert str(refusal.value.basis) == "CD2016-22"

    refused = acceptance.refuse(demand=demand.pk, ground=refusing().ground, reason="依法", by=office.authority, now=office.now)
    assert (refused.status, refused.refusal_ground_id) == ("refused", refusing().ground)
    assert refused.decision_receipt.startswith("HZ-")


@pytest.mark.article("PC-48")
def test_an_amended_demand_goes_back_to_the_own_check_and_starts_all_clocks_anew(office: Office):
    entry = office.conditional()
    demand = office.passed(entry)

    amended = demands.amend(
        demand=demand.pk, elements=office.elements(entry, application="施工许可核验"), by=office.registrar, now=office.later(days=1)
    )
    assert (amended.status, amended.application, amended.checked_by) == ("checking", "施工许可核验", "")
    assert not duties.find(Duty.DECIDE, demand.number).open
    assert queries.demands.get(demand.pk, by=office.provider).status == "checking"  # it knows of it already
    again = checks.pass_check(demand=demand.pk, checked=ALL_FIVE, by=office.checker, now=office.later(days=2))

    assert again.status == "deciding"
    assert duties.find(Duty.DECIDE, demand.number).started_at == office.later(days=2)


@pytest.mark.parametrize("state", ["draft", "checking", "accepting", "passed"])
def test_a_demand_can_be_withdrawn_until_it_is_answered_and_nobody_owes_anything_then(office: Office, state: str):
    demand = getattr(office, state)(office.conditional())

    withdrawn = demands.withdraw(demand=demand.pk, reason="业务调整", by=office.registrar, now=office.now)

    assert withdrawn.status == "withdrawn"
    assert all(not (duties.find(kind, demand.number) or withdrawn).open for kind in Duty if duties.find(kind, demand.number))


def test_a_demand_on_an_older_revision_is_looked_at_again_before_it_is_submitted(office: Office):
    entry = office.conditional()
    demand = office.draft(entry)
    office.desk.edit(entry, abstract="改写后的摘要")
    office.desk.publish(entry)

    with pytest.raises(WrongState, match="新版"):
        demands.submit(demand=demand.pk, by=office.registrar, now=office.now)
    demands.edit(demand=demand.pk, elements=office.elements(entry), by=office.registrar, now=office.now)

    assert demands.submit(demand=demand.pk, by=office.registrar, now=office.now).status == "checking"


def test_a_decision_on_a_version_that_has_moved_on_is_refused(office: Office):
    demand = office.passed(office.conditional())

    with pytest.raises(WrongState, match="刷新"):
        decisions.decide(demand=demand.pk, decision=office.as_asked(demand), by=office.provider, now=office.now, version=demand.version - 1)


@pytest.mark.article("CD2016-5.4")
@pytest.mark.parametrize("place", ["application", "purpose", "duty_basis", "users"])
def test_what_is_marked_secret_is_refused_and_leaves_no_trace(office: Office, place: str):
    marked = "机密★10年 会议纪要"
    entry = office.conditional()
    elements = replace(office.elements(entry), **{place: (marked,) if place == "users" else marked})
    by = office.registrar
    before = Evidence.objects.count()

    with pytest.raises(HandleAsSecret) as refusal:
        demands.draft(entry=entry.pk, elements=elements, by=by, now=office.now)

    assert marked not in str(refusal.value) + str(refusal.value.detail)
    assert not Demand.objects.exists()
    assert Evidence.objects.count() == before


def test_every_act_leaves_one_record_and_one_line_of_history_with_its_receipt(office: Office):
    entry = office.conditional()
    registrar, checker = office.registrar, office.checker
    before = Evidence.objects.count()

    demand = office.draft(entry)
    demands.submit(demand=demand.pk, by=registrar, now=office.now)
    checks.return_to_drafter(demand=demand.pk, missing="补", by=checker, now=office.now)

    events = list(Event.objects.filter(demand=demand))
    assert [event.action for event in events] == ["sharing:demand:draft", "sharing:demand:submit", "sharing:demand:return-inside"]
    assert Evidence.objects.count() - before == 3
    assert len({event.receipt for event in events}) == 3


def test_the_provider_does_not_see_what_went_on_inside_the_demanding_department(office: Office):
    demand = office.passed(office.conditional())

    outside = queries.demands.detail(demand.pk, by=office.provider, now=office.now)
    inside = queries.demands.detail(demand.pk, by=office.registrar, now=office.now)

    assert [event.action for event in outside.events] == ["sharing:demand:forward", "sharing:demand:accept"]
    assert len(inside.events) == 4


def test_the_inbox_shows_each_role_what_waits_for_it(office: Office):
    mine = office.checking(office.conditional())
    theirs = office.passed(office.conditional(name="法人变更信息"))
    office.set_parameter("PC-32", 0)
    authoritys = office.passed(office.conditional(name="法人注销信息"))

    def waiting(by):
        return [(each.demand.number, each.label) for each in queries.demands.inbox(by, now=office.now)]

    assert waiting(office.checker) == [(mine.number, "待把关")]
    assert waiting(office.provider) == [(theirs.number, "待答复")]
    assert waiting(office.authority) == [(authoritys.number, "待受理")]
    assert waiting(office.registrar) == []
