"""The departments' catalog entries, each taken through the real steps as far as ``resources`` says (CD2016-13, 14, 16)."""

from datetime import datetime

from govshare.catalog import services
from govshare.catalog.models import Entry, LegalGround, Listing, Route, Verification
from govshare.catalog.queries import contents as saying
from govshare.catalog.rules.choices import ListingStatus, Status, VerificationStatus
from govshare.catalog.rules.contents import Content, ItemContent
from govshare.demo.city import sources
from govshare.demo.city.posts import City
from govshare.demo.resources import RESOURCES, Resource
from govshare.demo.roster import AUTHORITY
from govshare.kernel.roles import Role
from govshare.sources.rules import Purpose

_PUBLISHED = frozenset({"filed", "returned", "listed", "unverified", "verified"})


def find(city: City, resource: Resource) -> Entry | None:
    """The entry of this name in the department's catalog, whatever its revision."""
    return Entry.objects.filter(provider=city.organization(resource.body), revisions__name=resource.name).first()


def take_all(city: City, now: datetime) -> None:
    for resource in RESOURCES:
        entry = find(city, resource) or _registered(city, resource, now)
        _taken_to_review(city, resource, entry, now)
        _published(city, resource, entry, now)
        _reachable(city, resource, entry, now)
        _decided(city, resource, entry, now)


def content_of(city: City, resource: Resource) -> Content:
    shared = resource.share_type != "none"
    return Content(
        name=resource.name,
        node=resource.node,
        abstract=resource.abstract,
        format_class=resource.format_class,
        format_type="PostgreSQL" if resource.format_class == "database" else "jpg",
        share_type=resource.share_type,
        terms=resource.terms,
        ground=_ground(resource),
        modes=frozenset(resource.modes) if shared else frozenset(),
        for_all=shared and not resource.scope,
        scope=frozenset(str(city.organization(body).pk) for body in resource.scope),
        open_to_public=resource.open_to_public,
        open_conditions="可无条件向社会开放" if resource.open_to_public else "",
        update_cycle=resource.update_cycle,
        update_limit=resource.update_limit if shared else "",
        classification=resource.classification,
        collection_basis=resource.basis,
        collection_procedure=resource.procedure,
        contact=city.person(resource.body, Role.RESOURCE_ADMIN).name,
        contact_phone="028-00000000",
    )


def items_of(resource: Resource) -> tuple[ItemContent, ...]:
    return tuple(
        ItemContent(
            name=field.title,
            column=field.name,
            type=field.type,
            length=field.length,
            sensitivity=field.sensitivity,
            is_key=field.name in resource.key_columns,
        )
        for field in resource.items
    )


def _ground(resource: Resource) -> str:
    title, article = resource.ground
    return str(LegalGround.objects.get(title=title, article=article, active=True).pk) if title else ""


def _version(entry: Entry) -> int:
    return Entry.objects.get(pk=entry.pk).version


def _registered(city: City, resource: Resource, now: datetime) -> Entry:
    by = city.actor(resource.body, Role.REGISTRAR)
    return services.create_entry(content=content_of(city, resource), items=items_of(resource), by=by, now=now)


def _taken_to_review(city: City, resource: Resource, entry: Entry, now: datetime) -> None:
    pending = saying.pending(entry)
    if resource.stage != "draft" and pending is not None and pending.status == Status.DRAFT:
        by = city.actor(resource.body, Role.REGISTRAR)
        services.submit(entry=entry.pk, expected_version=_version(entry), by=by, now=now)


def _published(city: City, resource: Resource, entry: Entry, now: datetime) -> None:
    pending = saying.pending(entry)
    if resource.stage in _PUBLISHED and pending is not None and pending.status == Status.REVIEW:
        by = city.actor(resource.body, Role.REVIEWER)
        services.publish(entry=entry.pk, expected_version=_version(entry), by=by, now=now)


def _reachable(city: City, resource: Resource, entry: Entry, now: datetime) -> None:
    """Bound to the table it is read from, documented and tested (CD2016-19)."""
    standing = Route.objects.filter(entry=entry, replaced_at=None).first()
    front = sources.find(city, resource.body, Purpose.PROVIDE)
    if resource.table is None or front is None or (standing and standing.test_passed):
        return
    by = city.actor(resource.body, Role.REGISTRAR)
    if standing is None:
        services.bind_route(
            entry=entry.pk,
            front_database=front.pk,
            table=resource.table.name,
            key=resource.table.key,
            document=f"前置库表 {front.schema}.{resource.table.name}，主键 {'、'.join(resource.table.key)}；{resource.update_limit}更新。",
            expected_version=_version(entry),
            by=by,
            now=now,
        )
    services.test_route(entry=entry.pk, by=by, now=now)


def _decided(city: City, resource: Resource, entry: Entry, now: datetime) -> None:
    """What the authority does with it: confirm, send back, or verify that it is not shared."""
    by = city.actor(AUTHORITY, Role.AUTHORITY)
    listing = Listing.objects.select_related("filed").filter(entry=entry, status=ListingStatus.FILED).first()
    if listing is not None and resource.stage == "listed":
        services.confirm(entry=entry.pk, expected_revision=listing.filed.number, opinion="同意列入", by=by, now=now)
    elif listing is not None and resource.stage == "returned":
        reason = "请补充许可证附图的格式说明，并明确更新时限的起算点。"
        services.send_back(entry=entry.pk, reason=reason, expected_revision=listing.filed.number, by=by, now=now)
    verification = Verification.objects.select_related("revision").filter(entry=entry, status=VerificationStatus.PENDING).first()
    if verification is not None and resource.stage == "verified":
        services.verify_not_shared(
            entry=entry.pk, expected_revision=verification.revision.number, opinion="依据充分，予以核定。", by=by, now=now
        )
