"""The authority's side: confirm, adjust, send back, list, delist; 核定 of what is not shared; copies."""

from dataclasses import replace

import pytest

from govshare.catalog import queries, services
from govshare.catalog.models import Listing, Step, Verification
from govshare.catalog.queries import contents as saying
from govshare.kernel.errors import Invalid, NotFound, NotYours, WrongState
from govshare.kernel.roles import Role
from tests.catalog.world import CONTENT, ITEMS, Desk, filed, ground_for, not_shared, version

pytestmark = pytest.mark.django_db


def status(entry) -> str:
    return Listing.objects.get(entry=entry).status


@pytest.mark.article("CD2016-16")
def test_what_the_authority_confirms_is_listed_and_can_be_shared(desk: Desk):
    entry = desk.published()
    with pytest.raises(WrongState):
        queries.listed(entry.pk)

    desk.confirm(entry)

    listed = queries.listed(entry.pk)
    assert (listed.code, listed.name, listed.revision) == (entry.code, CONTENT.name, 1)
    assert (listed.share_type, listed.terms, listed.update_limit) == ("conditional", CONTENT.terms, CONTENT.update_limit)
    assert listed.organization == str(desk.cast.organization("provider").pk)
    assert [(item.column, item.field, item.is_key) for item in listed.items if item.is_key] == [("uscc", "uscc", True)]
    assert (listed.modes, listed.route) == (CONTENT.modes, None)
    assert queries.still_listed(entry.pk, revision=1)


@pytest.mark.article("CD2016-16")
def test_only_the_authority_of_the_departments_own_tier_decides(desk: Desk):
    entry = desk.published()
    district = desk.cast.actor("district_authority", Role.AUTHORITY)

    with pytest.raises(NotYours):
        services.confirm(entry=entry.pk, expected_revision=1, by=district, now=desk.now)
    with pytest.raises(NotYours):
        services.confirm(entry=entry.pk, expected_revision=1, by=desk.reviewer, now=desk.now)

    assert status(entry) == "filed"


@pytest.mark.article("CD2016-10", "CD2016-16")
def test_a_districts_entry_is_decided_by_the_districts_authority(desk: Desk):
    district = Desk(desk.cast, "district")
    entry = district.published()
    by = desk.cast.actor("district_authority", Role.AUTHORITY)

    with pytest.raises(NotYours):
        desk.confirm(entry)
    services.confirm(entry=entry.pk, expected_revision=1, by=by, now=desk.now)

    assert status(entry) == "listed"
    assert [row.entry_id for row in queries.filed_queue(desk.cast.organization("authority").pk)] == []


@pytest.mark.article("CD2016-16", "PC-24")
def test_the_authority_decides_only_on_what_it_looked_at(desk: Desk):
    entry = desk.published()
    desk.edit(entry, name="改名后的信息")
    desk.publish(entry)

    with pytest.raises(WrongState) as refusal:
        services.confirm(entry=entry.pk, expected_revision=1, by=desk.authority, now=desk.now)

    assert str(refusal.value.basis) == "PC-24"
    assert status(entry) == "filed"


@pytest.mark.article("CD2016-16")
def test_the_authority_adjusts_category_terms_and_scope_with_reasons_and_the_department_is_told(desk: Desk):
    entry = desk.published()
    recipient = str(desk.cast.organization("recipient").pk)

    listing = services.adjust(
        entry=entry.pk,
        changes={"node": "202001", "terms": "仅限审批岗使用。", "for_all": False, "scope": frozenset({recipient})},
        reason="按全市统一口径调整",
        expected_revision=1,
        by=desk.authority,
        now=desk.now,
    )

    listed = queries.listed(entry.pk)
    assert (listed.revision, listed.terms, listed.scope, listed.for_all) == (2, "仅限审批岗使用。", frozenset({recipient}), False)
    assert listed.code == entry.code
    assert listing.listed.adjusted
    told = queries.told_by_authority(desk.cast.organization("provider").pk)
    assert [(row.code, row.opinion) for row in told] == [(entry.code, "按全市统一口径调整")]
    assert queries.search(node="202").total == 1


@pytest.mark.article("CD2016-13.1", "CD2016-16")
@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"contact": "李四"}, "contact"),
        ({"share_type": "none"}, "share_type"),
        ({"items": ()}, "items"),
        ({"update_limit": ""}, "update_limit"),
        ({"share_type": "unconditional", "terms": ""}, "items.3.sensitivity"),
        ({"for_all": False}, "scope"),
    ],
)
def test_an_adjustment_keeps_to_what_the_authority_may_set_and_to_every_rule(desk: Desk, changes: dict, place: str):
    entry = desk.published()

    with pytest.raises(Invalid) as refusal:
        services.adjust(entry=entry.pk, changes=changes, reason="统一口径", expected_revision=1, by=desk.authority, now=desk.now)

    assert place in {fault.place for fault in refusal.value.faults}
    assert saying.snapshot(saying.published(entry)).content == CONTENT


@pytest.mark.article("CD2016-16")
def test_a_draft_made_before_an_adjustment_is_compared_again_before_it_goes_on(desk: Desk):
    entry = desk.listed()
    desk.edit(entry, abstract="部门的新摘要")
    services.adjust(entry=entry.pk, changes={"terms": "新条件"}, reason="统一", expected_revision=1, by=desk.authority, now=desk.now)

    with pytest.raises(WrongState, match="已调整"):
        desk.submit(entry)
    pending = saying.snapshot(saying.pending(entry)).content
    services.edit_entry(
        entry=entry.pk,
        content=replace(pending, terms="新条件"),
        expected_version=version(entry),
        by=desk.registrar,
        now=desk.now,
    )

    assert desk.publish(entry).number == 4
    assert saying.snapshot(saying.published(entry)).content.terms == "新条件"


@pytest.mark.article("CD2016-16")
def test_what_is_sent_back_is_corrected_and_filed_again(desk: Desk):
    entry = desk.published()
    services.send_back(entry=entry.pk, reason="更新时限过长", expected_revision=1, by=desk.authority, now=desk.now)
    assert status(entry) == "returned"

    desk.edit(entry, update_limit="每日 06:00 前")
    desk.publish(entry)

    assert (status(entry), filed(entry)) == ("filed", 2)


@pytest.mark.article("CD2016-16")
def test_the_department_may_file_again_unchanged_with_its_reasons(desk: Desk):
    entry = desk.published()
    services.send_back(entry=entry.pk, reason="更新时限过长", expected_revision=1, by=desk.authority, now=desk.now)

    services.file_again(entry=entry.pk, reason="数据由省级下发，不能更早", expected_version=version(entry), by=desk.reviewer, now=desk.now)

    assert status(entry) == "filed"
    assert Step.objects.filter(entry=entry).last().reason == "数据由省级下发，不能更早"


@pytest.mark.article("CD2016-17", "PC-23")
def test_a_key_element_change_of_a_listed_entry_waits_for_the_authority_while_the_old_content_stands(desk: Desk):
    entry = desk.listed()
    desk.edit(entry, terms="更严的条件")
    desk.publish(entry)

    assert status(entry) == "changed"
    assert queries.listed(entry.pk).terms == CONTENT.terms
    assert [(each.place, each.after) for each in queries.pending_changes(entry.pk, by=desk.authority)] == [("terms", "更严的条件")]
    desk.confirm(entry)
    assert (status(entry), queries.listed(entry.pk).terms) == ("listed", "更严的条件")
    assert not queries.still_listed(entry.pk, revision=1)


@pytest.mark.article("CD2016-14", "PC-23")
def test_a_change_that_touches_no_key_element_is_listed_with_its_publication(desk: Desk):
    entry = desk.listed()

    desk.edit(entry, contact="李四")
    desk.publish(entry)

    assert (status(entry), queries.listed(entry.pk).revision) == ("listed", 2)


@pytest.mark.article("CD2016-17", "PC-23")
def test_a_change_sent_back_leaves_the_listing_as_it_was_and_may_be_filed_again(desk: Desk):
    entry = desk.listed()
    desk.edit(entry, terms="更严的条件")
    desk.publish(entry)

    services.send_back(entry=entry.pk, reason="依据不足", expected_revision=2, by=desk.authority, now=desk.now)
    assert (status(entry), queries.listed(entry.pk).revision) == ("listed", 1)
    services.file_again(entry=entry.pk, reason="依据已补充", expected_version=version(entry), by=desk.reviewer, now=desk.now)

    assert (status(entry), filed(entry)) == ("changed", 2)


@pytest.mark.article("CD2016-17")
def test_delisting_needs_a_reason_and_ends_sharing(desk: Desk):
    entry = desk.listed()

    with pytest.raises(Invalid):
        services.delist(entry=entry.pk, reason="", expected_revision=1, by=desk.authority, now=desk.now)
    services.delist(entry=entry.pk, reason="数据源停用", expected_revision=1, by=desk.authority, now=desk.now)

    assert not queries.still_listed(entry.pk, revision=1)
    with pytest.raises(WrongState):
        queries.listed(entry.pk)


@pytest.mark.article("CD2016-13.2")
def test_what_is_not_shared_is_verified_and_never_enters_the_sharing_catalog(desk: Desk):
    entry = desk.published(**not_shared())
    assert [row.entry_id for row in queries.verification_queue(desk.cast.organization("authority").pk)] == [entry.pk]

    with pytest.raises(WrongState):
        services.confirm(entry=entry.pk, expected_revision=1, by=desk.authority, now=desk.now)
    services.verify_not_shared(entry=entry.pk, expected_revision=1, opinion="依据成立", by=desk.authority, now=desk.now)

    assert Verification.objects.get(entry=entry).status == "verified"
    assert not Listing.objects.filter(entry=entry).exists()
    assert queries.search().total == 0
    with pytest.raises(WrongState):
        queries.listed(entry.pk)


@pytest.mark.article("CD2016-13.2")
def test_a_ground_that_does_not_carry_is_returned_and_may_be_put_again(desk: Desk):
    entry = desk.published(**not_shared())

    services.return_not_shared(entry=entry.pk, reason="该条不禁止共享", expected_revision=1, by=desk.authority, now=desk.now)
    assert Verification.objects.get(entry=entry).status == "returned"
    services.file_again(entry=entry.pk, reason="另附说明", expected_version=version(entry), by=desk.reviewer, now=desk.now)

    assert Verification.objects.get(entry=entry).status == "pending"


@pytest.mark.article("CD2016-13.2", "PC-23")
def test_a_listed_entry_that_becomes_not_shared_stays_listed_until_verified(desk: Desk):
    entry = desk.listed()
    desk.edit(entry, **not_shared())
    desk.publish(entry)
    assert queries.listed(entry.pk).revision == 1

    services.verify_not_shared(entry=entry.pk, expected_revision=2, by=desk.authority, now=desk.now)

    assert status(entry) == "delisted"
    assert queries.search().total == 0


@pytest.mark.article("CD2016-13.2", "PC-23")
def test_a_listed_entry_whose_not_sharing_is_returned_stays_listed_for_good(desk: Desk):
    entry = desk.listed()
    desk.edit(entry, **not_shared())
    desk.publish(entry)

    services.return_not_shared(entry=entry.pk, reason="依据不足", expected_revision=2, by=desk.authority, now=desk.now)

    assert (status(entry), queries.listed(entry.pk).revision) == ("listed", 1)
    services.file_again(entry=entry.pk, reason="补充依据", expected_version=version(entry), by=desk.reviewer, now=desk.now)
    assert status(entry) == "changed"


@pytest.mark.article("CD2016-5.5")
def test_statutory_sharing_reaches_the_named_department_whatever_the_class(desk: Desk):
    named = desk.cast.organization("recipient")
    statutory = frozenset({saying.Statutory(organization=str(named.pk), ground=str(ground_for("both").pk))})
    entry = desk.published(**not_shared(statutory=statutory))

    services.verify_not_shared(entry=entry.pk, expected_revision=1, by=desk.authority, now=desk.now)

    listed = queries.listed(entry.pk)
    assert (listed.share_type, listed.statutory) == ("none", frozenset({str(named.pk)}))
    assert listed.in_scope(str(named.pk))
    assert not listed.in_scope(str(desk.cast.organization("third").pk))
    assert queries.still_listed(entry.pk, revision=1)
    assert queries.search().total == 0


@pytest.mark.article("CD2016-5.2")
def test_a_listed_entry_is_open_to_the_departments_in_its_scope(desk: Desk):
    recipient = str(desk.cast.organization("recipient").pk)
    entry = desk.listed(for_all=False, scope=frozenset({recipient}))

    listed = queries.listed(entry.pk)

    assert listed.in_scope(recipient)
    assert not listed.in_scope(str(desk.cast.organization("third").pk))


@pytest.mark.article("CD2016-18", "PC-25")
def test_a_non_authoritative_copy_is_registered_with_its_source_and_not_listed(desk: Desk):
    source = desk.listed()
    holder = Desk(desk.cast, "recipient")

    copy = holder.published(name="法人信息（共享获得）", source=source.code)

    assert not saying.published(copy).authoritative
    assert not Listing.objects.filter(entry=copy).exists()
    assert queries.search("法人").total == 1


@pytest.mark.article("CD2016-18", "PC-25")
def test_a_listed_entry_found_to_be_a_copy_is_taken_out_by_the_authority(desk: Desk):
    source = Desk(desk.cast, "recipient").listed(name="法人权威信息")
    entry = desk.listed()
    desk.edit(entry, source=source.code)
    desk.publish(entry)

    with pytest.raises(WrongState):
        desk.confirm(entry)
    services.delist(entry=entry.pk, reason="权威来源为市住建局", expected_revision=2, by=desk.authority, now=desk.now)

    assert status(entry) == "delisted"


@pytest.mark.article("CD2016-16")
def test_others_see_what_is_listed_and_the_department_and_its_authority_see_everything(desk: Desk):
    entry = desk.listed()
    desk.edit(entry, terms="未发布的修改")
    today = desk.now.date()
    stranger = desk.cast.actor("recipient", Role.REGISTRAR)

    outside = queries.entry(entry.pk, by=stranger, today=today)
    inside = queries.entry(entry.pk, by=desk.reviewer, today=today)

    assert (outside.shown.snapshot.content.terms, outside.pending, outside.history) == (CONTENT.terms, None, ())
    assert inside.pending.snapshot.content.terms == "未发布的修改"
    assert [each.place for each in inside.differences] == ["terms"]
    assert inside.key_elements == {"terms"}
    assert len(inside.history) == 5
    assert len(queries.revisions(entry.pk, by=desk.authority)) == 2
    with pytest.raises(NotFound):
        queries.revisions(entry.pk, by=stranger)
    with pytest.raises(NotFound):
        queries.entry(desk.published(name="未列入").pk, by=stranger, today=today)


@pytest.mark.article("CD2016-14")
def test_the_lists_people_work_from(desk: Desk):
    provider = desk.cast.organization("provider").pk
    draft, waiting, out = desk.draft(name="甲"), desk.draft(name="乙"), desk.listed(name="丙")
    desk.submit(waiting)
    desk.edit(out, contact="李四")

    rows = {row.name: row for row in queries.own_entries(provider)}

    assert {name: (row.status, row.pending, row.listing) for name, row in rows.items()} == {
        "甲": ("draft", "", ""),
        "乙": ("review", "", ""),
        "丙": ("published", "draft", "listed"),
    }
    assert [revision.entry_id for revision in queries.review_queue(provider)] == [waiting.pk]
    assert [row.name for row in queries.own_entries(provider, status="draft")] == ["甲", "丙"]
    assert draft.code == rows["甲"].code


@pytest.mark.article("CD2016-13.2", "CD2016-22")
def test_the_register_of_grounds_is_the_authoritys_and_a_closed_ground_carries_nothing_new(desk: Desk):
    values = {
        "title": "某某市地方规章",
        "issuer": "某某市人民政府",
        "article": "第三条",
        "text": "下列资料不得对外提供。",
        "kind": "rule",
        "allows": "not_shared",
    }
    ground = services.add_ground(**values, by=desk.authority, now=desk.now)
    entry = desk.draft(**not_shared(ground=str(ground.pk)))

    with pytest.raises(NotYours):
        services.add_ground(**values | {"article": "第四条"}, by=desk.reviewer, now=desk.now)
    with pytest.raises(WrongState):
        services.add_ground(**values, by=desk.authority, now=desk.now)
    services.close_ground(ground=ground.pk, reason="已废止", by=desk.authority, now=desk.now)

    with pytest.raises(NotFound):
        queries.ground(ground.pk)
    with pytest.raises(Invalid) as refusal:
        desk.submit(entry)
    assert [fault.place for fault in refusal.value.faults] == ["ground"]


@pytest.mark.article("CD2016-5.3")
def test_an_entry_of_ordinary_items_may_be_unconditional(desk: Desk):
    entry = desk.listed(share_type="unconditional", terms="", items=ITEMS[:2])

    assert queries.listed(entry.pk).share_type == "unconditional"
