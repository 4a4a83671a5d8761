"""Storing what a revision says: what it refers to is looked up, and everything wrong is named at once."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from uuid import UUID

from govshare.catalog.models import Entry, Item, LegalGround, Node, Revision, Scope, Statutory
from govshare.catalog.queries.contents import known_items
from govshare.catalog.rules.contents import Content, ItemContent, Snapshot, as_id
from govshare.catalog.rules.shape import shape_faults, storable, texts
from govshare.catalog.services.acts import keep_secrets_out
from govshare.kernel.errors import Fault, Invalid
from govshare.kernel.ids import new_id
from govshare.organizations.models import Organization
from govshare.regulation.articles import cite


@dataclass(frozen=True, slots=True, kw_only=True)
class References:
    """Rows that a content names."""

    node: Node
    ground: LegalGround | None
    source: Entry | None
    lead_unit: Organization | None


def checked(snapshot: Snapshot, *, entry: Entry | None = None) -> tuple[Snapshot, References]:
    """What can be stored: every item with its identity, every reference found; else ``Invalid`` with all faults."""
    keep_secrets_out(texts(snapshot), classification=snapshot.content.classification)
    faults = list(shape_faults(snapshot))
    known = known_items(entry) if entry else {}
    faults += [
        Fault(f"items.{position}.id", "不是这条信息资源的信息项；新增的信息项不填编号")
        for position, item in enumerate(snapshot.items, 1)
        if item.id and item.id not in known
    ]
    if all(map(storable, texts(snapshot).values())):
        faults += _reference_faults(snapshot.content)
    if faults:
        raise Invalid(f"有 {len(faults)} 处须改正，未保存", basis=cite("CD2016-14"), faults=faults)
    return replace(snapshot, items=_identified(snapshot.items, known)), _references(snapshot.content)


def write(revision: Revision, snapshot: Snapshot, found: References) -> None:
    """Store everything the draft ``revision`` says; the caller holds the entry's lock."""
    content = snapshot.content
    for name in _PLAIN:
        setattr(revision, name, getattr(content, name))
    revision.modes, revision.related = sorted(content.modes), sorted(content.related)
    revision.node, revision.ground, revision.source, revision.lead_unit = found.node, found.ground, found.source, found.lead_unit
    revision.save()
    for rows in (revision.items, revision.scopes, revision.statutory):
        rows.all().delete()
    Item.objects.bulk_create(_item_row(revision, position, item) for position, item in enumerate(snapshot.items, 1))
    Scope.objects.bulk_create(Scope(revision=revision, organization_id=UUID(each)) for each in sorted(content.scope))
    Statutory.objects.bulk_create(
        Statutory(revision=revision, organization_id=UUID(each.organization), ground_id=UUID(each.ground))
        for each in sorted(content.statutory)
    )


_PLAIN = (
    "name",
    "abstract",
    "format_class",
    "format_type",
    "share_type",
    "terms",
    "for_all",
    "open_to_public",
    "open_conditions",
    "update_cycle",
    "update_limit",
    "classification",
    "collection_basis",
    "collection_procedure",
    "contact",
    "contact_phone",
)


def _item_row(revision: Revision, position: int, item: ItemContent) -> Item:
    return Item(
        revision=revision,
        item=item.id or new_id(),
        position=position,
        name=item.name,
        column=item.column,
        type=item.type,
        length=item.length,
        sensitivity=item.sensitivity,
        data_element=item.data_element,
        code_table=item.code_table,
        is_key=item.is_key,
    )


def _identified(items: tuple[ItemContent, ...], known: dict[UUID, str]) -> tuple[ItemContent, ...]:
    """An item sent without its id is the one the entry knows by that column, unless another claims it; else it is new."""
    claimed = {item.id for item in items}
    by_column = {column.lower(): item for item, column in known.items() if item not in claimed}
    return tuple(item if item.id else replace(item, id=by_column.get(item.column.lower(), new_id())) for item in items)


def _references(content: Content) -> References:
    return References(
        node=Node.objects.get(code=content.node),
        ground=LegalGround.objects.get(pk=content.ground) if content.ground else None,
        source=Entry.objects.get(code=content.source) if content.source else None,
        lead_unit=Organization.objects.get(pk=content.lead_unit) if content.lead_unit else None,
    )


def _reference_faults(content: Content) -> Iterator[Fault]:
    node = Node.objects.filter(code=content.node, active=True).first()
    if node is None or not node.holds_entries:
        yield Fault("node", "请选择分类目录中在用的“目”或“细目”，例如 102001")
    if content.ground and not _grounds({content.ground}):
        yield Fault("ground", "法律依据登记簿中没有这一条，请从登记簿中选择")
    if content.source and not Entry.objects.filter(code=content.source).exists():
        yield Fault("source", "没有这条权威信息资源，请核对代码")
    if content.lead_unit and not _organizations({content.lead_unit}):
        yield Fault("lead_unit", "没有这个牵头单位，请从组织机构中选择")
    if len(_organizations(content.scope)) != len(content.scope):
        yield Fault("scope", "共享范围中有未登记或已撤销的部门，请从组织机构中选择")
    named = {each.organization for each in content.statutory}
    if len(named) != len(content.statutory) or len(_organizations(named)) != len(named):
        yield Fault("statutory", "法定共享的对象须是已登记的部门，每个部门一条依据")
    grounds = {each.ground for each in content.statutory}
    if len(_grounds(grounds)) != len(grounds):
        yield Fault("statutory", "法定共享的依据须从法律依据登记簿中选择（CD2016-5.5）")


def _organizations(ids: set[str] | frozenset[str]) -> set[UUID]:
    keys = {key for key in map(as_id, ids) if key}
    return set(Organization.objects.filter(pk__in=keys, active=True).values_list("pk", flat=True))


def _grounds(ids: set[str]) -> set[UUID]:
    keys = {key for key in map(as_id, ids) if key}
    return set(LegalGround.objects.filter(pk__in=keys, active=True).values_list("pk", flat=True))
