"""Tables that people hand in: cells as text with their names, hostile files refused in words."""

import io
import zipfile
from datetime import date, datetime

import pytest
from openpyxl import Workbook

from govshare.kernel.errors import Invalid, Refused
from govshare.regulation.articles import cite
from govshare.regulation.workbooks import Reader, Row, name_of

READER = Reader(what="工作簿", basis=cite("CD2016-14"), rows=5, columns=4, characters=20, megabytes=1)


def book(*rows: list[object]) -> bytes:
    workbook = Workbook()
    for row in rows:
        workbook.active.append(row)
    content = io.BytesIO()
    workbook.save(content)
    return content.getvalue()


def read(content: bytes, name: str = "人员.xlsx") -> tuple[Row, ...]:
    return READER.workbook(name, io.BytesIO(content))


def refused(content: bytes, name: str = "人员.xlsx") -> Invalid:
    with pytest.raises(Invalid) as refusal:
        read(content, name)
    return refusal.value


def changed(content: bytes, part: str, into: bytes | None) -> bytes:
    """The package with one part replaced, or added."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.infolist():
            if member.filename != part:
                new.writestr(member.filename, old.read(member))
        if into is not None:
            new.writestr(part, into)
    return made.getvalue()


def test_cells_are_text_and_keep_the_number_of_their_row():
    moment = datetime(2026, 3, 1, 8, 30)  # noqa: DTZ001 - a workbook knows no zones
    rows = read(book(["姓名", "工号"], [None, None], [" 张三 ", 7], [True, 2.0], [date(2026, 3, 1), moment]))

    assert rows == (
        Row(1, ("姓名", "工号")),
        Row(3, ("张三", "7")),
        Row(4, ("是", "2")),
        Row(5, ("2026-03-01", "2026-03-01T08:30:00")),
    )
    assert name_of(3, 1) == "B3"
    assert rows[0].cell(9) == ""


def test_a_formula_is_named_with_its_cell_and_what_to_do():
    refusal = refused(book(["姓名"], ["=1+1"], ['=HYPERLINK("http://x")']))

    assert [fault.place for fault in refusal.faults] == ["A2", "A3"]
    assert "选择性粘贴" in refusal.faults[0].message


def test_more_rows_columns_or_characters_than_allowed_are_refused():
    assert "最多 5 行" in str(refused(book(*[["x"]] * 6)))
    assert refused(book(["x"] * 5)).faults[0].place == "E1"
    assert refused(book(["x", "长" * 21])).faults[0].place == "B1"


def test_a_million_blank_rows_are_not_looked_through():
    sheet = b"".join(b'<row r="%d"/>' % number for number in range(2, 20_000))
    content = book(["姓名"])
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        xml = package.read("xl/worksheets/sheet1.xml")
    content = changed(
        content,
        "xl/worksheets/sheet1.xml",
        xml.replace(b"</sheetData>", sheet + b'<row r="20001"><c t="inlineStr" r="A20001"><is><t>x</t></is></c></row></sheetData>'),
    )

    assert read(content) == (Row(1, ("姓名",)),)


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"not a workbook", "人员.xlsx"),
        (b"", "人员.xlsx"),
        (book(["x"]), "人员.xls"),
        (book(["x"])[:200], "人员.xlsx"),
        (changed(book(["x"]), "xl/vbaProject.bin", b"macro"), "人员.xlsx"),
        (changed(book(["x"]), "xl/worksheets/sheet1.xml", b"<not xml"), "人员.xlsx"),
        (changed(book(["x"]), "xl/worksheets/sheet1.xml", None), "人员.xlsx"),
        (changed(book(["x"]), "xl/worksheets/sheet1.xml", b'<!DOCTYPE a [<!ENTITY b "c">]><worksheet>&b;</worksheet>'), "人员.xlsx"),
        (changed(book(["x"]), "xl/bomb.xml", b" " * (80 * 1024 * 1024)), "人员.xlsx"),
    ],
    ids=["text", "empty", "xls", "cut", "macro", "broken", "no sheet", "entities", "bomb"],
)
def test_what_is_no_harmless_workbook_is_refused_in_words(content: bytes, name: str):
    refusal = refused(content, name)

    assert [fault.place for fault in refusal.faults] == ["file"]
    assert str(refusal).startswith("工作簿")


def test_what_is_too_large_is_not_read_to_its_end():
    refusal = refused(b"PK" + b"\0" * (1024 * 1024))

    assert "超过 1 MB" in str(refusal)


@pytest.mark.article("CD2016-5.4")
def test_a_mark_of_secrecy_is_refused_wherever_it_stands():
    for rows in (["姓名", "机密★10年"], ["密级：秘密"]):
        with pytest.raises(Refused) as refusal:
            read(book(rows))
        assert str(refusal.value.basis) == "CD2016-5.4"
    with pytest.raises(Refused):
        READER.text("姓名\t机密★10年")


def test_copied_cells_are_parted_by_tabs_and_may_hold_line_ends():
    assert READER.text('名称\t说明\r\n甲\t"第一行\n第二行"\r\n\r\n乙\t\r\n') == (
        Row(1, ("名称", "说明")),
        Row(2, ("甲", "第一行\n第二行")),
        Row(4, ("乙",)),
    )
    assert READER.text("名称,说明\n甲,乙") == (Row(1, ("名称", "说明")), Row(2, ("甲", "乙")))
    assert READER.text("") == ()


def test_an_endless_cell_is_refused():
    with pytest.raises(Invalid):
        READER.text('"' + "x" * 200_000)
