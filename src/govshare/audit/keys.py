"""The room's keys, read once per process."""

from functools import lru_cache
from pathlib import Path

from django.conf import settings

from govshare.audit.notes import NoteKey
from govshare.kernel.keyring import Keyring


def log_key() -> NoteKey:
    """Signs checkpoints, under the log's own name."""
    return _note_key(Path(settings.GOVSHARE_KEYS), settings.GOVSHARE_LOG_ORIGIN)


def promise_key() -> NoteKey:
    """Signs promises: the same key under ``<origin>/promise``."""
    return _note_key(Path(settings.GOVSHARE_KEYS), f"{settings.GOVSHARE_LOG_ORIGIN}/promise")


def subject_key() -> bytes:
    """Hashes the identifiers of persons and firms."""
    return _subject_key(Path(settings.GOVSHARE_KEYS))


def identifier_key(month: str) -> bytes | None:
    """Encrypts the identifiers of one month (``2026-03``), made at first use; nothing once that month's key was destroyed."""
    ring = Keyring(Path(settings.GOVSHARE_KEYS))
    return None if ring.destroyed(identifier_file(month)) else _identifier_key(ring.directory, month)


def identifier_file(month: str) -> str:
    """Where the key of a month lies, below the keys."""
    return f"subjects/{month}.key"


@lru_cache(maxsize=400)
def _identifier_key(directory: Path, month: str) -> bytes:
    return Keyring(directory).secret(identifier_file(month), 64)


@lru_cache(maxsize=8)
def _note_key(directory: Path, name: str) -> NoteKey:
    return NoteKey(name, Keyring(directory).signing_key())


@lru_cache(maxsize=8)
def _subject_key(directory: Path) -> bytes:
    return Keyring(directory).secret("subject.key")
