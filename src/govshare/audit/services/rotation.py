"""The log's signing key is handed over to a new one: both sign where the log stood, and the log goes on.

Every step can be repeated, and each is durable before the next: the new key (file) → the hand-over (file) → the new key takes the old
one's place (file) → the record (database). Between the second and the third nothing is signed; running it again takes it up.
"""

from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction

from govshare.audit import keys, statements, verifier
from govshare.audit.log import Log, open_log
from govshare.audit.models import Handover
from govshare.audit.notes import NoteKey
from govshare.audit.services.recording import record
from govshare.audit.services.sequencer import check_memory, sequencer
from govshare.kernel import durable
from govshare.kernel.actor import Actor
from govshare.kernel.errors import Invalid
from govshare.kernel.keyring import KINDS, Keyring
from govshare.regulation.conventions import convention

BOTH_SIGN = convention("PC-105")


def rotate_key(*, kind: str, by: Actor, now: datetime) -> verifier.Handover:
    """Hand over to a new key of ``kind``; a hand-over that was begun and not finished is finished instead."""
    if kind not in KINDS:
        raise Invalid(f"密钥种类应为 {'、'.join(KINDS)} 之一，请改正", basis=BOTH_SIGN)
    log = open_log()
    with log.alone(), sequencer():
        check_memory(log)
        if log.trust().eras[-1].key == log.key.verifier:
            _hand_over(log, _next_key(log, kind), now)
        ring = Keyring(Path(settings.GOVSHARE_KEYS))
        ring.succeed(keys.SIGNING, by=keys.NEXT, aside=f"retired/log-signing-{log.verification_key().id.hex()}.pem")
        _remember(log, by, now)
    return verifier.handovers(log.handovers(), log.origin)[-1]


def _next_key(log: Log, kind: str) -> NoteKey:
    """The key that comes; one that was made for a hand-over that never came about, and is of another kind, was never used."""
    ring = Keyring(Path(settings.GOVSHARE_KEYS))
    made = NoteKey(log.origin, ring.signing_key(keys.NEXT, kind))
    if made.verifier.kind != {"ed25519": verifier.ED25519, "ecdsa-p256": verifier.ECDSA}[kind]:
        (ring.directory / keys.NEXT).unlink()
        made = NoteKey(log.origin, ring.signing_key(keys.NEXT, kind))
    return made


def _hand_over(log: Log, new: NoteKey, now: datetime) -> None:
    head = log.head()
    size, root = (head.size, head.root) if head else (0, log.tree.empty)
    note = statements.handover(old=log.key, new=new, size=size, root=root, at=now)
    chain = log.handovers() + note.encode()
    try:
        verifier.follow(chain, log.key.verifier)
    except verifier.Altered as wrong:
        raise Invalid(f"{wrong.chinese}：时钟早于上一次交接，请校准时钟后再办", basis=BOTH_SIGN) from wrong
    durable.write(log.handover_path, chain)


@transaction.atomic
def _remember(log: Log, by: Actor, now: datetime) -> None:
    """What the file says and the table does not yet."""
    known = Handover.objects.count()
    for number, link in enumerate(verifier.handovers(log.handovers(), log.origin)):
        if number < known:
            continue
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO audit_handover (number, size, root, old_key, new_key, note, at) VALUES (%s, %s, %s, %s, %s, %s, %s)",
                [number, link.size, link.root, link.old.text, link.new.text, link.note, link.at],
            )
        record(
            action="audit:key:rotate",
            basis=BOTH_SIGN,
            by=by,
            now=now,
            about=link.new.id.hex(),
            counts={"size": link.size},
            digests={"root": link.root.hex()},
            detail={"from": link.old.text, "to": link.new.text},
        )
