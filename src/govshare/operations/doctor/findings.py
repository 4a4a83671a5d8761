"""What an examination finds: how bad it is, what it is, and how to mend it."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Level = Literal["ok", "warn", "bad"]


@dataclass(frozen=True, slots=True)
class Finding:
    """``what`` and ``mend`` are sentences, Chinese first, then English. What is in order needs no mending."""

    level: Level
    what: str
    mend: str = ""


def ok(chinese: str, english: str) -> Finding:
    return Finding("ok", f"{chinese} / {english}")


def warn(chinese: str, english: str, *, mend: tuple[str, str]) -> Finding:
    """It works, but not for long or not as well as it should."""
    return Finding("warn", f"{chinese} / {english}", " / ".join(mend))


def bad(chinese: str, english: str, *, mend: tuple[str, str]) -> Finding:
    """It does not work, or what it does cannot be relied on."""
    return Finding("bad", f"{chinese} / {english}", " / ".join(mend))


def nearest(path: Path) -> Path:
    """``path``, or the directory above it that exists: where it would be made."""
    return next(place for place in (path, *path.parents) if os.access(place, os.F_OK))
