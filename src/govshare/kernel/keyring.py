"""Key files: one directory outside the database, mode 0700, every file 0600, made at first use, never overwritten.

Losing ``subject.key`` ends subject search and losing ``credentials.key`` loses the stored database passwords,
so ``doctor`` and the backup insist on this directory.
"""

import os
import secrets
from collections.abc import Callable
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

FILES = ("log-signing.pem", "subject.key", "credentials.key", "session.key")


class Keyring:
    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def secret(self, name: str, size: int = 32) -> bytes:
        """Return the ``size`` random bytes kept in file ``name``, making them at first use."""
        return self._load_or_make(name, lambda: secrets.token_bytes(size))

    def password(self, name: str) -> str:
        """A printable secret of 256 bits."""
        return self._load_or_make(name, lambda: secrets.token_urlsafe(32).encode()).decode()

    def signing_key(self, name: str = "log-signing.pem") -> Ed25519PrivateKey:
        def make() -> bytes:
            return Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

        key = load_pem_private_key(self._load_or_make(name, make), password=None)
        if not isinstance(key, Ed25519PrivateKey):
            raise TypeError(f"{name} holds no Ed25519 key")
        return key

    def django_secret(self) -> str:
        return self.secret("session.key").hex()

    def _load_or_make(self, name: str, make: Callable[[], bytes]) -> bytes:
        path = self.directory / name
        try:
            return path.read_bytes()
        except FileNotFoundError:
            pass
        self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = self.directory / f".{name}.{secrets.token_hex(8)}"
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(make())
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)  # atomic, and never over a key that another process made first
        except FileExistsError:
            pass
        finally:
            draft.unlink()
        return path.read_bytes()
