"""The last seen schema of a front-end database, as JSON that says its version."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from govshare.connectors import Table, TableColumn

VERSION = 1


def dump(tables: Sequence[Table]) -> dict[str, Any]:
    return {"v": VERSION, "tables": [asdict(table) for table in tables]}


def load(snapshot: Mapping[str, Any]) -> tuple[Table, ...]:
    if snapshot["v"] != VERSION:
        raise ValueError(f"unknown snapshot version {snapshot['v']}")
    return tuple(
        Table(
            **{
                **table,
                "columns": tuple(TableColumn(**column) for column in table["columns"]),
                "key": tuple(table["key"]),
            }
        )
        for table in snapshot["tables"]
    )
