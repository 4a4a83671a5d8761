"""Signed notes in the C2SP form (c2sp.org/signed-note): text, blank line, signature lines. Ed25519 or ECDSA P-256."""

import base64
import struct
from dataclasses import dataclass
from functools import cached_property

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from govshare.audit.verifier import COSIGNATURE, ECDSA, ED25519, P256_ORDER, Key, cosigned_text

PrivateKey = Ed25519PrivateKey | ec.EllipticCurvePrivateKey


@dataclass(frozen=True)
class NoteKey:
    """A private key under a name. One key may serve several names; each name has its own key id."""

    name: str
    key: PrivateKey

    @cached_property
    def verifier(self) -> Key:
        """The public half."""
        public = self.key.public_key()
        if isinstance(self.key, Ed25519PrivateKey):
            return Key(self.name, public.public_bytes(Encoding.Raw, PublicFormat.Raw), ED25519)
        return Key(self.name, public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo), ECDSA)

    @property
    def public(self) -> bytes:
        return self.verifier.public

    @property
    def id(self) -> bytes:
        return self.verifier.id

    def named(self, name: str) -> "NoteKey":
        return NoteKey(name, self.key)

    def verification_key(self) -> str:
        """``name+hash+key``, what a verifier needs."""
        return self.verifier.text

    def sign(self, text: str) -> str:
        """Return the signed note; ``text`` ends with a newline. The same text and key give the same bytes."""
        return f"{text}\n{self.line(text)}"

    def line(self, text: str) -> str:
        """The signature line alone, for a note that several sign."""
        if not text.endswith("\n") or any(character < " " and character != "\n" for character in text):
            raise ValueError("a note is lines of text without control characters")
        return signature_line(self.name, self.id + self._made(text.encode()))

    def _made(self, data: bytes) -> bytes:
        if isinstance(self.key, Ed25519PrivateKey):
            return self.key.sign(data)
        r, s = decode_dss_signature(self.key.sign(data, ec.ECDSA(hashes.SHA256(), deterministic_signing=True)))
        return encode_dss_signature(r, min(s, P256_ORDER - s))


@dataclass(frozen=True)
class CosigningKey:
    """A witness's key: it signs nothing but checkpoints it saw, with the time at which it saw them."""

    name: str
    key: Ed25519PrivateKey

    @cached_property
    def verifier(self) -> Key:
        """The public half."""
        return Key(self.name, self.key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw), COSIGNATURE)

    def line(self, text: str, time: int) -> str:
        """The cosignature line for a checkpoint's ``text`` at ``time``, seconds since 1970."""
        signature = self.key.sign(cosigned_text(time, text))
        return signature_line(self.name, self.verifier.id + struct.pack(">Q", time) + signature)


def signature_line(name: str, signature: bytes) -> str:
    return f"— {name} {base64.b64encode(signature).decode()}\n"
