"""Registering as a list of tasks: which part of an entry stands where, and how far it is."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from govshare.catalog.models import PlacedRemark
from govshare.catalog.rules.contents import Content, Snapshot
from govshare.kernel.errors import Fault


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """``page`` is where it is filled in; ``fields`` those of ``Content`` that stand there."""

    page: str
    title: str | Promise
    icon: str
    about: str | Promise
    fields: tuple[str, ...]


BASICS = Section(
    page="entry-basics",
    title=_("基本信息"),
    icon="file-description",
    about=_("名称、分类、摘要、格式、分级、联系人"),
    fields=(
        "name",
        "node",
        "abstract",
        "format_class",
        "format_type",
        "classification",
        "lead_unit",
        "related",
        "contact",
        "contact_phone",
    ),
)
ITEMS = Section(
    page="entry-items", title=_("信息项"), icon="list-details", about=_("逐项登记名称、类型、长度和敏感级别"), fields=("items",)
)
SHARING = Section(
    page="entry-sharing",
    title=_("共享类型与条件"),
    icon="key",
    about=_("类型、条件、范围；不予共享的选依据"),
    fields=("share_type", "terms", "ground", "for_all", "scope", "statutory", "open_to_public", "open_conditions"),
)
UPDATING = Section(
    page="entry-update", title=_("更新周期"), icon="refresh", about=_("多久更新一次，最迟何时"), fields=("update_cycle", "update_limit")
)
PROVISION = Section(
    page="entry-provision",
    title=_("提供方式与数据来源"),
    icon="database",
    about=_("服务模式、采集依据与程序、权威来源"),
    fields=("modes", "collection_basis", "collection_procedure", "source"),
)
SECTIONS = (BASICS, ITEMS, SHARING, UPDATING, PROVISION)
_EMPTY = Content(name="", node="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """``state``: done, unfinished, untouched. ``faults`` of the self-check and ``remarks`` of a return that lie here."""

    section: Section
    state: str
    faults: tuple[Fault, ...]
    remarks: tuple[PlacedRemark, ...]


def section_of(place: str) -> Section:
    """Where the thing that ``place`` names is filled in."""
    head = place.partition(".")[0]
    return next((section for section in SECTIONS if head in section.fields), BASICS)


def progress(snapshot: Snapshot, faults: Iterable[Fault], remarks: Iterable[PlacedRemark] = ()) -> list[Progress]:
    """How far each section is."""
    faults, remarks = tuple(faults), tuple(remarks)
    found = []
    for section in SECTIONS:
        here = tuple(fault for fault in faults if section_of(fault.place) is section)
        asked = tuple(remark for remark in remarks if section_of(remark.place) is section)
        touched = _touched(section, snapshot)
        state = "untouched" if not touched and (here or _undecided(section, snapshot)) else "unfinished" if here else "done"
        found.append(Progress(section=section, state=state, faults=here, remarks=asked))
    return found


def _undecided(section: Section, snapshot: Snapshot) -> bool:
    """Whether there must be items is known once the format is."""
    return section is ITEMS and not snapshot.content.format_class


def _touched(section: Section, snapshot: Snapshot) -> bool:
    """A code and a name every entry has from the beginning; they say nothing about the rest."""
    if section is ITEMS:
        return bool(snapshot.items)
    told = [name for name in section.fields if name not in {"name", "node"}]
    return any(getattr(snapshot.content, name) != getattr(_EMPTY, name) for name in told)
