"""What people do with one entry, each act through its service, by the person in the post (CD2016-13 to 21)."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from govshare.catalog import services
from govshare.catalog.models import Entry, LegalGround, Listing, Verification
from govshare.catalog.queries import contents as saying
from govshare.catalog.rules.contents import Content, ItemContent, Statutory
from govshare.demo.city.people import City
from govshare.demo.resources import Resource
from govshare.demo.roster import Body
from govshare.kernel.actor import Actor
from govshare.kernel.roles import Role


def entry_of(city: City, resource: Resource) -> Entry:
    return Entry.objects.get(pk=city.entries[resource.id])


def content_of(city: City, resource: Resource) -> Content:
    shared = resource.share_type != "none"
    contact = city.person(resource.body, Role.RESOURCE_ADMIN)
    return Content(
        name=resource.name,
        node=resource.node,
        abstract=resource.abstract,
        format_class=resource.format_class,
        format_type="PostgreSQL" if resource.format_class == "database" else "jpg",
        share_type=resource.share_type,
        terms=resource.terms,
        ground=ground(*resource.ground) if resource.ground[0] else "",
        modes=frozenset(resource.modes) if shared else frozenset(),
        for_all=shared and not resource.scope,
        scope=frozenset(str(city.organization(body).pk) for body in resource.scope if body in city.roster),
        open_to_public=resource.open_to_public,
        open_conditions="可无条件向社会开放" if resource.open_to_public else "",
        update_cycle=resource.update_cycle,
        update_limit=resource.update_limit if shared else "",
        classification=resource.classification,
        collection_basis=resource.basis,
        collection_procedure=resource.procedure,
        contact=contact.name,
        contact_phone=contact.phone,
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


def ground(title: str, article: str) -> str:
    """Its id in the register."""
    return str(LegalGround.objects.get(title=title, article=article, active=True).pk)


def statutory(city: City, *bodies: Body) -> frozenset[Statutory]:
    """Sharing that the law orders (CD2016-5.5)."""
    law = ground("中华人民共和国数据安全法", "第三十八条")
    return frozenset(Statutory(organization=str(city.organization(body).pk), ground=law) for body in bodies)


def register(city: City, resource: Resource, *, items: Sequence[ItemContent] | None = None, **changes: Any) -> None:
    content = replace(content_of(city, resource), **changes)
    by = _registrar(city, resource)
    entry = services.create_entry(content=content, items=items_of(resource) if items is None else items, by=by, now=city.now)
    city.entries[resource.id] = entry.pk


def edit(city: City, resource: Resource, *, items: Sequence[ItemContent] | None = None, reason: str = "", **changes: Any) -> None:
    """``changes`` on top of what the draft, else the published revision, says."""
    entry = entry_of(city, resource)
    standing = saying.pending(entry) or saying.published(entry)
    if standing is None:
        raise LookupError(f"nothing to edit: {resource.id}")
    content = replace(saying.snapshot(standing).content, **changes)
    services.edit_entry(
        entry=entry.pk,
        content=content,
        items=items,
        expected_version=entry.version,
        reason=reason,
        by=_registrar(city, resource),
        now=city.now,
    )


def submit(city: City, resource: Resource) -> None:
    entry = entry_of(city, resource)
    services.submit(entry=entry.pk, expected_version=entry.version, by=_registrar(city, resource), now=city.now)


def discard(city: City, resource: Resource) -> None:
    entry = entry_of(city, resource)
    services.discard_draft(entry=entry.pk, expected_version=entry.version, by=_registrar(city, resource), now=city.now)


def return_inside(city: City, resource: Resource, reason: str) -> None:
    entry = entry_of(city, resource)
    services.return_entry(entry=entry.pk, reason=reason, expected_version=entry.version, by=_reviewer(city, resource), now=city.now)


def publish(city: City, resource: Resource) -> None:
    entry = entry_of(city, resource)
    services.publish(entry=entry.pk, expected_version=entry.version, by=_reviewer(city, resource), now=city.now)


def retire(city: City, resource: Resource, reason: str) -> None:
    entry = entry_of(city, resource)
    services.retire(entry=entry.pk, reason=reason, expected_version=entry.version, by=_reviewer(city, resource), now=city.now)


def file_again(city: City, resource: Resource, reason: str) -> None:
    entry = entry_of(city, resource)
    services.file_again(entry=entry.pk, reason=reason, expected_version=entry.version, by=_reviewer(city, resource), now=city.now)


def bind(city: City, resource: Resource) -> None:
    """To the table it is read from, documented (CD2016-19)."""
    entry, table = entry_of(city, resource), resource.table
    if table is None:
        raise LookupError(f"no table: {resource.id}")
    services.bind_route(
        entry=entry.pk,
        front_database=city.fronts[resource.body.key, "provide"],
        table=table.name,
        key=table.key,
        document=f"前置库表 share.{table.name}，主键 {'、'.join(table.key)}；{resource.update_limit}更新。",
        expected_version=entry.version,
        by=_registrar(city, resource),
        now=city.now,
    )


def test(city: City, resource: Resource) -> None:
    services.test_route(entry=city.entries[resource.id], by=_registrar(city, resource), now=city.now)


def confirm(city: City, resource: Resource, opinion: str = "内容完整，同意列入") -> None:
    services.confirm(
        entry=city.entries[resource.id], expected_revision=_filed(city, resource), opinion=opinion, **_by_authority(city, resource)
    )


def adjust(city: City, resource: Resource, reason: str, **changes: Any) -> None:
    revision = _filed(city, resource)
    services.adjust(
        entry=city.entries[resource.id], changes=changes, reason=reason, expected_revision=revision, **_by_authority(city, resource)
    )


def send_back(city: City, resource: Resource, reason: str) -> None:
    services.send_back(
        entry=city.entries[resource.id], reason=reason, expected_revision=_filed(city, resource), **_by_authority(city, resource)
    )


def delist(city: City, resource: Resource, reason: str) -> None:
    services.delist(
        entry=city.entries[resource.id], reason=reason, expected_revision=_filed(city, resource), **_by_authority(city, resource)
    )


def verify(city: City, resource: Resource) -> None:
    number = _to_verify(city, resource)
    services.verify_not_shared(
        entry=city.entries[resource.id], expected_revision=number, opinion="依据充分，予以核定。", **_by_authority(city, resource)
    )


def return_not_shared(city: City, resource: Resource, reason: str) -> None:
    number = _to_verify(city, resource)
    services.return_not_shared(entry=city.entries[resource.id], reason=reason, expected_revision=number, **_by_authority(city, resource))


def _registrar(city: City, resource: Resource) -> Actor:
    return city.actor(resource.body, Role.REGISTRAR)


def _reviewer(city: City, resource: Resource) -> Actor:
    """The reviewer; in a small department the leader (PC-20)."""
    role = Role.REVIEWER if Role.REVIEWER in resource.body.posts else Role.LEADER
    return city.actor(resource.body, role)


def _by_authority(city: City, resource: Resource) -> dict[str, Any]:
    return {"by": city.actor(city.authority_of(resource.body), Role.AUTHORITY), "now": city.now}


def _filed(city: City, resource: Resource) -> int:
    return Listing.objects.select_related("filed").get(entry=city.entries[resource.id]).filed.number


def _to_verify(city: City, resource: Resource) -> int:
    rows = Verification.objects.select_related("revision").filter(entry=city.entries[resource.id])
    return rows.latest("revision__number").revision.number
