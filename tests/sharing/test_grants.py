"""A grant's life: what it gives, how it ends, what it outlives (CD2016-17, 25, 31)."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from govshare.catalog import services as catalog
from govshare.kernel.errors import Invalid, NotFound, NotYours, Refused, WrongState
from govshare.kernel.roles import Role
from govshare.organizations.services import bodies
from govshare.sharing import queries, tasks
from govshare.sharing.models import Event, Grant, Notice
from govshare.sharing.services import demands, grants, watch
from tests.sharing.office import Office, refusing

pytestmark = pytest.mark.django_db


def settle() -> None:
    """What the database does on commit, done now."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


@pytest.mark.article("CD2016-31", "PC-47")
def test_the_recipient_ends_its_grant_at_will_and_nothing_flows_from_then_on(office: Office):
    grant = office.granted(office.with_route(office.unconditional()))
    plan = queries.plan(grant.pk, now=office.now)
    assert queries.stands(plan, now=office.now)

    ended = grants.end_early(grant=grant.pk, reason="业务已办结", by=office.checker, now=office.now)

    assert (ended.status, ended.end_reason) == ("ended", "recipient")
    assert not queries.stands(plan, now=office.now)
    with pytest.raises(WrongState):
        queries.plan(grant.pk, now=office.now)
    with pytest.raises(WrongState, match="已终止"):
        grants.end_early(grant=grant.pk, reason="再次", by=office.checker, now=office.now)


@pytest.mark.article("CD2016-22", "CD2016-31", "PC-47")
def test_the_provider_ends_a_grant_only_on_a_legal_ground_or_for_a_breach_that_the_terms_name(office: Office):
    first, second = (office.granted(office.conditional(name=name)) for name in ("法人单位信息", "法人变更信息"))

    with pytest.raises(Refused) as refusal:
        grants.end_early(grant=first.pk, reason="不想再提供", by=office.provider, now=office.now)
    assert str(refusal.value.basis) == "CD2016-22"
    with pytest.raises(Invalid):
        grants.end_early(grant=first.pk, reason="不想再提供", breach="annoying", by=office.provider, now=office.now)
    lawful = grants.end_early(grant=first.pk, reason="依法", ground=refusing().ground, by=office.provider, now=office.now)
    breached = grants.end_early(grant=second.pk, reason="向外包公司提供", breach="spread", by=office.provider, now=office.now)

    assert (lawful.end_reason, lawful.end_ground_id) == ("ground", refusing().ground)
    assert (breached.end_reason, breached.end_breach) == ("breach", "spread")
    assert "未经许可扩散或转让" in breached.terms


@pytest.mark.article("PC-47")
def test_the_authority_ends_a_grant_with_its_reason_and_others_may_not(office: Office):
    grant = office.granted(office.unconditional())

    for outsider in (office.actor("third", Role.RESOURCE_ADMIN), office.actor("third", Role.REGISTRAR)):
        with pytest.raises(NotFound):
            grants.end_early(grant=grant.pk, reason="x", by=outsider, now=office.now)
    for own in (office.registrar, office.actor("provider", Role.REGISTRAR)):
        with pytest.raises(NotYours):
            grants.end_early(grant=grant.pk, reason="x", by=own, now=office.now)
    with pytest.raises(Invalid):
        grants.end_early(grant=grant.pk, reason="  ", by=office.authority, now=office.now)

    assert grants.end_early(grant=grant.pk, reason="责令整改", by=office.authority, now=office.now).end_reason == "authority"


@pytest.mark.article("CD2016-29.1")
def test_a_grant_gives_nothing_after_its_last_day_and_is_marked_ended_by_the_clock(office: Office):
    grant = office.granted(office.with_route(office.unconditional()))
    plan = queries.plan(grant.pk, now=office.now)
    last, after = office.later(days=300), office.later(days=301)

    assert queries.stands(plan, now=last)
    assert not queries.stands(plan, now=after)
    assert watch.expire_grants(now=last) == 0
    assert watch.expire_grants(now=after) == 1

    assert Grant.objects.get().end_reason == "expired"
    assert set(Notice.objects.filter(kind="ended").values_list("organization", flat=True)) == {grant.recipient_id, grant.provider_id}


@pytest.mark.article("PC-38")
def test_both_sides_are_reminded_once_of_an_end_that_is_near_and_again_after_a_renewal(office: Office):
    grant = office.granted(office.unconditional())

    watch.remind_expiring(now=office.later(days=269))
    assert not Notice.objects.filter(kind="expiring").exists()
    for day in (270, 271, 299):
        watch.remind_expiring(now=office.later(days=day))
    assert Notice.objects.filter(kind="expiring").count() == 2

    assert [notice.text for notice in queries.grants.notices(office.registrar)] == [
        f"授权 {grant.number}（{grant.entry_name}）将于 {grant.ends_on.isoformat()} 到期；仍需使用的，请在到期前续期"
    ]


@pytest.mark.article("PC-37")
def test_a_grant_lasts_no_longer_than_the_convention_says(office: Office):
    office.set_parameter("PC-37", 100)

    with pytest.raises(Invalid) as refusal:
        office.granted(office.unconditional())

    assert [fault.place for fault in refusal.value.faults] == ["ends_on"]


@pytest.mark.article("PC-42")
def test_calls_per_day_are_limited_by_convention_where_the_demand_did_not_say(office: Office):
    entry = office.unconditional()

    assert office.granted(entry, mode="query").quota_per_day == 10000
    assert office.granted(entry, mode="query", quota_per_day=50).quota_per_day == 50
    assert office.granted(entry).quota_per_day is None


@pytest.mark.article("CD2016-19")
def test_a_grant_without_an_access_route_waits_for_one_and_is_bound_to_the_first(office: Office):
    entry = office.unconditional()
    grant = office.granted(entry)
    with pytest.raises(Refused, match="接口未提供") as refusal:
        queries.plan(grant.pk, now=office.now)
    assert str(refusal.value.basis) == "CD2016-19"

    office.with_route(entry)
    assert queries.plan(grant.pk, now=office.now).selection.table == "legal_entity"
    settle()
    watch.follow_catalog(now=office.now)

    assert {item.column for item in grant.items.all()} == {"src_uscc", "src_name", "src_legal_person_id"}
    assert Event.objects.filter(grant=grant, action="sharing:grant:bind").count() == 1


@pytest.mark.article("CD2016-17", "PC-44")
def test_a_moved_column_holds_the_grant_up_until_the_provider_confirms_it(office: Office):
    entry = office.with_route(office.unconditional())
    grant = office.granted(entry)
    office.with_route(entry, name="full_name")
    settle()

    with pytest.raises(WrongState, match="单位名称"):
        queries.plan(grant.pk, now=office.now)
    watch.follow_catalog(now=office.now)
    watch.follow_catalog(now=office.later(days=1))
    assert Notice.objects.filter(kind="changed").count() == 2  # both sides, once
    with pytest.raises(NotYours):
        grants.confirm(grant=grant.pk, by=office.checker, now=office.now)
    grants.confirm(grant=grant.pk, by=office.provider, now=office.now)

    assert [column.source for column in queries.plan(grant.pk, now=office.now).selection.columns] == [
        "src_uscc",
        "full_name",
        "src_legal_person_id",
    ]
    with pytest.raises(WrongState, match="没有变更"):
        grants.confirm(grant=grant.pk, by=office.provider, now=office.now)


@pytest.mark.article("PC-44")
def test_what_left_the_sharing_catalog_gives_nothing_and_cannot_be_confirmed_back(office: Office):
    entry = office.with_route(office.unconditional())
    grant = office.granted(entry)
    catalog.delist(entry=entry.pk, reason="停止归集", expected_revision=1, by=office.authority, now=office.now)

    with pytest.raises(WrongState, match="未列入共享目录"):
        queries.plan(grant.pk, now=office.now)
    with pytest.raises(WrongState):
        grants.confirm(grant=grant.pk, by=office.provider, now=office.now)


@pytest.mark.article("CD2016-25.1", "PC-44")
def test_data_that_became_conditional_must_be_demanded_anew(office: Office):
    entry = office.with_route(office.unconditional())
    grant = office.granted(entry)
    office.desk.edit(entry, share_type="conditional", terms="仅用于审批。")
    office.desk.publish(entry)
    office.desk.confirm(entry)

    with pytest.raises(WrongState, match="重新申请"):
        queries.plan(grant.pk, now=office.now)
    renewal = demands.renew(grant=grant.pk, ends_on=grant.ends_on + timedelta(days=1), by=office.registrar, now=office.now)
    with pytest.raises(WrongState, match="不能续期"):
        demands.submit(demand=renewal.pk, by=office.registrar, now=office.now)


def test_the_merged_departments_grant_is_its_successors(office: Office):
    grant = office.granted(office.with_route(office.unconditional()))
    old, heir = office.cast.organization("recipient"), office.cast.organization("third")
    by = office.actor("third", Role.RESOURCE_ADMIN)

    bodies.merge(
        predecessors=[old.pk], into=heir.pk, document="成编〔2026〕1号", by=office.actor("authority", Role.SYSTEM_ADMIN), now=office.now
    )

    assert queries.plan(grant.pk, now=office.now).recipient == str(heir.pk)
    assert list(queries.grants.received(by)) == [grant]
    assert grants.end_early(grant=grant.pk, reason="合并后不再需要", by=by, now=office.now).end_reason == "recipient"


@pytest.mark.article("PC-10", "CD2016-31")
def test_who_was_given_one_matter_in_a_split_sees_that_one_and_no_other(office: Office):
    given, kept = (office.granted(office.unconditional(name=name)) for name in ("划转的资源", "留下的资源"))
    old, heir = office.cast.organization("recipient"), office.cast.organization("third")
    by = office.actor("third", Role.RESOURCE_ADMIN)

    bodies.split(
        organization=old.pk,
        heirs={heir.pk: [str(given.pk), str(given.demand_id)]},
        main=None,
        document="成编〔2026〕2号",
        by=office.actor("authority", Role.SYSTEM_ADMIN),
        now=office.now,
    )

    assert list(queries.grants.received(by)) == [given]
    assert list(queries.demands.own(by)) == [given.demand]
    assert queries.demands.detail(given.demand_id, by=by, now=office.now).events[0].label == "起草"
    with pytest.raises(NotFound):
        queries.grants.get(kept.pk, by=by)
    with pytest.raises(NotFound):
        queries.demands.get(kept.demand_id, by=by)
    assert {notice.grant_id for notice in queries.grants.notices(by)} <= {given.pk}


def test_grants_are_seen_by_their_two_sides_their_authority_and_their_systems(office: Office):
    grant = office.granted(office.unconditional())

    assert list(queries.grants.received(office.registrar)) == [grant]
    assert list(queries.grants.given(office.provider)) == [grant]
    assert queries.grants.get(grant.pk, by=office.authority) == grant
    assert list(queries.grants.received(office.actor("recipient", Role.SYSTEM))) == [grant]
    assert not queries.grants.visible(office.actor("third", Role.RESOURCE_ADMIN)).exists()
    assert not queries.grants.visible(office.actor("authority", Role.SYSTEM_ADMIN)).exists()


def test_the_clock_tasks_do_their_work(office: Office):
    office.passed(office.conditional())

    assert tasks.escalate_overdue.func(0) == 0
    assert tasks.follow_catalog.func(0) == 0
    assert tasks.expire_grants.func(0) == 0


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE sharing_grant SET purpose = '别的用途'",
        "UPDATE sharing_grant SET ends_on = ends_on - 1",
        "UPDATE sharing_grant SET recipient_id = provider_id",
        "UPDATE sharing_grant SET status = 'ended'",
        "DELETE FROM sharing_grant",
        "UPDATE sharing_grant_item SET use = 'plain', item = gen_random_uuid()",
        "DELETE FROM sharing_grant_item",
        "UPDATE sharing_event SET note = ''",
        "DELETE FROM sharing_event",
        "UPDATE sharing_demand SET purpose = '别的用途'",
        "UPDATE sharing_demand SET status = 'draft'",
        "DELETE FROM sharing_demand",
        "UPDATE sharing_demand_item SET verdict = 'refused'",
        "DELETE FROM sharing_number",
        "DELETE FROM sharing_plan_epoch",
        "TRUNCATE sharing_notice",
    ],
)
def test_the_database_refuses_to_rewrite_what_was_granted_and_done(office: Office, statement: str):
    office.granted(office.unconditional())

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
