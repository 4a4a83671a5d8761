"""What takes two persons, above all opening identifiers 「开启」: how far it reaches, how long each step may take, who counts as whom.

Pure.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from govshare.kernel.actor import Actor
from govshare.kernel.choices import TextChoices
from govshare.kernel.roles import Role

#: Numbers of PC-120.
ANSWER_WITHIN = timedelta(hours=72)
OPEN_FOR = timedelta(hours=24)
#: Entries one request may reach: who needs more asks for less at a time.
MOST = 1_000
LONGEST = timedelta(days=366)

#: Who may say yes or no, besides another 审计管理员 the 分管领导 of the same authority.
ANSWERING = (Role.AUDIT_ADMIN, Role.LEADER)


class State(TextChoices):
    """Where a request stands; it is derived from its rows and the time, never written."""

    WAITING = "waiting", "待同意"
    LAPSED = "lapsed", "逾时失效"
    REFUSED = "refused", "不同意"
    OPEN = "open", "可查看"
    OVER = "over", "已到期"


@dataclass(frozen=True, slots=True)
class Answered:
    agreed: bool
    at: datetime


def state(*, asked_at: datetime, answer: Answered | None, open_for: timedelta, now: datetime) -> State:
    if answer is None:
        return State.WAITING if now < asked_at + ANSWER_WITHIN else State.LAPSED
    if not answer.agreed:
        return State.REFUSED
    return State.OPEN if now < answer.at + open_for else State.OVER


def persons(by: Actor) -> frozenset[str]:
    """Everybody that ``by`` is or stands in for 代岗: together they count once."""
    return frozenset(filter(None, (by.id, by.standing_in_for)))
