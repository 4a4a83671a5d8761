"""The provider's answer, through the real services: refusals need the law, silence goes to the authority (CD2016-22, 25.2)."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from govshare.audit.models import Entry as Evidence
from govshare.connectors import Condition, Operator, Treatment
from govshare.duties import queries as duties
from govshare.kernel.errors import Invalid, NotYours, Refused, WrongState
from govshare.kernel.roles import Role
from govshare.sharing import queries
from govshare.sharing.models import Demand, DemandItem, Event, Grant, Notice
from govshare.sharing.rules import Because, Decision, ItemAnswer, RowCondition
from govshare.sharing.rules.demands import Duty
from govshare.sharing.services import acceptance, checks, decisions, demands, watch
from tests.sharing.office import ALL_FIVE, Office, refusing

pytestmark = pytest.mark.django_db

QUOTE = Because(quote="仅用于办理行政审批事项")


def answer(office: Office, demand: Demand, *last: object, **terms: object) -> Decision:
    """Everything plainly but the last item, which is answered as told."""
    rows = list(demand.items.all())
    items = [ItemAnswer(item=row.item) for row in rows[:-1]] + [ItemAnswer(item=rows[-1].item, **dict(last))]
    return Decision(items=tuple(items), **terms)


def decide(office: Office, demand: Demand, decision: Decision, **over: object) -> Grant:
    return decisions.decide(**{"demand": demand.pk, "decision": decision, "by": office.provider, "now": office.now, **over})


@pytest.mark.article("CD2016-25.2")
def test_an_answer_as_asked_becomes_a_grant_with_its_terms_and_receipt(office: Office):
    demand = office.passed(office.conditional())

    grant = decide(office, demand, office.as_asked(demand, opinion="同意"))

    demand.refresh_from_db()
    assert (demand.status, demand.opinion, demand.decided_late) == ("granted", "同意", False)
    assert grant.receipt == demand.decision_receipt
    assert grant.number.startswith("SQS-")
    assert "公布的共享条件：仅用于办理行政审批事项。" in grant.terms
    assert duties.find(Duty.DECIDE, demand.number).kept_at == office.now


@pytest.mark.article("CD2016-22", "PC-43")
@pytest.mark.parametrize("verdict", ["refused", "mask", "keyed_hash"])
def test_less_than_asked_without_a_ground_is_refused_by_the_platform_and_nothing_happens(office: Office, verdict: str):
    demand = office.passed(office.conditional())

    with pytest.raises(Refused) as refusal:
        decide(office, demand, answer(office, demand, ("verdict", verdict)))

    assert str(refusal.value.basis) == "CD2016-22"
    assert Demand.objects.get(pk=demand.pk).status == "deciding"
    assert not Grant.objects.exists()


@pytest.mark.article("CD2016-22")
@pytest.mark.parametrize("kind", ["unknown", "not_shared"])
def test_a_ground_that_is_not_registered_or_allows_no_refusal_is_none(office: Office, kind: str):
    demand = office.passed(office.conditional())
    ground = uuid4() if kind == "unknown" else office.ground("not_shared")

    with pytest.raises(Refused) as refusal:
        decide(office, demand, answer(office, demand, ("verdict", "refused"), ("because", Because(ground=ground))))
    assert str(refusal.value.basis) == "CD2016-22"
    with pytest.raises(Refused) as whole:
        decisions.refuse(demand=demand.pk, ground=ground, reason="不便提供", by=office.provider, now=office.now)
    assert str(whole.value.basis) == "CD2016-22"


@pytest.mark.article("CD2016-22")
def test_the_whole_is_refused_only_with_a_ground_and_the_refusal_has_a_receipt(office: Office):
    demand = office.passed(office.conditional())

    with pytest.raises(Refused):
        decisions.refuse(demand=demand.pk, ground=None, reason="不便提供", by=office.provider, now=office.now)
    refused = decisions.refuse(demand=demand.pk, ground=refusing().ground, reason="依法不予提供", by=office.provider, now=office.now)

    assert refused.status == "refused"
    assert refused.decision_receipt.startswith("HZ-")
    assert not Grant.objects.exists()


@pytest.mark.article("CD2016-22")
def test_single_items_may_be_refused_on_a_ground_and_the_rest_is_given(office: Office):
    demand = office.passed(office.conditional())

    grant = decide(office, demand, answer(office, demand, ("verdict", "refused"), ("because", refusing())))

    refused = DemandItem.objects.get(demand=demand, verdict="refused")
    assert refused.ground_id == refusing().ground
    assert [item.name for item in grant.items.all()] == ["统一社会信用代码", "单位名称"]


@pytest.mark.article("CD2016-34")
def test_treatments_and_conditions_are_rendered_into_the_plan(office: Office):
    entry = office.with_route(office.conditional())
    demand = office.passed(entry)
    capital = office.elements(entry).items[0]
    decision = answer(
        office,
        demand,
        ("verdict", "mask"),
        ("head", 6),
        ("because", QUOTE),
        conditions=(RowCondition(capital, "prefix", ("9151",)),),
        because=QUOTE,
    )

    grant = decide(office, demand, decision)
    plan = queries.plan(grant.pk, now=office.now)

    assert [(column.source, column.target, column.treatment, column.head) for column in plan.selection.columns] == [
        ("src_uscc", "uscc", Treatment.PLAIN, 0),
        ("src_name", "name", Treatment.PLAIN, 0),
        ("src_legal_person_id", "legal_person_id", Treatment.MASK, 6),
    ]
    assert plan.selection.conditions == (Condition("src_uscc", Operator.PREFIX, ("9151",)),)
    assert (plan.provider, plan.recipient) == (str(grant.provider_id), str(grant.recipient_id))


@pytest.mark.article("PC-43")
def test_words_that_the_published_terms_do_not_say_found_nothing(office: Office):
    demand = office.passed(office.conditional())

    with pytest.raises(Invalid) as refusal:
        decide(office, demand, answer(office, demand, ("verdict", "mask"), ("because", Because(quote="证件号码一律不提供"))))

    assert [fault.place for fault in refusal.value.faults] == ["items[2].because.quote"]


@pytest.mark.article("PC-43")
def test_terms_published_after_the_demand_cannot_be_quoted_against_it(office: Office):
    entry = office.conditional()
    demand = office.passed(entry)
    office.desk.edit(entry, terms="证件号码一律不提供。")
    office.desk.publish(entry)
    office.desk.confirm(entry)

    with pytest.raises(Invalid):
        decide(office, demand, answer(office, demand, ("verdict", "mask"), ("because", Because(quote="证件号码一律不提供"))))


@pytest.mark.article("CD2016-22", "PC-35")
def test_silence_past_the_clock_goes_to_the_authority_once_and_everybody_is_told(office: Office):
    demand = office.passed(office.conditional())

    assert watch.escalate_overdue(now=office.now) == 0
    assert watch.escalate_overdue(now=office.too_late) == 1
    assert watch.escalate_overdue(now=office.too_late) == 0

    demand.refresh_from_db()
    assert (demand.status, demand.escalated_by) == ("pressed", "platform")
    assert duties.find(Duty.PRESS, demand.number).owner == str(demand.authority_id)
    assert duties.find(Duty.DECIDE, demand.number).open  # still owed
    told = set(Notice.objects.filter(kind="overdue").values_list("organization", flat=True))
    assert told == {demand.recipient_id, demand.provider_id, demand.authority_id}


@pytest.mark.article("PC-35")
def test_the_authority_presses_and_a_late_answer_is_accepted_and_marked_late(office: Office):
    demand = office.passed(office.conditional())
    watch.escalate_overdue(now=office.too_late)

    pressed = acceptance.press(demand=demand.pk, opinion="请于三日内答复", by=office.authority, now=office.too_late)
    assert pressed.status == "pressed"
    assert not duties.find(Duty.PRESS, demand.number).open
    assert Notice.objects.get(kind="pressed").organization_id == demand.provider_id
    decide(office, demand, office.as_asked(demand), now=office.too_late)

    demand.refresh_from_db()
    assert (demand.status, demand.decided_late) == ("granted", True)
    assert Event.objects.get(demand=demand, status="granted").late
    assert duties.find(Duty.DECIDE, demand.number).late


@pytest.mark.article("PC-35", "PC-03")
def test_once_overdue_the_provider_cannot_stop_the_clock_but_the_authority_can_ask_for_completion(office: Office):
    demand = office.passed(office.conditional())

    with pytest.raises(WrongState, match="届满"):
        acceptance.ask_completion(demand=demand.pk, missing="补", by=office.provider, now=office.too_late)
    watch.escalate_overdue(now=office.too_late)
    with pytest.raises(NotYours):
        acceptance.ask_completion(demand=demand.pk, missing="补", by=office.provider, now=office.too_late)
    acceptance.ask_completion(demand=demand.pk, missing="请补依据", by=office.authority, now=office.too_late)
    demands.complete(demand=demand.pk, answer="已补", by=office.registrar, now=office.too_late)

    assert Demand.objects.get(pk=demand.pk).status == "deciding"
    assert watch.escalate_overdue(now=office.too_late) == 1


@pytest.mark.article("PC-46")
def test_a_demand_for_what_left_the_sharing_catalog_lapses_and_nobody_owes_an_answer(office: Office):
    from govshare.catalog import services as catalog

    entry = office.conditional()
    demand = office.passed(entry)
    assert watch.lapse_delisted(now=office.now) == 0
    catalog.delist(entry=entry.pk, reason="资源停止归集", expected_revision=1, by=office.authority, now=office.now)

    assert watch.lapse_delisted(now=office.now) == 1

    demand.refresh_from_db()
    assert demand.status == "lapsed"
    assert not duties.find(Duty.DECIDE, demand.number).open
    assert Notice.objects.filter(kind="lapsed").count() == 2


@pytest.mark.article("CD2016-29.1")
def test_a_renewal_within_unconditional_sharing_prolongs_the_same_grant_at_once(office: Office):
    grant = office.granted(office.unconditional())
    longer = grant.ends_on + timedelta(days=200)

    renewal = demands.renew(grant=grant.pk, ends_on=longer, by=office.registrar, now=office.now)
    demands.submit(demand=renewal.pk, by=office.registrar, now=office.now)
    checks.pass_check(demand=renewal.pk, checked=ALL_FIVE, by=office.checker, now=office.now)

    renewed = Grant.objects.get()
    assert (renewed.pk, renewed.number, renewed.ends_on) == (grant.pk, grant.number, longer)
    assert longer.isoformat() in renewed.terms


@pytest.mark.article("CD2016-25.2")
def test_a_renewal_of_a_conditional_grant_is_the_providers_to_answer(office: Office):
    grant = office.granted(office.conditional())
    asked, given = grant.ends_on + timedelta(days=200), grant.ends_on + timedelta(days=90)
    renewal = demands.renew(grant=grant.pk, ends_on=asked, by=office.registrar, now=office.now)
    demands.submit(demand=renewal.pk, by=office.registrar, now=office.now)
    checks.pass_check(demand=renewal.pk, checked=ALL_FIVE, by=office.checker, now=office.now)

    with pytest.raises(Refused):
        decisions.agree_renewal(demand=renewal.pk, ends_on=given, by=office.provider, now=office.now)
    decisions.agree_renewal(demand=renewal.pk, ends_on=given, because=QUOTE, by=office.provider, now=office.now)

    assert Grant.objects.get(pk=grant.pk).ends_on == given
    assert Grant.objects.count() == 1


def test_a_grant_has_one_renewal_at_a_time(office: Office):
    grant = office.granted(office.conditional())
    demands.renew(grant=grant.pk, ends_on=grant.ends_on + timedelta(days=9), by=office.registrar, now=office.now)

    with pytest.raises(WrongState, match="已有办理中的续期"):
        demands.renew(grant=grant.pk, ends_on=grant.ends_on + timedelta(days=8), by=office.registrar, now=office.now)


def test_a_renewal_changes_nothing_but_the_end_date(office: Office):
    grant = office.granted(office.conditional())
    renewal = demands.renew(grant=grant.pk, ends_on=grant.ends_on + timedelta(days=9), by=office.registrar, now=office.now)
    other = replace(Demand.objects.get(pk=renewal.pk).elements(), users=("外包公司",), items=renewal.elements().items[:1])
    demands.edit(demand=renewal.pk, elements=other, by=office.registrar, now=office.now)

    with pytest.raises(Invalid) as refusal:
        demands.submit(demand=renewal.pk, by=office.registrar, now=office.now)

    assert [fault.place for fault in refusal.value.faults] == ["users", "items"]


def test_a_changed_grant_takes_the_place_of_the_old_one(office: Office):
    entry = office.unconditional()
    old = office.granted(entry)

    new = office.granted(entry, replaces=old.pk, items=office.elements(entry).items[:1])

    old.refresh_from_db()
    assert (old.status, old.superseded_by) == ("superseded", new)
    assert new.items.count() == 1
    with pytest.raises(WrongState):
        queries.plan(old.pk, now=office.now)


def test_the_evidence_of_a_grant_names_both_departments_and_the_authority_and_the_digest_of_the_terms(office: Office):
    grant = office.granted(office.conditional())

    body = Evidence.objects.order_by("batch", "ordinal").last().body

    for party in (grant.provider_id, grant.recipient_id, grant.authority_id):
        assert str(party) in body
    assert grant.number in body
    assert '"terms":"sha256:' in body


def test_the_leader_of_the_provider_may_answer_and_its_registrar_may_not(office: Office):
    demand = office.passed(office.conditional())

    with pytest.raises(NotYours):
        decide(office, demand, office.as_asked(demand), by=office.actor("provider", Role.REGISTRAR))

    assert decide(office, demand, office.as_asked(demand), by=office.actor("provider", Role.LEADER)).status == "active"
