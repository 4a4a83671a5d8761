"""“Whom did X look up?”: one person asks with a reason, a second agrees, then the two of them see the identifiers (PC-120)."""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from django.db import transaction

from govshare.archive import two_persons
from govshare.archive.models import Opening, OpeningAnswer, OpeningLook
from govshare.archive.openings import LONGEST, MOST, State
from govshare.archive.search import hot, merged, shelf
from govshare.archive.search.criteria import Criteria, Placed, Row, before
from govshare.archive.services import second
from govshare.audit import keys, rules
from govshare.audit import queries as log
from govshare.audit import services as audit
from govshare.kernel.actor import Actor
from govshare.kernel.errors import Fault, Invalid, NotYours, WrongState
from govshare.kernel.ids import new_id
from govshare.kernel.roles import Role
from govshare.regulation.conventions import convention
from govshare.regulation.words import said

TWO = convention("PC-120")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """What is to be opened: one entry by its receipt number, or what a person or system did from ``since`` to before ``until``."""

    number: str = ""
    actor: str = ""
    actor_name: str = ""
    since: datetime | None = None
    until: datetime | None = None


@transaction.atomic
def ask(*, reach: Reach, reason: str, by: Actor, now: datetime) -> Opening:
    """Ask to see the identifiers in some entries; 审计管理员 only. Nothing is opened by it."""
    by.need(Role.AUDIT_ADMIN, basis=TWO)
    asked = Opening(
        **second.asked_by(by, now=now),
        number=reach.number.strip().upper(),
        actor=reach.actor,
        actor_name=reach.actor_name[:200],
        since=reach.since,
        until=reach.until,
        below=hot.log_end(),
        reason=said("reason", reason, basis=TWO),
    )
    _need_narrow(asked)
    asked.entries = _count(asked)
    asked.receipt = audit.record(
        action="archive:opening:ask",
        basis=TWO,
        by=by,
        now=now,
        about=str(asked.id),
        reason=asked.reason,
        counts={"entries": asked.entries},
        detail=_told(asked),
    ).number
    asked.save(force_insert=True)
    return asked


@transaction.atomic
def agree(*, opening: UUID, by: Actor, now: datetime) -> OpeningAnswer:
    """The second person's yes: from now on the two of them may look, for a day."""
    asked = second.take(Opening, opening, by=by, now=now)
    receipt = audit.record(action="archive:opening:agree", basis=TWO, by=by, now=now, about=str(asked.id), detail=_told(asked)).number
    return second.give(OpeningAnswer, asked, agreed=True, by=by, now=now, receipt=receipt)


@transaction.atomic
def refuse(*, opening: UUID, reason: str, by: Actor, now: datetime) -> OpeningAnswer:
    """The second person's no, and why; it ends the request."""
    asked, why = second.take(Opening, opening, by=by, now=now), said("reason", reason, basis=TWO)
    receipt = audit.record(action="archive:opening:refuse", basis=TWO, by=by, now=now, about=str(asked.id), reason=why).number
    return second.give(OpeningAnswer, asked, agreed=False, reason=why, by=by, now=now, receipt=receipt)


@dataclass(frozen=True, slots=True)
class Opened:
    """One entry with its identifier, or why that cannot be opened."""

    row: Row
    identifier: str
    closed: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    opened: tuple[Opened, ...]
    next: str


@transaction.atomic
def look(*, opening: UUID, by: Actor, now: datetime, start: str = "") -> Page:
    """The identifiers, for the two and for nobody else; every look is recorded."""
    asked = two_persons.find(Opening, opening)
    answer = two_persons.answer_to(asked)
    if by.id not in {asked.asked_by, answer.answered_by if answer else ""}:
        raise NotYours("只有提出人和同意人可以查看", basis=TWO)
    standing = two_persons.standing(asked, answer, now=now)
    if standing is not State.OPEN or answer is None:
        raise WrongState(f"现在不能查看：{standing.label}。需要的请重新提出", basis=TWO)
    rows, following = _rows(asked, start)
    opened = tuple(_opened(row) for row in rows)
    receipt = audit.record(
        action="archive:opening:look",
        basis=TWO,
        by=by,
        now=now,
        about=str(asked.id),
        counts={"entries": len(opened)},
        detail={**_told(asked), **({"start": start} if start else {})},
    ).number
    OpeningLook(
        id=new_id(), opening=asked.id, entries=len(opened), looked_at=now, looked_by=by.id, looked_by_name=by.name, receipt=receipt
    ).save(force_insert=True)
    return Page(opened, following)


def _need_narrow(asked: Opening) -> None:
    if asked.number:
        if asked.actor or asked.since or asked.until:
            raise Invalid("请只填回执号，或只填经办人和起止日期", basis=TWO, faults=[Fault("number", "二者选一")])
        return
    if not (asked.actor and asked.since and asked.until):
        raise Invalid("请填写回执号，或者经办人和起止日期", basis=TWO, faults=[Fault("actor", "须指明一名经办人和一段时间")])
    if not asked.since < asked.until <= asked.since + LONGEST:
        raise Invalid("起止日期不对", basis=TWO, faults=[Fault("until", f"不早于开始日期，一次最多 {LONGEST.days} 天")])


def _count(asked: Opening) -> int:
    if asked.number:
        if not _one(asked.number).identifier:
            raise Invalid("这条记录没有可以打开的号码", basis=TWO, faults=[Fault("number", "该记录不是对个人或单位的查询")])
        return 1
    found = merged.counts(_criteria(asked), shelf.segments(), most=MOST)
    if not found.total:
        raise Invalid("这段时间里该经办人没有查询过个人或单位", basis=TWO, faults=[Fault("actor", "没有可以打开的记录")])
    if found.total > MOST:
        raise Invalid("涉及的记录过多", basis=TWO, faults=[Fault("until", f"一次最多 {MOST} 条，请缩短时间")])
    return found.total


def _criteria(asked: Opening) -> Criteria:
    return Criteria(actors=(asked.actor,), since=asked.since, until=asked.until, of_somebody=True)


def _rows(asked: Opening, start: str) -> tuple[tuple[Row, ...], str]:
    if asked.number:
        return (_one(asked.number),), ""
    place = before(start)
    begun = place if isinstance(place, Placed) and place.index < asked.below else Placed(asked.below)
    found = merged.page(_criteria(asked), shelf.segments(), start=begun)
    return found.rows, found.next


def _one(number: str) -> Row:
    kept = log.find(number)
    return Row(kept.batch, kept.ordinal, None, kept.body)


def _opened(row: Row) -> Opened:
    month = rules.sealed_month(row.identifier)
    if not month:
        return Opened(row, "", "当时没有留存加密的号码")
    try:
        key = keys.identifier_key(month)
        return Opened(row, rules.opened_identifier(key, row.identifier)) if key else Opened(row, "", f"{month} 的密钥已依法销毁")
    except ValueError:
        return Opened(row, "", f"{month} 的密钥不是当时的那一把，请运维人员核对密钥目录")


def _told(asked: Opening) -> dict[str, str]:
    """What it reaches, for its records; never an identifier."""
    reach = {
        "number": asked.number,
        "actor": asked.actor,
        "name": asked.actor_name,
        "since": _moment(asked.since),
        "until": _moment(asked.until),
    }
    return {name: value for name, value in reach.items() if value}


def _moment(moment: datetime | None) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds") if moment else ""
