"""The numbers of platform conventions 「平台约定」, set by the authority, each with its reason, never retroactively."""

from datetime import datetime

from django.db import transaction

from govshare.audit import services as audit
from govshare.duties import queries, rules
from govshare.duties.models import Parameter
from govshare.duties.services import locks
from govshare.kernel.actor import Actor
from govshare.kernel.errors import Fault, Invalid, NotFound, WrongState
from govshare.kernel.roles import Role
from govshare.regulation.conventions import CONVENTIONS
from govshare.regulation.words import said


@transaction.atomic
def set_parameter(*, number: str, value: int, reason: str, by: Actor, now: datetime) -> Parameter:
    """From ``now`` on ``value`` is in force for convention ``number``; what has arisen before stays as it is.

    Who asks for the value that somebody set a moment before gets that; for another one, is told to look again.
    """
    by.need(Role.AUTHORITY, Role.PLATFORM, basis=rules.PARAMETERS)
    row = CONVENTIONS.get(number)
    if row is None or row.default is None:
        raise NotFound(f"平台约定{number}没有可调整的数值", basis=rules.PARAMETERS)
    if not row.least <= value <= row.most:
        message = f"{row.title}应在{row.least}至{row.most}之间"
        raise Invalid(message, basis=rules.PARAMETERS, faults=[Fault("value", message)])
    reason = said("reason", reason, basis=rules.PARAMETERS)
    locks.hold_parameters_alone()
    before = queries.parameter(number)
    later = Parameter.objects.filter(number=number, since__gte=now).order_by("-since").first()
    if later is not None and later.value == value:
        return later
    if later is not None:
        raise WrongState("该数值刚被调整过，请刷新后再看", basis=rules.PARAMETERS)
    parameter = Parameter.objects.create(number=number, value=value, since=now, by=by.id, reason=reason)
    audit.record(
        action="duties:parameter:set",
        basis=rules.PARAMETERS,
        by=by,
        now=now,
        reason=reason,
        about=number,
        detail={"before": str(before), "after": str(value), "unit": row.unit},
    )
    return parameter
