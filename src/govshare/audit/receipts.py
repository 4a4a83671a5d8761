"""Receipts 「回执」, in two stages: the signed promise at once, the proof once the entry has its place in the log."""

import base64
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from govshare.audit.notes import NoteKey
from govshare.audit.rules import PROMISE_WITHIN, leaf_hash, receipt_number, timestamp

PROMISE_FORMAT = "govshare/promise@v1+sha256"
PROOF_FORMAT = "c2sp.org/tlog-proof@v1"


@dataclass(frozen=True, slots=True)
class Promise:
    """Stage one: this entry is recorded, and will be in the log by ``at`` + 60 s. It counts once its transaction is committed."""

    batch: int
    ordinal: int
    leaf_hash: bytes
    at: datetime  # when the database recorded it
    number: str  # 回执号
    text: str  # the signed note


def promise(*, batch: int, ordinal: int, body: bytes, at: datetime, key: NoteKey) -> Promise:
    """Promise a recorded entry its place. The same values and key give the same bytes, so a promise need not be kept."""
    leaf = leaf_hash(body)
    lines = (
        key.name,
        PROMISE_FORMAT,
        f"batch {batch}",
        f"ordinal {ordinal}",
        f"leaf {_base64(leaf)}",
        f"at {timestamp(at)}",
        f"by {timestamp(at + PROMISE_WITHIN)}",
        f"entry {_base64(body)}",
    )
    text = "".join(f"{line}\n" for line in lines)
    return Promise(batch=batch, ordinal=ordinal, leaf_hash=leaf, at=at, number=receipt_number(batch, ordinal), text=key.sign(text))


def proof(*, body: bytes, index: int, hashes: Iterable[bytes], checkpoint: str) -> bytes:
    """Stage two: the C2SP proof file that the entry stands at ``index`` under ``checkpoint`` (a signed note)."""
    lines = (PROOF_FORMAT, f"extra {_base64(body)}", f"index {index}", *map(_base64, hashes), "")
    return ("".join(f"{line}\n" for line in lines) + checkpoint).encode()


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()
