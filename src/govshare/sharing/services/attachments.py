"""Files beside a demand: read once into memory, judged, and only then kept under the digest of their content (PC-39 to PC-41).

What is refused never reaches the disk, and neither its name nor its content is recorded (CD2016-5.4).
"""

import hashlib
from datetime import datetime
from uuid import UUID

from django.db import transaction

from govshare.audit import services as audit
from govshare.duties import queries as duty_queries
from govshare.kernel.actor import Actor
from govshare.kernel.errors import Fault, Invalid, WrongState
from govshare.regulation.files import Readable
from govshare.sharing.models import Attachment, Demand
from govshare.sharing.queries import attachments, parties
from govshare.sharing.queries.attachments import SHELF
from govshare.sharing.rules import Side
from govshare.sharing.rules.attachments import ATTACHMENTS, COUNT, SIZE
from govshare.sharing.rules.demands import DRAFTERS, EDITABLE, OWN_CHECK, DemandStatus
from govshare.sharing.services import acts

ATTACHABLE = EDITABLE | {DemandStatus.ACCEPTING_INCOMPLETE, DemandStatus.DECIDING_INCOMPLETE}


@transaction.atomic
def add(*, demand: UUID, name: str, content: Readable, by: Actor, now: datetime) -> Attachment:
    """Attach a file to a draft, or to a demand whose completion was asked for. The same content twice is the same attachment."""
    found = _changeable(demand, by)
    data = ATTACHMENTS.read(content, megabytes=duty_queries.parameter(str(SIZE)))
    shown, kind = ATTACHMENTS.judge(name, data)
    digest = hashlib.sha256(data).hexdigest()
    same = found.attachments.filter(digest=digest).first()
    if same:
        return same
    if found.attachments.count() >= duty_queries.parameter(str(COUNT)):
        raise Invalid("附件已达上限，请先移除不需要的", basis=COUNT, faults=[Fault("file", "附件个数已达上限")])
    SHELF.put(data)
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
    SHELF.hold(found.digest)
    found.delete()
    if not held(found.digest):
        SHELF.take_away(found.digest)


def sweep(*, now: datetime) -> int:
    """Remove contents that no attachment holds, left behind where an act came to nothing a day ago or earlier; tells how many."""
    return SHELF.sweep(held=held, now=now)


def held(digest: str) -> bool:
    """Whether an attachment stands for this content."""
    return Attachment.objects.filter(digest=digest).exists()


def _changeable(demand_id: UUID, by: Actor) -> Demand:
    demand = acts.lock(demand_id, by=by)
    by.need(*sorted(DRAFTERS), basis=OWN_CHECK)
    by.need_own(parties.side(demand, Side.RECIPIENT), basis=OWN_CHECK)
    if demand.status not in ATTACHABLE:
        raise WrongState("只有草稿和补正中的需求可以增加附件", basis=OWN_CHECK)
    return demand
