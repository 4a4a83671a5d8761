"""Files beside a demand: read once into memory, judged, and only then kept under the digest of their content (PC-39 to PC-41).

What is refused never reaches the disk, and neither its name nor its content is recorded (CD2016-5.4).
"""

import hashlib
import os
import secrets
from datetime import datetime
from pathlib import Path
from typing import Protocol
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction

from govshare.audit import services as audit
from govshare.duties import queries as duty_queries
from govshare.kernel.actor import Actor
from govshare.kernel.errors import Fault, Invalid, WrongState
from govshare.regulation.secrecy import refuse_secret
from govshare.sharing.models import Attachment, Demand
from govshare.sharing.queries import attachments, parties
from govshare.sharing.rules import Side
from govshare.sharing.rules.attachments import COUNT, SIZE, FileType, readable, recognise, safe_name
from govshare.sharing.rules.demands import DRAFTERS, EDITABLE, OWN_CHECK, DemandStatus
from govshare.sharing.services import acts

ATTACHABLE = EDITABLE | {DemandStatus.ACCEPTING_INCOMPLETE, DemandStatus.DECIDING_INCOMPLETE}


_SWEEP_AFTER = 86_400  # seconds


class Readable(Protocol):
    """An open file, an upload, a stream."""

    def read(self, size: int, /) -> bytes: ...


@transaction.atomic
def add(*, demand: UUID, name: str, content: Readable, by: Actor, now: datetime) -> Attachment:
    """Attach a file to a draft, or to a demand whose completion was asked for. The same content twice is the same attachment."""
    found = _changeable(demand, by)
    data = _read(content)
    shown, kind = _judge(name, data)
    digest = hashlib.sha256(data).hexdigest()
    same = found.attachments.filter(digest=digest).first()
    if same:
        return same
    if found.attachments.count() >= duty_queries.parameter(str(COUNT)):
        raise Invalid("附件已达上限，请先移除不需要的", basis=COUNT, faults=[Fault("file", "附件个数已达上限")])
    _hold(digest)
    _keep(digest, data)
    promise = audit.record(
        action="sharing:attachment:add",
        basis=OWN_CHECK,
        by=by,
        now=now,
        about=found.number,
        resource=found.entry_code,
        parties=acts.who_sees(found),
        counts={"bytes": len(data)},
        digests={"content": f"sha256:{digest}"},
        detail={"name": shown},
    )
    return Attachment.objects.create(
        demand=found, name=shown, type=kind, size=len(data), digest=digest, receipt=promise.number, added_at=now, added_by=by.id
    )


@transaction.atomic
def remove(*, attachment: UUID, by: Actor, now: datetime) -> None:
    """Take a file off a draft; its content goes when nothing else holds it."""
    found = attachments.get(attachment, by=by)
    demand = _changeable(found.demand_id, by)
    if demand.status not in EDITABLE:
        raise WrongState("需求提交后附件不能移除，可以补充新的附件", basis=OWN_CHECK)
    audit.record(
        action="sharing:attachment:remove",
        basis=OWN_CHECK,
        by=by,
        now=now,
        about=demand.number,
        resource=demand.entry_code,
        parties=acts.who_sees(demand),
        digests={"content": f"sha256:{found.digest}"},
        detail={"name": found.name},
    )
    _hold(found.digest)
    found.delete()
    if not Attachment.objects.filter(digest=found.digest).exists():
        path = attachments.path_of(found.digest)
        transaction.on_commit(lambda: path.unlink(missing_ok=True))


def sweep(*, now: datetime) -> int:
    """Remove contents that no attachment holds, left behind where an act came to nothing a day ago or earlier; tells how many."""
    eldest, removed = now.timestamp() - _SWEEP_AFTER, 0
    for path in Path(settings.GOVSHARE_UPLOADS).glob("[0-9a-f][0-9a-f]/*"):
        if path.stat().st_mtime < eldest:
            removed += _drop_unheld(path)
    return removed


@transaction.atomic
def _drop_unheld(path: Path) -> bool:
    _hold(path.name)
    if Attachment.objects.filter(digest=path.name).exists():
        return False
    path.unlink(missing_ok=True)
    return True


def _changeable(demand_id: UUID, by: Actor) -> Demand:
    demand = acts.lock(demand_id, by=by)
    by.need(*sorted(DRAFTERS), basis=OWN_CHECK)
    by.need_own(parties.side(demand, Side.RECIPIENT), basis=OWN_CHECK)
    if demand.status not in ATTACHABLE:
        raise WrongState("只有草稿和补正中的需求可以增加附件", basis=OWN_CHECK)
    return demand


def _read(content: Readable) -> bytes:
    """The whole file, or a refusal after one byte more than is allowed."""
    megabytes = duty_queries.parameter(str(SIZE))
    most = megabytes * 1024 * 1024
    parts, left = [], most + 1
    while left and (part := content.read(min(left, 1024 * 1024))):
        parts.append(part)
        left -= len(part)
    if not left:
        raise Invalid(f"附件超过 {megabytes} MB，未保存", basis=SIZE, faults=[Fault("file", f"最大 {megabytes} MB")])
    return b"".join(parts)


def _judge(name: str, data: bytes) -> tuple[str, FileType]:
    refuse_secret({"filename": name})
    shown = safe_name(name)
    refuse_secret({"filename": shown, "filename_stem": shown.rpartition(".")[0]})
    kind = recognise(shown, data)
    for text in readable(kind, data):
        refuse_secret({"file": text})
    return shown, kind


def _hold(digest: str) -> None:
    """One at a time for each content, so that it is not removed while another demand attaches it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 2916))", [digest])


def _keep(digest: str, data: bytes) -> None:
    path = attachments.path_of(digest)
    if path.exists():
        return
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.parent / f".{secrets.token_hex(8)}"
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
