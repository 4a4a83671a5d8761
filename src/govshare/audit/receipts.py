"""Receipts 「回执」, in two stages: the signed promise at once, the proof once the entry has its place in the log."""

import base64
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from govshare.audit.notes import NoteKey
from govshare.audit.rules import PROMISE_WITHIN, receipt_number, timestamp
from govshare.audit.verifier import PROMISE, PROOF, tree_of


@dataclass(frozen=True, kw_only=True)
class Promise:
    """Stage one: this entry is recorded, and will be in the log by ``at`` + 60 s. It counts once its transaction is committed."""

    batch: int
    ordinal: int
    at: datetime  # when the database recorded it
    leaf_hash: bytes
    body: bytes = field(repr=False)  # the entry
    key: NoteKey = field(repr=False)

    @property
    def number(self) -> str:
        """What people see and quote 「回执号」."""
        return receipt_number(self.batch, self.ordinal)

    @cached_property
    def text(self) -> str:
        """The signed note. The same values and key give the same bytes, so it is signed when it is asked for and need not be kept."""
        lines = (
            self.key.name,
            f"{PROMISE}+{tree_of(self.key.name.removesuffix('/promise')).name}",
            f"batch {self.batch}",
            f"ordinal {self.ordinal}",
            f"leaf {_base64(self.leaf_hash)}",
            f"at {timestamp(self.at)}",
            f"by {timestamp(self.at + PROMISE_WITHIN)}",
            f"entry {_base64(self.body)}",
        )
        return self.key.sign("".join(f"{line}\n" for line in lines))


def proof(*, body: bytes, index: int, hashes: Iterable[bytes], checkpoint: str) -> bytes:
    """Stage two: the C2SP proof file that the entry stands at ``index`` under ``checkpoint`` (a signed note)."""
    lines = (PROOF, f"extra {_base64(body)}", f"index {index}", *map(_base64, hashes), "")
    return ("".join(f"{line}\n" for line in lines) + checkpoint).encode()


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()
