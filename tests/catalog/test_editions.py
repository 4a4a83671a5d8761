"""What the sharing catalog showed, listing by listing (CD2016-16, 17)."""

import pytest

from govshare.catalog import queries, services
from govshare.kernel.errors import NotFound
from tests.catalog.world import Desk, filed, version

pytestmark = pytest.mark.django_db


def test_a_code_names_its_entry(desk: Desk):
    entry = desk.draft()

    assert queries.entry_of(entry.code) == entry.pk
    with pytest.raises(NotFound):
        queries.entry_of("306001/999999")


def test_what_was_only_filed_has_shown_nothing(desk: Desk):
    assert queries.editions(desk.published().pk) == ()


@pytest.mark.article("CD2016-16")
def test_the_first_listing_is_the_first_edition(desk: Desk):
    (first,) = queries.editions(desk.listed().pk)

    assert (first.revision, first.first, first.differences) == (1, True, ())


@pytest.mark.article("CD2016-17")
def test_a_change_of_key_elements_is_shown_once_the_authority_confirmed_it(desk: Desk):
    entry = desk.listed()
    desk.edit(entry, update_limit="每日 07:00 前")
    desk.publish(entry)

    waiting = queries.editions(entry.pk)
    desk.confirm(entry)
    confirmed = queries.editions(entry.pk)

    assert [each.revision for each in waiting] == [1]
    assert [each.revision for each in confirmed] == [2, 1]
    assert confirmed[0].key_elements == {"update_limit"}
    assert [(each.place, each.after) for each in confirmed[0].differences] == [("update_limit", "每日 07:00 前")]


def test_what_touches_no_key_element_follows_at_once(desk: Desk):
    entry = desk.listed()
    desk.edit(entry, abstract="本市登记的法人单位名称、统一社会信用代码和登记状态。")
    desk.publish(entry)

    latest = queries.editions(entry.pk)[0]

    assert (latest.revision, latest.key_elements) == (2, frozenset())
    assert [each.place for each in latest.differences] == ["abstract"]


def test_what_the_authority_adjusted_is_shown_as_adjusted(desk: Desk):
    entry = desk.published()
    services.adjust(
        entry=entry.pk,
        changes={"update_limit": "每日 06:00 前"},
        reason="统一时限",
        expected_revision=filed(entry),
        by=desk.authority,
        now=desk.now,
    )

    (only,) = queries.editions(entry.pk)

    assert (only.action, only.revision) == ("catalog:listing:adjust", 2)


def test_an_entry_taken_out_and_listed_again_begins_anew(desk: Desk):
    entry = desk.listed()
    services.delist(entry=entry.pk, reason="停用数据源", expected_revision=filed(entry), by=desk.authority, now=desk.now)
    services.file_again(entry=entry.pk, reason="数据源恢复", expected_version=version(entry), by=desk.reviewer, now=desk.now)
    desk.confirm(entry)

    again, gone, first = queries.editions(entry.pk)

    assert (again.first, gone.revision, first.first) == (True, None, True)


def test_the_number_of_statements_does_not_rise_with_the_revisions(desk: Desk, django_assert_max_num_queries):
    entry = desk.listed()
    for hour in range(3):
        desk.edit(entry, update_limit=f"每日 0{hour}:00 前")
        desk.publish(entry)
        desk.confirm(entry)

    with django_assert_max_num_queries(6):
        assert len(queries.editions(entry.pk)) == 4
