"""Single rows written on a page: the same checks as for a file, one act and one record each (PC-154, 158)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from govshare.hosting import queries, rules
from govshare.hosting.models import HostedTable
from govshare.hosting.rules import values
from govshare.hosting.rules.columns import HostedColumn
from govshare.hosting.services import acts
from govshare.hosting.store.link import Link
from govshare.hosting.store.rows import HostedRow
from govshare.kernel.actor import Actor
from govshare.kernel.errors import Fault, Invalid, NotFound, WrongState
from govshare.regulation.secrecy import refuse_secret


@transaction.atomic
def add_row(*, table: UUID, cells: Mapping[str, str], by: Actor, now: datetime) -> HostedTable:
    """One row more; its key must be new. ``cells``: text by column."""
    found = acts.locked(table, basis=rules.HISTORY, by=by)
    read = checked(queries.columns_of(found), cells)
    with acts.acting(found, "hosting:row:add", basis=rules.HISTORY, by=by, now=now) as doing:
        if not queries.rows_of(found).add(doing.link, read):
            key = queries.rows_of(found).key[0]
            message = "已有这个主键的行，请打开那一行修改"
            raise Invalid(message, basis=rules.FROM_CATALOG, faults=[Fault(key.column, message)])
    acts.try_route(found, by=by, now=now)
    return found


@transaction.atomic
def change_row(*, table: UUID, key: Sequence[Any], cells: Mapping[str, str], stamp: str, by: Actor, now: datetime) -> HostedTable:
    """Change what stands outside the key. ``stamp`` is the row's as the keeper saw it."""
    found = acts.locked(table, basis=rules.HISTORY, by=by)
    columns = queries.columns_of(found)
    with acts.acting(found, "hosting:row:change", basis=rules.HISTORY, by=by, now=now) as doing:
        standing = _standing(found, doing.link, key, stamp)
        fixed = {column.column: standing.values[column.column] or "" for column in columns if column.key}
        queries.rows_of(found).change(doing.link, standing.key, checked(columns, {**cells, **fixed}))
    return found


@transaction.atomic
def delete_row(*, table: UUID, key: Sequence[Any], stamp: str, by: Actor, now: datetime) -> HostedTable:
    """Take the row out; what it said stays in its history."""
    found = acts.locked(table, basis=rules.HISTORY, by=by)
    with acts.acting(found, "hosting:row:delete", basis=rules.HISTORY, by=by, now=now) as doing:
        standing = _standing(found, doing.link, key, stamp)
        queries.rows_of(found).delete(doing.link, standing.key)
    return found


def _standing(table: HostedTable, link: Link, key: Sequence[Any], stamp: str) -> HostedRow:
    rows = queries.rows_of(table)
    standing = rows.one(link, key, lock=True) if len(key) == len(rows.key) else None
    if standing is None:
        raise NotFound("表中没有这一行，可能刚被删去", basis=rules.HISTORY)
    if standing.stamp != stamp:
        raise WrongState("这一行在您打开之后已被改动，请重新打开核对后再改", basis=rules.HISTORY)
    return standing


def checked(columns: Sequence[HostedColumn], cells: Mapping[str, str]) -> dict[str, str | None]:
    """The values by column, or everything wrong with them at once."""
    given = [cells.get(column.column, "") for column in columns]
    refuse_secret({column.column: text for column, text in zip(columns, given, strict=True)})
    read, faults = values.checked(columns, given)
    if faults:
        raise Invalid(f"有 {len(faults)} 处不合格", basis=rules.FROM_CATALOG, faults=faults)
    return {column.column: text for column, text in zip(columns, read, strict=True)}
