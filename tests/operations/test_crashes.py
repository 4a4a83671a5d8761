"""What a crash, a kill or a second start leaves behind never keeps the platform from starting again."""

import os
import signal
import time
from contextlib import suppress

import psycopg
import pytest

from tests.operations.children import Child


def server(cluster):
    return int((cluster.data / "postmaster.pid").read_text().split()[0])


def commit_a_row(cluster):
    with psycopg.connect(cluster.url("admin", "postgres")) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (word text)")
        connection.execute("INSERT INTO kept VALUES ('回执')")


def rows(cluster):
    with psycopg.connect(cluster.url("admin", "postgres")) as connection:
        return connection.execute("SELECT count(*) FROM kept").fetchone()[0]


@pytest.mark.article("CD2016-34")
def test_a_killed_server_starts_again_with_all_that_was_committed(make_cluster):
    cluster = make_cluster()
    cluster.start()
    commit_a_row(cluster)

    for _ in range(2):
        os.kill(server(cluster), signal.SIGKILL)
        cluster.start()
        commit_a_row(cluster)

    assert rows(cluster) == 3


@pytest.mark.article("CD2016-34")
def test_when_everything_is_killed_at_once_it_starts_again(make_cluster):
    cluster = make_cluster()
    child = Child(lambda: (cluster.start(), commit_a_row(cluster), time.sleep(600)))
    while not (cluster.running() and cluster._answers() and rows_or_none(cluster) == 1):
        time.sleep(0.05)

    everything = cluster._postmaster.processes()
    child.kill()
    for process in everything:
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
    cluster.start()

    assert len(everything) > 3
    assert rows(cluster) == 1


def rows_or_none(cluster):
    try:
        return rows(cluster)
    except psycopg.errors.UndefinedTable:
        return None


@pytest.mark.parametrize("reached", ["data.new/base", "data", "data/postmaster.pid"])
def test_a_start_killed_half_way_is_finished_by_the_next(make_cluster, reached):
    cluster = make_cluster(fresh=True)
    child = Child(cluster.start)
    while not (cluster.place / reached).exists():
        time.sleep(0.002)

    child.kill()
    cluster.start()
    commit_a_row(cluster)

    assert rows(cluster) == 1
    assert sorted(path.name for path in cluster.place.iterdir()) == ["data", "lock", "log", "run", "server.conf"]


def test_starts_at_the_same_time_end_with_one_server(make_cluster):
    cluster = make_cluster(fresh=True)

    starts = [Child(cluster.start) for _ in range(3)]
    for start in starts:
        start.finish()

    commit_a_row(cluster)
    assert rows(cluster) == 1
    assert (cluster.log / "startup.log").read_text().count("redirecting log output") == 1


def test_a_server_number_that_somebody_else_has_now_does_not_look_like_a_server(make_cluster):
    cluster = make_cluster()
    cluster.start()
    old = cluster.data / "postmaster.pid"
    lines = old.read_text().splitlines()
    cluster.stop()
    old.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")

    running = cluster.running()
    cluster.start()

    assert not running
    assert cluster.running()
    assert server(cluster) != os.getpid()


def test_stopping_what_does_not_run_is_no_error(make_cluster):
    cluster = make_cluster()

    cluster.stop()
    cluster.start()
    cluster.stop()
    cluster.stop()

    assert not cluster.running()
    assert cluster._postmaster.processes() == []
