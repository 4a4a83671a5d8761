"""Files into a hosted table: read row by row, shown, then taken over whole or not at all; hostile ones do no harm."""

import hashlib
import io
import json
import zipfile
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from openpyxl import Workbook

from govshare.audit.models import Entry as Evidence
from govshare.duties import services as duties
from govshare.hosting import queries, services
from govshare.hosting.rules import UploadStatus
from govshare.hosting.store import staging
from govshare.hosting.store.link import session
from govshare.kernel.clock import utc_now
from govshare.kernel.errors import Invalid, NotFound, NotYours, WrongState
from govshare.kernel.roles import Role
from govshare.regulation.secrecy import HandleAsSecret
from tests.hosting.conftest import HEADER, House

pytestmark = pytest.mark.django_db
GOOD = ("A1,甲公司,100.50,2026-01-31,是", "A2,,,2026/2/3,否", "0003,丙,1e3,20260301,true")
STORED = [
    ("0003", "丙", Decimal(1000), date(2026, 3, 1), True),
    ("A1", "甲公司", Decimal("100.50"), date(2026, 1, 31), True),
    ("A2", None, None, date(2026, 2, 3), False),
]


def recorded(action: str) -> list[dict[str, Any]]:
    return [body for body in map(json.loads, Evidence.objects.values_list("body", flat=True)) if body["action"] == action]


def allow_bad(house: House, percent: int) -> None:
    duties.set_parameter(number="PC-153", value=percent, reason="测试需要", by=house.desk.authority, now=utc_now())


def workbook(*rows: list[object], merge: str = "") -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    if merge:
        book.active.merge_cells(merge)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


@pytest.mark.article("CD2016-27", "PC-156")
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_file_is_looked_at_before_anything_changes_in_any_usual_encoding(house: House, encoding: str):
    upload = house.check(house.lines(*GOOD).encode(encoding))

    assert (upload.status, upload.added, upload.changed, upload.unchanged, upload.bad) == (UploadStatus.CHECKED, 3, 0, 0, 0)
    assert house.rows() == []

    house.apply(upload)

    assert house.rows() == STORED
    assert (house.fresh().rows, upload.file_digest) == (3, upload.file_digest)
    with session() as link:
        assert staging.count(link, queries.place(upload)) == -1


@pytest.mark.article("CD2016-27", "PC-156")
def test_rows_are_added_and_changed_by_key_and_the_same_file_again_changes_nothing(house: House):
    house.fill(*GOOD)

    again = house.check(house.lines(*GOOD))
    assert (again.added, again.changed, again.unchanged) == (0, 0, 3)
    house.apply(again)
    mixed = house.check(house.lines("A1,甲公司,100.5,2026-01-31,是", "A2,乙,,2026-02-03,否", "A9,新,1,2026-01-01,是"))

    assert (mixed.added, mixed.changed, mixed.unchanged) == (1, 1, 1)
    found = queries.samples(mixed)
    assert [(sample.before and sample.before["holder"], sample.after["holder"]) for sample in found] == [(None, "乙"), (None, "新")]
    assert [sample.before is None for sample in found] == [False, True]
    house.apply(mixed)
    assert [row[:2] for row in house.rows()] == [("0003", "丙"), ("A1", "甲公司"), ("A2", "乙"), ("A9", "新")]


@pytest.mark.article("CD2016-27", "PC-154", "PC-157")
@pytest.mark.parametrize(
    ("line", "column", "told"),
    [
        ("A1,一个比十个字更长的持证单位名称,1,2026-01-01,是", "holder", "最多 10 个字符"),
        ("A1,甲,1 000,2026-01-01,是", "capital", "不是数字"),
        ('A1,甲,"1,000",2026-01-01,是', "capital", "不是数字"),
        ("A1,甲,NaN,2026-01-01,是", "capital", "不是数字"),
        ("A1,甲,Infinity,2026-01-01,是", "capital", "不是数字"),
        ("A1,甲,\uff11\uff12,2026-01-01,是", "capital", "不是数字"),
        ("A1,甲,1234567890123,2026-01-01,是", "capital", "最多 12 位"),
        ("A1,甲,1,0000-00-00,是", "issued", "不是日历上有的日期"),
        ("A1,甲,1,2026-02-30,是", "issued", "不是日历上有的日期"),
        ("A1,甲,1,2026-01-01 08:00,是", "issued", "日期里带有时间"),
        ("A1,甲,1,2026-01-01,也许", "valid", "“是”或“否”"),
        (",甲,1,2026-01-01,是", "number", "主键不能为空"),
        ("A1,甲\0乙,1,2026-01-01,是", "holder", "NUL"),
        ("A1,甲,1,2026-01-01,是,多", "", "多出 1 格"),
        ("1234567890123456789,甲,1,2026-01-01,是", "number", "最多 18 个字符"),
    ],
)
def test_a_bad_row_is_kept_out_with_row_column_value_and_reason_and_the_good_ones_go_in(house: House, line: str, column: str, told: str):
    allow_bad(house, 60)

    upload = house.check(house.lines(line, "B1,乙,2,2026-01-01,否"))
    house.apply(upload)

    (bad,) = house.bad(upload)
    assert bad.number == 2
    assert [place for place, _ in bad.faults] == [column]
    assert told in bad.faults[0][1]
    assert [row[0] for row in house.rows()] == ["B1"]


@pytest.mark.article("PC-157")
def test_of_rows_with_the_same_key_in_one_file_none_goes_in(house: House):
    allow_bad(house, 80)

    upload = house.check(house.lines("A1,甲,1,2026-01-01,是", "A2,乙,1,2026-01-01,是", "A1,丙,1,2026-01-01,是"))
    house.apply(upload)

    assert [row[0] for row in house.rows()] == ["A2"]
    assert [(bad.number, bad.cells[1], bad.faults[0][1]) for bad in house.bad(upload)] == [
        (2, "甲", "主键与第 4 行重复，请只留一行"),
        (4, "丙", "主键与第 2 行重复，请只留一行"),
    ]


@pytest.mark.article("PC-153")
def test_too_many_bad_rows_stop_the_whole_file_and_nothing_is_written(house: House):
    good = [f"A{n},甲,1,2026-01-01,是" for n in range(8)]

    stopped = house.check(house.lines(*good, "X1,甲,一,2026-01-01,是", "X2,甲,二,2026-01-01,是"))

    assert (stopped.status, stopped.bad) == (UploadStatus.STOPPED, 2)
    assert [bad.number for bad in house.bad(stopped)] == [10, 11]
    assert house.rows() == []
    with pytest.raises(WrongState):
        house.apply(stopped)
    assert house.check(house.lines(*good, *(f"B{n},乙,1,2026-01-01,是" for n in range(10)), "X1,甲,一,2026-01-01,是")).status == "checked"


@pytest.mark.article("PC-154")
@pytest.mark.parametrize(
    ("header", "place", "told"),
    [
        ("number,holder,capital,issued", "valid", "缺“有效”"),
        ("number,holder,capital,issued,valid,extra", "第 6 列", "不是本表的信息项"),
        ("number,holder,capital,issued,valid,valid", "valid", "出现了 2 次"),
    ],
)
def test_a_header_that_does_not_fit_is_refused_with_every_place_named(house: House, header: str, place: str, told: str):
    with pytest.raises(Invalid) as refusal:
        house.check(f"{header}\nA1,甲,1,2026-01-01,是\n")

    assert [(fault.place, told in fault.message) for fault in refusal.value.faults] == [(place, True)]


@pytest.mark.article("PC-154")
def test_headings_are_english_or_chinese_names_in_any_order_and_parted_by_tabs_as_well(house: House):
    house.apply(house.check("有效\t发证日期\t注册资本\tHOLDER\t证照编号\n是\t2026-01-31\t1\t甲\tA1\n\n"))

    assert house.rows() == [("A1", "甲", Decimal(1), date(2026, 1, 31), True)]


@pytest.mark.article("PC-152", "CD2016-34")
@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.csv", b"", "是空的"),
        ("a.csv", HEADER.encode(), "没有数据"),
        ("a.csv", HEADER.encode() + b"\nA1,\xff\xff\xff,1,2026-01-01,\xe6\n", "第 2 行起无法识别"),
        ("a.csv", (HEADER + '\n"A1,' + "x" * 200_000).encode(), "引号没有成对"),
        ("a.txt", b"number", "只收"),
        ("a.xlsx", b"number", "扩展名不符"),
        ("a.csv", b"PK\x03\x04", "扩展名不符"),
        ("a.xlsx", b"PK\x03\x04 no zip", "不是 .xlsx 工作簿"),
    ],
)
def test_what_is_no_table_is_refused_whole(house: House, name: str, content: bytes, told: str):
    with pytest.raises(Invalid, match=told):
        house.check(content, name)

    assert house.table.uploads.count() == 0


@pytest.mark.article("PC-152")
def test_a_file_larger_than_allowed_is_refused(house: House):
    duties.set_parameter(number="PC-152", value=1, reason="测试需要", by=house.desk.authority, now=utc_now())

    with pytest.raises(Invalid, match="超过 1 MB"):
        house.check(HEADER.encode() + b"\n" + b"x" * 1024 * 1024)


@pytest.mark.article("PC-152", "PC-154")
def test_a_workbook_is_read_with_its_numbers_and_dates(house: House):
    house.apply(
        house.check(
            workbook(
                ["证照编号", "持证单位", "注册资本", "发证日期", "有效"],
                ["001", "甲", 12.5, datetime.fromisoformat("2026-01-31T00:00"), True],
                [],
                ["002", None, 3, date(2026, 2, 1), "否"],
            ),
            "a.xlsx",
        )
    )

    assert house.rows() == [
        ("001", "甲", Decimal("12.5"), date(2026, 1, 31), True),
        ("002", None, Decimal(3), date(2026, 2, 1), False),
    ]


@pytest.mark.article("PC-152", "PC-157")
def test_numbers_that_a_sheet_spoiled_formulas_and_errors_are_kept_out(house: House):
    allow_bad(house, 90)
    header = HEADER.split(",")

    upload = house.check(
        workbook(
            header,
            [510104199001011234, "甲", 1, "2026-01-01", "是"],
            ["A2", "=1+1", 1, "2026-01-01", "是"],
            ["A3", "甲", "#DIV/0!", "2026-01-01", "是"],
            ["A4", "甲", 1, "2026-01-01", "是"],
        ),
        "a.xlsx",
    )

    told = {bad.number: bad.faults[0][1] for bad in house.bad(upload)}
    assert "15 位以上的数字" in told[2]
    assert "公式" in told[3]
    assert "错误值" in told[4] or "不是数字" in told[4]
    assert upload.good == 1


@pytest.mark.article("PC-152")
def test_leading_zeros_that_the_sheet_shows_are_kept(house: House):
    book = Workbook()
    book.active.append(HEADER.split(","))
    book.active.append([7, "甲", 1, "2026-01-01", "是"])
    book.active["A2"].number_format = "00000"
    content = io.BytesIO()
    book.save(content)

    house.apply(house.check(content.getvalue(), "a.xlsx"))

    assert house.rows()[0][0] == "00007"


@pytest.mark.article("PC-152")
def test_merged_cells_macros_entities_and_bombs_are_refused(house: House):
    header = HEADER.split(",")
    row = ["A1", "甲", 1, "2026-01-01", "是"]
    plain = workbook(header, row)

    with pytest.raises(Invalid, match=r"合并的单元格（A2:A3）"):
        house.check(workbook(header, row, row, merge="A2:A3"), "a.xlsx")
    for name, content, told in (
        ("xl/vbaProject.bin", b"x", "宏"),
        ("xl/extra.xml", b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a/>', "结构异常"),
        ("xl/sharedStrings2.xml", bytes(65 * 1024 * 1024), "展开后过大"),
    ):
        with pytest.raises(Invalid, match=told):
            house.check(with_member(plain, name, content), "a.xlsx")


def with_member(book: bytes, name: str, content: bytes) -> bytes:
    file = io.BytesIO(book)
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as package:
        package.writestr(name, content)
    return file.getvalue()


@pytest.mark.article("CD2016-5.4")
def test_what_bears_a_secrecy_marking_is_refused_and_nothing_is_kept(house: House):
    with pytest.raises(HandleAsSecret):
        house.check(house.lines("A1,秘密★10年,1,2026-01-01,是"))
    with pytest.raises(HandleAsSecret):
        house.check(house.lines(*GOOD), "机密-名单.csv")

    assert house.table.uploads.count() == 0


@pytest.mark.article("PC-156")
def test_what_was_looked_at_is_taken_over_only_while_the_table_is_as_it_was(house: House):
    upload = house.check(house.lines(*GOOD))
    services.add_row(table=house.table.pk, cells={"number": "Z1", "valid": "是"}, by=house.keeper, now=utc_now())

    with pytest.raises(WrongState, match="核对之后表已有改动"):
        house.apply(upload)
    with pytest.raises(WrongState, match="已有一份上传待确认"):
        house.check(house.lines(*GOOD))
    services.discard_upload(upload=upload.pk, table=house.table.pk, by=house.keeper, now=utc_now())

    assert [row[0] for row in house.rows()] == ["Z1"]
    assert house.check(house.lines(*GOOD)).added == 3


@pytest.mark.article("PC-150", "PC-151")
@pytest.mark.parametrize(("number", "value", "told"), [("PC-150", 2, "将达 3 行，超过限额 2 行"), ("PC-151", 1, "超过限额 1 MB")])
def test_a_department_keeps_no_more_than_it_may(house: House, number: str, value: int, told: str):
    lines = GOOD if number == "PC-150" else [f"A{n},甲,1,2026-01-01,是" for n in range(20_000)]
    upload = house.check(house.lines(*lines))
    duties.set_parameter(number=number, value=value, reason="测试需要", by=house.desk.authority, now=utc_now())

    with pytest.raises(WrongState, match=told):
        house.apply(upload)

    assert house.rows() == []
    assert house.fresh().rows == 0


@pytest.mark.article("CD2016-26", "CD2016-27", "PC-158")
def test_every_act_is_on_record_with_counts_and_digests_and_no_content(house: House):
    house.fill("A1,甲公司,1,2026-01-01,是")

    (check,), (apply,) = recorded("hosting:upload:check"), recorded("hosting:upload:apply")
    assert check["counts"] == {"rows": 1, "added": 1, "changed": 0, "unchanged": 0, "bad": 0}
    assert apply["counts"] == {"rows": 1, "added": 1, "changed": 0, "deleted": 0, "bad": 0, "mended": 0}
    assert (
        apply["digests"]["file"]
        == check["digests"]["file"]
        == hashlib.sha256(house.lines("A1,甲公司,1,2026-01-01,是").encode()).hexdigest()
    )
    assert len(apply["digests"]["changes"]) == 64
    assert "甲公司" not in json.dumps([check, apply], ensure_ascii=False)


@pytest.mark.article("CD2016-27")
def test_only_the_keeper_of_the_department_fills(house: House):
    upload = house.check(house.lines(*GOOD))
    cast = house.desk.cast
    for by, error in (
        (house.desk.registrar, NotYours),
        (house.desk.reviewer, NotYours),
        (cast.actor("third", Role.RESOURCE_ADMIN), NotFound),
        (house.desk.authority, NotYours),
    ):
        with pytest.raises(error):
            services.apply_upload(upload=upload.pk, table=house.table.pk, by=by, now=utc_now())
        with pytest.raises(error):
            services.check_upload(table=house.table.pk, name="a.csv", file=io.BytesIO(b"x"), by=by, now=utc_now())
    assert house.rows() == []
