"""Registering entries and working on them 「登记」: new ones, and pending revisions beside the published one (CD2016-13.1, 14, 21)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db import transaction

from govshare.catalog.models import Entry, Revision
from govshare.catalog.queries import contents as saying
from govshare.catalog.rules.choices import Status
from govshare.catalog.rules.contents import Content, ItemContent, Snapshot, differences
from govshare.catalog.rules.workflows import ENTRY
from govshare.catalog.services import acts, codes, contents, notices
from govshare.kernel.actor import Actor
from govshare.kernel.errors import Invalid, WrongState
from govshare.kernel.ids import new_id
from govshare.kernel.roles import Role
from govshare.organizations import queries as organizations
from govshare.regulation.articles import cite

REGISTER = cite("CD2016-14")
CHANGE = cite("CD2016-21")


@transaction.atomic
def create_entry(*, content: Content, items: Sequence[ItemContent] = (), by: Actor, now: datetime) -> Entry:
    """Register an information resource of the actor's own department; the platform gives its code."""
    by.need(Role.REGISTRAR, basis=REGISTER)
    snapshot, found = contents.checked(Snapshot(content=content, items=tuple(items)))
    entry = Entry.objects.create(
        code=codes.allocate(found.node), provider=organizations.get(by.organization), version=0, created_at=now, created_by=by.id
    )
    revision = Revision(id=new_id(), entry=entry, number=1, created_at=now, created_by=by.id, editors=[by.id])
    contents.write(revision, snapshot, found)
    acts.note(entry, revision=1, action="catalog:entry:create", basis=REGISTER, by=by, now=now)
    return entry


@transaction.atomic
def edit_entry(
    *,
    entry: UUID,
    content: Content,
    items: Sequence[ItemContent] | None = None,
    expected_version: int,
    reason: str = "",
    by: Actor,
    now: datetime,
) -> Revision:
    """Change what the draft says; a published entry gets a pending revision beside the published one.

    ``items`` left out stay as they are. ``reason``: for what change of business or function (CD2016-21).
    """
    found = _mine(entry, expected_version, by=by)
    reason = acts.remark(reason, basis=CHANGE)
    before = saying.snapshot(_standing(found))
    after = Snapshot(content=content, items=before.items if items is None else tuple(items))
    return _save(found, after, action="catalog:entry:edit", reason=reason, by=by, now=now)


@transaction.atomic
def set_items(*, entry: UUID, items: Sequence[ItemContent], expected_version: int, by: Actor, now: datetime) -> Revision:
    """Set all items of the draft, in order. An item keeps its identity by its id, or by its column."""
    found = _mine(entry, expected_version, by=by)
    after = replace(saying.snapshot(_standing(found)), items=tuple(items))
    return _save(found, after, action="catalog:entry:set-items", reason="", by=by, now=now)


@transaction.atomic
def discard_draft(*, entry: UUID, expected_version: int, by: Actor, now: datetime) -> Revision:
    """Give up the pending revision; what is published stays. A code once given stays given (PC-21)."""
    found = acts.locked(entry, expected_version=expected_version)
    revision = being_worked_on(found)
    move = ENTRY.check("discard", status=revision.status, roles=by.roles)
    acts.need_provider(by, found, basis=move.basis)
    revision.status, revision.ended_at, revision.ended_by = move.target, now, by.id
    revision.save(update_fields=["status", "ended_at", "ended_by"])
    notices.no_change_to_tell(found, reason="放弃修改", by=by, now=now)
    acts.note(found, revision=revision.number, action=move.action, basis=move.basis, by=by, now=now)
    return revision


def being_worked_on(entry: Entry) -> Revision:
    """The pending revision, or the reason why there is nothing to do."""
    revision = saying.pending(entry)
    if revision is None:
        raise WrongState(f"“{entry.code}”没有正在办理的修改", basis=REGISTER)
    return revision


def _mine(entry: UUID, expected_version: int, *, by: Actor) -> Entry:
    by.need(Role.REGISTRAR, basis=REGISTER)
    found = acts.locked(entry, expected_version=expected_version)
    acts.need_provider(by, found, basis=REGISTER)
    return found


def _standing(entry: Entry) -> Revision:
    """What an edit starts from: the draft, else what is published."""
    revision = saying.pending(entry) or saying.published(entry)
    if revision is None:
        raise WrongState(f"“{entry.code}”已停用或放弃，不能再修改；需要时请重新登记", basis=CHANGE)
    if revision.status == Status.REVIEW:
        raise WrongState(f"“{entry.code}”正在审核，请先撤回提交再修改", basis=REGISTER)
    return revision


def _save(entry: Entry, after: Snapshot, *, action: str, reason: str, by: Actor, now: datetime) -> Revision:
    standing = _standing(entry)
    before = saying.snapshot(standing)
    snapshot, found = contents.checked(after, entry=entry)
    changed = differences(before, snapshot)
    published = saying.published(entry)
    stale = standing.status == Status.DRAFT and published is not None and standing.based_on != published.number
    if not changed and not stale:
        raise Invalid("内容没有变化，未保存", basis=REGISTER)
    revision = _draft(entry, standing, published, by=by, now=now)
    contents.write(revision, snapshot, found)
    detail = {"changed": " ".join(each.place for each in changed)[:2000]}
    if published is not None:
        told = notices.key_elements_changed(entry, before=saying.snapshot(published), after=snapshot, by=by, now=now)
        detail["key_elements"] = " ".join(sorted(told))
    basis = CHANGE if published else REGISTER
    acts.note(entry, revision=revision.number, action=action, basis=basis, reason=reason, by=by, now=now, detail=detail)
    return revision


def _draft(entry: Entry, standing: Revision, published: Revision | None, *, by: Actor, now: datetime) -> Revision:
    """The draft to write in: the one there is, or a new one. One made before the authority adjusted is numbered anew."""
    based_on = published.number if published else None
    if standing.status == Status.DRAFT:
        standing.editors = sorted({*standing.editors, by.id})
        if standing.based_on == based_on:
            return standing
        revision = standing
    else:
        revision = Revision(id=new_id(), entry=entry, created_at=now, created_by=by.id, editors=[by.id])
    entry.last_revision += 1
    revision.number, revision.based_on = entry.last_revision, based_on
    return revision
