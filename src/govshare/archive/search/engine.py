"""The one DuckDB of a process that searches: in memory, and little of it; it reads the archive and nothing else."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import duckdb

from govshare.archive import layout
from govshare.archive.store import open_store

MEMORY = "1GB"
THREADS = 2


@contextmanager
def cursor() -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection of its own to the process's database; several threads may ask at once."""
    with _database(os.getpid(), open_store().url("segments")).cursor() as connection:
        yield connection


@lru_cache(maxsize=2)
def _database(_process: int, segments: str) -> duckdb.DuckDBPyConnection:
    """What DuckDB may do is settled here and locked: no extensions, no other files, no more memory."""
    options: dict[str, Any] = {
        "threads": THREADS,
        "memory_limit": MEMORY,
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }
    database = duckdb.connect(":memory:", config=options)
    database.execute("SET parquet_metadata_cache = true")
    filesystem = open_store().filesystem()
    if filesystem is not None:
        database.register_filesystem(filesystem)
    database.execute(f"SET allowed_directories = {layout.listed([segments])}")
    database.execute("SET enable_external_access = false")
    database.execute("SET lock_configuration = true")
    return database
