"""Several at once: one demand is answered once, one number is given once (CD2016-22, PC-49)."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from django.db import connection

from govshare.kernel.clock import utc_now
from govshare.kernel.errors import WrongState
from govshare.sharing.models import Grant
from govshare.sharing.services import decisions
from tests.cast import assemble
from tests.sharing.office import Office

TOGETHER = 4


def at_once(*acts):
    """What each act gave or raised, all of them begun at the same moment in threads of their own."""
    barrier = Barrier(len(acts))

    def run(act):
        try:
            barrier.wait()
            return act()
        except WrongState as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_a_demand_answered_by_several_at_once_is_answered_once(own_database):
    office = Office(assemble(utc_now()))
    demand = office.passed(office.conditional())
    decision, by = office.as_asked(demand), office.provider

    answers = at_once(*[lambda: decisions.decide(demand=demand.pk, decision=decision, by=by, now=office.now)] * TOGETHER)

    assert sum(isinstance(answer, Grant) for answer in answers) == 1
    assert sum(isinstance(answer, WrongState) for answer in answers) == TOGETHER - 1
    assert Grant.objects.count() == 1


def test_numbers_drawn_at_once_differ(own_database):
    office = Office(assemble(utc_now()))
    entry, by = office.conditional(), office.registrar
    elements = office.elements(entry)

    drafts = at_once(*[lambda: office.draft(entry, by=by, **vars_of(elements)) for _ in range(TOGETHER)])

    assert sorted(draft.number[-4:] for draft in drafts) == ["0001", "0002", "0003", "0004"]


def vars_of(elements):
    return {name: getattr(elements, name) for name in elements.__dataclass_fields__}
