"""Rows written on a page, their history, and what becomes of rows in quarantine (PC-157, PC-158)."""

import pytest
from django.db import transaction

from govshare.hosting import queries, services
from govshare.hosting.models import Act
from govshare.kernel.clock import utc_now
from govshare.kernel.errors import Invalid, NotFound, NotYours, WrongState
from govshare.kernel.roles import Role
from govshare.regulation.secrecy import HandleAsSecret
from tests.hosting.conftest import House
from tests.hosting.test_uploads import allow_bad, recorded

pytestmark = pytest.mark.django_db
ROW = {"number": "A1", "holder": "甲", "capital": "1.50", "issued": "2026-01-31", "valid": "是"}


def stamp(house: House, key: str = "A1") -> str:
    standing, _ = queries.row(house.table, [key])
    assert standing
    return standing.stamp


def add(house: House, **over: str) -> None:
    services.add_row(table=house.table.pk, cells={**ROW, **over}, by=house.keeper, now=utc_now())


def change(house: House, *, seen: str, **cells: str) -> None:
    services.change_row(table=house.table.pk, key=["A1"], cells={**ROW, **cells}, stamp=seen, by=house.keeper, now=utc_now())


@pytest.mark.article("CD2016-27", "PC-158")
def test_the_database_itself_writes_who_changed_a_row_when_and_from_what_to_what(house: House):
    add(house)
    change(house, seen=stamp(house), holder="乙")
    services.delete_row(table=house.table.pk, key=["A1"], stamp=stamp(house), by=house.keeper, now=utc_now())

    standing, changes = queries.row(house.table, ["A1"])

    assert standing is None
    assert [change.what for change in changes] == ["deleted", "changed", "added"]
    assert {change.by_name for change in changes} == {house.keeper.name}
    assert (changes[1].before["holder"], changes[1].after["holder"]) == ("甲", "乙")
    assert changes[0].before == changes[1].after
    assert [line.kind for line in queries.acts(house.table)] == ["hosting:row:delete", "hosting:row:change", "hosting:row:add"]
    assert Act.objects.filter(table=house.table).count() == 3
    assert house.fresh().rows == 0


@pytest.mark.article("PC-158", "CD2016-26")
def test_a_rows_act_is_on_record_with_its_digest_and_without_its_content(house: House):
    add(house)

    (record,) = recorded("hosting:row:add")

    assert record["counts"] == {"added": 1, "changed": 0, "deleted": 0}
    assert record["digests"]["changes"] == queries.acts(house.table)[0].outcome.digest
    assert record["resource"] == house.entry.code
    assert "甲" not in str(record["detail"])


@pytest.mark.article("PC-154")
def test_what_is_typed_is_checked_like_what_is_uploaded(house: House):
    with pytest.raises(Invalid) as refusal:
        add(house, number="", issued="2026-13-01", valid="或许")

    assert [fault.place for fault in refusal.value.faults] == ["number", "issued", "valid"]
    with pytest.raises(HandleAsSecret):
        add(house, holder="机密★")
    assert house.rows() == []


@pytest.mark.article("PC-158")
def test_two_who_edit_the_same_row_do_not_overwrite_each_other(house: House):
    add(house)
    seen = stamp(house)
    change(house, seen=seen, holder="乙")

    with pytest.raises(WrongState, match="已被改动"):
        change(house, seen=seen, holder="丙")
    with pytest.raises(WrongState, match="没有变化"):
        change(house, seen=stamp(house), holder="乙")
    with pytest.raises(Invalid, match="已有这个主键"):
        add(house)
    with pytest.raises(NotFound):
        services.delete_row(table=house.table.pk, key=["A9"], stamp=seen, by=house.keeper, now=utc_now())
    with pytest.raises(NotFound):
        services.delete_row(table=house.table.pk, key=["A1", "A2"], stamp=seen, by=house.keeper, now=utc_now())


@pytest.mark.article("CD2016-27")
def test_rows_are_found_by_any_text_in_them_leaf_by_leaf(house: House):
    house.fill(*(f"A{n:03},公司{n},{n},2026-01-01,是" for n in range(120)))

    assert len(queries.Leaves(house.table)) == 120
    assert [row.values["number"] for row in queries.Leaves(house.table)[50:52]] == ["A050", "A051"]
    assert [row.values["number"] for row in queries.Leaves(house.table, "公司11")[:5]] == ["A011", "A110", "A111", "A112", "A113"]
    assert len(queries.Leaves(house.table, "' OR true --")) == 0


@pytest.mark.article("PC-157")
def test_a_bad_row_is_put_right_on_the_page_and_taken_over(house: House):
    allow_bad(house, 60)
    add(house)
    upload = house.fill("A1,改名,1.50,2026-02-30,是", "B1,乙,2,2026-01-01,否")
    (bad,) = house.bad(upload)
    right = dict(zip([column.column for column in queries.columns_of(house.table)], bad.cells, strict=True))

    with pytest.raises(Invalid):
        services.mend(table=house.table.pk, bad=bad.id, cells=right, by=house.keeper, now=utc_now())
    services.mend(table=house.table.pk, bad=bad.id, cells={**right, "issued": "2026-02-28"}, by=house.keeper, now=utc_now())

    assert [row[:2] for row in house.rows()] == [("A1", "改名"), ("B1", "乙")]
    assert queries.quarantined(house.table) == 0
    assert recorded("hosting:bad-row:mend")[0]["counts"]["changed"] == 1
    with pytest.raises(NotFound):
        services.mend(table=house.table.pk, bad=bad.id, cells=right, by=house.keeper, now=utc_now())


@pytest.mark.article("PC-157")
def test_a_newer_file_with_the_same_keys_puts_bad_rows_right(house: House):
    allow_bad(house, 80)
    house.fill("A1,甲,一,2026-01-01,是", "A2,乙,二,2026-01-01,是", "A3,丙,3,2026-01-01,是")
    assert queries.quarantined(house.table) == 2

    house.fill("A1,甲,1,2026-01-01,是")

    assert queries.quarantined(house.table) == 1
    assert recorded("hosting:upload:apply")[-1]["counts"]["mended"] == 1


@pytest.mark.article("PC-157")
def test_bad_rows_are_dropped_with_a_reason_and_bad_rows_of_a_stopped_file_are_not_mended(house: House):
    allow_bad(house, 80)
    upload = house.fill("A1,甲,一,2026-01-01,是", "A3,丙,3,2026-01-01,是")
    (bad,) = house.bad(upload)

    with pytest.raises(Invalid):
        services.drop_bad(table=house.table.pk, bad=[bad.id], reason=" ", by=house.keeper, now=utc_now())
    services.drop_bad(table=house.table.pk, bad=[bad.id], reason="来源系统已注销", by=house.keeper, now=utc_now())
    stopped = house.check(house.lines("A1,甲,一,2026-01-01,是"))

    assert queries.quarantined(house.table) == 0
    (waits,) = house.bad(stopped)
    with pytest.raises(NotFound):
        services.mend(table=house.table.pk, bad=waits.id, cells=ROW, by=house.keeper, now=utc_now())


@pytest.mark.article("CD2016-26", "PC-158")
def test_what_was_done_there_and_not_recorded_here_is_put_on_record_by_the_next_act(house: House):
    class LostOnTheWay(Exception):
        """The platform's transaction ends without success, after the rows' did."""

    with pytest.raises(LostOnTheWay), transaction.atomic():
        add(house)
        raise LostOnTheWay
    assert (len(house.rows()), house.fresh().rows, Act.objects.count()) == (1, 0, 0)

    add(house, number="A2")

    (late,) = recorded("hosting:table:settle")
    assert late["detail"]["action"] == "hosting:row:add"
    assert late["detail"]["by"] == house.keeper.id
    assert late["digests"]["changes"] == queries.acts(house.table)[-1].outcome.digest
    assert (house.fresh().rows, Act.objects.count()) == (2, 2)
    add(house, number="A3")
    assert len(recorded("hosting:table:settle")) == 1


@pytest.mark.article("CD2016-27")
def test_others_write_nothing(house: House):
    add(house)
    for by, error in (
        (house.desk.registrar, NotYours),
        (house.desk.cast.actor("third", Role.RESOURCE_ADMIN), NotFound),
        (house.desk.authority, NotYours),
    ):
        with pytest.raises(error):
            services.add_row(table=house.table.pk, cells={**ROW, "number": "A2"}, by=by, now=utc_now())
        with pytest.raises(error):
            services.delete_row(table=house.table.pk, key=["A1"], stamp=stamp(house), by=by, now=utc_now())
    assert len(house.rows()) == 1
