"""As whom to look around: a few people to begin with, and everybody who can sign in."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from govshare.demo.city.certificates import stem
from govshare.demo.roster import AUTHORITY, BODIES, CIVIL, FUND, LABOUR, LAND, MARKET, Body, body
from govshare.kernel.clock import local_date, utc_now
from govshare.kernel.roles import Role
from govshare.organizations import queries as organizations
from govshare.organizations.models import Appointment

#: Body, post, and what is waiting there.
SUGGESTED: tuple[tuple[Body, Role, str], ...] = (
    (MARKET, Role.REGISTRAR, "草稿、被退回的登记，变更告知的期限"),
    (CIVIL, Role.REVIEWER, "待审核的登记，逐项比对"),
    (LABOUR, Role.RESOURCE_ADMIN, "待把关和待答复的申请，前置库，交换任务"),
    (FUND, Role.RESOURCE_ADMIN, "授权、取数和回执"),
    (LAND, Role.LEADER, "本部门的逾期和任命"),
    (AUTHORITY, Role.AUTHORITY, "待确认、待核定、待受理、督办"),
    (body("jinjiang"), Role.AUTHORITY, "区县的备案和期限"),
    (AUTHORITY, Role.SECURITY_ADMIN, "证书：待确认、停用、吊销列表"),
    (AUTHORITY, Role.AUDIT_ADMIN, "共享日志和完整性校验"),
)


@dataclass(frozen=True, slots=True)
class Inhabitant:
    """One who can sign in; ``roles`` of all posts held there today."""

    body: str  # its key
    body_name: str
    tier: str
    name: str
    roles: tuple[Role, ...]
    certificate: Path  # PEM
    key: Path  # PEM


def people() -> list[Inhabitant]:
    """Everybody with a post today, in the order of the roster. One question to the database, no key is read."""
    today = local_date(utc_now())
    posts = Appointment.objects.filter(organizations.in_force(today), ended_at=None).select_related("person", "organization")
    held: dict[tuple[str, str], Appointment] = {(post.organization.uscc, post.role): post for post in posts}
    return list(_inhabitants(held))


def key_of(where: Body, role: Role) -> Path:
    """The key file of whoever holds this post."""
    return _place(where, role, ".key")


def _inhabitants(held: dict[tuple[str, str], Appointment]) -> Iterator[Inhabitant]:
    for where in BODIES:
        code = where.credit_code
        for role in where.people:
            post = held.get((code, role))
            if post is not None:
                roles = tuple(each for each in where.posts if where.holder(each) is role)
                certificate, key = _place(where, role, ".pem"), _place(where, role, ".key")
                yield Inhabitant(where.key, post.organization.name, where.tier, post.person.name, roles, certificate, key)


def _place(where: Body, role: Role, ending: str) -> Path:
    return Path(settings.GOVSHARE_HOME) / "ca" / f"{stem(where, role)}{ending}"
