"""What a sealed segment's Parquet holds, as columns and as the SQL that fills them and reads them back. Pure text and schemas.

``entries.parquet`` has one row per entry, sorted by subject, time and index; ``batches.parquet`` one row per batch, for what all
its entries share. Together they say everything the hot tables say. A canonical body is not kept: it is rebuilt from the columns,
byte for byte, and sealing proves that by hashing; a body that does not rebuild stands in the column ``body`` as it is.

Integers are signed, for Iceberg and Spark read those; the moments are UTC with microseconds.
"""

import json
from collections.abc import Iterable
from typing import Any

import pyarrow as pa

ENTRIES = "entries.parquet"
BATCHES = "batches.parquet"
LEAVES = "leaves.bin"
NODES = "nodes.bin"
CHECKPOINT = "checkpoint"
MANIFEST = "manifest"
#: What a segment's manifest lists, in this order.
FILES = (ENTRIES, BATCHES, LEAVES, NODES, CHECKPOINT)

ROW_GROUP = 122_880  # rows; DuckDB hands out work by this many
_MOMENT = pa.timestamp("us", tz="UTC")
_TEXTS = ("v", "action", "basis", "rule_set", "outcome", "reason")
_ACTOR = ("kind", "id", "name", "organization", "organization_name", "certificate", "standing_in_for")
_MAPS = ("counts", "digests", "detail")

#: Column → where its text stands in the body.
_PATHS = {
    **{name: name for name in _TEXTS},
    **{f"actor_{name}": f"actor.{name}" for name in _ACTOR},
    "about": "about",
    "resource": "resource",
    "grant_id": "grant",
    "purpose": "purpose",
    "case_number": "case",
    "subject": "subject",
    "identifier": "identifier",
}
ENTRY_SCHEMA = pa.schema(
    [
        pa.field("index", pa.int64(), nullable=False),
        pa.field("at", _MOMENT, nullable=False),
        *(pa.field(name, pa.string()) for name in _PATHS),
        pa.field("request_id", pa.string()),  # empty where the next three say it: a UUID of version 7 (RFC 9562)
        pa.field("request_lag", pa.int64()),  # its milliseconds, less those of ``at``
        pa.field("request_a", pa.int32()),  # its rand_a
        pa.field("request_b", pa.int64()),  # its last eight bytes: variant and rand_b
        pa.field("parties", pa.list_(pa.string())),
        *(pa.field(name, pa.string()) for name in _MAPS),
        pa.field("body", pa.string()),  # only of an entry that its columns do not rebuild
    ]
)
BATCH_SCHEMA = pa.schema(
    [
        pa.field("first_index", pa.int64(), nullable=False),
        pa.field("batch", pa.int64(), nullable=False),
        pa.field("n", pa.int32(), nullable=False),
        pa.field("recorded_at", _MOMENT, nullable=False),
    ]
)
#: What a writer is given: entries in the order of the log, without gap.
ROW_SCHEMA = pa.schema(
    [
        pa.field("batch", pa.int64()),
        pa.field("ordinal", pa.int32()),
        pa.field("n", pa.int32()),
        pa.field("recorded_at", _MOMENT),
        pa.field("body", pa.string()),
    ]
)

#: Values that repeat seldom: a dictionary only costs.
PLAIN = ("index", "at", "request_id", "request_lag", "request_a", "request_b", "body")
SPLIT = ("index", "at", "request_lag", "request_a", "request_b")  # byte by byte, so that the bytes they share vanish

_STRUCTURE: dict[str, Any] = {
    **dict.fromkeys((*_TEXTS, "at", "about", "resource", "grant", "purpose", "case", "subject", "identifier", "request_id"), "VARCHAR"),
    "actor": dict.fromkeys(_ACTOR, "VARCHAR"),
    "parties": ["VARCHAR"],
    **dict.fromkeys(_MAPS, "JSON"),
}
_UUID = "^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$"
_AT = """strftime(make_timestamp(epoch_us("at")), '"%Y-%m-%dT%H:%M:%S.%fZ"')"""
_MILLISECONDS = "lpad(lower(hex(request_lag + epoch_ms(\"at\"))), 12, '0')"
_LAST = "lpad(lower(hex(request_b)), 16, '0')"
#: SQL over ``entries.parquet``: the request's identifier.
REQUEST = (
    "CASE WHEN request_lag IS NULL AND request_a IS NULL AND request_b IS NULL THEN request_id ELSE "
    f"concat(request_id, substr({_MILLISECONDS}, 1, 8), '-', substr({_MILLISECONDS}, 9, 4), '-7', lpad(lower(hex(request_a)), 3, '0')"
    f", '-', substr({_LAST}, 1, 4), '-', substr({_LAST}, 5, 12)) END"
)


def _text(column: str) -> str:
    return f"CAST(to_json({column}) AS VARCHAR)"


def _object(members: dict[str, str]) -> str:
    """SQL: a JSON object of SQL values, its keys in the order of RFC 8785."""
    pieces = [f'{"," if place else "{"}"{name}":\', {members[name]}' for place, name in enumerate(sorted(members))]
    return "concat('" + ", '".join(pieces) + ", '}')"


def _rebuilt() -> str:
    """SQL: the canonical body (RFC 8785) of a row's columns. Version 1 has no ``identifier``."""
    members = {
        **{path: _text(column) for column, path in _PATHS.items() if "." not in path},
        "actor": _object({name: _text(f"actor_{name}") for name in _ACTOR}),
        "at": _AT,
        "parties": _text("parties"),
        "request_id": _text(REQUEST),
        **{name: name for name in _MAPS},
    }
    whole = _object(members)
    first = _object({name: value for name, value in members.items() if name != "identifier"})
    return f"CASE WHEN starts_with(v, 'govshare/entry@v1+') THEN {first} ELSE {whole} END"


#: SQL over ``entries.parquet``: the canonical body.
BODY = f"coalesce(body, {_rebuilt()})"


def parse_sql(relation: str) -> str:
    """SQL: the rows of ``entries.parquet`` from ``relation(index, body)``."""
    moment = "coalesce(TRY_CAST(f.\"at\" AS TIMESTAMPTZ), TIMESTAMPTZ '1970-01-01 00:00:00Z')"
    digits = "replace(f.request_id, '-', '')"
    uuid = {
        "request_lag": f"CAST('0x' || substr({digits}, 1, 12) AS BIGINT) - epoch_ms({moment})",
        "request_a": f"CAST('0x' || substr({digits}, 14, 3) AS INTEGER)",
        "request_b": f"CAST(CAST(unhex(substr({digits}, 17, 16)) AS BIT) AS BIGINT)",
    }
    is_uuid = f"regexp_full_match(f.request_id, '{_UUID}')"
    fields = [
        "index",
        "body AS given",
        f'{moment} AS "at"',
        *(f"coalesce(f.{path}, '') AS {column}" for column, path in _PATHS.items()),
        f"CASE WHEN {is_uuid} THEN '' ELSE coalesce(f.request_id, '') END AS request_id",
        *(f"CASE WHEN {is_uuid} THEN {value} END AS {name}" for name, value in uuid.items()),
        "coalesce(f.parties, []) AS parties",
        *(f"coalesce(CAST(f.{name} AS VARCHAR), '{{}}') AS {name}" for name in _MAPS),
    ]
    read = f"SELECT index, body, from_json(body, {quoted(json.dumps(_STRUCTURE))}) AS f FROM {relation}"
    names = ", ".join(f'"{name}"' for name in ENTRY_SCHEMA.names if name != "body")
    kept = f"CASE WHEN {_rebuilt()} = given THEN NULL ELSE given END AS body"
    return f"SELECT {names}, {kept} FROM (SELECT {', '.join(fields)} FROM ({read}))"


def entries_sql(files: Iterable[str]) -> str:
    """SQL: every entry with its fields, ``request_id`` and ``body`` rebuilt; what is asked of the fields prunes the files."""
    names = ", ".join(f'"{name}"' for name in ENTRY_SCHEMA.names if not name.startswith("request_") and name != "body")
    return f"SELECT {names}, {REQUEST} AS request_id, {BODY} AS body FROM read_parquet({listed(files)})"


def numbered_sql(relation: str, batch_files: Iterable[str]) -> str:
    """SQL: ``relation`` (with ``index``) and beside it ``batch``, ``ordinal`` and ``recorded_at``; narrow ``relation`` first."""
    return (
        f"SELECT r.*, b.batch, CAST(r.index - b.first_index AS INTEGER) AS ordinal, b.recorded_at "
        f"FROM ({relation}) AS r ASOF JOIN read_parquet({listed(batch_files)}) AS b ON r.index >= b.first_index"
    )


def listed(files: Iterable[str]) -> str:
    """SQL: a list of file names."""
    return "[" + ", ".join(quoted(name) for name in files) + "]"


def quoted(text: str) -> str:
    """SQL: a literal of any text."""
    return "'" + text.replace("'", "''") + "'"


def segment_name(first: int, end: int) -> str:
    return f"segments/{first:015d}-{end:015d}"
