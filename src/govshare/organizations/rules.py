"""Who may hold which post, who appoints whom, when a post is in force. No database."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Final, Protocol

from stdnum import numdb
from stdnum.cn import uscc as credit_code
from stdnum.exceptions import ValidationError

from govshare.kernel.actor import Actor
from govshare.kernel.errors import Basis, Fault, Invalid, NotYours
from govshare.kernel.roles import EXCLUSIVE, Role
from govshare.regulation.articles import cite
from govshare.regulation.conventions import convention

IDENTITY: Final = cite("CD2016-35")
APPOINTMENTS: Final = cite("CD2016-15")
FILING: Final = cite("CD2016-29.2")
REGISTRATION: Final = convention("PC-10")
WHO_APPOINTS: Final = convention("PC-11")
STAND_IN: Final = convention("PC-12")
LATE_LIST: Final = convention("PC-13")
IDLE: Final = convention("PC-14")
LONGEST: Final = convention("PC-15")
RENEWAL: Final = convention("PC-16")
CHALLENGE: Final = convention("PC-17")
TICKET: Final = convention("PC-18")
FILING_TERM: Final = convention("PC-19")

OWN_POSTS: Final = frozenset({Role.REGISTRAR, Role.REVIEWER, Role.RESOURCE_ADMIN, Role.LEADER})
AUTHORITY_POSTS: Final = OWN_POSTS | {Role.AUTHORITY}
OPERATOR_POSTS: Final = AUTHORITY_POSTS | EXCLUSIVE


class Body(Protocol):
    """What these rules need to know of an organization."""

    @property
    def kind(self) -> str: ...
    @property
    def operator(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Post:
    """A role between two days, both included; ``ends_on`` None: open."""

    role: str
    starts_on: date
    ends_on: date | None

    def overlaps(self, other: "Post") -> bool:
        return (other.ends_on is None or self.starts_on <= other.ends_on) and (self.ends_on is None or other.starts_on <= self.ends_on)


def check_credit_code(code: str) -> str:
    """Return the 统一社会信用代码 in its compact form, or refuse it."""
    try:
        return str(credit_code.validate(code))
    except ValidationError as error:
        fault = Fault("uscc", "应为18位，且末位校验码须正确，请对照证书核对")
        raise Invalid("统一社会信用代码不正确", basis=REGISTRATION, faults=[fault]) from error


@cache
def region_name(region: str) -> str:
    """What the 行政区划代码 names today (GB/T 2260), e.g. 510104 → 锦江区; the code itself where it names nothing."""
    for _, told in reversed(numdb.get("cn/loc").info(region[:6])):
        name = str(told.get("county") or told.get("province") or "")
        if name:
            return name.rsplit("]", maxsplit=1)[-1]
    return region


def posts_of(body: Body) -> frozenset[Role]:
    """The posts an organization has: 三员 only where the platform is run, 经办人 only at an authority."""
    if body.operator:
        return OPERATOR_POSTS
    return AUTHORITY_POSTS if body.kind == "authority" else OWN_POSTS


def check_post(role: Role, body: Body) -> None:
    if role not in posts_of(body):
        fault = Fault("role", f"本单位可设：{'、'.join(sorted(post.label for post in posts_of(body)))}")
        raise Invalid(f"本单位不设“{role.label}”", basis=WHO_APPOINTS, faults=[fault])


def check_appointer(role: Role, organization: object, by: Actor, *, of_leader: bool = False) -> None:
    """Leaders are registered by the 系统管理员, who may also register a leader's other posts (``of_leader``);
    every other post is the organization's own leader's to give."""
    if role is Role.LEADER or (of_leader and Role.SYSTEM_ADMIN in by.roles):
        by.need(Role.SYSTEM_ADMIN, basis=WHO_APPOINTS)
        return
    by.need(Role.LEADER, basis=WHO_APPOINTS)
    by.need_own(organization, basis=WHO_APPOINTS)


def check_keeper(by: Actor, organization: object) -> None:
    """Who keeps an organization's people: its 分管领导, and the 系统管理员."""
    by.need(Role.LEADER, Role.SYSTEM_ADMIN, basis=WHO_APPOINTS)
    if Role.SYSTEM_ADMIN not in by.roles:
        by.need_own(organization, basis=WHO_APPOINTS)


def check_not_oneself(person: object, by: Actor) -> None:
    if by.id == str(person):
        raise NotYours("不能任命自己，请由有权的其他人办理", basis=WHO_APPOINTS)


def check_exclusive(post: Post, held: Iterable[Post]) -> None:
    """The three administrators 三员 are never one person at the same time."""
    if post.role not in EXCLUSIVE:
        return
    for other in held:
        if other.role in EXCLUSIVE and other.role != post.role and post.overlaps(other):
            raise NotYours(
                f"已任“{Role(other.role).label}”，不能同时担任“{Role(post.role).label}”：三员须由不同的人担任", basis=WHO_APPOINTS
            )


def check_dates(starts_on: date, ends_on: date | None) -> None:
    if ends_on is not None and ends_on < starts_on:
        raise Invalid("截止日期早于开始日期", basis=APPOINTMENTS, faults=[Fault("ends_on", "不早于开始日期")])


def need_text(value: str, place: str, message: str, *, basis: Basis = REGISTRATION) -> str:
    """Return ``value`` trimmed; an empty one is refused with ``message``."""
    text = value.strip()
    if not text:
        raise Invalid(message, basis=basis, faults=[Fault(place, message)])
    return text
