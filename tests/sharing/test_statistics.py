"""Demands and grants in numbers: who raised, who answered, how quickly."""

from datetime import date

import pytest

from govshare.kernel.clock import local_date
from govshare.sharing.models import Demand
from govshare.sharing.queries import statistics
from govshare.sharing.services import decisions
from tests.sharing.office import Office, refusing

pytestmark = [pytest.mark.django_db, pytest.mark.article("CD2016-22")]


def test_answers_count_in_the_month_they_were_given_with_the_mean_of_working_days(office: Office):
    entry = office.conditional()
    agreed, refused = office.passed(entry), office.passed(entry)
    office.granted(office.unconditional(name="无条件的"))
    decisions.decide(demand=agreed.pk, decision=office.as_asked(agreed), by=office.provider, now=office.later(days=7))
    decisions.refuse(demand=refused.pk, ground=refusing().ground, reason="依法", by=office.provider, now=office.later(days=14))
    office.checking(entry)

    last = local_date(office.later(days=14))
    series = dict(statistics.monthly(office.today, last))
    everything = statistics.per_organization(office.today, last, side="provider")[entry.provider_id]

    assert everything.raised == 3
    assert (everything.granted, everything.refused, everything.late) == (2, 1, 0)
    assert sum(tally.raised for tally in series.values()) == 3
    assert sum(tally.granted + tally.refused for tally in series.values()) == 3
    assert 3 < everything.working_days <= 7.5


def test_a_department_sees_the_side_it_stands_on(office: Office):
    office.granted(office.conditional())
    recipient, provider = (office.cast.organization(who).pk for who in ("recipient", "provider"))

    mine = statistics.monthly(office.today, office.today, side="recipient", organizations=[recipient])[0][1]
    theirs = statistics.monthly(office.today, office.today, side="recipient", organizations=[provider])[0][1]

    assert (mine.raised, mine.granted) == (1, 1)
    assert theirs == statistics.Tally()
    assert statistics.per_organization(office.today, office.today, side="recipient").keys() == {recipient}


def test_what_was_taken_at_once_is_no_answer_of_anybody(office: Office):
    office.granted(office.unconditional())

    tally = statistics.monthly(office.today, office.today)[0][1]

    assert (tally.raised, tally.granted, tally.working_days) == (1, 1, None)


def test_grants_are_counted_now(office: Office):
    office.granted(office.conditional())

    assert statistics.grants() == statistics.Grants(active=1, ended=0, providers=1, recipients=1)
    assert statistics.grants(organizations=[]) == statistics.Grants()
    assert statistics.monthly(date(2026, 2, 1), date(2026, 1, 1)) == []
    assert Demand.objects.count() == 1
