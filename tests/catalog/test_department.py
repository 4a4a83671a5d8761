"""The department's own resource catalog: register, review, publish, file."""

import re

import pytest

from govshare.catalog import services
from govshare.catalog.models import Entry, Listing, Node, Revision, Step
from govshare.catalog.queries import contents as saying
from govshare.catalog.rules.contents import digest
from govshare.kernel.errors import Invalid, NotYours, WrongState
from govshare.kernel.roles import Role
from tests.catalog.world import CONTENT, ITEMS, Desk, version

pytestmark = pytest.mark.django_db


@pytest.mark.article("CD2016-14", "PC-21")
def test_registering_gives_a_code_below_the_category_and_keeps_everything_that_was_said(desk: Desk):
    entry = desk.draft()

    snapshot = saying.snapshot(entry.revisions.get())
    assert re.fullmatch(r"102001/\d{5}", entry.code)
    assert snapshot.content == CONTENT
    assert [(item.name, item.column, item.length) for item in snapshot.items] == [(i.name, i.column, i.length) for i in ITEMS]
    assert entry.provider == desk.cast.organization("provider")


@pytest.mark.article("PC-21")
def test_codes_run_on_below_each_category_and_discarded_ones_are_not_given_again(desk: Desk):
    first = desk.draft(name="甲")
    services.discard_draft(entry=first.pk, expected_version=version(first), by=desk.registrar, now=desk.now)

    second, elsewhere = desk.draft(name="乙"), desk.draft(name="丙", node="101001")

    number = int(first.code.split("/")[1])
    assert second.code == f"102001/{number + 1:05d}"
    assert elsewhere.code.startswith("101001/")


@pytest.mark.article("CD2016-15")
def test_only_the_departments_registrar_registers(desk: Desk):
    with pytest.raises(NotYours) as refusal:
        services.create_entry(content=CONTENT, items=ITEMS, by=desk.reviewer, now=desk.now)

    assert str(refusal.value.basis) == "CD2016-14"
    assert not Entry.objects.exists()


@pytest.mark.article("CD2016-14")
def test_another_department_cannot_touch_an_entry(desk: Desk):
    entry = desk.draft()
    stranger = desk.cast.actor("recipient", Role.REGISTRAR)

    with pytest.raises(NotYours):
        services.submit(entry=entry.pk, expected_version=1, by=stranger, now=desk.now)
    with pytest.raises(NotYours):
        services.edit_entry(entry=entry.pk, content=CONTENT, items=(), expected_version=1, by=stranger, now=desk.now)
    assert saying.snapshot(entry.revisions.get()).items


@pytest.mark.article("CD2016-14")
def test_publishing_files_with_the_authority_in_the_same_act(desk: Desk):
    entry = desk.draft()

    revision = desk.publish(entry)

    listing = Listing.objects.get(entry=entry)
    assert (revision.status, revision.published_by) == ("published", desk.reviewer.id)
    assert revision.digest == digest(saying.snapshot(revision))
    assert (listing.status, listing.filed_id, listing.listed_id) == ("filed", revision.pk, None)


@pytest.mark.article("CD2016-15", "PC-20")
def test_nobody_reviews_what_they_registered(desk: Desk):
    entry = desk.draft()
    desk.submit(entry)
    both = desk.cast.actor("provider", Role.REVIEWER)
    both = type(both)(**{name: getattr(both, name) for name in both.__slots__} | {"id": desk.registrar.id})

    with pytest.raises(NotYours) as refusal:
        services.publish(entry=entry.pk, expected_version=version(entry), by=both, now=desk.now)

    assert str(refusal.value.basis) == "PC-20"
    assert saying.pending(entry).status == "review"


@pytest.mark.article("CD2016-15", "PC-20")
def test_the_leader_reviews_only_where_no_reviewer_is_appointed(desk: Desk):
    leader = desk.actor(Role.LEADER)
    small, large = desk.draft(name="甲"), desk.draft(name="乙")
    desk.submit(small)
    desk.submit(large)

    services.publish(entry=small.pk, expected_version=version(small), by=leader, now=desk.now)
    desk.cast.person("provider", Role.REVIEWER)
    with pytest.raises(NotYours) as refusal:
        services.publish(entry=large.pk, expected_version=version(large), by=leader, now=desk.now)

    assert saying.published(small).published_by == leader.id
    assert str(refusal.value.basis) == "PC-20"


@pytest.mark.article("CD2016-15")
def test_a_returned_entry_goes_back_to_its_registrar_with_the_reason(desk: Desk):
    entry = desk.draft()
    desk.submit(entry)

    services.return_entry(entry=entry.pk, reason="摘要请写明范围", expected_version=version(entry), by=desk.reviewer, now=desk.now)

    step = Step.objects.filter(entry=entry).last()
    assert saying.pending(entry).status == "draft"
    assert (step.action, step.reason, step.basis) == ("catalog:entry:return", "摘要请写明范围", "CD2016-15")
    desk.edit(entry, abstract="本市登记的全部法人单位。")
    assert desk.publish(entry).abstract == "本市登记的全部法人单位。"


@pytest.mark.article("CD2016-15")
def test_returning_needs_a_reason(desk: Desk):
    entry = desk.draft()
    desk.submit(entry)

    with pytest.raises(Invalid) as refusal:
        services.return_entry(entry=entry.pk, reason="  ", expected_version=version(entry), by=desk.reviewer, now=desk.now)

    assert [fault.place for fault in refusal.value.faults] == ["reason"]


@pytest.mark.article("CD2016-14")
def test_the_registrar_takes_a_submission_back_to_go_on_working(desk: Desk):
    entry = desk.draft()
    desk.submit(entry)

    with pytest.raises(WrongState, match="先撤回"):
        desk.edit(entry, abstract="更正")
    services.withdraw(entry=entry.pk, expected_version=version(entry), by=desk.registrar, now=desk.now)

    assert desk.edit(entry, abstract="更正").abstract == "更正"


@pytest.mark.article("PC-24")
def test_of_two_editors_the_second_is_told_to_look_again(desk: Desk):
    entry = desk.draft()
    seen = version(entry)
    other = desk.cast.actor("provider", Role.REGISTRAR)
    desk.edit(entry, abstract="第一位的修改")

    with pytest.raises(WrongState) as refusal:
        services.edit_entry(entry=entry.pk, content=CONTENT, expected_version=seen, by=other, now=desk.now)

    assert str(refusal.value.basis) == "PC-24"
    assert saying.pending(entry).abstract == "第一位的修改"


@pytest.mark.article("PC-24")
def test_a_reviewer_publishes_only_what_was_looked_at(desk: Desk):
    entry = desk.draft()
    desk.submit(entry)
    seen = version(entry)
    services.withdraw(entry=entry.pk, expected_version=seen, by=desk.registrar, now=desk.now)
    desk.edit(entry, abstract="换过的内容")
    desk.submit(entry)

    with pytest.raises(WrongState):
        services.publish(entry=entry.pk, expected_version=seen, by=desk.reviewer, now=desk.now)

    assert saying.published(entry) is None


@pytest.mark.article("CD2016-21")
def test_a_published_entry_is_edited_beside_the_published_one(desk: Desk):
    entry = desk.published()

    revision = desk.edit(entry, abstract="新的摘要")

    assert saying.published(entry).abstract == CONTENT.abstract
    assert (revision.number, revision.based_on, revision.status) == (2, 1, "draft")
    desk.publish(entry)
    assert saying.published(entry).abstract == "新的摘要"
    assert list(entry.revisions.values_list("number", "status")) == [(1, "superseded"), (2, "published")]


@pytest.mark.article("CD2016-21")
def test_an_item_keeps_its_identity_through_revisions_and_renaming(desk: Desk):
    entry = desk.published()
    before = {item.column: item for item in saying.snapshot(saying.published(entry)).items}

    items = (before["uscc"], type(ITEMS[0])(name="单位全称", column="full_name", length=300, id=before["name"].id))
    desk.edit(entry, items=items)

    after = {item.column: item.id for item in saying.snapshot(saying.pending(entry)).items}
    assert after == {"uscc": before["uscc"].id, "full_name": before["name"].id}


@pytest.mark.article("CD2016-14")
def test_an_item_sent_without_its_id_is_known_by_its_column(desk: Desk):
    entry = desk.published()
    before = {item.column: item.id for item in saying.snapshot(saying.published(entry)).items}

    services.set_items(entry=entry.pk, items=ITEMS[:2], expected_version=version(entry), by=desk.registrar, now=desk.now)

    after = {item.column: item.id for item in saying.snapshot(saying.pending(entry)).items}
    assert after == {column: before[column] for column in ("uscc", "name")}


@pytest.mark.article("CD2016-21")
def test_retiring_ends_the_entry_with_a_reason_and_takes_it_out_of_the_sharing_catalog(desk: Desk):
    entry = desk.listed()

    services.retire(entry=entry.pk, reason="职能划出", expected_version=version(entry), by=desk.reviewer, now=desk.now)

    listing = Listing.objects.get(entry=entry)
    assert list(entry.revisions.values_list("status", flat=True)) == ["retired"]
    assert (listing.status, listing.listed_id) == ("delisted", None)
    with pytest.raises(WrongState, match="重新登记"):
        desk_edit_after_end(desk, entry)


def desk_edit_after_end(desk: Desk, entry: Entry) -> Revision:
    return services.edit_entry(entry=entry.pk, content=CONTENT, expected_version=version(entry), by=desk.registrar, now=desk.now)


@pytest.mark.article("CD2016-14")
def test_every_act_leaves_one_step_with_its_receipt(desk: Desk):
    entry = desk.listed()

    steps = list(Step.objects.filter(entry=entry))

    assert [step.action for step in steps] == [
        "catalog:entry:create",
        "catalog:entry:submit",
        "catalog:entry:publish",
        "catalog:listing:confirm",
    ]
    assert all(step.receipt.startswith("HZ-") for step in steps)
    assert len({step.receipt for step in steps}) == 4


@pytest.mark.article("CD2016-8", "CD2016-16")
def test_the_authority_grows_the_category_tree_and_entries_stand_at_its_leaves(desk: Desk):
    services.add_node(code="301", name="市市场监管局", by=desk.authority, now=desk.now)
    services.add_node(code="301001", name="登记注册", by=desk.authority, now=desk.now)

    entry = desk.draft(node="301001")

    assert entry.code == "301001/00001"
    assert Node.objects.get(code="301001").parent.code == "301"
    with pytest.raises(Invalid) as refusal:
        desk.draft(node="301", name="另一条")
    assert [fault.place for fault in refusal.value.faults] == ["node"]
    with pytest.raises(Invalid):
        services.add_node(code="399001", name="没有上级", by=desk.authority, now=desk.now)
    with pytest.raises(NotYours):
        services.add_node(code="302", name="越权", by=desk.registrar, now=desk.now)
