"""The fast part of the check: entries stream out of the database, processes hash them anew, and the tiles are laid beside.

As long as both sides agree, nothing else is looked at; where they first do not, the slow and exact comparison takes over.
"""

import os
import subprocess
import sys
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import partial
from queue import SimpleQueue
from typing import Any, Protocol

import psycopg
from django.db import connection
from psycopg import sql
from psycopg.abc import Buffer

from govshare.audit import checking
from govshare.audit.checking import Checked
from govshare.audit.rules import LARGEST_BATCH
from govshare.audit.tiles import WIDTH, TileAltered, Tiles, width_at
from govshare.audit.verifier import Tree

FRAME = 16 * WIDTH  # entries handed to a process at once
STRETCH = 32 * FRAME  # entries of one COPY
ALONE = 20_000  # up to so many are hashed right here; processes take a moment to start
MOST_PROCESSES = 8

_SIGNATURE = 19  # bytes before the first row of a binary COPY
_TRAILER = 2  # and after the last one; rows are longer

#: Ordered by the index it walks along; should PostgreSQL walk otherwise, the rows are not consecutive and the exact comparison decides.
_ROWS = sql.SQL("""
    COPY (
        SELECT p.first_index + e.ordinal, coalesce(e.at, '-infinity'), coalesce(e.leaf_hash, ''), coalesce(e.body, ''),
               coalesce(e.about || E'\\x1f' || e.action || E'\\x1f' || e.actor || E'\\x1f' || e.organization || E'\\x1f' || e.grant_id
                        || E'\\x1f' || e.outcome || E'\\x1f' || e.parties::text || E'\\x1f' || e.resource || E'\\x1f' || e.subject, '')
        FROM (SELECT batch, first_index FROM audit_placement
              WHERE first_index > {first} - {largest} AND first_index < {end} ORDER BY first_index) AS p
        CROSS JOIN LATERAL (SELECT * FROM audit_entry e WHERE e.batch = p.batch ORDER BY e.ordinal OFFSET 0) AS e
        WHERE p.first_index + e.ordinal >= {first} AND p.first_index + e.ordinal < {end}
    ) TO STDOUT (FORMAT binary)
""")


class Hasher(Protocol):
    """Checks frames somewhere, several at a time."""

    def __call__(self, rows: bytes, first: int) -> Future[Checked]: ...


def agreeing(tiles: Tiles, tree: Tree, first: int, size: int) -> Iterator[Checked]:
    """Frames from index ``first`` (a multiple of ``FRAME``) on in which database and tiles agree; ends before the first that does not."""
    with _hasher(size - first, tree) as hasher:
        for at, checked in _in_order(hasher, first, size):
            count = min(FRAME, size - at)
            if not checked.consecutive or checked.leaves != _in_tiles(tiles, at, count, size):
                return
            yield checked


def _in_order(hasher: Hasher, first: int, size: int) -> Iterator[tuple[int, Checked]]:
    """What was found of each frame, in the order of the log, while the next ones are on their way."""
    waiting: deque[tuple[int, Future[Checked]]] = deque()
    for low in range(first, size, STRETCH):
        for at, rows in _frames(low, min(low + STRETCH, size)):
            waiting.append((at, hasher(rows, at)))
            if len(waiting) > 2 * MOST_PROCESSES:
                yield _found(*waiting.popleft())
    for each in waiting:
        yield _found(*each)


def _found(at: int, future: Future[Checked]) -> tuple[int, Checked]:
    return at, future.result()


def _frames(first: int, end: int) -> Iterator[tuple[int, bytes]]:
    """Rows ``first`` .. ``end`` - 1 as the database sends them, by frames; each frame is there, be it empty."""
    rows: list[Buffer] = []
    at = first
    query = _ROWS.format(first=first, end=end, largest=LARGEST_BATCH)
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor, cursor.copy(query) as copy:
        skipped = _SIGNATURE
        try:
            for data in copy:
                row = data[skipped:] if skipped else data
                skipped = 0
                if len(row) > _TRAILER:
                    rows.append(row)
                if len(rows) == FRAME:
                    yield at, b"".join(rows)
                    at, rows = at + FRAME, []
        except GeneratorExit:
            deque(copy, maxlen=0)  # a COPY that is broken off would end the transaction
            raise
    if rows or at < end:
        yield at, b"".join(rows)


def _in_tiles(tiles: Tiles, first: int, count: int, size: int) -> bytes:
    """The leaf hashes that the tree was built from; what cannot be read agrees with nothing."""
    try:
        read = [tiles.read(0, tile, width_at(size, 0, tile)) for tile in range(first // WIDTH, -(-(first + count) // WIDTH))]
    except TileAltered:
        return b""
    return b"".join(leaf for tile in read for leaf in tile)


@contextmanager
def _hasher(entries: int, tree: Tree) -> Iterator[Hasher]:
    """Processes, one for each core; for few entries none."""
    if entries <= ALONE:
        yield partial(_here, tree)
        return
    count = min(os.cpu_count() or 1, MOST_PROCESSES)
    with ExitStack() as stack:
        idle: SimpleQueue[subprocess.Popen[bytes]] = SimpleQueue()
        for _ in range(count):
            idle.put(stack.enter_context(_process(tree)))
        pool = stack.enter_context(ThreadPoolExecutor(count))

        def there(rows: bytes, first: int) -> Checked:
            process = idle.get()
            checking.ask(process.stdin, rows, first)  # type: ignore[arg-type]  # both are pipes
            checked = checking.answer(process.stdout)  # type: ignore[arg-type]
            idle.put(process)
            return checked

        yield lambda rows, first: pool.submit(there, rows, first)


def _here(tree: Tree, rows: bytes, first: int) -> Future[Checked]:
    done: Future[Checked] = Future()
    done.set_result(checking.check(rows, first, tree))
    return done


@contextmanager
def _process(tree: Tree) -> Iterator[subprocess.Popen[Any]]:
    command = [sys.executable, "-m", "govshare.audit.checking", tree.name]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment) as process:
        try:
            yield process
        finally:
            process.kill()
