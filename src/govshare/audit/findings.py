"""What the check of everything says."""

from dataclasses import dataclass

from govshare.audit.differences import Kept
from govshare.audit.rules import receipt_number


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong. ``part`` is database, tile or checkpoint; ``place`` names the row or file; -1 is unknown."""

    kind: str  # missing, altered, inserted, reordered, forged
    part: str
    place: str
    message: str
    index: int = -1
    batch: int = -1
    ordinal: int = -1


@dataclass(frozen=True, slots=True)
class Report:
    """What was checked and what is wrong; no finding means that every root was re-derived from the entries."""

    entries: int  # under the last signed checkpoint
    checkpoints: int
    findings: tuple[Finding, ...]

    @property
    def sound(self) -> bool:
        return not self.findings


def of_entry(kind: str, index: int, kept: Kept, message: str) -> Finding:
    """Named by its receipt number."""
    return Finding(kind, "database", receipt_number(kept.batch, kept.ordinal), message, index, kept.batch, kept.ordinal)
