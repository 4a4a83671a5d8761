"""A line of the ledger that stands in the recipient's landing schema, whatever its engine."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from govshare.connectors.digest import Digest, Form, link

#: The ledger's column ``v``: the version of a line, which also says in which form its rows were hashed.
VERSIONS: Final = {Form.BINARY: 1, Form.TEXT: 2}
FORMS: Final = {version: form for form, version in VERSIONS.items()}


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the ledger. ``position`` is where everything before it in the source is in; ``chain`` fixes all lines before.

    ``load`` lines count their own rows; a ``reconcile`` line counts everything before ``position`` under its snapshot and
    stands for all lines before it; a ``deliver`` line counts the whole.
    """

    chunk: int
    kind: str
    snapshot: str
    position: int
    digest: Digest
    size: int  # bytes
    chain: bytes
    token: int

    @classmethod
    def after(cls, previous: "Line | None", *, kind: str, snapshot: str, position: int, digest: Digest, size: int, token: int) -> "Line":
        chunk, chain = (previous.chunk + 1, previous.chain) if previous else (1, bytes(32))
        return cls(chunk, kind, snapshot, position, digest, size, link(chain, snapshot, digest), token)

    @property
    def values(self) -> tuple[object, ...]:
        """What is stored of it, in the order of ``COLUMNS``."""
        total = self.digest
        counted = (total.rows, self.size, total.sum, self.chain, self.token)
        return (self.chunk, VERSIONS[total.form], self.kind, self.snapshot, self.position, *counted)

    @classmethod
    def read(cls, row: Sequence[Any]) -> "Line":
        chunk, v, kind, snapshot, position, rows, size, total, chain, token = row
        return cls(chunk, kind, snapshot, position, Digest(rows, int.from_bytes(total), FORMS[v]), size, bytes(chain), token)


COLUMNS: Final = ("chunk", "v", "kind", "snapshot", "position", "rows", "bytes", "digest", "chain", "token")
