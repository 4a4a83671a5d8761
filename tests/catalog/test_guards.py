"""What must always be true is said by PostgreSQL: tried in SQL, as the program's own role."""

import pytest
from django.db import DatabaseError, connection, transaction

from govshare.catalog.models import Entry, LegalGround, Revision
from tests.catalog.world import Desk, ground_for, item_id, not_shared

pytestmark = pytest.mark.django_db


def refused(statement: str, *values: object) -> str:
    """Run ``statement`` and return what PostgreSQL says against it."""
    with pytest.raises(DatabaseError) as error, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    return str(error.value)


def revision_of(entry: Entry) -> Revision:
    return entry.revisions.order_by("-number")[0]


def to(status: str) -> str:
    return f"UPDATE catalog_revision SET status = '{status}' WHERE id = %s"


@pytest.mark.article("PC-21")
def test_a_code_never_changes_and_is_never_given_twice(desk: Desk):
    entry = desk.draft()
    copy = (
        "INSERT INTO catalog_entry (id, code, provider_id, version, last_revision, created_at, created_by)"
        " SELECT gen_random_uuid(), %s, provider_id, 1, 1, now(), 'x' FROM catalog_entry WHERE id = %s"
    )

    assert "only provider_id" in refused("UPDATE catalog_entry SET code = '102001/00009' WHERE id = %s", entry.pk)
    assert "never deleted" in refused("DELETE FROM catalog_entry WHERE id = %s", entry.pk)
    assert "catalog_entry_code" in refused(copy, entry.code, entry.pk)
    assert "was not allocated" in refused(copy, "102001/99999", entry.pk)
    assert "was not allocated" in refused(copy, "999999/00001", entry.pk)
    assert "only rise" in refused("UPDATE catalog_code_counter SET last = 0")
    assert "only rise" in refused("UPDATE catalog_code_counter SET last = last + 5")
    assert "never given twice" in refused("DELETE FROM catalog_code_counter")


@pytest.mark.article("CD2016-5.3")
def test_a_conditional_entry_goes_nowhere_without_terms(desk: Desk):
    entry = desk.draft(terms="")

    assert "catalog_revision_terms" in refused(to("review"), revision_of(entry).pk)


@pytest.mark.article("CD2016-13.2")
def test_what_is_not_shared_goes_nowhere_without_a_ground_that_allows_it(desk: Desk):
    without = desk.draft(**not_shared(ground=""))
    unfit = desk.draft(**not_shared(ground=str(ground_for("refuse_sharing").pk)))

    assert "a ground that allows it" in refused(to("review"), revision_of(without).pk)
    assert "a ground that allows it" in refused(to("review"), revision_of(unfit).pk)


@pytest.mark.article("CD2016-5.3")
def test_an_unconditional_entry_goes_nowhere_with_a_personal_item(desk: Desk):
    entry = desk.draft(share_type="unconditional", terms="")

    assert "CD2016-5.3" in refused(to("review"), revision_of(entry).pk)


@pytest.mark.article("CD2016-5.2", "CD2016-16", "CD2016-24")
def test_what_is_shared_needs_scope_mode_and_update_limit(desk: Desk):
    assert "CD2016-5.2" in refused(to("review"), revision_of(desk.draft(for_all=False)).pk)
    assert "shared_how" in refused(to("review"), revision_of(desk.draft(modes=frozenset())).pk)
    assert "shared_how" in refused(to("review"), revision_of(desk.draft(update_limit="")).pk)


@pytest.mark.article("CD2016-14")
def test_a_status_takes_no_leap(desk: Desk):
    draft, published = desk.draft(name="甲"), desk.published(name="乙")

    assert "does not go from draft to published" in refused(to("published"), revision_of(draft).pk)
    assert "does not go from published to draft" in refused(to("draft"), revision_of(published).pk)
    assert "does not go" in refused(to("elsewhere"), revision_of(draft).pk)


@pytest.mark.article("CD2016-14", "CD2016-15")
def test_what_is_in_review_or_published_can_no_longer_be_rewritten(desk: Desk):
    entry = desk.published()
    revision = revision_of(entry).pk

    assert "only in a draft" in refused("UPDATE catalog_revision SET terms = 'x' WHERE id = %s", revision)
    assert "does not change" in refused("UPDATE catalog_revision SET published_by = 'x' WHERE id = %s", revision)
    assert "only in a draft" in refused("UPDATE catalog_item SET name = 'x' WHERE revision_id = %s", revision)
    assert "only in a draft" in refused("DELETE FROM catalog_item WHERE revision_id = %s", revision)
    assert "only in a draft" in refused(
        "INSERT INTO catalog_scope (revision_id, organization_id) SELECT %s, id FROM organizations_organization LIMIT 1", revision
    )
    assert "history is kept" in refused("DELETE FROM catalog_revision WHERE id = %s", revision)
    assert "history is kept" in refused("UPDATE catalog_step SET taken_by = 'x'")
    assert "history is kept" in refused("DELETE FROM catalog_step")


@pytest.mark.article("PC-20")
def test_who_wrote_or_submitted_cannot_stand_as_publisher(desk: Desk):
    entry = desk.draft()
    revision = desk.submit(entry)
    publish = "UPDATE catalog_revision SET status = 'published', published_at = now(), published_by = %s, digest = %s WHERE id = %s"

    assert "four_eyes" in refused(publish, desk.registrar.id, "0" * 64, revision.pk)


@pytest.mark.article("CD2016-13.2", "CD2016-18")
def test_only_a_shared_authoritative_published_revision_can_be_listed(desk: Desk):
    listed = desk.listed(name="甲")
    unshared = desk.published(name="乙", **not_shared())
    copy = desk.published(name="丙", source=listed.code)
    draft = desk.draft(name="丁")
    insert = (
        "INSERT INTO catalog_listing (entry_id, status, filed_id, listed_id, filed_at, filed_by, decided_by, opinion)"
        " SELECT entry_id, 'listed', id, id, now(), 'x', '', '' FROM catalog_revision WHERE id = %s"
    )

    assert "authoritative" in refused(insert, revision_of(unshared).pk)
    assert "authoritative" in refused(insert, revision_of(copy).pk)
    assert "published revision" in refused(insert, revision_of(draft).pk)
    assert "catalog_listing_listed_revision" in refused("UPDATE catalog_listing SET status = 'delisted' WHERE entry_id = %s", listed.pk)
    assert "published revision" in refused(
        "UPDATE catalog_listing SET filed_id = %s WHERE entry_id = %s", revision_of(unshared).pk, listed.pk
    )
    assert "history is kept" in refused("DELETE FROM catalog_listing")
    assert "only what is not shared" in refused("UPDATE catalog_verification SET revision_id = %s", revision_of(listed).pk)


@pytest.mark.article("CD2016-14")
def test_an_entry_has_one_published_and_one_pending_revision(desk: Desk):
    entry = desk.published()
    desk.edit(entry, contact="李四")
    columns = [field.column for field in Revision._meta.concrete_fields if field.column not in {"id", "number"}]
    second = (
        f"INSERT INTO catalog_revision (id, number, {', '.join(columns)})"
        f" SELECT gen_random_uuid(), 9, {', '.join(columns)} FROM catalog_revision WHERE id = %s"
    )

    assert "one_pending" in refused(second, revision_of(entry).pk)
    assert "begins as a draft" in refused(second, entry.revisions.get(number=1).pk)


@pytest.mark.article("CD2016-13.2")
def test_a_ground_never_changes_and_a_category_keeps_its_code(desk: Desk):
    ground = LegalGround.objects.all()[0]

    assert "only active" in refused("UPDATE catalog_legal_ground SET text = 'x' WHERE id = %s", ground.pk)
    assert "never deleted" in refused("DELETE FROM catalog_legal_ground")
    assert "only name" in refused("UPDATE catalog_node SET code = '399' WHERE code = '101'")
    assert "never deleted" in refused("DELETE FROM catalog_node WHERE code = '207001'")
    below = (
        "INSERT INTO catalog_node (id, code, name, active, created_at, created_by, parent_id)"
        " SELECT gen_random_uuid(), %s, 'x', true, now(), 'x', id FROM catalog_node WHERE code = %s"
    )
    assert "cannot stand below" in refused(below, "2010011", "101001")
    assert "cannot stand below" in refused(below, "101002", "1")


@pytest.mark.article("CD2016-14")
def test_what_a_draft_holds_is_bounded_too(desk: Desk):
    entry = desk.draft()
    revision = revision_of(entry).pk

    assert "classification" in refused("UPDATE catalog_revision SET classification = 'x' WHERE id = %s", revision)
    assert "modes" in refused("UPDATE catalog_revision SET modes = ARRAY['fax'] WHERE id = %s", revision)
    assert "catalog_item_type" in refused("UPDATE catalog_item SET type = 'X' WHERE revision_id = %s", revision)
    assert "catalog_item_sensitivity" in refused("UPDATE catalog_item SET sensitivity = 'x' WHERE revision_id = %s", revision)
    assert "catalog_item_once" in refused(
        "UPDATE catalog_item SET item = %s WHERE revision_id = %s AND position = 2", item_id(entry, "uscc"), revision
    )
