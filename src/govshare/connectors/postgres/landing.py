"""The recipient's landing schema: rows go into a table nobody sees, which then takes the delivered table's place in one transaction."""

import json
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, closing, contextmanager
from typing import Any, Final, Self
from uuid import UUID

import psycopg
from psycopg import errors, sql

from govshare.connectors.applied import Applied
from govshare.connectors.digest import Form, Row
from govshare.connectors.engine import Shape
from govshare.connectors.errors import Busy, Drift, DuplicateKey
from govshare.connectors.ledger import Line
from govshare.connectors.postgres import places
from govshare.connectors.postgres.fitting import fitted
from govshare.connectors.postgres.ledger import Ledger
from govshare.connectors.postgres.place import Place
from govshare.connectors.postgres.session import connect
from govshare.connectors.postgres.stream import copy_in, copy_out
from govshare.connectors.reconcile import bucket_of
from govshare.kernel.errors import Fault

_DEPENDENTS: Final = """
    SELECT DISTINCT v.oid::regclass::text FROM pg_depend d JOIN pg_rewrite r ON d.classid = 'pg_rewrite'::regclass AND r.oid = d.objid
    JOIN pg_class v ON v.oid = r.ev_class WHERE d.refclassid = 'pg_class'::regclass AND d.refobjid = %(table)s AND v.oid <> %(table)s
    UNION SELECT conrelid::regclass::text FROM pg_constraint WHERE confrelid = %(table)s AND conrelid <> %(table)s
    UNION SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = %(table)s
    ORDER BY 1
"""

#: Rights others have on a table and on its columns, as far as the columns still exist where they are to be given again.
_GRANTS: Final = """
    SELECT a.privilege_type, nullif(a.grantee, 0)::regrole::text, a.is_grantable, c.column
    FROM (SELECT relowner, relacl, NULL AS column FROM pg_class WHERE oid = %(table)s
          UNION ALL SELECT k.relowner, t.attacl, t.attname FROM pg_attribute t JOIN pg_class k ON k.oid = t.attrelid
          WHERE t.attrelid = %(table)s AND t.attnum > 0 AND NOT t.attisdropped) c (owner, acl, "column"), aclexplode(c.acl) a
    WHERE a.grantee <> c.owner
"""

Grant = tuple[str, str | None, bool, str | None]


class Landing:
    """A writing session of one run. ``Fenced`` from any method that writes means: another worker has taken over."""

    def __init__(self, conninfo: str, *, schema: str, table: str, transfer: UUID, run: UUID, token: int) -> None:
        self._conninfo, self.name = conninfo, f"govshare {transfer.hex} {token}"
        self._connection = connect(conninfo, name=self.name)
        self.ledger = Ledger(self._connection, schema, transfer=transfer, run=run, token=token)
        self.schema, self.table = schema, table
        self._staging_name, self._key_name = f"govshare_load_{transfer.hex}", f"govshare_key_{run.hex}"
        self.staging = sql.Identifier(schema, self._staging_name)
        named = {"schema": schema, "table": table, "staging": self._staging_name, "key_name": self._key_name}
        self.place = Place(self._connection, self.ledger, **named)
        self._transfer, self._token = transfer, token
        # A chunk that a crash of the recipient's server takes back takes its ledger line with it; only the delivery waits for the disk.
        self._connection.execute("SET synchronous_commit = off")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def claim(self) -> None:
        """Take the transfer over, ending what earlier workers still have open on it."""
        self.require_schema()
        try:
            self._connection.execute("SET lock_timeout = 3000")
            self.ledger.claim()
        except errors.LockNotAvailable:
            self._connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = current_user"
                " AND CASE WHEN application_name ~ %s THEN split_part(application_name, ' ', 3)::bigint < %s ELSE false END",
                [f"^govshare {self._transfer.hex} [0-9]+$", self._token],
            )
            self.ledger.claim()
        finally:
            self._connection.execute("SET lock_timeout = 30000")

    def require_schema(self) -> None:
        """Raise ``Drift`` unless the account may build in the landing schema."""
        row = self._row("SELECT has_schema_privilege(oid, 'CREATE') FROM pg_namespace WHERE nspname = %s", [self.schema])
        if not row or not row[0]:
            raise Drift([Fault(self.schema, "接收库中没有这个落地模式，或账号无权在其中建表")])

    def fit(self, shape: Shape) -> Shape:
        return fitted(shape)

    def lines(self) -> list[Line]:
        return self.ledger.lines()

    def write(self, line: Line) -> None:
        self.ledger.write(line)

    def check(self, shape: Shape) -> None:
        """Raise ``Drift`` naming what stands in the way of putting a table of this shape here."""
        faults = []
        unknown = self._connection.execute(
            "SELECT type FROM unnest(%s::text[]) AS type WHERE to_regtype(regexp_replace(type, '\\(.*?\\)', '')) IS NULL",
            [[field.type for field in shape.fields]],
        )
        faults += [Fault(kind, "接收库不认识这个类型，请升级接收库或请提供部门换用通用类型") for (kind,) in unknown]
        standing = self._oid(self.table)
        if standing and not self.ledger.delivered(standing):
            faults.append(Fault(f"{self.schema}.{self.table}", "已有同名的表，不是平台交付的，不予覆盖；请改名后重试"))
        elif standing:
            for (dependent,) in self._connection.execute(_DEPENDENTS, {"table": standing}):
                faults.append(Fault(dependent, f"依赖于将被整表替换的 {self.table}；请先移除依赖，或改为从视图之外读取"))
        if faults:
            raise Drift(faults)

    def holds(self, shape: Shape) -> bool:
        """Whether the staging table stands and has this shape."""
        oid = self._oid(self._staging_name)
        columns = self._connection.execute(
            "SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = %s AND attnum > 0 AND NOT attisdropped"
            " ORDER BY attnum",
            [oid or 0],
        ).fetchall()
        return columns == [(field.target, field.type) for field in shape.fields]

    def begin(self, shape: Shape) -> None:
        """An empty staging table of this shape, with nobody's rights on it."""
        columns = [_column(field.target, field.type, required=field.key) for field in shape.fields]
        with self._connection.transaction():
            self.ledger.hold()
            self.ledger.forget()
            self._run("DROP TABLE IF EXISTS {staging}")
            self._run(
                "CREATE TABLE {staging} ({columns}) WITH (autovacuum_enabled = false, toast.autovacuum_enabled = false)",
                columns=sql.SQL(", ").join(columns),
            )
            grants = self._grants(self._oid(self._staging_name) or 0)  # the schema's default privileges: given at delivery
            for grantee in {grant[1] for grant in grants}:
                self._run("REVOKE ALL ON {staging} FROM {grantee}", grantee=_role(grantee))
            self.ledger.keep(grants=json.dumps(grants))

    @contextmanager
    def chunk(self) -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
        """One transaction in which rows and ledger line are written, by the only worker that may."""
        with self._connection.transaction():
            self.ledger.hold()
            yield self._connection

    def store(self, shape: Shape, batches: Iterable[list[Row]]) -> None:
        copy_in(self._connection, self.staging, batches, shape.form)

    def remove(self, shape: Shape, buckets: frozenset[int]) -> None:
        statement = sql.SQL("DELETE FROM {} WHERE ctid = ANY(%s::tid[])").format(self.staging)
        cut = places.from_tuple if shape.form == Form.BINARY else places.from_line
        with self._reading(shape, first="ctid") as staged:
            for batch in staged:
                found = [place for place, row in map(cut, batch) if bucket_of(row) in buckets]
                self._connection.execute(statement, [found])

    def reading(self, shape: Shape) -> AbstractContextManager[Iterator[list[Row]]]:
        return self._reading(shape)

    @contextmanager
    def _reading(self, shape: Shape, first: str = "") -> Iterator[Iterator[list[Row]]]:
        """On a connection of its own; each row preceded by what ``first`` names."""
        what = sql.SQL("(SELECT {}, * FROM {})").format(sql.SQL(first), self.staging) if first else self.staging
        doubles = [at + bool(first) for at in shape.doubles]
        with closing(connect(self._conninfo, name=self.name)) as connection:
            yield copy_out(connection, what, shape.form, doubles)

    def unkey(self) -> None:
        """Drop the key of an earlier attempt, so that loading goes on at full speed."""
        self._connection.execute(sql.SQL("DROP INDEX IF EXISTS {}").format(sql.Identifier(self.schema, self._key_name)))

    @contextmanager
    def building_key(self, shape: Shape) -> Iterator[None]:
        if not shape.key:
            yield
            return
        statement = sql.SQL("CREATE UNIQUE INDEX IF NOT EXISTS {} ON {} ({})").format(
            sql.Identifier(self._key_name), self.staging, sql.SQL(", ").join(map(sql.Identifier, shape.key))
        )
        with closing(connect(self._conninfo, name=self.name)) as connection, ThreadPoolExecutor(1) as beside:
            building = beside.submit(connection.execute, statement)
            try:
                yield
            except BaseException:
                connection.cancel_safe()
                raise
            try:
                building.result()
            except errors.UniqueViolation:
                raise DuplicateKey("来源中有重复的键，请提供部门更正，或在目录中登记另外的键") from None

    def deliver(self, line: Line, shape: Shape, applied: Applied | None = None) -> None:
        """All in one transaction."""
        try:
            self._deliver(line, shape, applied)
        except errors.LockNotAvailable:
            raise Busy(f"目标表 {self.schema}.{self.table} 正被其他会话占用") from None

    def _deliver(self, line: Line, shape: Shape, applied: Applied | None) -> None:
        with self._connection.transaction():
            self._connection.execute("SET LOCAL synchronous_commit = on")
            self._connection.execute("SET LOCAL lock_timeout = 3000")
            kept = self.ledger.hold()
            standing = self._oid(self.table)
            if standing and not self.ledger.delivered(standing):
                raise Drift([Fault(f"{self.schema}.{self.table}", "已有同名的表，不是平台交付的，不予覆盖；请改名后重试")])
            grants = (
                self._grants(standing)
                if standing
                else [(privilege, grantee, option, column) for privilege, grantee, option, column in json.loads(kept)]
            )
            if standing:
                self._run("DROP TABLE {final}")
            if shape.key:
                self._run("ALTER TABLE {staging} ADD PRIMARY KEY USING INDEX {key}", key=sql.Identifier(self._key_name))
            self._run("ALTER TABLE {staging} RESET (autovacuum_enabled, toast.autovacuum_enabled)")
            self._run("ALTER TABLE {staging} RENAME TO {name}", name=sql.Identifier(self.table))
            self._give(grants, {field.target for field in shape.fields})
            self.ledger.keep(delivered=self._oid(self.table))
            self.ledger.write(line)
            if applied:
                self.ledger.note(applied)

    def discard(self) -> None:
        """Drop what was loaded and not delivered."""
        with self._connection.transaction():
            self.ledger.hold()
            self._run("DROP TABLE IF EXISTS {staging}")
            self.ledger.forget()

    def _grants(self, table: int) -> list[Grant]:
        return self._connection.execute(_GRANTS, {"table": table}).fetchall()

    def _give(self, grants: list[Grant], columns: set[str]) -> None:
        for privilege, grantee, grantable, column in grants:
            if not privilege.isalpha() or (column and column not in columns):
                continue
            self._run(
                "GRANT {privilege} {column} ON {final} TO {grantee} {option}",
                privilege=sql.SQL(privilege),
                column=sql.SQL("({})").format(sql.Identifier(column)) if column else sql.SQL(""),
                grantee=_role(grantee),
                option=sql.SQL("WITH GRANT OPTION" if grantable else ""),
            )

    def _oid(self, table: str) -> int | None:
        row = self._row(
            "SELECT c.oid::bigint FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = %s AND c.relname = %s",
            [self.schema, table],
        )
        return row[0] if row else None

    def _row(self, statement: str, parameters: list[Any]) -> tuple[Any, ...] | None:
        return self._connection.execute(statement, parameters).fetchone()

    def _run(self, statement: str, **parts: sql.Composable) -> None:
        final = sql.Identifier(self.schema, self.table)
        self._connection.execute(sql.SQL(statement).format(staging=self.staging, final=final, **parts))


def _column(name: str, kind: str, *, required: bool) -> sql.Composed:
    """``kind`` was spelled by the source's own ``format_type`` for a built-in type."""
    return sql.SQL("{} {}{}").format(sql.Identifier(name), sql.SQL(kind), sql.SQL(" NOT NULL" if required else ""))


def _role(name: str | None) -> sql.Composable:
    return sql.SQL("PUBLIC") if name is None else sql.SQL(name)  # regrole quotes what has to be quoted
