import threading
import time

import psycopg

from govshare.audit import queries, services, tasks
from govshare.audit.models import Unplaced
from tests.audit.actors import LAW, NOW, person


def record():
    return services.record(action="catalog:entry:publish", basis=LAW, by=person(), now=NOW)


def wait_until(condition):
    for _ in range(2000):
        if condition():
            return True
        time.sleep(0.01)
    return False


def test_the_loop_brings_receipts_to_their_second_stage_until_told_to_stop(own_database):
    stop = threading.Event()
    loop = threading.Thread(target=tasks.sequencer_loop, args=[stop])
    loop.start()

    first = record()
    proved_first = wait_until(lambda: queries.receipt(first.number).startswith(b"c2sp.org/tlog-proof@v1\n"))
    second = record()
    proved_second = wait_until(lambda: queries.receipt(second.number).startswith(b"c2sp.org/tlog-proof@v1\n"))
    stop.set()
    loop.join(timeout=30)

    assert (proved_first, proved_second, loop.is_alive()) == (True, True, False)


def test_the_loop_outlives_a_lost_connection_and_a_rewound_log(own_database, evidence, monkeypatch):
    monkeypatch.setattr(tasks, "PAUSE", 0.05)
    record()
    services.place(now=NOW)
    note = (evidence / "checkpoint").read_text()
    (evidence / "checkpoint").write_text("not a checkpoint")
    stop = threading.Event()
    loop = threading.Thread(target=tasks.sequencer_loop, args=[stop])
    loop.start()

    later = record()
    (evidence / "checkpoint").write_text(note)
    with psycopg.connect(own_database("admin"), autocommit=True) as admin:
        admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND usename = 'govshare_app' AND query LIKE '%%advisory%%'"
        )
    proved = wait_until(lambda: queries.receipt(later.number).startswith(b"c2sp.org/tlog-proof@v1\n"))
    stop.set()
    loop.join(timeout=30)

    assert (proved, loop.is_alive()) == (True, False)


def test_the_periodic_task_places_everything_that_waits(own_database):
    promises = [record() for _ in range(3)]

    entered = tasks.place(0)

    assert entered == 3
    assert not Unplaced.objects.exists()
    assert queries.receipt(promises[2].number).startswith(b"c2sp.org/tlog-proof@v1\n")
    assert tasks.place.queue == "evidence"
