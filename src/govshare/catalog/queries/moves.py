"""Who may move an entry now: the refusing answer, and the asking one derived from it."""

from datetime import datetime

from govshare.catalog.models import Entry, Listing, Revision, Verification
from govshare.catalog.queries import contents, undo
from govshare.catalog.rules.workflows import ENTRY, LISTING, VERIFICATION
from govshare.kernel.actor import Actor
from govshare.kernel.clock import local_date
from govshare.kernel.errors import Basis, NotYours, Refused, WrongState
from govshare.kernel.roles import Role
from govshare.kernel.workflow import Move
from govshare.organizations import queries as organizations
from govshare.regulation.conventions import convention

FOUR_EYES = convention("PC-20")
_REVIEWING = frozenset({"return", "publish"})


def permit(verb: str, revision: Revision, *, by: Actor, now: datetime) -> Move:
    """The move of ``revision`` that ``by`` may make now; raises why not."""
    if verb == "undo":
        return undo.permit(revision, by=by, now=now)
    move = ENTRY.check(verb, status=revision.status, roles=by.roles)
    by.need_own(revision.entry.provider_id, basis=move.basis)
    if verb in _REVIEWING:
        need_another_than_the_writers(revision, by=by)
        need_reviewer_post(revision.entry, by=by, now=now)
    if verb == "retire":
        need_reviewer_post(revision.entry, by=by, now=now)
        _need_nothing_pending(revision.entry, basis=move.basis)
    return move


def why_not(verb: str, revision: Revision, *, by: Actor, now: datetime) -> Refused | None:
    """None when ``permit`` lets it through."""
    try:
        permit(verb, revision, by=by, now=now)
    except Refused as refusal:
        return refusal
    return None


def permit_decision(verb: str, filed: Listing | Verification, *, by: Actor) -> Move:
    """The authority's move on what was filed; raises why not."""
    workflow = LISTING if isinstance(filed, Listing) else VERIFICATION
    move = workflow.check(verb, status=filed.status, roles=by.roles)
    if by.organization != authority_of(filed.entry):  # of the provider's own tier, not just any
        raise NotYours("只有提供部门同级的信息化主管部门可以办理", basis=move.basis)
    return move


def why_not_decide(verb: str, filed: Listing | Verification, *, by: Actor) -> Refused | None:
    """None when ``permit_decision`` lets it through."""
    try:
        permit_decision(verb, filed, by=by)
    except Refused as refusal:
        return refusal
    return None


def authority_of(entry: Entry) -> str:
    """Id of the authority that the entry's department answers to."""
    return str(organizations.authority_for(entry.provider_id).pk)


def need_another_than_the_writers(revision: Revision, *, by: Actor) -> None:
    """Four eyes: whoever wrote in it or handed it in does not review it (PC-20)."""
    if by.id in revision.editors or by.id == revision.submitted_by:
        raise NotYours("登记、修改或提交过这条信息资源的人不能审核它，请由另一位审核人员办理", basis=FOUR_EYES)


def need_reviewer_post(entry: Entry, *, by: Actor, now: datetime) -> None:
    """The leader 分管领导 reviews only where nobody holds the reviewer's post today."""
    if Role.REVIEWER in by.roles:
        return
    if organizations.holders(organization=entry.provider_id, role=Role.REVIEWER, on=local_date(now)):
        raise NotYours("本部门有在任的目录审核人员，请由其审核", basis=FOUR_EYES)


def _need_nothing_pending(entry: Entry, *, basis: Basis) -> None:
    if contents.pending(entry):
        raise WrongState(f"“{entry.code}”有未办完的修改，请先发布或放弃，再停用", basis=basis)
