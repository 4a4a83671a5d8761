"""Hosted tables: made from an entry, brought up to it when it changes, offered as its source, taken away (CD2016-19, 27)."""

import secrets
from datetime import datetime
from uuid import UUID

from django.db import transaction

from govshare.audit import services as audit
from govshare.catalog import services as catalog
from govshare.catalog.models import Entry
from govshare.catalog.queries import routes
from govshare.hosting import queries, rules
from govshare.hosting.models import HostedTable, Space
from govshare.hosting.rules import columns
from govshare.hosting.services import acts
from govshare.hosting.store import spaces, tables
from govshare.hosting.store.link import session
from govshare.kernel.actor import Actor
from govshare.kernel.errors import Fault, Invalid, NotFound, WrongState
from govshare.kernel.ids import new_id
from govshare.organizations import queries as organizations
from govshare.sources import services as sources
from govshare.sources.models import FrontDatabase

_LONGEST_REASON = 2000


@transaction.atomic
def make_table(*, entry: UUID, by: Actor, now: datetime) -> HostedTable:
    """Make the entry's table from its items; an entry that is read from nowhere yet is read from it from now on."""
    by.need(rules.KEEPER, basis=rules.HOSTING)
    found = Entry.objects.select_for_update(of=("self",)).filter(pk=entry).first()
    if found is None:
        raise NotFound("没有这条信息资源，请核对代码", basis=rules.HOSTING)
    by.need_own(found.provider_id, basis=rules.HOSTING)
    if HostedTable.objects.filter(entry=found, removed_at=None).exists():
        raise WrongState(f"“{found.code}”已有托管表", basis=rules.FROM_CATALOG)
    wanted = queries.wanted_columns(found)
    if not columns.keys(wanted):
        message = "没有标明主键的信息项，请先在目录中标明，再建托管表"
        raise Invalid(message, basis=rules.FROM_CATALOG, faults=[Fault("key", message)])
    table = HostedTable(
        id=new_id(),
        space=_space(by, now=now),
        entry=found,
        name=rules.table_of(found.code),
        columns=columns.dump(wanted),
        version=0,
        made_at=now,
        made_by=by.id,
    )
    with session() as link:
        words = f"{queries.name_of(found)}（{found.code}）"
        tables.make(link, hosted=table.pk, schema=table.space.schema, table=table.name, columns=wanted, words=words)
        table.bytes = spaces.size(link, table.space.schema, table.name)
    acts.note(table, "hosting:table:make", basis=rules.HOSTING, by=by, now=now, counts={"columns": len(wanted)})
    _seen(table.space.front_database, by=by, now=now)
    if routes.standing(found) is None:
        _bind(table, by=by, now=now)
    return table


@transaction.atomic
def follow_entry(*, table: UUID, by: Actor, now: datetime) -> HostedTable:
    """Add the columns of new items and widen those that became longer; what cannot be followed is named."""
    found = acts.locked(table, basis=rules.FROM_CATALOG, by=by)
    change = queries.alteration(found)
    if change.refused:
        raise WrongState("；".join(change.refused), basis=rules.FROM_CATALOG)
    if not change:
        raise WrongState("托管表与目录一致，无需更新", basis=rules.FROM_CATALOG)
    with session() as link:
        acts.settle(link, found, now=now)
        tables.alter(link, schema=found.space.schema, table=found.name, change=change)
        found.bytes = spaces.size(link, found.space.schema, found.name)
    found.columns = columns.dump(columns.after(queries.columns_of(found), change))
    counts = {"added_columns": len(change.added), "widened_columns": len(change.widened)}
    acts.note(found, "hosting:table:follow", basis=rules.FROM_CATALOG, by=by, now=now, counts=counts)
    _seen(found.space.front_database, by=by, now=now)
    if queries.is_source(found):
        _bind(found, by=by, now=now)
    return found


@transaction.atomic
def offer(*, table: UUID, by: Actor, now: datetime) -> HostedTable:
    """Make the hosted table the entry's source, in place of what it was read from; grants follow as after any change of the route."""
    found = acts.locked(table, basis=rules.HOSTING, by=by)
    if queries.is_source(found):
        raise WrongState("这条信息资源已经从这张托管表读取", basis=rules.HOSTING)
    change = queries.alteration(found)
    if change:
        raise WrongState("托管表与目录不一致，请先更新表结构，再用作来源", basis=rules.FROM_CATALOG)
    acts.note(found, "hosting:table:offer", basis=rules.HOSTING, by=by, now=now)
    _seen(found.space.front_database, by=by, now=now)
    _bind(found, by=by, now=now)
    return found


@transaction.atomic
def remove_table(*, table: UUID, reason: str, by: Actor, now: datetime) -> HostedTable:
    """Take the table and its rows away, with the reason; its history stays. Not while the entry is read from it."""
    found = acts.locked(table, basis=rules.HOSTING, by=by)
    reason = reason.strip()
    if not 0 < len(reason) <= _LONGEST_REASON:
        raise Invalid("请写明撤销原因", basis=rules.HOSTING, faults=[Fault("reason", f"必填，最多 {_LONGEST_REASON} 字")])
    if queries.is_source(found):
        raise WrongState("这条信息资源正从这张表读取，请先把它改绑到本部门的前置库，再撤销", basis=rules.HOSTING)
    if queries.waiting_upload(found):
        raise WrongState("有一份上传待确认，请先确认或放弃", basis=rules.LOOK_FIRST)
    rows = found.rows
    with session() as link:
        acts.settle(link, found, now=now)
        tables.drop(link, schema=found.space.schema, table=found.name)
    found.removed_at, found.removed_by, found.removed_reason = now, by.id, reason
    found.rows = found.bytes = 0
    acts.note(found, "hosting:table:remove", basis=rules.HOSTING, by=by, now=now, reason=reason, counts={"rows": rows})
    _seen(found.space.front_database, by=by, now=now)
    return found


def _space(by: Actor, *, now: datetime) -> Space:
    """The department's part of the hosting database, opened when it first needs one."""
    found = queries.space_of(by.organization)
    if found is not None:
        return found
    body = organizations.get(by.organization)
    schema, password = rules.schema_of(body.pk), secrets.token_urlsafe(32)
    reader = rules.reader_of(schema)
    with session() as link:
        spaces.make(link, schema=schema, reader=reader, password=password, words=body.name)
    front = sources.register_hosted(
        organization=body.pk, name="平台托管库", schema=schema, account=reader, password=password, by=by, now=now
    )
    promise = audit.record(
        action="hosting:space:open", basis=rules.READ_ONLY, by=by, now=now, about=str(front.pk), detail={"schema": schema}
    )
    return Space.objects.create(
        organization=body, schema=schema, front_database=front, opened_at=now, opened_by=by.id, receipt_number=promise.number
    )


def _seen(front: FrontDatabase, *, by: Actor, now: datetime) -> None:
    """Tested like any front-end database: the account may read this schema and change nothing."""
    tested = sources.test(front_database=front.pk, by=by, now=now)
    if not tested.test_passed:
        raise WrongState(f"托管库没有通过测试，没有办理：{tested.test_message}", basis=rules.READ_ONLY)


def _bind(table: HostedTable, *, by: Actor, now: datetime) -> None:
    catalog.bind_route(
        entry=table.entry_id,
        front_database=table.space.front_database_id,
        table=table.name,
        key=[column.column for column in columns.keys(queries.columns_of(table))],
        columns={column.item: column.column for column in queries.columns_of(table)},
        expected_version=Entry.objects.get(pk=table.entry_id).version,
        by=by,
        now=now,
    )
    acts.try_route(table, by=by, now=now)
