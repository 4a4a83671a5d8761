"""A department's systems: registered and retired by the department (CD2016-35)."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from govshare.audit import services as audit
from govshare.kernel.actor import Actor
from govshare.kernel.errors import WrongState
from govshare.kernel.roles import Role
from govshare.organizations import rules
from govshare.organizations.models import System
from govshare.organizations.services import locking
from govshare.organizations.services.words import fitting


def _need_keeper(by: Actor, organization: object) -> None:
    by.need(Role.RESOURCE_ADMIN, Role.LEADER, basis=rules.IDENTITY)
    by.need_own(organization, basis=rules.IDENTITY)


@transaction.atomic
def register(*, organization: UUID | str, name: str, purpose: str = "", by: Actor, now: datetime) -> System:
    """Register a system; it gets in once the 安全管理员 has bound its certificate."""
    _need_keeper(by, organization)
    body = locking.organization(organization)
    words = fitting(System, basis=rules.IDENTITY, name=name, purpose=purpose)
    known = rules.need_text(name, "name", "请填写系统名称", basis=rules.IDENTITY)
    if body.systems.filter(name=known, retired_at=None).exists():
        raise WrongState("本部门已登记同名系统", basis=rules.IDENTITY)
    system = System.objects.create(organization=body, name=known, purpose=words["purpose"], registered_at=now, registered_by=by.id)
    _record(system, "register", by=by, now=now)
    return system


@transaction.atomic
def retire(*, system: UUID | str, by: Actor, now: datetime) -> System:
    """The system may not call any more, from this moment."""
    row = locking.system(system)
    _need_keeper(by, row.organization_id)
    row.retired_at, row.retired_by = now, by.id
    row.save(update_fields=["retired_at", "retired_by"])
    _record(row, "retire", by=by, now=now)
    return row


def _record(system: System, verb: str, *, by: Actor, now: datetime) -> None:
    audit.record(
        action=f"organizations:system:{verb}",
        basis=rules.IDENTITY,
        by=by,
        now=now,
        about=str(system.pk),
        parties=[str(system.organization_id)],
        detail={"name": system.name},
    )
