"""Key files: one directory outside the database, mode 0700, every file 0600, made at first use, never overwritten.

Losing ``subject.key`` ends subject search and losing ``credentials.key`` loses the stored database passwords,
so ``doctor`` and the backup insist on this directory.

A key that was destroyed on order leaves ``NAME.destroyed`` in the place of ``NAME.key``, with the record of its end; it is never
made again.
"""

import os
import secrets
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

from govshare.kernel import durable

FILES = ("log-signing.pem", "subject.key", "credentials.key", "session.key")

SigningKey = Ed25519PrivateKey | ec.EllipticCurvePrivateKey
KINDS = ("ed25519", "ecdsa-p256")


class KeyDestroyed(Exception):
    """This key was destroyed on order; what it encrypted cannot be opened any more, and it is never made again."""


class Keyring:
    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def secret(self, name: str, size: int = 32) -> bytes:
        """Return the ``size`` random bytes kept in file ``name``, making them at first use."""
        return self._load_or_make(name, lambda: secrets.token_bytes(size))

    def password(self, name: str) -> str:
        """A printable secret of 256 bits."""
        return self._load_or_make(name, lambda: secrets.token_urlsafe(32).encode()).decode()

    def signing_key(self, name: str = "log-signing.pem", kind: str = "ed25519") -> SigningKey:
        """The key in file ``name``; ``kind`` is what is made where there is none yet."""

        def make() -> bytes:
            key = Ed25519PrivateKey.generate() if kind == "ed25519" else ec.generate_private_key(ec.SECP256R1())
            return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

        key = load_pem_private_key(self._load_or_make(name, make), password=None)
        if isinstance(key, Ed25519PrivateKey) or (isinstance(key, ec.EllipticCurvePrivateKey) and isinstance(key.curve, ec.SECP256R1)):
            return key
        raise TypeError(f"{name} holds neither an Ed25519 nor a P-256 key")

    def succeed(self, name: str, *, by: str, aside: str) -> None:
        """The key in file ``by`` takes the place of ``name``, which is put ``aside``. May be repeated after a power cut."""
        path, next_path, kept = (self.directory / file for file in (name, by, aside))
        kept.parent.mkdir(mode=0o700, exist_ok=True)
        with suppress(FileExistsError):
            os.link(path, kept)
        durable.sync_directory(kept.parent)
        next_path.replace(path)
        durable.sync_directory(self.directory)

    def django_secret(self) -> str:
        return self.secret("session.key").hex()

    def destroyed(self, name: str) -> bool:
        """Whether the key in file ``name`` was destroyed."""
        return self._tombstone(name).exists()

    def destroy(self, name: str, record: bytes) -> None:
        """End the key for good: ``record`` takes its place before it goes, and both steps survive a power cut. May be repeated."""
        path, tombstone = self.directory / name, self._tombstone(name)
        if not tombstone.exists():
            self._put(tombstone, record)
        with suppress(FileNotFoundError):
            with path.open("r+b") as file:
                file.write(bytes(path.stat().st_size))
                file.flush()
                os.fsync(file.fileno())
            path.unlink()
        durable.sync_directory(path.parent)

    def _tombstone(self, name: str) -> Path:
        return (self.directory / name).with_suffix(".destroyed")

    def _load_or_make(self, name: str, make: Callable[[], bytes]) -> bytes:
        path = self.directory / name
        if self.destroyed(name):
            raise KeyDestroyed(name)
        try:
            return path.read_bytes()
        except FileNotFoundError:
            self._put(path, make())
        if self.destroyed(name):  # while it was made
            path.unlink(missing_ok=True)
            raise KeyDestroyed(name)
        return path.read_bytes()

    def _put(self, path: Path, content: bytes) -> None:
        """Durably, whole or not at all, and never over a file that another process made first."""
        self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.parent.mkdir(mode=0o700, exist_ok=True)
        draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
        durable.sync_directory(path.parent)
