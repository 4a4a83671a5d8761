"""People and their posts in a workbook: its columns, its template, and what its rows say. Faults name cells."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from govshare.kernel.errors import Fault
from govshare.kernel.roles import Role
from govshare.organizations.rules import IDENTITY
from govshare.regulation.workbooks import Reader, Row, name_of

MOST = 500  # people at once
READER = Reader(what="人员名单", basis=IDENTITY, rows=MOST + 1, columns=20, characters=200)

#: Place of the field, its header, an example, a remark for the template.
COLUMNS = (
    ("name", "姓名", "张三", "必填"),
    ("number", "工号", "A001", "必填，本单位内不重复"),
    ("duty", "职务", "科长", ""),
    ("phone", "联系电话", "028-61880000", ""),
    ("role", "岗位", "目录登记人员", "可不填；多个岗位用“、”分开"),
    ("starts_on", "任职起始", "2026-01-01", "不填为今天"),
    ("ends_on", "任职截止", "", "不填为长期"),
    ("document", "任职文号", "", ""),
)
_PLACES = [place for place, *_ in COLUMNS]
_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:T.*)?")
_ROLES = {str(role.label): role for role in Role} | {role.value: role for role in Role}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One row as it was understood; ``cells`` names the cell of each place."""

    row: int
    name: str
    number: str
    duty: str
    phone: str
    roles: tuple[Role, ...]
    starts_on: date | None
    ends_on: date | None
    document: str
    cells: dict[str, str]


@dataclass(frozen=True, slots=True)
class Sheet:
    lines: tuple[Line, ...]
    faults: tuple[Fault, ...]


def read(rows: Sequence[Row]) -> Sheet:
    """Rows under the header, in whatever order its columns stand. Rows of the template's own example are left out."""
    if not rows:
        return Sheet((), (Fault("A1", "名单是空的，请按模板填写"),))
    fields = {column: _place(text) for column, text in enumerate(rows[0].cells) if _place(text)}
    missing = [Fault("A1", f"表头缺“{title}”一列，请按模板填写") for place, title, *_ in COLUMNS[:2] if place not in fields.values()]
    body = [row for row in rows[1:] if not _is_remark(row)]
    if missing or not body:
        return Sheet((), tuple(missing) or (Fault(name_of(rows[0].number + 1, 0), "表头下面没有人员"),))
    faults: list[Fault] = []
    lines = tuple(_line(row, fields, faults) for row in body)
    return Sheet(lines, tuple(faults))


def template(examples: bool = True) -> bytes:
    """An empty workbook to fill in: header, and one grey row that says what goes where."""
    book = Workbook()
    sheet = book.active
    if sheet is None:
        raise TypeError("a new workbook has a sheet")
    sheet.title = "人员名单"
    sheet.append([title for _, title, _, _ in COLUMNS])
    if examples:
        sheet.append(
            [f"例：{example}" + (f"（{remark}）" if remark else "") if example or remark else "" for _, _, example, remark in COLUMNS]
        )
    for column, cell in enumerate(sheet[1], 1):
        cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor="DCE6F1")
        sheet.column_dimensions[get_column_letter(column)].width = 22
    for cell in sheet[2] if examples else ():
        cell.font, cell.alignment = Font(color="808080", italic=True), Alignment(wrap_text=True)
    sheet.freeze_panes = "A2"
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def _place(text: str) -> str:
    bare = re.sub(r"[\s*＊]|[（(].*?[）)]", "", text)
    aliases = {
        "人员姓名": "name",
        "电话": "phone",
        "手机": "phone",
        "角色": "role",
        "起始日期": "starts_on",
        "截止日期": "ends_on",
        "文号": "document",
    }
    return next((place for place, title, *_ in COLUMNS if title == bare), aliases.get(bare, ""))


def _is_remark(row: Row) -> bool:
    return row.cell(0).startswith("例：")


def _line(row: Row, fields: dict[int, str], faults: list[Fault]) -> Line:
    cells = {place: name_of(row.number, column) for column, place in fields.items()}
    told = dict.fromkeys(_PLACES, "") | {place: row.cell(column) for column, place in fields.items()}
    return Line(
        row=row.number,
        name=told["name"],
        number=told["number"],
        duty=told["duty"],
        phone=told["phone"],
        roles=_roles(told["role"], cells, faults),
        starts_on=_day("starts_on", told, cells, faults),
        ends_on=_day("ends_on", told, cells, faults),
        document=told["document"],
        cells=cells,
    )


def _roles(text: str, cells: dict[str, str], faults: list[Fault]) -> tuple[Role, ...]:
    found: list[Role] = []
    for part in filter(None, re.split(r"[、,，;；\s]+", text)):
        role = _ROLES.get(part)
        if role is None or role in {Role.SYSTEM, Role.PLATFORM}:
            faults.append(Fault(cells["role"], f"没有“{part[:20]}”这个岗位，请写岗位的全称，如“目录登记人员”"))
        elif role not in found:
            found.append(role)
    return tuple(found)


def _day(place: str, told: dict[str, str], cells: dict[str, str], faults: list[Fault]) -> date | None:
    text = told[place]
    if not text:
        return None
    parts = _DATE.fullmatch(text)
    try:
        return date(*(int(part) for part in parts.groups())) if parts else date.fromisoformat(text)
    except ValueError:
        faults.append(Fault(cells[place], "日期请写成 2026-01-31 的样子"))
        return None
