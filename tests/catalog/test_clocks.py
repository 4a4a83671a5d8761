"""Due dates of the catalog are stored when they arise: notice of a changed key element, access interface of what is listed."""

from dataclasses import replace
from datetime import datetime

import pytest

from govshare.catalog import queries, services
from govshare.catalog.queries import contents as saying
from govshare.catalog.rules.contents import KEY_LABELS, Snapshot, changed_key_elements
from govshare.duties import queries as duties
from govshare.kernel.clock import LOCAL, local_date
from tests.cast import assemble
from tests.catalog.world import CONTENT, ITEMS, Desk, version

NOTICE, ACCESS = "catalog:change-notice", "catalog:access-route"


@pytest.fixture
def desk(db: None) -> Desk:
    """On Monday, 8 June 2026."""
    return Desk(assemble(datetime(2026, 6, 8, 10, tzinfo=LOCAL)))


@pytest.mark.article("CD2016-16", "CD2016-17")
def test_each_of_the_laws_key_elements_counts_and_the_rest_does_not():
    before = Snapshot(content=CONTENT, items=ITEMS)

    def changed(**over: object) -> set[str]:
        return set(changed_key_elements(before, replace(before, content=replace(CONTENT, **over))))

    assert changed(name="x") == {"name"}
    assert changed(node="101001") == {"category"}
    assert changed(share_type="none") == {"class"}
    assert changed(modes=frozenset({"custom"})) == {"mode"}
    assert changed(terms="x") == {"terms"}
    assert changed(scope=frozenset({"x"})) == {"scope"}
    assert changed(update_limit="x") == {"update_limit"}
    assert changed(contact="x", abstract="x", collection_procedure="x", classification="3") == set()
    assert changed_key_elements(before, replace(before, items=ITEMS[:-1])) == {"items"}
    assert set(KEY_LABELS) >= {"name", "category", "mode", "terms", "scope", "update_limit", "items"}


@pytest.mark.django_db
@pytest.mark.article("CD2016-17")
def test_a_changed_key_element_starts_fifteen_working_days_that_publication_keeps(desk: Desk):
    entry = desk.listed()
    assert duties.find(NOTICE, entry.code) is None

    desk.edit(entry, terms="更严的条件")

    duty = duties.find(NOTICE, entry.code)
    assert (duty.basis, duty.working_days, duty.owner) == ("CD2016-17", 15, str(entry.provider_id))
    assert duty.due_on == duties.due(local_date(desk.now), 15).day
    assert "共享条件" in duty.title
    desk.publish(entry)
    duty.refresh_from_db()
    assert (duty.kept_at, duty.late) == (desk.now, False)


@pytest.mark.django_db
@pytest.mark.article("CD2016-17")
def test_a_second_edit_does_not_move_the_due_date_and_a_late_notice_is_accepted_and_marked(desk: Desk):
    entry = desk.listed()
    desk.edit(entry, terms="更严的条件")
    due_on = duties.find(NOTICE, entry.code).due_on

    desk.now = datetime(2026, 8, 3, 10, tzinfo=LOCAL)
    desk.edit(entry, terms="再改一次")
    assert duties.find(NOTICE, entry.code).due_on == due_on
    desk.publish(entry)

    duty = duties.find(NOTICE, entry.code)
    assert (duty.due_on, duty.late) == (due_on, True)


@pytest.mark.django_db
@pytest.mark.article("CD2016-17")
def test_taking_the_change_back_drops_the_clock(desk: Desk):
    first, second = desk.listed(name="甲"), desk.listed(name="乙")
    desk.edit(first, terms="更严的条件")
    desk.edit(second, terms="更严的条件")

    desk.edit(first, terms=CONTENT.terms, contact="李四")
    services.discard_draft(entry=second.pk, expected_version=version(second), by=desk.registrar, now=desk.now)

    assert not duties.find(NOTICE, first.code).open
    assert not duties.find(NOTICE, second.code).open
    assert saying.published(second).terms == CONTENT.terms


@pytest.mark.django_db
@pytest.mark.article("CD2016-17")
def test_other_changes_start_no_clock(desk: Desk):
    entry = desk.listed()

    desk.edit(entry, contact="李四")

    assert duties.find(NOTICE, entry.code) is None


@pytest.mark.django_db
@pytest.mark.article("CD2016-19", "PC-22")
def test_listing_without_a_route_is_marked_with_a_due_date(desk: Desk):
    entry = desk.published()
    assert duties.find(ACCESS, entry.code) is None

    desk.confirm(entry)

    duty = duties.find(ACCESS, entry.code)
    view = queries.entry(entry.pk, by=desk.reviewer, today=local_date(desk.now))
    assert (duty.basis, duty.working_days) == ("CD2016-19", duties.parameter("PC-22"))
    assert duty.due_on == duties.due(local_date(desk.now), duties.parameter("PC-22")).day
    assert view.missing_interface.due_on == duty.due_on
    assert [hit.has_route for hit in queries.search().hits] == [False]


@pytest.mark.django_db
@pytest.mark.article("CD2016-19")
def test_what_leaves_the_sharing_catalog_owes_no_interface(desk: Desk):
    entry = desk.listed()

    services.retire(entry=entry.pk, reason="职能划出", expected_version=version(entry), by=desk.reviewer, now=desk.now)

    assert not duties.find(ACCESS, entry.code).open
