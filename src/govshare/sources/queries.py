"""Answers about registered front-end databases."""

from uuid import UUID

from django.core.exceptions import ValidationError

from govshare.connectors import Table
from govshare.kernel.errors import NotFound, WrongState
from govshare.organizations import queries as organizations
from govshare.organizations.models import Organization
from govshare.sources import connection, rules, snapshot
from govshare.sources.models import FrontDatabase


def get(front_database: UUID | str) -> FrontDatabase:
    try:
        return FrontDatabase.objects.select_related("organization").get(id=front_database)
    except (FrontDatabase.DoesNotExist, ValidationError):
        raise NotFound("没有这个前置交换数据库，请核对编号", basis=rules.FRONT_DATABASE) from None


def owner(front: FrontDatabase) -> Organization:
    """Who answers for it now: the department that registered it, or the one that took over its matters."""
    return organizations.successor(front.organization_id, matter=str(front.id))


def of_organization(organization: UUID, *, purpose: str = "", retired: bool = False) -> list[FrontDatabase]:
    """The front-end databases a department answers for, taken over ones included, by name; retired ones when asked for."""
    found = FrontDatabase.objects.filter(organization__in=organizations.houses(organization)).select_related("organization")
    if purpose:
        found = found.filter(purpose=purpose)
    if not retired:
        found = found.filter(retired_at=None)
    return [front for front in found.order_by("name", "id") if owner(front).pk == organization]


def usable(front_database: UUID | str, *, purpose: str) -> FrontDatabase:
    """The front-end database if it serves ``purpose``, passed its last test and is not retired; else the reason why not."""
    front = get(front_database)
    if front.purpose != purpose:
        raise WrongState(f"“{front.name}”登记的用途是“{front.get_purpose_display()}”", basis=rules.REGISTERED)
    _ready(front)
    return front


def conninfo(front: FrontDatabase) -> str:
    """Connection string with the opened password, for the driver alone: never logged, never stored.

    Raises ``WrongState`` when retired or not tested, ``Invalid`` or ``Unavailable`` when its address may not or cannot be reached.
    """
    _ready(front)
    return connection.conninfo_of(front)


def tables(front: FrontDatabase) -> tuple[Table, ...]:
    """Its tables with columns and keys as the last successful test saw them; none before the first."""
    return snapshot.load(front.seen_tables) if front.seen_tables else ()


def table(front: FrontDatabase, name: str) -> Table:
    """One of its tables, or the advice to test again."""
    found = next((candidate for candidate in tables(front) if candidate.name == name), None)
    if found is None:
        raise NotFound(f"“{front.name}”最近一次测试时没有看到表“{name}”，请核对表名，或重新测试", basis=rules.REGISTERED)
    return found


def _ready(front: FrontDatabase) -> None:
    if front.retired_at:
        raise WrongState(f"“{front.name}”已停用，请登记新的前置交换数据库", basis=rules.WITHDRAWN)
    if not front.test_passed:
        raise WrongState(f"“{front.name}”尚未通过测试，请先测试连接", basis=rules.REGISTERED)
