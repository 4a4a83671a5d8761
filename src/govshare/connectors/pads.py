"""The two pads of HMAC-SHA-256 (RFC 2104), which a database adds before what it hashes."""

from typing import Final

_BLOCK: Final = 64  # bytes


def pads(key: bytes) -> tuple[bytes, bytes]:
    """The two blocks HMAC-SHA-256 puts before the inner and the outer message."""
    if len(key) > _BLOCK:
        raise ValueError("a hash key has at most 64 bytes")
    block = key.ljust(_BLOCK, b"\0")
    return bytes(byte ^ 0x36 for byte in block), bytes(byte ^ 0x5C for byte in block)
