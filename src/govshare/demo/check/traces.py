"""Looking for a word everywhere the platform keeps anything: every table, every file below its home, the server's own files too."""

import mmap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from psycopg import sql

_ELSEWHERE = ("frontends", "front-end-keys", "ca")  # the departments' own, and certificates


def in_tables(word: str) -> list[str]:
    """Tables of the platform's database that hold ``word`` anywhere, asked as the owner, who sees all."""
    with psycopg.connect(**_owner()) as link:
        names = link.execute(
            "SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE c.relkind = 'r' AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')"
        ).fetchall()
        return [f"{schema}.{name}" for schema, name in names if _holds(link, schema, name, word)]


def _holds(link: "psycopg.Connection[Any]", schema: str, name: str, word: str) -> bool:
    query = sql.SQL("SELECT EXISTS (SELECT FROM {} AS t WHERE position(%s IN t::text) > 0)").format(sql.Identifier(schema, name))
    row = link.execute(query, [word]).fetchone()
    return bool(row and row[0])


def _owner() -> dict[str, Any]:
    place = settings.GOVSHARE_OWNER_DATABASE
    return {"dbname": place["NAME"], "user": place["USER"], "password": place["PASSWORD"], "host": place["HOST"], "port": place["PORT"]}


def in_files(home: Path, word: str) -> list[str]:
    """Files below ``home`` that hold the bytes of ``word``: logs, evidence, uploads, the database's pages and its write-ahead log."""
    wanted = word.encode()
    return [str(path.relative_to(home)) for path in _files(home) if _contains(path, wanted)]


def _files(home: Path) -> Iterator[Path]:
    for path in home.rglob("*"):
        parts = path.relative_to(home).parts
        if path.is_file() and not path.is_symlink() and not any(part in _ELSEWHERE for part in parts):
            yield path


def _contains(path: Path, wanted: bytes) -> bool:
    try:
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
            return content.find(wanted) >= 0
    except (FileNotFoundError, ValueError):  # gone meanwhile, or empty
        return False
