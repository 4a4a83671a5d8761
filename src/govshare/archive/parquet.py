"""Writing a segment's files and reading its entries back, with DuckDB and Arrow, in bounded memory."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from govshare.archive import layout
from govshare.audit.merkle import perfect_root
from govshare.audit.tiles import HASH, WIDTH
from govshare.audit.verifier import SHA256, Tree

MEMORY = "1500MB"  # for sorting; what is more goes to the work directory
THREADS = 2
_LEVEL = 6  # of zstd: the next ones cost time and save nothing
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Written:
    """What stands in the files: entries ``first`` .. ``end`` - 1, recorded from ``since`` to ``until``, both included."""

    first: int
    end: int
    since: datetime
    until: datetime


@contextmanager
def engine(work: Path | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
    """A DuckDB of its own. With ``work``, tables are kept and sorted below that directory instead of in memory."""
    options: dict[str, Any] = {"threads": THREADS, "memory_limit": MEMORY, "TimeZone": "UTC", "autoinstall_known_extensions": False}
    if work:
        options["temp_directory"] = str(work / "sorting")
    with duckdb.connect(str(work / "rows.duckdb") if work else ":memory:", config=options) as connection:
        connection.execute("SET enable_progress_bar = false")
        yield connection


def write(directory: Path, *, first: int, rows: Iterable[pa.Table], tree: Tree = SHA256) -> Written:
    """Write ``entries.parquet``, ``batches.parquet``, ``leaves.bin`` and ``nodes.bin`` of the entries from ``first`` on.

    ``rows`` (``layout.ROW_SCHEMA``) come in the order of the log; how many share a table is the caller's choice, 10,000 and more is fast.
    """
    directory.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=directory, prefix="work-") as work, engine(Path(work)) as database:
        columns = ", ".join(f'"{field.name}" {_sql_type(field.type)}' for field in layout.ENTRY_SCHEMA)
        database.execute(f"CREATE TABLE entries ({columns})")
        database.execute("CREATE TABLE batches (first_index BIGINT, batch BIGINT, n INTEGER, recorded_at TIMESTAMPTZ)")
        end = _stage(database, directory, first, rows, tree)
        write_parquet(database, directory / layout.ENTRIES, "entries", 'subject, "at", "index"', layout.ENTRY_SCHEMA)
        write_parquet(database, directory / layout.BATCHES, "batches", "first_index", layout.BATCH_SCHEMA)
        since, until = database.execute('SELECT epoch_us(min("at")), epoch_us(max("at")) FROM entries').fetchone() or (0, 0)
    write_nodes(directory, tree)
    return Written(first, end, moment(since), moment(until))


def _stage(database: duckdb.DuckDBPyConnection, directory: Path, first: int, rows: Iterable[pa.Table], tree: Tree) -> int:
    """Parse the rows into tables and hash their bodies; return the index after the last."""
    index = first
    with (directory / layout.LEAVES).open("wb") as leaves:
        for given in rows:
            leaves.write(b"".join(map(tree.leaf, given.column("body").cast(pa.binary()).to_pylist())))
            numbers = pa.array(range(index, index + len(given)), pa.int64())
            index += len(given)
            database.register("given", given.append_column("index", numbers))
            database.execute(f"INSERT INTO entries {layout.parse_sql('given')}")
            database.execute(
                "INSERT INTO batches SELECT index - ordinal, batch, n, recorded_at FROM given WHERE ordinal = 0 OR index = ?", [first]
            )
            database.unregister("given")
    return index


def write_parquet(database: duckdb.DuckDBPyConnection, path: Path, table: str, order: str, schema: pa.Schema) -> None:
    coded = [_path(field) for field in schema if field.name not in layout.PLAIN] if table == "entries" else False
    options: dict[str, Any] = {}
    if table == "entries":
        options["column_encoding"] = dict.fromkeys(layout.SPLIT, "BYTE_STREAM_SPLIT")
        options["bloom_filter_options"] = {"subject": {"ndv": layout.ROW_GROUP // 8, "fpp": 0.02}}
    else:
        options["column_encoding"] = dict.fromkeys(schema.names, "DELTA_BINARY_PACKED")
    names = ", ".join(f'"{name}"' for name in schema.names)
    rows = database.sql(f"SELECT {names} FROM {table} ORDER BY {order}")
    with pq.ParquetWriter(
        path, schema, compression="zstd", compression_level=_LEVEL, use_dictionary=coded, write_page_index=True, **options
    ) as writer:
        for batch in rows.to_arrow_reader(layout.ROW_GROUP):
            writer.write_table(pa.Table.from_batches([batch]).cast(schema), row_group_size=layout.ROW_GROUP)


def write_nodes(directory: Path, tree: Tree = SHA256) -> None:
    """``nodes.bin`` from ``leaves.bin``: the root of every 256 leaves."""
    with (directory / layout.LEAVES).open("rb") as leaves, (directory / layout.NODES).open("wb") as nodes:
        while len(data := leaves.read(WIDTH * HASH)) == WIDTH * HASH:
            nodes.write(perfect_root([data[n : n + HASH] for n in range(0, len(data), HASH)], tree))


def bodies(files: Sequence[str], *, step: int = layout.ROW_GROUP) -> Iterator[tuple[list[int], list[bytes]]]:
    """Index and rebuilt body of every entry in Parquet files, in the order of the files, many at a time."""
    with engine() as database:
        rows = database.sql(f"SELECT index, {layout.BODY} AS body FROM read_parquet({layout.listed(files)})")
        for batch in rows.to_arrow_reader(step):
            yield batch.column(0).to_pylist(), batch.column(1).cast(pa.binary()).to_pylist()


def moment(microseconds: int) -> datetime:
    return _EPOCH + timedelta(microseconds=microseconds)


def _path(field: pa.Field) -> str:
    return f"{field.name}.list.element" if pa.types.is_list(field.type) else str(field.name)


def _sql_type(kind: pa.DataType) -> str:
    if pa.types.is_list(kind):
        return "VARCHAR[]"
    known = {pa.int64(): "BIGINT", pa.int32(): "INTEGER", pa.string(): "VARCHAR"}
    return known.get(kind, "TIMESTAMPTZ" if pa.types.is_timestamp(kind) else "BLOB")
