"""Witnesses and the platform: its own log is shown to its witnesses, and it witnesses the logs of others.

A witness that does not find the log consistent with what it saw before is an alarm: it is recorded, and nothing hides it.
"""

import base64
from datetime import datetime
from pathlib import Path

import structlog
from django.conf import settings
from django.db import connection, transaction

from govshare.audit import keys, queries, verifier
from govshare.audit.log import Head, Log, open_log
from govshare.audit.models import Cosignature, Objection
from govshare.audit.posting import Posted, Unreachable, post
from govshare.audit.services.recording import record
from govshare.audit.witnessing import SIZE, Answer, Asked, Witness
from govshare.kernel.actor import PLATFORM
from govshare.regulation.conventions import convention

COSIGNED = convention("PC-106")

log = structlog.get_logger(__name__)


def cosign(*, now: datetime) -> int:
    """Ask every witness for the newest checkpoint; return how many cosigned it. One that cannot be reached is asked again next time."""
    own = open_log()
    head = queries.last_checkpoint(own)
    if head is None:
        return 0
    return sum(_asked(own, head, witness, url, now) for witness, url in settings.GOVSHARE_WITNESSES)


def _asked(own: Log, head: Head, witness: verifier.Key, url: str, now: datetime) -> bool:
    newest = Cosignature.objects.filter(witness=witness.name).order_by("-size").first()
    if newest and newest.size >= head.size:
        return False
    try:
        answer = _post(own, head, url, newest.size if newest else 0)
        seen = _seen(answer)
        if seen is not None and seen <= head.size and seen != (newest.size if newest else 0):
            answer = _post(own, head, url, seen)
    except Unreachable as problem:
        log.warning("audit.witness_unreachable", witness=witness.name, problem=str(problem))
        return False
    if answer.status == 200:
        return _kept(head, witness, answer.body)
    if answer.status in {409, 422}:
        _alarm(head, witness, answer, now)
    else:
        log.warning("audit.witness_refused", witness=witness.name, status=answer.status)
    return False


def _post(own: Log, head: Head, url: str, old: int) -> Posted:
    asked = Asked(old, own.tiles.consistency_proof(old, head.size), head.note)
    authority = Path(settings.GOVSHARE_WITNESS_CA) if settings.GOVSHARE_WITNESS_CA else None
    return post(f"{url}/add-checkpoint", asked.body, kind="text/plain", authority=authority)


def _seen(answer: Posted) -> int | None:
    """The size a witness says it saw last."""
    text = answer.body.decode("ascii", "replace").strip()
    return int(text) if answer.status == 409 and answer.kind == SIZE and text.isdecimal() and len(text) < 19 else None


def _kept(head: Head, witness: verifier.Key, body: bytes) -> bool:
    """Keep the witness's line, if it holds."""
    for line in body.decode("utf-8", "replace").splitlines(keepends=True):
        try:
            trust = verifier.Trust((verifier.Era(open_log().verification_key()),), (witness,), 1)
            (cosigned,) = verifier.open_cosignatures(head.note, line, trust)
        except verifier.Altered:
            continue
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO audit_cosignature (size, witness, line, at) VALUES (%s, %s, %s, to_timestamp(%s)) ON CONFLICT DO NOTHING",
                [head.size, witness.name, line, cosigned.time],
            )
        return True
    log.warning("audit.witness_signature_wrong", witness=witness.name)
    return False


@transaction.atomic
def _alarm(head: Head, witness: verifier.Key, answer: Posted, now: datetime) -> None:
    """Recorded once, until the witness cosigns again."""
    said = f"{answer.status} {answer.body.decode('utf-8', 'replace')[:200]}".strip()
    log.critical("audit.witness_objects", witness=witness.name, size=head.size, answer=said)
    last = Objection.objects.filter(witness=witness.name).order_by("-number").first()
    if last and not Cosignature.objects.filter(witness=witness.name, size__gte=last.size).exists():
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO audit_objection (witness, size, answer, at) VALUES (%s, %s, %s, %s)", [witness.name, head.size, said, now]
        )
    record(
        action="audit:checkpoint:doubt",
        basis=COSIGNED,
        by=PLATFORM,
        now=now,
        outcome="refused",
        reason="见证方认为日志与它先前所见不一致：请立即运行核查（fsck），查明是否恢复过旧备份或被改动",
        about=witness.name,
        counts={"size": head.size},
        digests={"root": base64.b64encode(head.root).decode()},
        detail={"answer": said, "checkpoint": head.note},
    )


def witness(*, body: bytes, now: datetime) -> Answer:
    """What this platform says as a witness of another's log; a log that contradicts itself is recorded with both its checkpoints."""
    memory = Path(settings.GOVSHARE_EVIDENCE) / "witnessed"
    answer = Witness(keys.witness_key(), settings.GOVSHARE_WITNESSED_LOGS, memory).add_checkpoint(body, now=now)
    if answer.contradiction:
        _contradicted(*answer.contradiction, now)
    return answer


@transaction.atomic
def _contradicted(before: str, after: str, now: datetime) -> None:
    """Recorded once for every checkpoint cosigned before: whoever signs two logs cannot fill this one with it."""
    origin, size = before.split("\n")[:2]
    log.critical("audit.witnessed_log_contradicts_itself", origin=origin, size=size)
    if queries.recorded(action="audit:log:contradict", about=f"{origin} {size}"):
        return
    record(
        action="audit:log:contradict",
        basis=COSIGNED,
        by=PLATFORM,
        now=now,
        outcome="refused",
        reason="所见证的日志前后不一致，不予连署；两份检查点均由该日志签名，可作为其改写或分叉的证据",
        about=f"{origin} {size}",
        detail={"before": before, "after": after[:20_000]},
    )
