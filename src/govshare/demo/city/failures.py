"""Transfers that fail for reasons of real life, and one that is under way when the city opens (CD2016-23, 24; PC-51, PC-54)."""

from collections.abc import Callable
from dataclasses import dataclass

from psycopg import sql

from govshare.demo.city import transfers
from govshare.demo.city.agenda import Story, Wait, days, soon
from govshare.demo.city.people import City
from govshare.demo.frontends import LANDING, SHARE
from govshare.demo.wants import Want
from govshare.exchange.models import Run
from govshare.exchange.rules import RunStatus
from govshare.exchange.services import runs
from govshare.kernel.roles import Role
from govshare.sharing.services import grants


@dataclass(frozen=True, slots=True)
class Mishap:
    """``spoil`` is what the department's own administrator does to the database, ``mend`` how it is put right."""

    spoil: Callable[[City, Want], None]
    mend: Callable[[City, Want], None] | None = None


def told(city: City, want: Want) -> Story:
    """Delivered once; then something happens, and the next delivery does not come through."""
    if not transfers.possible(city, want):
        return
    yield days(1)
    transfer = transfers.order(city, want)
    yield Wait(night=True)
    transfers.run(city, want, transfer)
    yield days(2)
    mishap = MISHAPS[want.mishap]
    mishap.spoil(city, want)
    yield Wait(night=True)
    stopped = transfers.run(city, want, transfer)
    yield days(1)
    yield from _afterwards(city, want, stopped)


def _afterwards(city: City, want: Want, stopped: Run) -> Story:
    mishap, by = MISHAPS[want.mishap], city.actor(want.body, Role.RESOURCE_ADMIN)
    if want.mishap == "mended" and mishap.mend is not None:
        mishap.mend(city, want)
        yield soon(20)
        again = runs.retry(run=stopped.pk, by=by, now=city.now)
        yield Wait(night=True)
        transfers.carry_out(city, again)
    elif want.mishap == "cancelled":
        runs.cancel(run=stopped.pk, reason="来源表正在改造，改造完成后重新办理。", by=by, now=city.now)
    elif want.mishap == "ended":
        grants.end_early(grant=city.grants[want.id], reason="业务系统下线，不再需要。", by=by, now=city.now)
    elif want.mishap == "accepted" and stopped.status == RunStatus.AWAITING:
        again = runs.confirm(run=stopped.pk, reason="提供部门已说明：历史数据归档，行数减少属实。", by=by, now=city.now)
        yield Wait(night=True)
        transfers.carry_out(city, again)


def _no_landing(city: City, want: Want) -> None:
    """The recipient's database administrator takes the right to create tables away."""
    _in(city, want, "REVOKE CREATE ON SCHEMA {schema} FROM {account}", at="recipient")


def _landing_again(city: City, want: Want) -> None:
    _in(city, want, "GRANT CREATE ON SCHEMA {schema} TO {account}", at="recipient")


def _column_renamed(city: City, want: Want) -> None:
    _in(city, want, "ALTER TABLE {table} RENAME COLUMN {last} TO {other}", at="provider")


def _mostly_deleted(city: City, want: Want) -> None:
    _in(city, want, "DELETE FROM {table} WHERE ctid IN (SELECT ctid FROM {table} TABLESAMPLE BERNOULLI (90) REPEATABLE (1))", at="provider")


def _type_changed(city: City, want: Want) -> None:
    _in(city, want, "ALTER TABLE {table} ALTER COLUMN {last} TYPE text", at="provider")


def _in(city: City, want: Want, statement: str, *, at: str) -> None:
    """Run ``statement`` as the department's own administrator."""
    table = want.resource.table
    if city.front_ends is None or table is None:
        return
    giving = at == "provider"
    body = want.resource.body if giving else want.body
    names = {
        "schema": sql.Identifier(SHARE if giving else LANDING),
        "table": sql.Identifier(SHARE, table.name),
        "account": sql.Identifier(city.front_ends.account(body, "provide" if giving else "receive")[0]),
        "last": sql.Identifier(want.items[-1]),
        "other": sql.Identifier(f"{want.items[-1]}_new"),
    }
    with city.front_ends.owner(body) as link:
        link.execute(sql.SQL(statement).format(**names))


MISHAPS: dict[str, Mishap] = {
    "no_landing": Mishap(_no_landing),
    "mended": Mishap(_no_landing, _landing_again),
    "renamed": Mishap(_column_renamed),
    "shrunken": Mishap(_mostly_deleted),
    "accepted": Mishap(_mostly_deleted),
    "retyped": Mishap(_type_changed),
    "cancelled": Mishap(_column_renamed),
    "ended": Mishap(_column_renamed),
}
