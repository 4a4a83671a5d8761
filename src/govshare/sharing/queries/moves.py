"""Who may do what with a demand now: the refusing function, and the asking one made from it."""

from datetime import date

from govshare.kernel.actor import Actor
from govshare.kernel.errors import NotYours, Refused
from govshare.kernel.roles import Role
from govshare.kernel.workflow import Move
from govshare.organizations import queries as organizations
from govshare.sharing.models import Demand
from govshare.sharing.queries import parties
from govshare.sharing.rules.demands import OWN_CHECK, SIDES, TWO_PERSONS, WORKFLOW, Side

CHECKS = frozenset({"return_inside", "decline_inside", "grant_at_once", "forward"})


def permit(demand: Demand, verb: str, *, by: Actor, on: date) -> Move:
    """The move, or the reason why ``by`` may not make it: role, department, state, and the two persons of PC-30."""
    move = WORKFLOW[verb]
    by.need(*sorted(move.actors), basis=move.basis)
    if by.kind != "platform":
        by.need_own(parties.side(demand, SIDES[verb]), basis=move.basis)
    WORKFLOW.check(verb, status=demand.status, roles=by.roles)
    if verb in CHECKS:
        _two_persons(demand, by, on)
    return move


def _two_persons(demand: Demand, by: Actor, on: date) -> None:
    if by.id in demand.writers:
        raise NotYours("起草、修改或提交过这项需求的人不能把关，请由另一位信息资源管理员把关", basis=TWO_PERSONS)
    if Role.RESOURCE_ADMIN in by.roles:
        return
    admins = organizations.holders(organization=parties.side(demand, Side.RECIPIENT), role=Role.RESOURCE_ADMIN, on=on)
    if not admins:
        raise NotYours("本部门尚未确定信息资源管理员，请先确定并向主管部门备案", basis=OWN_CHECK)
    if any(str(person.pk) not in demand.writers for person in admins):
        raise NotYours("请由本部门信息资源管理员把关；他们都参与了起草时，才由分管领导把关", basis=TWO_PERSONS)


def why_not(demand: Demand, verb: str, *, by: Actor, on: date) -> Refused | None:
    """The refusal's own words for a button that cannot be pressed; None when it can."""
    try:
        permit(demand, verb, by=by, on=on)
    except Refused as refusal:
        return refusal
    return None


def open_moves(demand: Demand, *, by: Actor, on: date) -> list[Move]:
    """The moves ``by`` may make now; taking back within minutes depends on the minute and is asked for in ``undo``."""
    likely = WORKFLOW.open_to(status=demand.status, roles=by.roles)
    return [move for move in likely if move.verb != "undo" and why_not(demand, move.verb, by=by, on=on) is None]
