"""What the platform refused, and why."""

from datetime import datetime

from govshare.audit.receipts import Promise
from govshare.audit.rules import clipped, clipped_texts
from govshare.audit.services.grouping import GROUP
from govshare.audit.services.recording import entry
from govshare.kernel.actor import Actor
from govshare.kernel.errors import Refused


def record_refusal(*, refusal: Refused, action: str, by: Actor, now: datetime, about: str = "", resource: str = "") -> Promise:
    """Record that ``action`` was refused and why; never what was refused. Call it outside the rolled-back transaction.

    It is durable when this returns, together with what others record at the same moment: a flood of refusals costs few commits.
    """
    return GROUP.record(
        entry(
            action=action,
            basis=refusal.basis,
            by=by,
            now=now,
            outcome="refused",
            reason=clipped(str(refusal)),
            about=clipped(str(about), 200),
            resource=clipped(str(resource), 200),
            detail={"code": refusal.code, **clipped_texts(refusal.detail)},
        )
    )
