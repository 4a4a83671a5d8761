"""Passwords of other people's databases, sealed (CD2016-34).

AES-256-GCM under ``credentials.key`` of the key directory; the row's id is the associated data, so a token moved to
another row does not open. A token is ``v1:<key id>:<base64url of 12-byte nonce and ciphertext>``. The key id is eight
hex digits that name a key without telling it. After ``rotate`` the former key stays as ``credentials-<key id>.key``
until every token has been sealed again; the keys are files, never in the database, and belong into the backup.
"""

import base64
import hashlib
import os
import secrets
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from govshare.kernel.keyring import Keyring

CURRENT = "credentials.key"
_NONCE = 12  # bytes, as NIST SP 800-38D has it


class CannotOpen(Exception):
    """The key that sealed this password is not in the key directory, or the token was altered: set the password again."""


def key_id(key: bytes) -> str:
    return hashlib.sha256(b"govshare credentials key\0" + key).hexdigest()[:8]


def seal(keyring: Keyring, password: str, *, row: UUID) -> str:
    key = keyring.secret(CURRENT)
    nonce = secrets.token_bytes(_NONCE)
    sealed = nonce + AESGCM(key).encrypt(nonce, password.encode(), row.bytes)
    return f"v1:{key_id(key)}:{base64.urlsafe_b64encode(sealed).decode()}"


def open_sealed(keyring: Keyring, token: str, *, row: UUID) -> str:
    """The password in ``token``; raises ``CannotOpen``, whose text holds nothing of it."""
    version, _, rest = token.partition(":")
    name, _, body = rest.partition(":")
    if version != "v1":
        raise CannotOpen(f"unknown seal {version}")
    try:
        sealed = base64.urlsafe_b64decode(body)
        return AESGCM(_key(keyring, name)).decrypt(sealed[:_NONCE], sealed[_NONCE:], row.bytes).decode()
    except (InvalidTag, ValueError):
        raise CannotOpen("the token does not belong to this row, or was altered") from None


def sealed_by_current(keyring: Keyring, token: str) -> bool:
    return token.split(":", 2)[1] == key_id(keyring.secret(CURRENT))


def rotate(keyring: Keyring) -> str:
    """Make a new ``credentials.key``, keep the former one beside it, return the new key's id. Tokens of both open from here on."""
    former = keyring.secret(CURRENT)
    kept = keyring.directory / f"credentials-{key_id(former)}.key"
    if not kept.exists():
        os.link(keyring.directory / CURRENT, kept)
    draft = f"credentials-draft-{secrets.token_hex(8)}.key"
    fresh = keyring.secret(draft)
    (keyring.directory / draft).replace(keyring.directory / CURRENT)
    return key_id(fresh)


def _key(keyring: Keyring, name: str) -> bytes:
    current = keyring.secret(CURRENT)
    if key_id(current) == name:
        return current
    try:
        key = (keyring.directory / f"credentials-{name}.key").read_bytes()
    except FileNotFoundError:
        raise CannotOpen(f"key {name} is not in the key directory") from None
    if key_id(key) != name:
        raise CannotOpen(f"the file of key {name} holds another key")
    return key
