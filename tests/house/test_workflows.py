"""A workflow is one table of moves, and the table is whole."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govshare.kernel.errors import NotYours, WrongState
from govshare.kernel.roles import Role
from govshare.regulation.articles import Article, cite
from govshare.regulation.conventions import CONVENTIONS, Convention
from tools.reference.actions import ACTION
from tools.reference.scan import workflows

WORKFLOWS = {name: workflow for name, (_, workflow) in workflows().items()}

#: Statuses in which nothing is left to do. Every other status must have a way out that a person can take.
FINAL = {
    "alerts:alert": {"explained", "correcting", "unfounded"},
    "catalog:entry": {"superseded", "retired", "discarded"},
    "catalog:listing": set(),
    "catalog:verification": {"lapsed"},
    "exchange:transfer": {"closed"},
    "exchange:run": {"delivered", "stopped", "cancelled"},
    "hosting:upload": {"applied", "discarded"},
    "demand": {"declined", "granted", "refused", "withdrawn", "lapsed"},
}
MACHINES = {Role.SYSTEM, Role.PLATFORM}

every_workflow = pytest.mark.parametrize("name", WORKFLOWS)


def start_of(workflow):
    return next(iter(workflow.labels))


@every_workflow
def test_every_move_cites_an_article_or_a_convention_and_has_an_evidence_action(name):
    for move in WORKFLOWS[name]:
        assert isinstance(move.basis, Article | Convention)
        assert str(move.basis) in CONVENTIONS or cite(str(move.basis)) == move.basis
        assert ACTION.fullmatch(move.action), move.action
        assert move.label
        assert move.actors


@every_workflow
def test_moves_lead_between_known_statuses(name):
    workflow = WORKFLOWS[name]

    for move in workflow:
        assert move.source
        assert {*move.source, move.target} <= set(workflow.labels)


@every_workflow
def test_every_status_can_be_reached_from_the_first(name):
    workflow = WORKFLOWS[name]
    reached, fresh = set(), {start_of(workflow)}

    while fresh:
        reached |= fresh
        fresh = {str(move.target) for move in workflow if reached & move.source} - reached

    assert reached == set(workflow.labels)


@every_workflow
def test_every_status_that_is_not_final_has_a_way_out_that_a_person_can_take(name):
    workflow = WORKFLOWS[name]
    owned = {str(status) for move in workflow if move.actors - MACHINES for status in move.source if status != move.target}

    assert name in FINAL, f"say here which statuses of {name} are final"
    assert set(workflow.labels) - owned == FINAL[name]


@pytest.mark.parametrize("name", WORKFLOWS)
@given(data=st.data())
def test_a_walk_takes_exactly_the_moves_that_are_open(name, data):
    workflow = WORKFLOWS[name]
    status = start_of(workflow)

    for _ in range(12):
        roles = data.draw(st.frozensets(st.sampled_from(Role)))
        open_now = workflow.open_to(status=status, roles=roles)
        for move in workflow:
            if move in open_now:
                assert workflow.check(move.verb, status=status, roles=roles) is move
            else:
                with pytest.raises((NotYours, WrongState)) as refusal:
                    workflow.check(move.verb, status=status, roles=roles)
                assert refusal.value.basis is move.basis
        if open_now:
            status = str(data.draw(st.sampled_from(open_now)).target)
