"""Writing evidence: in the caller's transaction, one statement, one batch."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import psycopg
from django.db import connection, transaction

from govshare.audit import keys, writing
from govshare.audit.receipts import Promise
from govshare.audit.rules import (
    LARGEST_BATCH,
    Entry,
    identifier_month,
    sealed_identifier,
    subject_hash,
)
from govshare.kernel.actor import Actor
from govshare.kernel.context import REQUEST_ID
from govshare.regulation.conventions import convention
from govshare.regulation.rule_set import RULE_SET

MONTHLY_KEYS = convention("PC-100")


def record(
    *,
    action: str,
    basis: object,
    by: Actor,
    now: datetime,
    outcome: str = "allowed",
    reason: str = "",
    about: str = "",
    resource: str = "",
    grant: str = "",
    parties: Iterable[str] = (),
    purpose: str = "",
    case: str = "",
    subject: str = "",
    counts: Mapping[str, int] | None = None,
    digests: Mapping[str, str] | None = None,
    detail: Mapping[str, str] | None = None,
) -> Promise:
    """Record one thing that happened, in the caller's transaction; call it last there, for the promise runs from now on.

    ``parties`` are ids of organizations that may see it besides the actor's own; ``subject`` is the identifier of the person or
    firm asked about, kept as a keyed hash and encrypted under the key of the month, never as it is. Raises what the database
    raises: what cannot be recorded must not happen.
    """
    written = entry(
        action=action,
        basis=basis,
        by=by,
        now=now,
        outcome=outcome,
        reason=reason,
        about=about,
        resource=resource,
        grant=grant,
        parties=parties,
        purpose=purpose,
        case=case,
        subject=subject,
        counts=counts,
        digests=digests,
        detail=detail,
    )
    return record_many([written])[0]


def entry(
    *,
    action: str,
    basis: object,
    by: Actor,
    now: datetime,
    outcome: str = "allowed",
    reason: str = "",
    about: str = "",
    resource: str = "",
    grant: str = "",
    parties: Iterable[str] = (),
    purpose: str = "",
    case: str = "",
    subject: str = "",
    counts: Mapping[str, int] | None = None,
    digests: Mapping[str, str] | None = None,
    detail: Mapping[str, str] | None = None,
) -> Entry:
    """Make an entry for ``record_many``; the words are those of ``record``."""
    return Entry(
        at=now,
        action=action,
        basis=str(basis),
        rule_set=RULE_SET,
        by=by,
        outcome=outcome,
        reason=reason,
        about=str(about),
        resource=str(resource),
        grant=str(grant),
        purpose=purpose,
        case=case,
        subject=subject_hash(keys.subject_key(), subject),
        identifier=_sealed(subject, now) if subject else "",
        request_id=REQUEST_ID.get(),
        parties=frozenset(str(party) for party in parties),
        counts=counts or {},
        digests=digests or {},
        detail=detail or {},
    )


def _sealed(identifier: str, at: datetime) -> str:
    """Encrypted under the key of its month (PC-100); after that key was destroyed, an entry of that month keeps the hash alone."""
    month = identifier_month(at)
    key = keys.identifier_key(month)
    return sealed_identifier(key, month, identifier) if key else ""


def record_many(entries: Sequence[Entry]) -> list[Promise]:
    """Record up to 1,000 entries as one batch, in the caller's transaction and one round trip; promises come in the same order."""
    if not 1 <= len(entries) <= LARGEST_BATCH:
        raise ValueError(f"a batch holds 1 to {LARGEST_BATCH} entries, not {len(entries)}")
    tree = keys.tree()
    bodies = [written.canonical(tree.name) for written in entries]
    leaves = [tree.leaf(body) for body in bodies]
    with transaction.atomic(savepoint=False):
        batch, recorded_at = _write(bodies, leaves)
    key = keys.promise_key()
    return [
        Promise(batch=batch, ordinal=ordinal, at=recorded_at, leaf_hash=leaf, body=body, key=key)
        for ordinal, (leaf, body) in enumerate(zip(leaves, bodies, strict=True))
    ]


def _write(bodies: Sequence[bytes], leaves: Sequence[bytes]) -> tuple[int, datetime]:
    """Through Django's own session, but with parameters bound by the server: a body is sent as it is, not as a quoted literal."""
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        return writing.write(cursor, bodies, leaves)
