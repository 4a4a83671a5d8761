"""The rules over entries that were really written: what is found, what is not, and that nothing is found twice."""

import json
from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from govshare.alerts import services
from govshare.alerts.models import Alert, Pair, Pass, Tally
from govshare.alerts.queries import entries, read_up_to
from govshare.alerts.services import watching
from govshare.audit import services as audit
from govshare.audit.models import Entry
from govshare.duties.services import set_parameter
from govshare.kernel.actor import PLATFORM
from govshare.kernel.clock import LOCAL
from tests.audit.actors import CIVIL_AFFAIRS, HOUSING, LAW, TAX, person

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 3, 2, 10, tzinfo=LOCAL)
GRANT = "SQS-20260105-0001"


def write(*written):
    """Recorded by the service that records everything, in batches as they come, and placed."""
    numbers = []
    for first in range(0, len(written), 1000):
        numbers += [promise.number for promise in audit.record_many(written[first : first + 1000])]
    while audit.place(now=MONDAY):
        pass
    return numbers


def entry(at=MONDAY, action="exchange:query:ask", by=None, **more):
    return audit.entry(action=action, basis=LAW, by=by or person(), now=at, **more)


def delivery(rows, at):
    return entry(at, "exchange:run:deliver", PLATFORM, grant=GRANT, resource="306001/000127", counts={"rows": rows, "bytes": 9})


def started(at):
    return entry(at, "exchange:run:start", person(HOUSING), grant=GRANT)


def days(number):
    return timedelta(days=number)


def found():
    return [(alert.rule, alert.who_name, alert.observed) for alert in Alert.objects.order_by("number")]


@pytest.mark.article("CD2016-31", "PC-125", "PC-126", "PC-127")
def test_a_delivery_far_above_the_grants_own_history_is_found_with_its_entries():
    usual = [delivery(2_000 + n, MONDAY - days(n)) for n in (8, 5, 3)]
    chunk = entry(MONDAY, "exchange:chunk:commit", PLATFORM, grant=GRANT, counts={"rows": 90_000})
    numbers = write(*usual, started(MONDAY), chunk, delivery(12_000, MONDAY), delivery(1_000, MONDAY + timedelta(hours=1)))

    raised = services.watch(now=MONDAY)

    alert = Alert.objects.get()
    assert raised == 1
    assert (alert.rule, alert.who, alert.observed, alert.threshold, alert.baseline) == ("volume", GRANT, 13_000, 10_025, 2_005)
    assert alert.entries == [numbers[5], numbers[6]]
    assert (alert.organization, alert.organization_name, alert.resource) == (HOUSING, "市住建局", "306001/000127")
    assert [value for _day, value in alert.course] == [2_008, 2_005, 2_003, 13_000]
    assert alert.numbers == {"PC-126": 5, "PC-127": 30, "PC-128": 3, "PC-129": 1000, "PC-139": 3}
    assert alert.number == "YC-20260302-0001"
    kept = json.loads(Entry.objects.get(action="alerts:alert:raise").body)
    assert (kept["about"], kept["grant"], kept["basis"]) == (alert.number, GRANT, "PC-126")
    assert kept["counts"] == {"entries": 2, "observed": 13_000, "threshold": 10_025}


@pytest.mark.article("PC-127")
def test_what_lies_before_the_history_is_not_compared_with():
    write(*(delivery(2_000, MONDAY - days(n)) for n in (60, 50, 40)), delivery(50_000, MONDAY))

    assert services.watch(now=MONDAY) == 0


@pytest.mark.article("CD2016-32", "PC-130", "PC-132")
def test_a_person_at_work_in_the_night_is_found_and_a_machine_is_not():
    night = MONDAY.replace(hour=23, minute=30)
    clerk = person(HOUSING)
    numbers = write(*(entry(night + timedelta(minutes=20 * n), "audit:entry:search", clerk, about=str(n)) for n in range(6)))
    write(*(delivery(10, night) for _ in range(9)), *(entry(night, "organizations:session:open", person(TAX)) for _ in range(9)))
    write(*(entry(night, "audit:entry:search", person(CIVIL_AFFAIRS)) for _ in range(4)))

    services.watch(now=night)

    assert found() == [("night", clerk.name, 6)]
    alert = Alert.objects.get()
    assert alert.entries == numbers
    assert [(label, n) for label, n in alert.course if n] == [("03-02 23:00", 2), ("03-03 00:00", 3), ("03-03 01:00", 1)]


@pytest.mark.article("CD2016-31", "PC-133", "PC-134")
def test_one_person_looked_up_by_many_is_found_without_anybodys_number():
    asked = [entry(MONDAY - days(n), by=person(CIVIL_AFFAIRS)) for n in range(2)]
    colleagues = [person(HOUSING) for _ in range(5)]
    actors = [type(each)(kind="person", id=f"p{n}", name=f"p{n}", organization=HOUSING) for n, each in enumerate(colleagues)]
    identifier = "51010419900307123X"
    write(*asked, *(entry(MONDAY - days(n), by=actors[n], subject=identifier, grant=GRANT) for n in range(5)))
    write(*(entry(MONDAY - days(9), by=actors[n], subject="510104199003071241") for n in range(4)))

    services.watch(now=MONDAY)

    (alert,) = Alert.objects.all()
    assert (alert.rule, alert.observed, alert.entry_count) == ("sought", 5, 5)
    assert alert.who.startswith("hmac-sha256:")
    assert identifier not in json.dumps([alert.who, alert.who_name, alert.entries, alert.course])


@pytest.mark.article("CD2016-31", "PC-135")
def test_one_who_looks_up_many_is_found_by_distinct_persons():
    write(*(entry(by=person(HOUSING), subject=f"51010419900307{n:04}") for n in range(200)))
    write(*(entry(by=person(TAX), subject=f"51010419900307{n % 199:04}") for n in range(400)))

    services.watch(now=MONDAY)

    assert [(alert.rule, alert.organization, alert.observed, alert.entry_count) for alert in Alert.objects.all()] == [
        ("seeking", HOUSING, 200, 200)
    ]
    assert Tally.objects.get(what="persons", who=person(TAX).id).value == 199


@pytest.mark.article("CD2016-31", "PC-136", "PC-137")
def test_queries_just_under_the_limit_are_found():
    numbers = write(
        *(entry(by=person(HOUSING), grant=GRANT, counts={"rows": rows, "limit": 1000}) for rows in (1000, 951, 950, 999, 1001)),
        *(entry(by=person(TAX), grant=GRANT, counts={"rows": rows, "limit": 1000}) for rows in (999, 999)),
    )

    services.watch(now=MONDAY)

    (alert,) = Alert.objects.all()
    assert (alert.rule, alert.organization, alert.observed) == ("near", HOUSING, 3)
    assert alert.entries == [numbers[0], numbers[1], numbers[3]]


@pytest.mark.article("CD2016-32", "PC-138")
def test_refusals_in_a_row_are_found_and_an_allowed_act_between_breaks_the_row():
    def tries(by, outcomes):
        return [
            entry(MONDAY + timedelta(minutes=n), "sharing:demand:draft", by, outcome=outcome, reason="不予办理")
            for n, outcome in enumerate(outcomes)
        ]

    write(*tries(person(HOUSING), ["refused"] * 5 + ["allowed"]), *tries(person(TAX), ["refused"] * 4 + ["allowed"] + ["refused"] * 4))

    services.watch(now=MONDAY)

    assert [(alert.rule, alert.organization, alert.observed) for alert in Alert.objects.all()] == [("refusals", HOUSING, 5)]


@pytest.mark.article("PC-125")
def test_reading_again_finds_nothing_twice_and_reads_nothing_twice(monkeypatch):
    monkeypatch.setattr(watching, "STEP", 3)
    usual = [delivery(2_000, MONDAY - days(n)) for n in (8, 5, 3)]
    write(*usual, *(delivery(6_000, MONDAY) for _ in range(4)))

    first = services.watch(now=MONDAY)
    again = services.watch(now=MONDAY)
    write(delivery(90_000, MONDAY))
    later = services.watch(now=MONDAY)

    assert (first, again, later) == (1, 0, 0)
    assert Tally.objects.get(what="rows", who=GRANT, day=MONDAY.date()).value == 114_000
    assert [(each.first_index, each.end_index) for each in Pass.objects.order_by("first_index")][:3] == [(0, 3), (3, 6), (6, 7)]
    assert read_up_to() == sum(each.end_index - each.first_index for each in Pass.objects.all())


def test_a_window_that_overlaps_one_already_told_of_gives_no_second_alert():
    actors = [person(HOUSING, name=f"p{n}") for n in range(5)]
    actors = [type(each)(kind="person", id=each.name, name=each.name, organization=HOUSING) for each in actors]
    write(*(entry(MONDAY, by=actor, subject="510104199003071241") for actor in actors))
    services.watch(now=MONDAY)
    write(*(entry(MONDAY + days(3), by=actor, subject="510104199003071241") for actor in actors))

    assert services.watch(now=MONDAY + days(3)) == 0

    write(*(entry(MONDAY + days(30), by=actor, subject="510104199003071241") for actor in actors))
    assert services.watch(now=MONDAY + days(30)) == 1


@pytest.mark.article("PC-125")
def test_the_numbers_are_the_authoritys_to_set():
    set_parameter(number="PC-138", value=2, reason="试运行期间从严", by=PLATFORM, now=MONDAY)
    write(*(entry(by=person(HOUSING), action="sharing:demand:draft", outcome="refused", reason="不予办理") for _ in range(2)))

    services.watch(now=MONDAY)

    assert [(alert.observed, alert.threshold, alert.numbers["PC-138"]) for alert in Alert.objects.all()] == [(2, 2, 2)]


def test_many_entries_are_counted_and_the_first_thousand_are_named(monkeypatch):
    monkeypatch.setattr(entries, "LISTED", 4)
    write(*(entry(by=person(HOUSING), action="sharing:demand:draft", outcome="refused", reason="不予办理") for _ in range(9)))

    services.watch(now=MONDAY)

    alert = Alert.objects.get()
    assert (len(alert.entries), alert.entry_count, alert.observed) == (4, 9, 9)


@pytest.mark.article("CD2016-26")
@pytest.mark.parametrize(
    "statement", ["UPDATE alerts_alert SET status = 'unfounded'", "DELETE FROM alerts_alert", "UPDATE alerts_pass SET end_index = 9"]
)
def test_what_was_found_cannot_be_rewritten(statement):
    write(*(entry(by=person(HOUSING), action="sharing:demand:draft", outcome="refused", reason="不予办理") for _ in range(5)))
    services.watch(now=MONDAY)

    with pytest.raises((ProgrammingError, IntegrityError)), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.article("CD2016-32", "PC-138")
def test_a_row_of_refusals_goes_on_from_one_reading_to_the_next():
    def refused():
        write(entry(by=person(HOUSING), action="sharing:demand:draft", outcome="refused", reason="不予办理"))
        return services.watch(now=MONDAY)

    assert [refused() for _ in range(6)] == [0, 0, 0, 0, 1, 0]


@pytest.mark.article("CD2016-31", "PC-134")
def test_who_asked_about_whom_is_forgotten_when_no_rule_looks_back_to_it():
    write(entry(MONDAY, by=person(HOUSING), subject="510104199003071241"))
    services.watch(now=MONDAY)
    write(entry(MONDAY + days(20), by=person(HOUSING), subject="510104199003071258"))
    services.watch(now=MONDAY + days(20))

    assert [pair.day for pair in Pair.objects.all()] == [(MONDAY + days(20)).date()]
    assert Tally.objects.filter(what="persons").count() == 2
