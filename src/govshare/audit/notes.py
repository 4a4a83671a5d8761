"""Signed notes in the C2SP form (c2sp.org/signed-note): text, blank line, one signature line. Ed25519."""

import base64
import hashlib
from dataclasses import dataclass
from functools import cached_property

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

ED25519 = b"\x01"  # signature type in the C2SP registry


@dataclass(frozen=True)
class NoteKey:
    """A private key under a name. One key may serve several names; each name has its own key id."""

    name: str
    key: Ed25519PrivateKey

    @cached_property
    def public(self) -> bytes:
        return self.key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)

    @cached_property
    def id(self) -> bytes:
        return hashlib.sha256(self.name.encode() + b"\n" + ED25519 + self.public).digest()[:4]

    def verification_key(self) -> str:
        """``name+hash+key``, what a verifier needs."""
        return f"{self.name}+{self.id.hex()}+{base64.b64encode(ED25519 + self.public).decode()}"

    def sign(self, text: str) -> str:
        """Return the signed note; ``text`` ends with a newline."""
        if not text.endswith("\n") or any(character < " " and character != "\n" for character in text):
            raise ValueError("a note is lines of text without control characters")
        signature = self.id + self.key.sign(text.encode())
        return f"{text}\n— {self.name} {base64.b64encode(signature).decode()}\n"
