"""Group commit: many threads record, one or two of the process write, and nobody is answered before the commit.

What waits is written as soon as the commit before it is done, so a lone entry waits for nobody; while there is company, the writer
waits a moment for those who came last time. When a whole group has gathered meanwhile, a second writer takes it, so that the database
works while the next entries are made. Each writer has a session of its own, opened at need and closed when nothing happens.
"""

import asyncio
import atexit
import os
import threading
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from time import monotonic

import psycopg
import structlog
from django.db import connection

from govshare.audit import keys
from govshare.audit.receipts import Promise
from govshare.audit.rules import Entry
from govshare.audit.services.recording import record_many
from govshare.audit.session import Lost, Session
from govshare.kernel.errors import Unavailable
from govshare.regulation.conventions import convention

FIRST_RECORDED = convention("PC-101")

LARGEST = 500  # entries in one commit
LINGER = 0.002  # seconds the writer waits for company it had last time
ROOM = 5_000  # entries that may wait; who comes after them is refused
ROOM_BYTES = 32 * 2**20
IDLE = 10.0  # seconds after which an idle writer gives its session back
PATIENCE = 30.0  # seconds to wait for a commit

FULL = "存证一时来不及写入，本次不予办理，请稍后再试"
NOT_WRITTEN = "存证写不进数据库，本次不予办理，请稍后再试；已告知运维"

log = structlog.get_logger(__name__)


def _unavailable(words: str) -> Unavailable:
    return Unavailable(words, basis=FIRST_RECORDED)


@dataclass(slots=True)
class _Waiting:
    body: bytes
    leaf: bytes
    future: Future[Promise] = field(default_factory=Future)


@dataclass(slots=True)
class _Writer:
    """A thread that writes as soon as ``least`` entries wait; ``change`` tells it of them."""

    least: int
    change: threading.Condition
    thread: threading.Thread | None = None


class GroupCommit:
    """``record`` blocks until the entry is durable; ``submit`` gives a future of it; ``await arecord`` is for event loops.

    All raise, or end in, ``Unavailable`` when the waiting room is full or the database cannot write. An entry that is refused so may
    still be in the log when the connection broke at the very commit; one that was acknowledged always is. Inside an open transaction
    of Django's the entry is written there at once, and stands or falls with it.
    """

    def __init__(self, *, largest: int = LARGEST, room: int = ROOM, idle: float = IDLE) -> None:
        self._largest, self._room, self._idle = largest, room, idle
        self._empty()

    def _empty(self) -> None:
        self._lock = threading.Lock()
        self._writers = (_Writer(1, threading.Condition(self._lock)), _Writer(self._largest, threading.Condition(self._lock)))
        self._waiting: deque[_Waiting] = deque()
        self._bytes = 0
        self._company = 1  # entries in the first writer's last group
        self._closing = False

    def record(self, entry: Entry) -> Promise:
        try:
            return self.submit(entry).result(PATIENCE)
        except TimeoutError:
            raise _unavailable(NOT_WRITTEN) from None

    async def arecord(self, entry: Entry) -> Promise:
        try:
            return await asyncio.wait_for(asyncio.wrap_future(self.submit(entry)), PATIENCE)
        except TimeoutError:
            raise _unavailable(NOT_WRITTEN) from None

    def submit(self, entry: Entry) -> Future[Promise]:
        if connection.in_atomic_block:
            written: Future[Promise] = Future()
            written.set_result(record_many([entry])[0])
            return written
        tree = keys.tree()
        body = entry.canonical(tree.name)
        waiting = _Waiting(body, tree.leaf(body))
        with self._lock:
            if len(self._waiting) >= self._room or self._bytes + len(body) > ROOM_BYTES:
                raise _unavailable(FULL)
            self._waiting.append(waiting)
            self._bytes += len(body)
            if len(self._waiting) in {1, self._company, self._largest}:
                self._call()
        return waiting.future

    def _call(self) -> None:
        """Wake, or start, whoever has something to write."""
        for writer in self._writers:
            if len(self._waiting) < writer.least:
                return
            if writer.thread is None:
                writer.thread = threading.Thread(target=self._write_on, args=[writer], name="evidence", daemon=True)
                writer.thread.start()
            writer.change.notify()

    def close(self) -> None:
        """Write what waits and end the writers; the next entry starts another."""
        with self._lock:
            threads = [writer.thread for writer in self._writers if writer.thread]
            self._closing = True
            for writer in self._writers:
                writer.change.notify()
        for thread in threads:
            thread.join(PATIENCE)
        self._closing = False

    def _write_on(self, writer: _Writer) -> None:
        session = Session()
        try:
            while group := self._next(writer):
                _settle(session, group)
        finally:
            session.close()

    def _next(self, writer: _Writer) -> list[_Waiting]:
        """The next group; nothing when the writer may go."""
        with self._lock:
            while self._due(writer):
                if writer is self._writers[0]:
                    self._linger(writer.change)
                if len(self._waiting) >= writer.least:  # the other one may have been quicker
                    return self._taken(writer)
            writer.thread = None
            return []

    def _due(self, writer: _Writer) -> bool:
        """Wait until there is something to write; not for ever."""
        while len(self._waiting) < writer.least:
            if self._closing or not writer.change.wait(self._idle):
                return len(self._waiting) >= writer.least
        return True

    def _linger(self, change: threading.Condition) -> None:
        """Wait a moment for as many as came last time."""
        until = monotonic() + LINGER
        while len(self._waiting) < self._company and (left := until - monotonic()) > 0:
            change.wait(left)

    def _taken(self, writer: _Writer) -> list[_Waiting]:
        group = [self._waiting.popleft() for _ in range(min(self._largest, len(self._waiting)))]
        self._bytes -= sum(len(each.body) for each in group)
        if writer is self._writers[0]:
            self._company = len(group)
        return group


def _settle(session: Session, group: Sequence[_Waiting]) -> None:
    """Write the group and tell everyone in it; nobody is left waiting, whatever happens."""
    try:
        _write(session, group)
    except (psycopg.DataError, psycopg.IntegrityError) as problem:
        if len(group) > 1:  # one of them cannot be written; the others shall not suffer
            for each in group:
                _settle(session, [each])
            return
        group[0].future.set_exception(problem)
    except Exception as problem:  # noqa: BLE001 - told to everyone who waits
        log.critical("audit.not_recorded", entries=len(group), problem=f"{type(problem).__name__}: {problem}")
        for each in group:
            if not each.future.done():
                each.future.set_exception(_unavailable(NOT_WRITTEN))


def _write(session: Session, group: Sequence[_Waiting]) -> None:
    bodies, leaves = [each.body for each in group], [each.leaf for each in group]
    try:
        batch, recorded_at = session.write(bodies, leaves)
    except Lost:  # before anything was committed: the server restarted since
        batch, recorded_at = session.write(bodies, leaves)
    key = keys.promise_key()
    for ordinal, each in enumerate(group):
        if each.future.set_running_or_notify_cancel():
            each.future.set_result(Promise(batch=batch, ordinal=ordinal, at=recorded_at, leaf_hash=each.leaf, body=each.body, key=key))


GROUP = GroupCommit()  # the process's own
atexit.register(GROUP.close)
os.register_at_fork(after_in_child=GROUP._empty)  # the writer and its session stayed with the parent
