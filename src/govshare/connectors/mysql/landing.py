"""The recipient's landing schema in the MySQL family: rows go into a table of their own, which then takes the delivered table's place.

Rows and ledger line are one InnoDB transaction. What is not, because DDL commits by itself, is done under a second connection that
holds the right to write meanwhile; both connections carry a named lock, so that a successor can end them and wait until they are gone.
"""

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import replace
from hashlib import sha256
from typing import Any, Final, Self
from uuid import UUID

import pymysql

from govshare.connectors.applied import Applied
from govshare.connectors.digest import Row
from govshare.connectors.engine import Shape
from govshare.connectors.errors import Busy, Drift, TransferFailed
from govshare.connectors.ledger import Line
from govshare.connectors.mysql.failures import LOCK_WAIT, number_of, refuse
from govshare.connectors.mysql.fitting import column, fitted, taken, written
from govshare.connectors.mysql.ledger import Ledger
from govshare.connectors.mysql.place import Place
from govshare.connectors.mysql.render import quoted
from govshare.connectors.mysql.rights import EVERYWHERE, granted
from govshare.connectors.mysql.session import Connection, connect
from govshare.kernel.errors import Fault

_NEEDED: Final = ("SELECT", "INSERT", "UPDATE", "DELETE", "CREATE", "DROP", "ALTER")
_GONE_SECONDS: Final = 20  # to wait for a session that was ended
_ATTEMPTS: Final = 5  # to claim a transfer that others claim as well

#: Compares bytes and pads nothing: MariaDB's and MySQL's, or what comes nearest.
_COLLATIONS: Final = ("utf8mb4_nopad_bin", "utf8mb4_0900_bin", "utf8mb4_bin")

_DEPENDENTS: Final = """
    SELECT DISTINCT table_name FROM information_schema.key_column_usage
    WHERE referenced_table_schema = %s AND referenced_table_name = %s AND table_name <> %s
    UNION SELECT trigger_name FROM information_schema.triggers WHERE event_object_schema = %s AND event_object_table = %s
"""


class Landing:
    """A writing session of one run."""

    def __init__(self, conninfo: str, *, schema: str, table: str, transfer: UUID, run: UUID, token: int) -> None:
        self._conninfo, self.name = conninfo, f"govshare {transfer.hex} {token}"
        self.schema, self.table = schema, table
        self._run, self._transfer, self._token = run.hex, transfer.hex, token
        self.ledger = Ledger(schema, transfer=transfer, run=run, token=token)
        self._final = quoted(schema, table)
        self._staging_name, self._old = f"govshare_load_{transfer.hex}", quoted(schema, f"govshare_old_{transfer.hex}")
        self.staging = quoted(schema, self._staging_name)
        self._connection = connect(conninfo, name=self.name)
        self._connection.rows("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED")
        named = {"schema": schema, "table": table, "staging": self._staging_name}
        self.place = Place(self._connection, self.ledger, **named, marks=self._marks, mark=self._mark, transaction=self.chunk)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection._force_close()  # type: ignore[attr-defined]

    def require_schema(self) -> None:
        if self._connection.row("SELECT 1 FROM information_schema.schemata WHERE schema_name = %s", [self.schema]) is None:
            raise Drift([Fault(self.schema, "接收库中没有这个库，或账号无权使用")])
        rights = {right.privilege for right in granted(self._connection) if right.schema in {self.schema, EVERYWHERE} and right.name == "*"}
        missing = [each for each in _NEEDED if each not in rights and "ALL PRIVILEGES" not in rights]
        if missing:
            advice = f"无权在其中建表：账号在落地库中还缺 {'、'.join(missing)}，请授予：GRANT {', '.join(_NEEDED)} ON {self.schema}.* TO …"
            raise Drift([Fault(self.schema, advice)])

    def claim(self) -> None:
        self.require_schema()
        self.ledger.make(self._connection)
        for _ in range(_ATTEMPTS):
            former = self.ledger.holder(self._connection)
            if former is not None:
                self._end(former)
            if self.ledger.take(self._connection, former):
                break
        else:
            raise TransferFailed("多个工作进程同时接管本次传输，请稍后再试")
        self._lock_name(self._connection, self.name)
        self._settle()

    def _end(self, token: int) -> None:
        """End what the worker with this token still has open, and wait until it is gone: only then has it changed its last table."""
        for name in (f"govshare {self._transfer} {token}", f"govshare {self._transfer} {token} g"):
            row = self._connection.row("SELECT IS_USED_LOCK(%s), CONNECTION_ID()", [name])
            if not row or row[0] is None or row[0] == row[1]:
                continue
            try:
                self._connection.rows(f"KILL {int(row[0])}")
            except pymysql.MySQLError as error:
                if number_of(error) != 1094:  # it is gone already
                    raise
            self._lock_name(self._connection, name)
            self._connection.rows("DO RELEASE_LOCK(%s)", [name])

    def _lock_name(self, connection: Connection, name: str) -> None:
        row = connection.row("SELECT GET_LOCK(%s, %s)", [name, _GONE_SECONDS])
        if not row or row[0] != 1:
            raise TransferFailed("前一个工作进程的会话尚未结束，请稍后再试")

    def _settle(self) -> None:
        """Find out what became of a delivery whose worker was lost in the middle of it: the table in its place says it."""
        with self._transaction(self._connection):
            self.ledger.hold(self._connection)
            there = self._built_for(self.table)
            for run in self.ledger.announced(self._connection):
                self.ledger.settle(self._connection, run, delivered=there == run)
        self._connection.rows(f"DROP TABLE IF EXISTS {self._old}")

    def fit(self, shape: Shape) -> Shape:
        return fitted(shape)

    def check(self, shape: Shape) -> None:  # noqa: ARG002 - whatever was fitted can stand here
        faults = []
        if self._connection.row("SELECT @@local_infile") != (1,):
            faults.append(Fault("local_infile", "接收库没有开启 local_infile，平台无法成批写入，请其管理员开启"))
        if self._stands(self.table):
            faults += self._in_the_way()
        if faults:
            raise Drift(faults)

    def _in_the_way(self) -> list[Fault]:
        if self._built_for(self.table) not in self._delivered():
            return [Fault(f"{self.schema}.{self.table}", "已有同名的表，不是平台交付的，不予覆盖；请改名后重试")]
        rows = self._connection.rows(_DEPENDENTS, [self.schema, self.table, self.table, self.schema, self.table])
        return [Fault(name, f"依赖于将被整表替换的 {self.table}；请先移除依赖（外键、触发器）") for (name,) in rows]

    def _delivered(self) -> set[str]:
        return self.ledger.delivered(self._connection) if self._stands("govshare_landing") else set()

    def lines(self) -> list[Line]:
        return self.ledger.lines(self._connection)

    def holds(self, shape: Shape) -> bool:
        return self._comment(self._staging_name) == self._mark(shape)

    def begin(self, shape: Shape) -> None:
        collation = self._collation()
        columns = [column(each, kind, collation) for each, kind in zip(shape.fields, shape.kinds, strict=True)]
        if shape.key:
            columns.append(f"PRIMARY KEY ({', '.join(map(quoted, shape.key))})")
        with self._guarded() as guard:
            self.ledger.forget(guard)
            self._connection.rows(f"DROP TABLE IF EXISTS {self.staging}")
            self._connection.rows(
                f"CREATE TABLE {self.staging} ({', '.join(columns)}) ENGINE=InnoDB ROW_FORMAT=DYNAMIC"
                f" CHARACTER SET utf8mb4 COLLATE {collation} COMMENT '{self._mark(shape)}'"
            )

    @contextmanager
    def chunk(self) -> Iterator[None]:
        with self._transaction(self._connection):
            self.ledger.hold(self._connection)
            yield

    def store(self, shape: Shape, batches: Iterable[list[Row]]) -> None:
        """A transaction that a warning was raised in is rolled back: what LOAD DATA changed on its own is not kept."""
        statement = (
            f"LOAD DATA LOCAL INFILE 'govshare' INTO TABLE {self.staging} CHARACTER SET utf8mb4"
            f" FIELDS TERMINATED BY x'09' ESCAPED BY x'5C' LINES TERMINATED BY x'0A' {taken(shape)}"
        )
        _, warnings = self._connection.load(statement, batches)
        if warnings:
            refuse(self._connection.rows("SHOW WARNINGS LIMIT 1"))

    def remove(self, shape: Shape, buckets: frozenset[int]) -> None:
        """The server hashes its own rows: a bucket is the first two bytes of the hash."""
        wanted = ", ".join(f"'{bucket:04x}'" for bucket in sorted(buckets))
        self._connection.rows(f"DELETE FROM {self.staging} WHERE LEFT(SHA2({written(shape)}, 256), 4) IN ({wanted})")

    def write(self, line: Line) -> None:
        self.ledger.write(self._connection, line)

    @contextmanager
    def reading(self, shape: Shape) -> Iterator[Iterator[list[Row]]]:
        with closing(connect(self._conninfo, name=self.name)) as connection:
            yield connection.stream(f"SELECT {written(shape)} FROM {self.staging}")

    def unkey(self) -> None:
        """The key stays: this family keeps the rows themselves in it."""

    def building_key(self, shape: Shape) -> AbstractContextManager[None]:  # noqa: ARG002 - it was there from the start
        return _nothing()

    def deliver(self, line: Line, shape: Shape, applied: Applied | None = None) -> None:  # noqa: ARG002 - rights stand by the name here
        with self.chunk():
            self.write(replace(line, kind="swap"))
            if applied:
                self.place.note(applied)
        with self._guarded() as guard:
            standing = self._stands(self.table)
            if standing and self._built_for(self.table) not in self._delivered():
                self.ledger.settle(guard, self._run, delivered=False)
                raise Drift([Fault(f"{self.schema}.{self.table}", "已有同名的表，不是平台交付的，不予覆盖；请改名后重试")])
            try:
                self._swap(standing=standing)
            except Busy:
                self.ledger.settle(guard, self._run, delivered=False)
                guard.commit()
                raise
            self.ledger.settle(guard, self._run, delivered=True)
        self._connection.rows(f"DROP TABLE IF EXISTS {self._old}")

    def _swap(self, *, standing: bool) -> None:
        """One RENAME, which happens whole or not at all; waits at most 3 s for those who use the old table."""
        away = f"{self._final} TO {self._old}, " if standing else ""
        self._connection.rows("SET lock_wait_timeout = 3")
        try:
            self._connection.rows(f"RENAME TABLE {away}{self.staging} TO {self._final}")
        except pymysql.MySQLError as error:
            if number_of(error) != LOCK_WAIT:
                raise
            raise Busy(f"目标表 {self.schema}.{self.table} 正被其他会话占用") from None
        finally:
            self._connection.rows("SET lock_wait_timeout = 30")

    def discard(self) -> None:
        with self._guarded() as guard:
            self.ledger.forget(guard)
            self._connection.rows(f"DROP TABLE IF EXISTS {self.staging}")

    @contextmanager
    def _guarded(self) -> Iterator[Connection]:
        """A second connection that holds the right to write in a transaction, while the first one changes tables."""
        with closing(connect(self._conninfo, name=self.name)) as guard:
            self._lock_name(guard, f"{self.name} g")
            guard.rows("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED")
            with self._transaction(guard):
                self.ledger.hold(guard)
                yield guard

    @contextmanager
    def _transaction(self, connection: Connection) -> Iterator[None]:
        connection.begin()
        try:
            yield
        except BaseException:
            if connection.open:
                connection.rollback()
            raise
        connection.commit()

    def _collation(self) -> str:
        known = {name for (name,) in self._connection.rows("SELECT collation_name FROM information_schema.collations")}
        return next((name for name in _COLLATIONS if name in known), _COLLATIONS[-1])

    def _mark(self, shape: Shape) -> str:
        """What the staging table says of itself: the run it was built for, and the shape it was built in."""
        said = repr([(each.target, each.type, each.key, str(kind)) for each, kind in zip(shape.fields, shape.kinds, strict=True)])
        return f"govshare {self._run} {sha256(said.encode()).hexdigest()[:16]}"

    def _built_for(self, table: str) -> str:
        """The run that built this table, or nothing."""
        words = self._marks(table)
        return words[1] if len(words) == 3 and words[0] == "govshare" else "?"

    def _marks(self, table: str) -> list[str]:
        return (self._comment(table) or "").split()

    def _stands(self, table: str) -> bool:
        return self._comment(table) is not None

    def _comment(self, table: str) -> str | None:
        row: Any = self._connection.row(
            "SELECT table_comment FROM information_schema.tables WHERE table_schema = %s AND table_name = %s", [self.schema, table]
        )
        return row[0] if row else None


@contextmanager
def _nothing() -> Iterator[None]:
    yield
