"""Looking into the log: who may see what; the audit administrator's looks are themselves recorded."""

from datetime import datetime

import structlog
from django.db import transaction

from govshare.audit import queries
from govshare.audit.log import LogRewound
from govshare.audit.queries import Found, Page
from govshare.audit.services.fsck import Report, fsck
from govshare.audit.services.recording import record
from govshare.kernel.actor import Actor
from govshare.kernel.errors import Invalid, NotYours, TooMany, Unavailable
from govshare.kernel.roles import Role
from govshare.regulation.conventions import convention

OWN_RECORDS = convention("PC-61")
LOOKS_RECORDED = convention("PC-62")
NOT_REWOUND = convention("PC-64")

EXPORTED = 10_000  # entries handed out at once
CHECKED_AT_ONCE = 500_000  # entries that are checked while somebody waits for the answer

log = structlog.get_logger(__name__)


@transaction.atomic
def read_receipt(*, number: str, by: Actor, now: datetime) -> bytes:
    """The receipt, for its parties and for the audit administrator 「审计管理员」, whose look is recorded.

    Raises ``NotFound``, and ``Unavailable`` while the log does not hold together.
    """
    visible = None if sees_all(by) else _own(by)
    try:
        file = queries.receipt(number, for_organization=visible)
    except LogRewound as rewound:
        log.critical("audit.log_rewound", problem=str(rewound))
        raise Unavailable("日志正在核查，暂时不能给出回执，请稍后再取；已告知运维", basis=NOT_REWOUND) from rewound
    if visible is None:
        record(action="audit:receipt:read", basis=LOOKS_RECORDED, by=by, now=now, about=number)
    return file


@transaction.atomic
def search(
    *,
    by: Actor,
    now: datetime,
    action: str = "",
    about: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
    before: str = "",
    limit: int = queries.PAGE,
) -> Page:
    """Search the log as ``by`` may see it: the own organization's entries, or all for the audit administrator, recorded."""
    visible = None if sees_all(by) else _own(by)
    page = queries.entries(for_organization=visible, action=action, about=about, since=since, until=until, before=before, limit=limit)
    if visible is None:
        asked = {"action": action, "about": about, "since": since, "until": until, "before": before}
        record(
            action="audit:entry:search",
            basis=LOOKS_RECORDED,
            by=by,
            now=now,
            counts={"found": len(page.found)},
            detail={name: str(value) for name, value in asked.items() if value},
        )
    return page


@transaction.atomic
def export(
    *,
    by: Actor,
    now: datetime,
    action: str = "",
    about: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
) -> tuple[Found, ...]:
    """Everything ``search`` would leaf through, at once and with one record; more than ``EXPORTED`` entries are refused."""
    visible = None if sees_all(by) else _own(by)
    found: list[Found] = []
    before = ""
    while True:
        page = queries.entries(for_organization=visible, action=action, about=about, since=since, until=until, before=before)
        found += page.found
        if len(found) > EXPORTED:
            raise Invalid(f"超过 {EXPORTED} 条，请缩小时间范围或指定事项后再导出", basis=queries.LAW)
        if not page.next:
            break
        before = page.next
    if visible is None:
        asked = {"action": action, "about": about, "since": since, "until": until}
        detail = {name: str(value) for name, value in asked.items() if value}
        record(action="audit:entry:export", basis=LOOKS_RECORDED, by=by, now=now, counts={"found": len(found)}, detail=detail)
    return tuple(found)


@transaction.atomic
def check(*, by: Actor, now: datetime) -> Report:
    """Check the whole log because the audit administrator 「审计管理员」 asks for it, and record what came of it."""
    by.need(Role.AUDIT_ADMIN, basis=LOOKS_RECORDED)
    if queries.placed() > CHECKED_AT_ONCE:
        raise TooMany(f"日志超过 {CHECKED_AT_ONCE} 条，请运维人员在服务器上核查（fsck）", basis=queries.LAW)
    report = fsck()
    record(
        action="audit:log:check",
        basis=LOOKS_RECORDED,
        by=by,
        now=now,
        outcome="allowed",
        reason="" if report.sound else report.findings[0].message,
        counts={"entries": report.entries, "checkpoints": report.checkpoints, "findings": len(report.findings)},
    )
    return report


def sees_all(by: Actor) -> bool:
    """Whether everything is shown to ``by``, whose looks are therefore recorded (PC-62)."""
    return by.is_one_of({Role.AUDIT_ADMIN})


def _own(by: Actor) -> str:
    if not by.organization:
        raise NotYours("只能查看本部门的记录", basis=OWN_RECORDS)
    return by.organization
