"""What people hand in as a table: the first sheet of a workbook, or cells copied out of one. Text only; hostile files are refused in words.

A cell is named as in the workbook: ``C5`` is the third column of the fifth row.
"""

import csv
import io
import warnings
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from govshare.kernel.errors import Basis, Fault, Invalid
from govshare.regulation.files import FileType, Intake, Readable
from govshare.regulation.secrecy import refuse_secret

_BLANK_ROWS = 1000  # in a row: what comes after them is not looked for
_ENTITIES = (b"<!DOCTYPE", b"<!ENTITY")
_MOST_FAULTS = 50


@dataclass(frozen=True, slots=True)
class Row:
    """``number`` counts from 1, as the workbook does; blank rows are left out but counted."""

    number: int
    cells: tuple[str, ...]

    def cell(self, column: int) -> str:
        """Text of the cell, counting columns from 0; empty beyond the last one."""
        return self.cells[column] if 0 <= column < len(self.cells) else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """What one place takes in: what people call it there, and how much of it."""

    what: str
    basis: Basis
    rows: int
    columns: int = 50
    characters: int = 4000  # of one cell
    megabytes: int = 5

    def text(self, text: str) -> tuple[Row, ...]:
        """Cells copied from a spreadsheet, parted by tabs (or commas, when there is no tab)."""
        refuse_secret({"text": text})
        first = text.lstrip("\r\n").partition("\n")[0]
        delimiter = "," if "\t" not in first and "," in first else "\t"
        try:
            read = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=delimiter))
        except csv.Error:
            raise self._refusal("text", f"{self.what}有一格过长，或引号没有成对，请核对后再粘贴") from None
        return self._rows(enumerate(read, 1), place="text")

    def workbook(self, name: str, content: Readable) -> tuple[Row, ...]:
        """The first sheet of an .xlsx; macros, formulas, encryption, entities and what unpacks too large are refused."""
        intake = Intake(what=self.what, types=(FileType.XLSX,), by_type=self.basis, by_size=self.basis)
        data = intake.read(content, megabytes=self.megabytes)
        intake.judge(name, data)
        if _declares_entities(data):
            raise self._refusal("file", f"{self.what}的结构异常，请用 Excel 或 WPS 另存后再上传")
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # openpyxl's remarks on styles and extensions are nobody's business
                return self._rows(_first_sheet(data), place="file")
        except Invalid:
            raise
        except Exception:  # noqa: BLE001 - whatever a broken file makes openpyxl raise, it is a broken file
            raise self._refusal("file", f"{self.what}读不出来，请用 Excel 或 WPS 另存为 .xlsx 后再上传") from None

    def _rows(self, numbered: Iterable[tuple[int, list[Any]]], *, place: str) -> tuple[Row, ...]:
        rows: list[Row] = []
        faults: list[Fault] = []
        blank = 0
        for number, values in numbered:
            if not any(value is not None and value != "" for value in values):
                blank += 1
                if blank > _BLANK_ROWS:
                    break
                continue
            blank = 0
            if len(rows) >= self.rows:
                raise self._refusal(place, f"{self.what}最多 {self.rows} 行，请分批办理")
            cells, wrong = self._cells(number, values)
            faults += wrong
            rows.append(Row(number, cells))
            if len(faults) >= _MOST_FAULTS:
                break
        if faults:
            raise Invalid(f"{self.what}有 {len(faults)} 处不能读入", basis=self.basis, faults=faults[:_MOST_FAULTS])
        return tuple(rows)

    def _cells(self, number: int, values: list[Any]) -> tuple[tuple[str, ...], list[Fault]]:
        while values and (values[-1] is None or values[-1] == ""):
            values = values[:-1]
        if len(values) > self.columns:
            return (), [Fault(name_of(number, self.columns), f"最多 {self.columns} 列，请删去多余的列")]
        cells, faults = [], []
        for column, value in enumerate(values):
            text = "" if value is None else str(value).strip()
            if isinstance(value, _Unreadable):
                faults.append(Fault(name_of(number, column), value.why))
            elif len(text) > self.characters:
                faults.append(Fault(name_of(number, column), f"最多 {self.characters} 个字符，现有 {len(text)} 个"))
            cells.append(text)
        return tuple(cells), faults

    def _refusal(self, place: str, message: str) -> Invalid:
        return Invalid(message, basis=self.basis, faults=[Fault(place, message)])


def name_of(row: int, column: int) -> str:
    """Name of a cell; ``column`` counts from 0."""
    return f"{get_column_letter(column + 1)}{row}"


@dataclass(frozen=True, slots=True)
class _Unreadable:
    why: str


def _declares_entities(data: bytes) -> bool:
    """Whether any part declares a document type: a workbook has no need of one, and entities can unfold without end."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        for member in package.infolist():
            if member.filename.lower().endswith((".xml", ".rels")):
                with package.open(member) as part:
                    head = part.read(64 * 1024).replace(b"\0", b"").upper()
                if any(mark in head for mark in _ENTITIES):
                    return True
    return False


def _first_sheet(data: bytes) -> Iterator[tuple[int, list[Any]]]:
    book = load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
    try:
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # what a file says of its size need not be so
        for number, cells in enumerate(sheet.iter_rows(), 1):
            yield number, [_value(cell) for cell in cells]
    finally:
        book.close()


def _value(cell: Any) -> Any:
    value = cell.value
    if cell.data_type == "f" or not isinstance(value, str | int | float | bool | datetime | date | time | None):
        return _Unreadable("这里是公式，请复制后“选择性粘贴”为数值再上传")
    if cell.data_type == "e":
        return _Unreadable("这里是错误值，请更正后再上传")
    return _plain(value)


def _plain(value: str | float | datetime | date | time | None) -> str | float | None:
    match value:
        case bool():
            return "是" if value else "否"
        case float() if value.is_integer():
            return int(value)
        case datetime() if value.time() == time():
            return value.date().isoformat()
        case datetime() | date() | time():
            return value.isoformat()
    return value
