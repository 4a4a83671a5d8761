"""The room's keys, read once per process; the signing key again when it was handed over."""

from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings

from govshare.audit.notes import CosigningKey, NoteKey
from govshare.audit.verifier import Tree, tree_of
from govshare.kernel.keyring import Keyring

SIGNING = "log-signing.pem"
NEXT = "log-signing.next.pem"  # while keys are handed over


def origin() -> str:
    """The log's name. It says how the log hashes, so a log cannot change its hash: it would be another log."""
    name: str = settings.GOVSHARE_LOG_ORIGIN
    return f"{name.removesuffix('/sm3')}/sm3" if settings.GOVSHARE_LOG_TREE == "sm3" else name


def tree() -> Tree:
    """How the platform's own log hashes."""
    return tree_of(origin())


def log_key() -> NoteKey:
    """Signs checkpoints, under the log's own name."""
    return _signing_key().named(origin())


def promise_key() -> NoteKey:
    """Signs promises: the same key under ``<origin>/promise``."""
    return _signing_key().named(f"{origin()}/promise")


def witness_key() -> CosigningKey:
    """Cosigns the checkpoints of other logs; it signs nothing else."""
    key = Keyring(Path(settings.GOVSHARE_KEYS)).signing_key("witness.pem")
    if not isinstance(key, Ed25519PrivateKey):
        raise TypeError("witness.pem must hold an Ed25519 key")
    return CosigningKey(f"{origin()}/witness", key)


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


def forget_identifier_keys() -> None:
    """Keep none in memory: one was destroyed."""
    _identifier_key.cache_clear()


@lru_cache(maxsize=400)
def _identifier_key(directory: Path, month: str) -> bytes:
    return Keyring(directory).secret(identifier_file(month), 64)


def _signing_key() -> NoteKey:
    """As it is in its file now: another process may have handed over to a new one."""
    directory = Path(settings.GOVSHARE_KEYS)
    if not (directory / SIGNING).exists():
        Keyring(directory).signing_key(SIGNING, settings.GOVSHARE_LOG_KEY)
    file = (directory / SIGNING).stat()
    return _read_signing_key(directory, (file.st_ino, file.st_mtime_ns))


@lru_cache(maxsize=8)
def _read_signing_key(directory: Path, _version: tuple[int, int]) -> NoteKey:
    return NoteKey("", Keyring(directory).signing_key(SIGNING))


@lru_cache(maxsize=8)
def _subject_key(directory: Path) -> bytes:
    return Keyring(directory).secret("subject.key")
