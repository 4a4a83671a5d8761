"""A fresh submission can be taken back by the one who made it."""

import pytest

from govshare.duties import queries as duties
from govshare.kernel.errors import NotYours, WrongState
from govshare.sharing import queries
from govshare.sharing.rules.demands import Duty
from govshare.sharing.services import checks, demands
from tests.sharing.office import Office

pytestmark = [pytest.mark.django_db, pytest.mark.article("PC-80")]


def test_who_submitted_takes_it_back_and_nothing_is_owed_any_more(office: Office):
    demand = office.checking(office.conditional())
    asked = demand.elements()
    assert queries.undo.until(demand, by=office.registrar, now=office.now) == office.later(minutes=5)

    taken = demands.undo(demand=demand.pk, by=office.registrar, now=office.later(minutes=5))

    assert (taken.status, taken.elements()) == ("draft", asked)
    assert not duties.find(Duty.CHECK, demand.number).open
    assert taken.events.last().action == "sharing:demand:undo"
    assert taken.events.last().receipt
    assert demands.submit(demand=demand.pk, by=office.registrar, now=office.later(minutes=6)).status == "checking"


def test_nobody_else_takes_it_back_and_not_after_the_minutes(office: Office):
    demand = office.checking(office.conditional())

    with pytest.raises(NotYours, match="提交人本人"):
        demands.undo(demand=demand.pk, by=office.checker, now=office.now)
    with pytest.raises(WrongState, match="时限已过"):
        demands.undo(demand=demand.pk, by=office.registrar, now=office.later(minutes=5, seconds=1))

    assert queries.undo.until(demand, by=office.checker, now=office.now) is None


def test_what_the_own_check_has_acted_on_is_not_taken_back(office: Office):
    demand = office.checking(office.conditional())
    checks.return_to_drafter(demand=demand.pk, missing="补依据", by=office.checker, now=office.now)

    with pytest.raises(WrongState):
        demands.undo(demand=demand.pk, by=office.registrar, now=office.now)


def test_an_amended_demand_has_no_draft_to_go_back_to(office: Office):
    entry = office.conditional()
    demand = office.passed(entry)
    demands.amend(demand=demand.pk, elements=office.elements(entry, application="另一业务"), by=office.registrar, now=office.now)

    with pytest.raises(WrongState, match="又有了办理"):
        demands.undo(demand=demand.pk, by=office.registrar, now=office.now)
