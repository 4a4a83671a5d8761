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


@lru_cache(maxsize=8)
def _note_key(directory: Path, name: str) -> NoteKey:
    return NoteKey(name, Keyring(directory).signing_key())


@lru_cache(maxsize=8)
def _subject_key(directory: Path) -> bytes:
    return Keyring(directory).secret("subject.key")
