"""Catalog entries as they are sent and answered."""

from dataclasses import asdict
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from pydantic import Field

from govshare.api.frame import actor
from govshare.api.schemas import MANY, SOME, Answer, Body, Code, Line, Text
from govshare.catalog import queries
from govshare.catalog.models import Step
from govshare.catalog.rules.contents import Content, Statutory
from govshare.catalog.rules.remarks import Remark
from govshare.kernel.clock import local_date, utc_now


class ItemIn(Body):
    id: UUID | None = None
    name: Line
    column: Code
    type: Code = "C"
    length: int | None = None
    sensitivity: Code = "ordinary"
    data_element: Line = ""
    code_table: Line = ""
    is_key: bool = False


class StatutoryIn(Body):
    organization: UUID
    ground: UUID


class ContentIn(Body):
    """核心元数据，见 GB/T 21063 与编制指南。"""

    name: Line
    node: Code
    abstract: Text = ""
    format_class: Code = ""
    format_type: Code = ""
    share_type: Code = ""
    terms: Text = ""
    ground: UUID | None = None
    modes: set[Code] = Field(set(), max_length=SOME)
    for_all: bool = False
    scope: set[UUID] = Field(set(), max_length=MANY)
    statutory: list[StatutoryIn] = Field([], max_length=MANY)
    open_to_public: bool = False
    open_conditions: Text = ""
    update_cycle: Code = ""
    update_limit: Line = ""
    related: set[Code] = Field(set(), max_length=MANY)
    classification: Code = ""
    collection_basis: Text = ""
    collection_procedure: Text = ""
    source: Code = ""
    lead_unit: UUID | None = None
    contact: Line = ""
    contact_phone: Line = ""

    def content(self) -> Content:
        """As the catalog's own value."""
        values: dict[str, Any] = {name: getattr(self, name) for name in type(self).model_fields}
        return Content(
            **{
                **values,
                "ground": str(self.ground or ""),
                "lead_unit": str(self.lead_unit or ""),
                "modes": frozenset(self.modes),
                "related": frozenset(self.related),
                "scope": frozenset(map(str, self.scope)),
                "statutory": frozenset(Statutory(organization=str(row.organization), ground=str(row.ground)) for row in self.statutory),
            }
        )


class EntryIn(Body):
    content: ContentIn
    items: list[ItemIn] = Field([], max_length=MANY)


class EntryEdit(EntryIn):
    expected_version: int
    reason: Text = ""


class AtVersion(Body):
    expected_version: int


class ReasonAtVersion(AtVersion):
    reason: Text


class RemarkIn(Body):
    """一处意见：``place`` 为字段名、``items``、``items.<英文名称>`` 或 ``items.<英文名称>.<字段>``。"""

    place: Line
    text: Text


class ReturnAtVersion(AtVersion):
    """退回：总的原因和逐处意见至少有一样。"""

    reason: Text = ""
    remarks: list[RemarkIn] = Field([], max_length=MANY)


def as_remarks(rows: list[RemarkIn]) -> list[Remark]:
    return [Remark(row.place, row.text) for row in rows]


class ItemOut(Answer):
    id: UUID | None
    name: str
    column: str
    type: str
    length: int | None
    sensitivity: str
    data_element: str
    code_table: str
    is_key: bool


class RevisionOut(Answer):
    number: int
    status: str
    adjusted: bool
    published_at: datetime | None
    content: dict[str, Any]
    items: list[ItemOut]


class DifferenceOut(Answer):
    place: str
    before: str
    after: str


class FaultOut(Answer):
    place: str
    message: str


class DecisionOut(Answer):
    status: str
    opinion: str
    decided_at: datetime | None


class MissingInterfaceOut(Answer):
    due_on: date
    provisional: bool
    overdue: bool


class RouteOut(Answer):
    id: UUID
    front_database_id: UUID
    schema_name: str = Field(alias="schema")
    table: str
    key: list[str]
    tested_at: datetime | None
    test_passed: bool | None
    test_message: str


class RemarkOut(Answer):
    place: str
    text: str


class StepOut(Answer):
    action: str
    basis: str
    reason: str
    taken_at: datetime
    taken_by_name: str
    receipt: str
    remarks: list[RemarkOut]


class EntryOut(Answer):
    """``version`` 用于提交修改，``revision`` 号用于主管部门的决定；他人只看到已列入共享目录的版本。"""

    id: UUID
    code: str
    version: int
    provider: UUID
    provider_name: str
    shown: RevisionOut | None
    pending: RevisionOut | None
    differences: list[DifferenceOut]
    key_elements: list[str]
    faults: list[FaultOut]
    listing: DecisionOut | None
    verification: DecisionOut | None
    route: RouteOut | None
    missing_interface: MissingInterfaceOut | None
    history: list[StepOut]


class OwnEntryOut(Answer):
    id: UUID
    code: str
    version: int
    name: str
    share_type: str
    status: str
    pending: str
    revision: int
    listing: str
    verification: str


class QueueRow(Answer):
    entry: UUID
    code: str
    name: str
    provider_name: str
    revision: int
    status: str
    since: datetime | None


def as_seen(entry: UUID, request: HttpRequest) -> dict[str, Any]:
    """The entry as the caller may see it."""
    view = queries.entry(entry, by=actor(request), today=local_date(utc_now()))
    plain = ("id", "code", "version", "provider", "provider_name", "differences", "faults", "listing", "verification")
    return {
        **{name: getattr(view, name) for name in plain},
        "history": [_step(step) for step in view.history],
        "key_elements": sorted(view.key_elements),
        "missing_interface": view.missing_interface,
        "shown": _revision(view.shown),
        "pending": _revision(view.pending),
        "route": view.route,
    }


def _step(step: Step) -> dict[str, Any]:
    plain = ("action", "basis", "reason", "taken_at", "taken_by_name", "receipt")
    return {**{name: getattr(step, name) for name in plain}, "remarks": list(step.remarks.all())}


def _revision(view: queries.RevisionView | None) -> dict[str, Any] | None:
    if view is None:
        return None
    content = {
        key: sorted(value, key=str) if isinstance(value, frozenset | set) else value for key, value in asdict(view.snapshot.content).items()
    }
    return {
        **{name: getattr(view, name) for name in ("number", "status", "adjusted", "published_at")},
        "content": content,
        "items": view.snapshot.items,
    }
