"""The first sheet of an XLSX workbook, read row by row. Zip bombs, macros, entities and merged cells are found before it is opened."""

import re
import warnings
import zipfile
from collections.abc import Generator, Iterator
from datetime import date, datetime, time
from typing import Any, BinaryIO

from openpyxl import load_workbook

from govshare.hosting.files.refusing import refused
from govshare.hosting.rules.values import Cell, Odd
from govshare.kernel.errors import Invalid

_MOST_MEMBERS = 2000
_MOST_UNPACKED = 512 * 1024 * 1024  # bytes of one sheet: it is streamed
_MOST_STRINGS = 64 * 1024 * 1024  # bytes of shared strings and styles: these are held in memory
_PIECE = 1024 * 1024
_OVERLAP = 64  # bytes, so that nothing is missed between two pieces
_ENTITIES = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_MERGED = re.compile(rb"<(?:\w+:)?mergeCell\b[^>]*\bref=\"([A-Z0-9:]{1,40})\"")
_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml", re.IGNORECASE)
_PADDED = re.compile(r"0+")
_WRONG = {"f": "formula", "e": "error"}
_BLANK_ROWS = 1000  # one after the other: what comes after them is not looked for


def rows(file: BinaryIO) -> Generator[tuple[int, list[Cell]]]:
    """Number of the row, and its cells; the sheet's own size is not believed."""
    file.seek(0)
    try:
        _inspect(file)
        file.seek(0)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl's remarks on styles and extensions are nobody's business
            yield from _first_sheet(file)
    except Invalid:
        raise
    except Exception:  # noqa: BLE001 - whatever a broken file makes the readers raise, it is a broken file
        raise refused("读不出来，请用 Excel 或 WPS 另存为 .xlsx 后再上传") from None


def _first_sheet(file: BinaryIO) -> Iterator[tuple[int, list[Cell]]]:
    book = load_workbook(file, read_only=True, data_only=False, keep_links=False)
    try:
        sheet = book.worksheets[0]
        sheet.reset_dimensions()
        blank = 0
        for number, cells in enumerate(sheet.iter_rows(), 1):
            read = [_cell(cell) for cell in cells]
            while read and read[-1] == "":
                read.pop()
            blank = 0 if read else blank + 1
            if blank > _BLANK_ROWS:
                return
            yield number, read
    finally:
        book.close()


def _cell(cell: Any) -> Cell:
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, str):
        return Odd(_WRONG[cell.data_type], value) if cell.data_type in _WRONG else value
    return _odd(value, cell.number_format or "")


def _odd(value: object, shown_as: str) -> Odd:
    match value:
        case bool():
            return Odd("truth", "true" if value else "false")
        case int() | float():
            return Odd("number", _number(value, shown_as))
        case datetime():
            return Odd("moment", value.date().isoformat() if value.time() == time() else value.isoformat(sep=" "))
        case date() | time():
            return Odd("moment", value.isoformat())
        case _:
            return Odd("formula", str(value))


def _number(value: float, shown_as: str) -> str:
    """As the sheet holds it; leading zeros that the sheet shows by its format are there."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e300:
        value = int(value)
    text = str(value)
    return text.rjust(len(shown_as), "0") if _PADDED.fullmatch(shown_as) and text.isdecimal() else text


def _inspect(file: BinaryIO) -> None:
    try:
        package = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, NotImplementedError, ValueError):
        raise refused("不是 .xlsx 工作簿，请用 Excel 或 WPS 另存为 .xlsx 后再上传") from None
    with package:
        members = package.infolist()
        names = {member.filename.lstrip("/") for member in members}
        if "xl/workbook.xml" not in names or len(members) > _MOST_MEMBERS or any(member.flag_bits & 0x1 for member in members):
            raise refused("加了密或结构异常，无法检查，请去除密码后再上传")
        if any(name.lower().endswith("vbaproject.bin") for name in names):
            raise refused("带有宏，请另存为不带宏的文件后再上传")
        for member in members:
            if member.filename.lower().endswith((".xml", ".rels")):
                _inspect_part(package, member)


def _inspect_part(package: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
    """Unpack it once, keeping nothing: what a header says of a size need not be so."""
    sheet = bool(_SHEET.fullmatch(member.filename.lstrip("/")))
    left, before = _MOST_UNPACKED if sheet else _MOST_STRINGS, b""
    with package.open(member) as part:
        while piece := part.read(_PIECE):
            left -= len(piece)
            if left < 0:
                raise refused("展开后过大，请分成几个文件，或改用 CSV")
            seen = (before + piece).replace(b"\0", b"")
            if _ENTITIES.search(seen):
                raise refused("的结构异常，请用 Excel 或 WPS 另存后再上传")
            merged = _MERGED.search(seen) if sheet else None
            if merged:
                raise refused(f"有合并的单元格（{merged[1].decode()}），请取消合并、逐格填写后再上传")
            before = piece[-_OVERLAP:]
