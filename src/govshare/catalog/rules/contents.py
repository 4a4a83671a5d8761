"""The content of one revision as plain values; what differs between two; which differences must be told (CD2016-16, 17)."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field, fields, is_dataclass
from typing import Any
from uuid import UUID

import rfc8785

#: Names the fields that a revision's digest covers and how; other fields get another name.
FORMAT = "govshare/catalog-revision@v1+sha256"


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemContent:
    """One item 「信息项」. ``id`` stays the same through all revisions; ``None`` for one that is new."""

    name: str
    column: str  # English name, the column under which the item travels
    type: str = "C"
    length: int | None = None
    sensitivity: str = "ordinary"
    data_element: str = ""  # standard data element 「数据元」
    code_table: str = ""
    is_key: bool = False
    id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Statutory:
    """Sharing that the law orders with a named department, whatever the class (CD2016-5.5). Ids of the register and the department."""

    organization: str
    ground: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """Core metadata 「核心元数据」 of a resource. Choices by their stored words, others by id or code; empty means not stated."""

    name: str
    node: str  # code of the category
    abstract: str = ""
    format_class: str = ""
    format_type: str = ""
    share_type: str = ""
    terms: str = ""  # 「共享条件」
    ground: str = ""  # id in the register of legal grounds, for what is not shared
    modes: frozenset[str] = frozenset()
    for_all: bool = False  # the scope is all departments
    scope: frozenset[str] = frozenset()  # ids of the related departments 「相关政府部门」
    statutory: frozenset[Statutory] = frozenset()
    open_to_public: bool = False
    open_conditions: str = ""
    update_cycle: str = ""
    update_limit: str = ""  # 「更新时限」, e.g. 每日 08:00 前
    related: frozenset[str] = frozenset()  # codes of related resources
    classification: str = ""
    collection_basis: str = ""
    collection_procedure: str = ""
    source: str = ""  # code of the authoritative entry, when this one is a non-authoritative copy
    lead_unit: str = ""  # id of the lead unit of a base database (CD2016-8)
    contact: str = ""
    contact_phone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """Everything one revision says."""

    content: Content
    items: tuple[ItemContent, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Difference:
    """``place`` is a field, or ``items.<column>`` (whole item come or gone) or ``items.<column>.<field>``."""

    place: str
    before: str
    after: str


#: Fields of ``Content`` behind each key element 「关键要素」 that CD2016-16 names; items are one as a whole.
KEY_FIELDS = {
    "name": "name",
    "node": "category",
    "share_type": "class",
    "modes": "mode",
    "terms": "terms",
    "ground": "terms",
    "for_all": "scope",
    "scope": "scope",
    "statutory": "scope",
    "update_cycle": "update_limit",
    "update_limit": "update_limit",
}

KEY_LABELS = {
    "name": "名称",
    "category": "类别",
    "class": "共享类型",
    "mode": "提供方式",
    "terms": "共享条件",
    "scope": "共享范围",
    "update_limit": "更新时限",
    "items": "信息项",
}

#: What the authority may set when it adjusts a filed entry (CD2016-16); items stay the department's.
ADJUSTABLE = frozenset(
    {"name", "node", "share_type", "modes", "terms", "for_all", "scope", "update_cycle", "update_limit", "lead_unit", "related"}
)


def as_id(text: UUID | str) -> UUID | None:
    """The id that ``text`` spells, or ``None``: what came from outside may spell anything."""
    try:
        return text if isinstance(text, UUID) else UUID(text)
    except ValueError:
        return None


def differences(before: Snapshot, after: Snapshot) -> tuple[Difference, ...]:
    """By field and by item, in the order of the metadata."""
    return (*_content_differences(before.content, after.content), *_item_differences(before.items, after.items))


def changed_key_elements(before: Snapshot, after: Snapshot) -> frozenset[str]:
    """Which key elements differ; a non-empty answer starts the clock of CD2016-17."""
    found = {KEY_FIELDS.get(each.place, "items" if each.place.startswith("items.") else "") for each in differences(before, after)}
    return frozenset(found - {""})


def digest(snapshot: Snapshot) -> str:
    """SHA-256, lower-case hex, over the canonical JSON (RFC 8785) of everything the revision says: what evidence holds of it."""
    return hashlib.sha256(rfc8785.dumps({"v": FORMAT, **_plain(snapshot)})).hexdigest()


def _content_differences(before: Content, after: Content) -> Iterator[Difference]:
    for each in fields(Content):
        old, new = getattr(before, each.name), getattr(after, each.name)
        if old != new:
            yield Difference(each.name, _text(old), _text(new))


def _item_differences(before: tuple[ItemContent, ...], after: tuple[ItemContent, ...]) -> Iterator[Difference]:
    old, new = {_identity(item): item for item in before}, {_identity(item): item for item in after}
    for identity in {**old, **new}:
        was, now = old.get(identity), new.get(identity)
        column = (now or was).column  # type: ignore[union-attr]  # one of the two is there
        if was is None or now is None:
            yield Difference(f"items.{column}", was.name if was else "", now.name if now else "")
            continue
        for each in fields(ItemContent):
            if getattr(was, each.name) != getattr(now, each.name):
                yield Difference(f"items.{column}.{each.name}", _text(getattr(was, each.name)), _text(getattr(now, each.name)))


def _identity(item: ItemContent) -> str:
    return str(item.id) if item.id else f"new:{item.column}"


def _text(value: object) -> str:
    if isinstance(value, frozenset):
        return "、".join(sorted(f"{v.organization}（{v.ground}）" if isinstance(v, Statutory) else str(v) for v in value))
    if isinstance(value, bool):
        return "是" if value else "否"
    return "" if value is None else str(value)


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return {each.name: _plain(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, frozenset):
        return [_plain(inner) for inner in sorted(value)]
    if isinstance(value, tuple):
        return [_plain(inner) for inner in value]
    return str(value) if isinstance(value, UUID) else value
