"""What holds across connections and for every role."""

import threading
from collections.abc import Callable
from datetime import date

import psycopg
import pytest
from django.db import connection, transaction

from govshare.duties import services
from govshare.duties.models import Duty
from tests.duties.test_calendar import load
from tests.duties.world import AUTHORITY, at, start


@pytest.mark.article("PC-02")
def test_history_cannot_be_changed_by_the_owner_either(own_database):
    duty = start(at(2026, 9, 17), 3)
    services.extend(duty=duty, due_on=date(2026, 9, 29), reason="台风停工", by=AUTHORITY, now=at(2026, 9, 18))

    with psycopg.connect(own_database("owner"), autocommit=True) as owner:
        for statement in (
            "DELETE FROM duties_duty_change",
            "UPDATE duties_duty_change SET reason = 'x'",
            "TRUNCATE duties_duty_change",
            "UPDATE duties_duty SET due_on = due_on + 1",
        ):
            with pytest.raises(psycopg.errors.RestrictViolation):
                owner.execute(statement)


def in_thread(work: Callable[[], None], faults: list[BaseException]) -> threading.Thread:
    def run() -> None:
        try:
            work()
        except BaseException as fault:  # noqa: BLE001 - shown by the caller's assertion
            faults.append(fault)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


@pytest.mark.article("PC-05")
def test_no_provisional_date_slips_past_the_recount(own_database):
    """The loader waits for whoever is counting."""
    counted, go_on, loaded = threading.Event(), threading.Event(), threading.Event()
    faults: list[BaseException] = []

    def count() -> None:
        with transaction.atomic():
            start(at(2026, 12, 30))
            counted.set()
            go_on.wait(30)

    def load_meanwhile() -> None:
        load()
        loaded.set()

    counter = in_thread(count, faults)
    assert counted.wait(30)
    loader = in_thread(load_meanwhile, faults)
    waited = not loaded.wait(0.3)
    go_on.set()
    counter.join(30)
    loader.join(30)

    assert not faults
    assert waited
    duty = Duty.objects.get()
    assert (duty.provisional, duty.due_on) == (False, date(2027, 1, 21))


def test_two_who_start_the_same_duty_at_once_end_with_one(own_database):
    faults: list[BaseException] = []

    threads = [in_thread(lambda: start(at(2026, 9, 17)) and None, faults) for _ in range(4)]
    for thread in threads:
        thread.join(30)

    assert [type(fault).__name__ for fault in faults] == ["WrongState"] * 3
    assert Duty.objects.count() == 1
