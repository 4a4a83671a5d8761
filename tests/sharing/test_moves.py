"""Who may make which move: every move tried by every role of every side, through the services themselves (CD2016-22, 29.1)."""

from collections.abc import Callable
from datetime import timedelta
from itertools import product

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from govshare.catalog.models import Entry
from govshare.duties import queries as duties
from govshare.kernel.actor import PLATFORM, Actor
from govshare.kernel.errors import NotFound, NotYours, Refused
from govshare.kernel.roles import Role
from govshare.sharing import queries
from govshare.sharing.models import Demand, Event, Grant
from govshare.sharing.rules.demands import FINAL, OPEN, OWNERS, SIDES, WORKFLOW, DemandStatus, Duty, Side
from govshare.sharing.services import acceptance, checks, decisions, demands, watch
from tests.sharing.office import ALL_FIVE, Office, refusing

pytestmark = pytest.mark.django_db

WHO = {Side.RECIPIENT: "recipient", Side.PROVIDER: "provider", Side.AUTHORITY: "authority", Side.PLATFORM: ""}
Service = Callable[[Office, Demand, Actor], object]


def _pressed(office: Office) -> Demand:
    demand = office.passed(office.conditional())
    return watch.escalate(demand=demand.pk, now=office.too_late)


def _incomplete(office: Office) -> Demand:
    demand = office.passed(office.conditional())
    return acceptance.ask_completion(demand=demand.pk, missing="补", by=office.provider, now=office.now)


def _accepting_incomplete(office: Office) -> Demand:
    demand = office.accepting(office.conditional())
    return acceptance.ask_completion(demand=demand.pk, missing="补", by=office.authority, now=office.now)


STATES: dict[str, Callable[[Office], Demand]] = {
    "draft": lambda office: office.draft(office.conditional()),
    "checking": lambda office: office.checking(office.conditional()),
    "at_once": lambda office: office.checking(office.unconditional()),
    "accepting": lambda office: office.accepting(office.conditional()),
    "accepting_incomplete": _accepting_incomplete,
    "deciding": lambda office: office.passed(office.conditional()),
    "deciding_incomplete": _incomplete,
    "pressed": _pressed,
}


def _pass(office: Office, demand: Demand, by: Actor) -> object:
    return checks.pass_check(demand=demand.pk, checked=ALL_FIVE, by=by, now=office.now)


def _ask(office: Office, demand: Demand, by: Actor) -> object:
    return acceptance.ask_completion(demand=demand.pk, missing="补", by=by, now=office.now)


def _complete(office: Office, demand: Demand, by: Actor) -> object:
    return demands.complete(demand=demand.pk, answer="已补", by=by, now=office.now)


def _elements(office: Office, demand: Demand) -> dict[str, object]:
    return {"demand": demand.pk, "elements": Demand.objects.get(pk=demand.pk).elements(), "now": office.now}


#: Each move of a person: a state in which it is open, and the service that makes it.
SERVICES: dict[str, tuple[str, Service]] = {
    "edit": ("draft", lambda o, d, by: demands.edit(**_elements(o, d), by=by)),
    "submit": ("draft", lambda o, d, by: demands.submit(demand=d.pk, by=by, now=o.now)),
    "undo": ("checking", lambda o, d, by: demands.undo(demand=d.pk, by=by, now=o.now)),
    "return_inside": ("checking", lambda o, d, by: checks.return_to_drafter(demand=d.pk, missing="补", by=by, now=o.now)),
    "decline_inside": ("checking", lambda o, d, by: checks.decline(demand=d.pk, reason="否", by=by, now=o.now)),
    "grant_at_once": ("at_once", _pass),
    "forward": ("checking", _pass),
    "accept": ("accepting", lambda o, d, by: acceptance.accept(demand=d.pk, by=by, now=o.now)),
    "ask_before_accepting": ("accepting", _ask),
    "complete_for_acceptance": ("accepting_incomplete", _complete),
    "refuse_acceptance": (
        "accepting",
        lambda o, d, by: acceptance.refuse(demand=d.pk, ground=refusing().ground, reason="依法", by=by, now=o.now),
    ),
    "ask_before_deciding": ("deciding", _ask),
    "ask_when_pressed": ("pressed", _ask),
    "complete_for_decision": ("deciding_incomplete", _complete),
    "grant": ("deciding", lambda o, d, by: decisions.decide(demand=d.pk, decision=o.as_asked(d), by=by, now=o.now)),
    "refuse": ("deciding", lambda o, d, by: decisions.refuse(demand=d.pk, ground=refusing().ground, reason="依法", by=by, now=o.now)),
    "press": ("pressed", lambda o, d, by: acceptance.press(demand=d.pk, opinion="催办", by=by, now=o.now)),
    "amend": ("deciding", lambda o, d, by: demands.amend(**_elements(o, d), by=by)),
    "withdraw": ("deciding", lambda o, d, by: demands.withdraw(demand=d.pk, reason="撤", by=by, now=o.now)),
    "escalate": ("deciding", lambda o, d, by: watch.escalate(demand=d.pk, now=max(o.now, o.too_late), by=by)),
    "lapse": ("deciding", lambda o, d, by: watch.lapse(demand=d.pk, now=o.now, by=by)),
}


def everybody(office: Office) -> list[tuple[str, Role, Actor]]:
    """Every role in each of the three departments concerned and in one that is not."""
    found = []
    for who, role in product(("recipient", "provider", "authority", "third"), Role):
        body = office.cast.organization(who)
        kind = "system" if role == Role.SYSTEM else "person"
        actor = Actor(kind=kind, id=f"{who}-{role}", name="某人", organization=str(body.pk), roles=frozenset({role}))
        found.append((who, role, actor))
    return found


@pytest.mark.article("CD2016-29.1", "CD2016-22")
@pytest.mark.parametrize("state", list(STATES))
def test_a_move_is_refused_to_everybody_whom_the_table_does_not_name(office: Office, state: str):
    demand = STATES[state](office)
    status, people = demand.status, everybody(office)

    for verb, (_, service) in ((verb, row) for verb, row in SERVICES.items() if row[0] == state):
        for who, role, actor in people:
            refusal = _tried(lambda by=actor, service=service: service(office, demand, by))
            assert isinstance(refusal, NotYours | NotFound) is not _named(verb, who, role), (verb, who, role, refusal)
            assert Demand.objects.get(pk=demand.pk).status == status


def _named(verb: str, who: str, role: Role) -> bool:
    """Whether the table names that role of that department; the leader checks only in the stead of administrators who drafted (PC-30),
    and nobody but the submitter, who is none of these people, takes a submission back (PC-80)."""
    if verb == "undo":
        return False
    stead = verb in queries.moves.CHECKS and role == Role.LEADER
    return who == WHO[SIDES[verb]] and role in WORKFLOW[verb].actors and role != Role.PLATFORM and not stead


def _tried(act: Callable[[], object]) -> Refused | None:
    """What the service said; whatever it did is undone."""
    try:
        with transaction.atomic():
            act()
            transaction.set_rollback(True)
    except Refused as refusal:
        return refusal
    return None


def test_every_move_of_the_table_is_tried():
    assert set(SERVICES) == {move.verb for move in WORKFLOW}


def test_every_open_status_has_an_owner_who_has_a_way_on():
    assert set(OWNERS) == OPEN
    for status, side in OWNERS.items():
        assert any(status in move.source and SIDES[move.verb] == side for move in WORKFLOW), status
    assert not any(move.source & FINAL for move in WORKFLOW)


@pytest.fixture
def walkers(office: Office) -> tuple[Office, Entry, list[Actor]]:
    """Everybody who can move a demand, and an entry to demand: all there before the first walk begins."""
    return office, office.conditional(), [office.registrar, office.checker, office.provider, office.authority, PLATFORM]


STEPS = st.lists(st.tuples(st.integers(0, 99), st.sampled_from([0, 0, 1, 3, 20]), st.booleans()), min_size=5, max_size=14)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_any_walk_keeps_status_history_clocks_and_grant_in_step(walkers: tuple, steps: list[tuple[int, int, bool]]):
    office, entry, actors = walkers
    with transaction.atomic():
        demand = office.draft(entry)

        for number, days, lawful in steps:
            before = Demand.objects.get(pk=demand.pk)
            office.now += timedelta(days=days)
            verb, actor = _choice(office, before, actors, number, lawful=lawful)
            _stepped(lambda v=verb, d=before, by=actor: SERVICES[v][1](office, d, by))
            _in_step(before, Demand.objects.get(pk=demand.pk))

        office.now = office.cast.now
        transaction.set_rollback(True)


def _choice(office: Office, demand: Demand, actors: list[Actor], number: int, *, lawful: bool) -> tuple[str, Actor]:
    """Any move by anybody, or, when ``lawful``, one of those open now that does not end the demand too soon."""
    every = [(verb, actor) for verb in SERVICES for actor in actors]
    possible = [pair for pair in every if demand.status in WORKFLOW[pair[0]].source and pair[1].roles & WORKFLOW[pair[0]].actors]
    is_open = [pair for pair in possible if queries.moves.why_not(demand, pair[0], by=pair[1], on=office.today) is None]
    onward = [pair for pair in is_open if WORKFLOW[pair[0]].target not in FINAL or number > 70]
    choices = (onward or every) if lawful else every
    return choices[number % len(choices)]


def _stepped(act: Callable[[], object]) -> None:
    try:
        with transaction.atomic():
            act()
    except Refused:
        pass


def _in_step(before: Demand, after: Demand) -> None:
    """What holds after every act: the table was followed, history written, the right clock runs, a grant only where granted."""
    path = {(str(status), str(move.target)) for move in WORKFLOW for status in move.source}
    assert before.status == after.status or any((before.status, middle) in path for middle in [after.status, DemandStatus.ACCEPTING])
    assert Event.objects.filter(demand=after).count() == after.version
    running = {kind for kind in Duty if (duty := duties.find(kind, after.number)) and duty.open and not duty.suspended}
    late_answer = {Duty.DECIDE} if after.status == DemandStatus.PRESSED else set()
    assert running - late_answer <= {queries.demands.CLOCKS.get(DemandStatus(after.status))}
    assert (after.status == DemandStatus.GRANTED) == Grant.objects.filter(demand=after).exists()
    assert (after.status == DemandStatus.REFUSED) == (after.refusal_ground_id is not None)
    assert not (after.checked_by and after.checked_by in after.writers)
