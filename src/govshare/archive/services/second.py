"""What asking and answering have in common where it takes two persons."""

from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from django.db import connection

from govshare.archive import two_persons
from govshare.archive.models import Answer, Asked
from govshare.archive.openings import State
from govshare.kernel.actor import Actor
from govshare.kernel.errors import WrongState
from govshare.kernel.ids import new_id

_Request = TypeVar("_Request", bound=Asked)
_Given = TypeVar("_Given", bound=Answer)


def asked_by(by: Actor, *, now: datetime) -> dict[str, Any]:
    """The columns of a new request that say who asks."""
    return {
        "id": new_id(),
        "organization": by.organization,
        "asked_at": now,
        "asked_by": by.id,
        "asked_by_name": by.name,
        "asked_for": by.standing_in_for,
    }


def take(kind: type[_Request], key: UUID, *, by: Actor, now: datetime) -> _Request:
    """Lock, then look: the request that ``by`` may answer now, or the reason why not."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"{kind._meta.db_table}:{key}"])
    asked = two_persons.find(kind, key)
    two_persons.need_second(asked, by=by)
    state = two_persons.standing(asked, two_persons.answer_to(asked), now=now)
    if state is not State.WAITING:
        raise WrongState(f"这项请求不在等待答复：{state.label}", basis=two_persons.BASES[kind])
    return asked


def give(kind: type[_Given], asked: Asked, *, agreed: bool, by: Actor, now: datetime, receipt: str, reason: str = "") -> _Given:
    """Write the second person's answer down."""
    answer = kind(
        pk=asked.id,
        agreed=agreed,
        reason=reason,
        answered_at=now,
        answered_by=by.id,
        answered_by_name=by.name,
        answered_for=by.standing_in_for,
        receipt=receipt,
    )
    answer.save(force_insert=True)
    return answer
