"""A witness 「见证方」 of logs (c2sp.org/tlog-witness): cosigns a checkpoint only when it continues every one it cosigned before.

What it cosigned last is kept in a file per log and is durable before the answer. Nothing here needs the platform's database, so that a
department may run a witness of its own.
"""

import base64
import binascii
import fcntl
import hashlib
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from govshare.audit.notes import CosigningKey
from govshare.audit.verifier import COSIGNATURE, Altered, BadKey, Checkpoint, Key, is_consistent, open_checkpoint, parse_key, tree_of
from govshare.kernel import durable

LARGEST = 64 * 1024  # bytes of one request
STEPS = 63  # lines of a consistency proof
SIZE = "text/x.tlog.size"
PLAIN = "text/plain; charset=utf-8"
_OLD = re.compile(r"old (0|[1-9][0-9]{0,18})")


@dataclass(frozen=True, slots=True)
class Answer:
    """What the witness says, as an HTTP response. ``contradiction``: the checkpoints that contradict each other, both signed by the log."""

    status: int
    body: str
    kind: str = PLAIN
    contradiction: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """A request: this checkpoint, and how it continues the tree of ``old``."""

    old: int
    path: list[bytes]
    note: str

    @property
    def body(self) -> bytes:
        steps = "".join(f"{base64.b64encode(step).decode()}\n" for step in self.path)
        return f"old {self.old}\n{steps}\n{self.note}".encode()


def parse(body: bytes) -> Asked | None:
    """The request in ``body``, nothing when it is none."""
    try:
        head, blank, note = body.decode().partition("\n\n")
        first, *steps = head.split("\n")
        old = _OLD.fullmatch(first)
        path = [base64.b64decode(step, validate=True) for step in steps]
    except (UnicodeDecodeError, binascii.Error, ValueError):
        return None
    if not blank or old is None or len(path) > STEPS or any(len(step) != 32 for step in path):
        return None
    return Asked(int(old[1]), path, note)


class Witness:
    """Cosigns with ``key`` the checkpoints of logs whose keys are ``logs`` (several of one origin where a log changed its key)."""

    def __init__(self, key: CosigningKey, logs: Sequence[Key], directory: Path) -> None:
        self.key = key
        self.logs = logs
        self.directory = directory

    def add_checkpoint(self, body: bytes, *, now: datetime) -> Answer:
        """Answer one request of ``add-checkpoint``."""
        asked = parse(body)
        if asked is None:
            return Answer(400, "请求不符合 c2sp.org/tlog-witness / not a request of c2sp.org/tlog-witness\n")
        origin = asked.note.partition("\n")[0]
        keys = [key for key in self.logs if key.name == origin]
        if not keys:
            return Answer(404, "本见证方不见证这份日志 / this log is not witnessed here\n")
        checkpoint = _opened(asked.note, keys)
        if checkpoint is None:
            return Answer(403, "检查点不是这份日志所签 / the checkpoint is not signed by this log\n")
        if asked.old > checkpoint.size:
            return Answer(400, "原条数大于检查点的条数 / the old size is larger than the checkpoint's\n")
        with self._memory(origin) as path:
            return self._continued(asked, checkpoint, path, now)

    def _continued(self, asked: Asked, checkpoint: Checkpoint, path: Path, now: datetime) -> Answer:
        known = path.read_text("utf-8") if path.exists() else ""
        last = _last(known)
        if asked.old != last.size:
            return Answer(409, f"{last.size}\n", SIZE)
        contradiction = (known, asked.note) if known else None
        if checkpoint.size == last.size and last.size and checkpoint.root != last.root:
            return Answer(409, f"{last.size}\n", SIZE, contradiction)
        if not is_consistent(last, checkpoint, asked.path, tree_of(checkpoint.origin)):
            return Answer(422, "一致性证明不成立 / the consistency proof does not hold\n", contradiction=contradiction)
        text = asked.note.rpartition("\n\n")[0] + "\n"
        log_line = asked.note[len(text) + 1 :].partition("\n")[0]
        durable.write(path, f"{text}\n{log_line}\n".encode())
        return Answer(200, self.key.line(text, int(now.timestamp())))

    def last(self, origin: str) -> str:
        """The checkpoint cosigned last, as the log signed it; empty when there is none."""
        path = self._path(origin)
        return path.read_text("utf-8") if path.exists() else ""

    def _path(self, origin: str) -> Path:
        return self.directory / hashlib.sha256(origin.encode()).hexdigest()

    @contextmanager
    def _memory(self, origin: str) -> Iterator[Path]:
        """The file of one log's last checkpoint, for one request at a time."""
        durable.make_directory(self.directory)
        path = self._path(origin)
        with path.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield path


def _opened(note: str, keys: Sequence[Key]) -> Checkpoint | None:
    for key in keys:
        try:
            return open_checkpoint(note, key)
        except Altered:
            continue
    return None


def _last(known: str) -> Checkpoint:
    """What the memory says; it is this witness's own file."""
    if not known:
        return Checkpoint("", 0, b"")
    origin, size, root = known.split("\n")[:3]
    return Checkpoint(origin, int(size), base64.b64decode(root))


def parse_witnesses(text: str) -> tuple[tuple[Key, str], ...]:
    """``KEY URL`` pairs, separated by white space or commas; anything else is ``BadKey``."""
    words = text.replace(",", " ").split()
    pairs = tuple((parse_key(key), url.rstrip("/")) for key, url in zip(words[::2], words[1::2], strict=False))
    if len(words) % 2 or any(key.kind != COSIGNATURE or not url.startswith(("https://", "http://")) for key, url in pairs):
        raise BadKey("每个见证方写公钥和网址 / each witness is a key and an address")
    return pairs


def parse_logs(text: str) -> tuple[Key, ...]:
    """Keys of logs, separated by white space or commas."""
    keys = tuple(map(parse_key, text.replace(",", " ").split()))
    if any(key.kind == COSIGNATURE for key in keys):
        raise BadKey("这是见证方的公钥，不是日志的 / this is a witness's key, not a log's")
    return keys
