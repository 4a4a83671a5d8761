"""Requests that take two persons: which there are, where they stand, who may be the second (PC-114, PC-120)."""

from collections.abc import Mapping
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from govshare.archive import openings
from govshare.archive.models import Answer, Asked, Opening, OpeningAnswer, Purge, PurgeAnswer
from govshare.archive.openings import ANSWER_WITHIN, ANSWERING, Answered, State
from govshare.kernel.actor import Actor
from govshare.kernel.errors import Basis, NotFound, NotYours
from govshare.regulation.conventions import convention

BASES: Mapping[type[Asked], Basis] = {Opening: convention("PC-120"), Purge: convention("PC-114")}
_ANSWERS: Mapping[type[Asked], type[Answer]] = {Opening: OpeningAnswer, Purge: PurgeAnswer}
_Request = TypeVar("_Request", bound=Asked)


def find(kind: type[_Request], key: UUID) -> _Request:
    """The request; ``NotFound`` when there is none."""
    found = kind._default_manager.filter(pk=key).first()
    if found is None:
        raise NotFound("没有这项请求，请核对编号", basis=BASES[kind])
    return found


def answer_to(asked: Asked) -> Answer | None:
    """What the second person said, once that is said."""
    return _ANSWERS[type(asked)]._default_manager.filter(pk=asked.id).first()


def answers(kind: type[Asked]) -> dict[UUID, Answer]:
    """All that were given, by request."""
    return {answer.pk: answer for answer in _ANSWERS[kind]._default_manager.all()}


def standing(asked: Asked, answer: Answer | None, *, now: datetime) -> State:
    """Where it stands at ``now``."""
    given = Answered(answer.agreed, answer.answered_at) if answer else None
    return openings.state(asked_at=asked.asked_at, answer=given, open_for=asked.open_for, now=now)


def unanswered(kind: type[_Request], *, now: datetime) -> list[_Request]:
    """What waits for a second person; the oldest first."""
    recent = kind._default_manager.filter(asked_at__gt=now - ANSWER_WITHIN)
    return list(recent.exclude(pk__in=_ANSWERS[kind]._default_manager.values("pk")).order_by("asked_at"))


def answerable(kind: type[_Request], *, by: Actor, now: datetime) -> list[_Request]:
    """What waits for an answer that ``by`` may give as the second person; the oldest first."""
    if not by.is_one_of(ANSWERING):
        return []
    mine = openings.persons(by)
    waiting = unanswered(kind, now=now)
    return [asked for asked in waiting if asked.organization == by.organization and not mine & {asked.asked_by, asked.asked_for}]


def need_second(asked: Asked, *, by: Actor) -> None:
    """Raise why ``by`` cannot be the second person."""
    basis = BASES[type(asked)]
    by.need(*ANSWERING, basis=basis)
    if by.organization != asked.organization:
        raise NotYours("由提出人所在的信息化主管部门的另一名审计管理员或分管领导办理", basis=basis)
    if openings.persons(by) & {asked.asked_by, asked.asked_for}:
        raise NotYours("提出和同意须由两人办理；同一人以另一岗位办理、代岗和被代岗的人，都只算一人", basis=basis)
