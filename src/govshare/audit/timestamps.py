"""Time stamps (RFC 3161) over checkpoints: what is asked of the authority, and whether its answer holds.

Needs ``rfc3161-client`` (the extra ``tsa``). What is stamped is the checkpoint as the log signed it, without cosignatures.
"""

from datetime import datetime
from pathlib import Path

from cryptography import x509

from govshare.audit.posting import Posted, post
from govshare.audit.verifier import split_note


class NotStamped(Exception):
    """The authority's answer does not hold: check its address and its certificate."""


def stamped(note: str) -> bytes:
    """The bytes that are stamped of a checkpoint: its text and the log's own signature line."""
    text, _ = split_note(note)
    return f"{text}\n{note[len(text) + 1 :].partition(chr(10))[0]}\n".encode()


def stamp(note: str, *, url: str, authority: Path) -> tuple[bytes, datetime]:
    """A new token over the checkpoint, verified, and the time it states. ``NotStamped``, or ``posting.Unreachable``."""
    from rfc3161_client import HashAlgorithm, TimestampRequestBuilder

    request = TimestampRequestBuilder().data(stamped(note)).hash_algorithm(HashAlgorithm.SHA256).nonce(nonce=True).build()
    answer: Posted = post(url, request.as_bytes(), kind="application/timestamp-query")
    if answer.status != 200:
        raise NotStamped(f"{url}: {answer.status}")
    return answer.body, stamped_at(note, answer.body, authority=authority, nonce=request.nonce)


def stamped_at(note: str, token: bytes, *, authority: Path, nonce: int | None = None) -> datetime:
    """When the authority saw this checkpoint; ``authority`` holds the certificates to trust (PEM). ``NotStamped`` when it did not."""
    from rfc3161_client import VerificationError, VerifierBuilder, decode_timestamp_response

    try:
        response = decode_timestamp_response(token)
        builder = VerifierBuilder(roots=list(x509.load_pem_x509_certificates(authority.read_bytes())), nonce=nonce)
        builder.build().verify_message(response, stamped(note))
        moment: datetime = response.tst_info.gen_time
    except (ValueError, VerificationError) as wrong:
        raise NotStamped(str(wrong)) from wrong
    return moment
