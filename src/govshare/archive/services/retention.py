"""Keeping for fifteen years and more (CD2016-26): holds, disposal of what is past its term, and purges on order by destroying a key."""

import json
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import transaction

from govshare.archive import layout, queries
from govshare.archive.models import Destruction, Disposal, Hold, Lift, Segment
from govshare.archive.store import open_store
from govshare.audit import keys, verifier
from govshare.audit import services as audit
from govshare.audit.log import open_log
from govshare.audit.models import Placement
from govshare.audit.rules import identifier_month, timestamp
from govshare.kernel.actor import Actor
from govshare.kernel.errors import Invalid, NotFound, NotYours, WrongState
from govshare.kernel.ids import new_id
from govshare.kernel.keyring import Keyring
from govshare.kernel.roles import Role
from govshare.regulation.articles import cite
from govshare.regulation.conventions import convention
from govshare.regulation.words import said

LAW = cite("CD2016-26")
PURGE_LAW = cite("CD2016-39")
FIFTEEN_YEARS = convention("PC-112")
HELD = convention("PC-113")
TWO_PERSONS = convention("PC-114")
GIVEN_UP = (layout.ENTRIES, layout.BATCHES)  # the hashes stay: others' proofs, and those of receipts that are out, go through them


@transaction.atomic
def place_hold(*, since: datetime, until: datetime, reason: str, document: str, by: Actor, now: datetime) -> Hold:
    """Keep what was recorded from ``since`` to before ``until`` beyond every term, until lifted 「保全」."""
    by.need(Role.AUDIT_ADMIN, basis=HELD)
    reason, document = said("reason", reason, basis=HELD), said("document", document, basis=HELD, what="文号")
    if until <= since:
        raise Invalid("保全的结束时间应晚于开始时间", basis=HELD)
    hold = Hold(id=new_id(), since=since, until=until, reason=reason, document=document, placed_at=now, placed_by=by.id)
    hold.save(force_insert=True)
    detail = {"since": timestamp(since), "until": timestamp(until), "document": document}
    audit.record(action="archive:hold:place", basis=HELD, by=by, now=now, about=str(hold.id), reason=reason, detail=detail)
    return hold


@transaction.atomic
def lift_hold(*, hold: UUID, reason: str, by: Actor, now: datetime) -> Lift:
    """End a hold."""
    by.need(Role.AUDIT_ADMIN, basis=HELD)
    reason = said("reason", reason, basis=HELD)
    if not Hold.objects.filter(id=hold).exists():
        raise NotFound("没有这项保全，请核对", basis=HELD)
    if Lift.objects.filter(hold=hold).exists():
        raise WrongState("这项保全已经解除", basis=HELD)
    lift = Lift(hold=hold, reason=reason, lifted_at=now, lifted_by=by.id)
    lift.save(force_insert=True)
    audit.record(action="archive:hold:lift", basis=HELD, by=by, now=now, about=str(hold), reason=reason)
    return lift


def check_disposable(segment: Segment, now: datetime) -> None:
    """Say why a segment is not given up, if so."""
    if now < queries.kept_until(segment):
        raise WrongState(f"日志至少保存十五年：{segment.name} 须保存到 {queries.kept_until(segment):%Y-%m-%d}，不得处置", basis=LAW)
    held = next((hold for hold in queries.holds_in_force() if hold.since <= segment.until and hold.until > segment.since), None)
    if held:
        raise WrongState(f"{segment.name} 在保全之中（{held.document}：{held.reason}），解除之前不得处置", basis=HELD)
    if Placement.objects.filter(first_index__lt=segment.end_index).exists():
        raise WrongState(f"{segment.name} 的记录还在数据库中，请先移出分区（govshare audit seal --drop）", basis=FIFTEEN_YEARS)


@transaction.atomic
def dispose(*, first_index: int, reason: str, by: Actor, now: datetime) -> Disposal:
    """Give up the entries of a segment past its term; its hashes stay, and so does every proof. Only the database's owner can."""
    reason = said("reason", reason, basis=LAW)
    segment = next((one for one in queries.kept() if one.first_index == first_index), None)
    if segment is None:
        raise NotFound(f"没有从第 {first_index} 条开始的归档，或者它已经处置", basis=LAW)
    check_disposable(segment, now)
    stated = verifier.open_manifest(segment.manifest.encode(), open_log().trust()).files
    digests = {name: f"sha256:{stated[name].hex()}" for name in GIVEN_UP}
    disposal = Disposal(
        first_index=first_index, end_index=segment.end_index, digests=digests, reason=reason, disposed_at=now, disposed_by=by.id
    )
    disposal.save(force_insert=True)
    audit.record(action="archive:segment:dispose", basis=FIFTEEN_YEARS, by=by, now=now, about=segment.name, reason=reason, digests=digests)
    transaction.on_commit(remove_disposed)
    return disposal


def remove_disposed() -> None:
    """Take out of the store what was given up. May be repeated: a killed run is followed by another."""
    store = open_store()
    for disposal in Disposal.objects.all():
        name = layout.segment_name(disposal.first_index, disposal.end_index)
        for file in GIVEN_UP:
            if f"{name}/{file}" in store.sizes(name):
                store.remove_file(f"{name}/{file}")


@transaction.atomic
def destroy_month_key(*, month: str, grounds: str, document: str, agreed_by: Actor, by: Actor, now: datetime) -> Destruction:
    """Destroy the key of a month's identifiers on order (CD2016-39): nobody opens them any more, and every proof still holds.

    ``by`` asks as the audit administrator 「审计管理员」, ``agreed_by`` is somebody else who agreed; the record names both.
    """
    by.need(Role.AUDIT_ADMIN, basis=TWO_PERSONS)
    grounds, document = (
        said("grounds", grounds, basis=TWO_PERSONS, what="依据和理由"),
        said("document", document, basis=TWO_PERSONS, what="文号"),
    )
    if agreed_by.id in {by.id, by.standing_in_for} or by.id == agreed_by.standing_in_for or agreed_by.kind != "person":
        raise NotYours("销毁密钥须另一人同意，申请人不能自己同意", basis=TWO_PERSONS)
    if not month < identifier_month(now):
        raise WrongState(f"{month} 的密钥仍在使用，该月过后才能销毁", basis=TWO_PERSONS)
    if Destruction.objects.filter(month=month).exists():
        raise WrongState(f"{month} 的密钥已经销毁", basis=TWO_PERSONS)
    destruction = Destruction(month=month, grounds=grounds, document=document, agreed_by=agreed_by.id, destroyed_at=now, destroyed_by=by.id)
    destruction.save(force_insert=True)
    detail = {"month": month, "document": document, "agreed_by": agreed_by.id, "agreed_by_name": agreed_by.name}
    audit.record(action="archive:identifiers:destroy", basis=PURGE_LAW, by=by, now=now, about=month, reason=grounds, detail=detail)
    transaction.on_commit(finish_destructions)
    return destruction


def finish_destructions() -> None:
    """Destroy every key whose destruction is on record. May be repeated: a killed run is followed by another."""
    ring = Keyring(Path(settings.GOVSHARE_KEYS))
    for one in Destruction.objects.all():
        said = {"month": one.month, "grounds": one.grounds, "document": one.document, "at": timestamp(one.destroyed_at)}
        name = keys.identifier_file(one.month)
        if not ring.destroyed(name) or (ring.directory / name).exists():
            ring.destroy(name, json.dumps(said, ensure_ascii=False).encode())
    keys.forget_identifier_keys()
