"""What a revision says, as plain values; what its self-check must know."""

from uuid import UUID

from django.db.models import Q

from govshare.catalog.models import Entry, Item, Revision
from govshare.catalog.rules.choices import PENDING, Status
from govshare.catalog.rules.contents import Content, ItemContent, Snapshot, Statutory
from govshare.catalog.rules.selfcheck import Surroundings, self_check
from govshare.catalog.rules.words import same_name
from govshare.kernel.errors import Fault
from govshare.kernel.memory import remembered


@remembered
def snapshot(revision: Revision) -> Snapshot:
    """Everything ``revision`` says."""
    return Snapshot(content=_content(revision), items=tuple(_item(item) for item in revision.items.all()))


def pending(entry: Entry) -> Revision | None:
    """The revision being worked on beside the published one."""
    return _one(entry, status__in=PENDING, adjusted=False)


def published(entry: Entry) -> Revision | None:
    """The revision that stands in the department's own resource catalog."""
    return _one(entry, status=Status.PUBLISHED)


def _one(entry: Entry, **which: object) -> Revision | None:
    """There is one such revision at most, so they need no order."""
    return next(iter(entry.revisions.filter(**which).select_related("node", "source").order_by()), None)


def known_items(entry: Entry) -> dict[UUID, str]:
    """Every item the entry ever had: its identity and its latest column name."""
    rows = Item.objects.filter(revision__entry=entry).order_by("revision__number").values_list("item", "column")
    return dict(rows)


def faults(revision: Revision) -> tuple[Fault, ...]:
    """The self-check of ``revision``: empty when it may go to review."""
    return self_check(snapshot(revision), surroundings(revision))


def surroundings(revision: Revision) -> Surroundings:
    source = revision.source
    return Surroundings(
        provider=str(revision.entry.provider_id),
        ground_permits=bool(revision.ground and revision.ground.active and revision.ground.permits_not_sharing),
        same_names=_same_names(revision),
        source_stands=source is None or source.revisions.filter(status=Status.PUBLISHED, source=None).exists(),
    )


def _same_names(revision: Revision) -> tuple[str, ...]:
    living = Q(status__in=[Status.PUBLISHED, Status.REVIEW])
    others = Revision.objects.filter(living, entry__provider=revision.entry.provider_id).exclude(entry=revision.entry_id)
    wanted = same_name(revision.name)
    return tuple(sorted({code for code, name in others.values_list("entry__code", "name") if same_name(name) == wanted}))


def _content(revision: Revision) -> Content:
    return Content(
        name=revision.name,
        node=revision.node.code,
        abstract=revision.abstract,
        format_class=revision.format_class,
        format_type=revision.format_type,
        share_type=revision.share_type,
        terms=revision.terms,
        ground=str(revision.ground_id or ""),
        modes=frozenset(revision.modes),
        for_all=revision.for_all,
        scope=frozenset(str(each.organization_id) for each in revision.scopes.all()),
        statutory=frozenset(
            Statutory(organization=str(each.organization_id), ground=str(each.ground_id)) for each in revision.statutory.all()
        ),
        open_to_public=revision.open_to_public,
        open_conditions=revision.open_conditions,
        update_cycle=revision.update_cycle,
        update_limit=revision.update_limit,
        related=frozenset(revision.related),
        classification=revision.classification,
        collection_basis=revision.collection_basis,
        collection_procedure=revision.collection_procedure,
        source=revision.source.code if revision.source else "",
        lead_unit=str(revision.lead_unit_id or ""),
        contact=revision.contact,
        contact_phone=revision.contact_phone,
    )


def _item(item: Item) -> ItemContent:
    return ItemContent(
        id=item.item,
        name=item.name,
        column=item.column,
        type=item.type,
        length=item.length,
        sensitivity=item.sensitivity,
        data_element=item.data_element,
        code_table=item.code_table,
        is_key=item.is_key,
    )
