"""Looking into the log: who may see what; the audit administrator's looks are themselves recorded.

Search over the whole log, hot and sealed, is the archive's; who sees what is settled here.
"""

from datetime import datetime

import structlog
from django.db import transaction

from govshare.audit import queries
from govshare.audit.log import LogRewound
from govshare.audit.services.recording import record
from govshare.kernel.actor import Actor
from govshare.kernel.errors import NotFound, NotYours, Unavailable
from govshare.kernel.roles import Role
from govshare.regulation.conventions import convention

OWN_RECORDS = convention("PC-61")
LOOKS_RECORDED = convention("PC-62")
NOT_REWOUND = convention("PC-64")
NO_CONTENT = convention("PC-118")

log = structlog.get_logger(__name__)


@transaction.atomic
def read_receipt(*, number: str, by: Actor, now: datetime) -> bytes:
    """The receipt, for its parties and for the audit administrator 「审计管理员」, whose look is recorded.

    Raises ``NotFound``, and ``Unavailable`` while the log does not hold together.
    """
    try:
        file = queries.receipt(number, for_organization=_visible_receipt(number, by))
    except LogRewound as rewound:
        log.critical("audit.log_rewound", problem=str(rewound))
        raise Unavailable("日志正在核查，暂时不能给出回执，请稍后再取；已告知运维", basis=NOT_REWOUND) from rewound
    if sees_all(by):
        record(action="audit:receipt:read", basis=LOOKS_RECORDED, by=by, now=now, about=number)
    return file


def sees_all(by: Actor) -> bool:
    """Whether everything is shown to ``by``, whose looks are therefore recorded (PC-62)."""
    return by.is_one_of({Role.AUDIT_ADMIN})


def sees_none(by: Actor) -> bool:
    """Whether ``by`` is shown nothing of what others did (PC-118): 系统管理员 and 安全管理员 of the three administrators."""
    return by.is_one_of({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN})


def visible_to(by: Actor) -> str:
    """The organization whose side of the log ``by`` may see; empty for all of it. ``NotYours`` who may see none."""
    if sees_all(by):
        return ""
    if sees_none(by):
        raise NotYours("系统管理员、安全管理员不查看日志内容；本人办理的可凭回执号查看", basis=NO_CONTENT)
    if not by.organization:
        raise NotYours("只能查看本部门的记录", basis=OWN_RECORDS)
    return by.organization


def _visible_receipt(number: str, by: Actor) -> str | None:
    """As ``visible_to``; who sees nothing else still gets the receipt of what was done in person."""
    if sees_none(by) and queries.find(number, for_organization=by.organization).actor != by.id:
        raise NotFound("没有这个回执号，或不是本人办理的；系统管理员、安全管理员只看本人办理的回执", basis=NO_CONTENT)
    return by.organization if sees_none(by) else visible_to(by) or None
