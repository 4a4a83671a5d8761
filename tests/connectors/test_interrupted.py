"""Kill -9 at any step, change the source meanwhile, start again: the delivery equals the new snapshot, nothing lost, nothing doubled."""

import os
import random
import signal
import time
from dataclasses import replace
from uuid import UUID

import pytest

from govshare.connectors.digest import Digest, Form
from govshare.connectors.errors import Broken
from govshare.connectors.full import full_load
from govshare.connectors.reconcile import Buckets
from tests.processes import forked, kill, wait

BLOCK = 8192
ROWS = 2000


def killed(work):
    """Run ``work``, which kills its own process, in a process of its own; wait for that."""
    wait(forked(work))


def die_at(step):
    """A watch that kills its process the ``step``-th time it is called."""
    calls = iter(range(1, step + 1))

    def watch(_):
        if next(calls) == step:
            os.kill(os.getpid(), signal.SIGKILL)

    return watch


@pytest.fixture
def loads(fronts):
    """Makes the source and returns the load of an attempt; a small table of many chunks."""
    fronts.table("t", "n int NOT NULL, v text, w int")
    fronts.provider.run(f"INSERT INTO {{s}}.t SELECT n, repeat('x', 150), n % 7 FROM generate_series(1, {ROWS}) n")
    first = fronts.load(fronts.selection("t", "n", "v", "w", key=("n",)), chunk=BLOCK)
    return lambda attempt, **more: replace(first, token=attempt, **more)


def change(fronts, seed):
    """What a department does to its table between two attempts."""
    fronts.provider.run(f"DELETE FROM {{s}}.t WHERE (n + {seed}) % 331 = 0")
    fronts.provider.run(f"UPDATE {{s}}.t SET w = w + 1 WHERE (n + {seed}) % 299 = 0")
    fronts.provider.run(f"INSERT INTO {{s}}.t SELECT n, 'neu', {seed} FROM generate_series({ROWS + 10 * seed}, {ROWS + 10 * seed + 4}) n")


def equal(fronts, delivery):
    """The recipient's table is the source's as it now stands, and the delivery says so."""
    there, here = fronts.provider.rows("t", order="1, 2, 3"), fronts.recipient.rows("t", order="1, 2, 3")
    return here == there and delivery.source == delivery.target and delivery.source.rows == len(there)


def test_every_step_of_a_load_can_be_the_last_one(fronts, loads):
    steps = []
    full_load(loads(1), steps.append)
    chosen = range(1, len(steps) + 1, max(len(steps) // 12, 1))

    for attempt, step in enumerate(chosen, 2):
        run = loads(2 * attempt, run=steps_run(attempt))
        killed(lambda run=run, step=step: full_load(run, die_at(step)))
        change(fronts, attempt)
        delivery = full_load(replace(run, token=2 * attempt + 1), lambda _: None)

        assert equal(fronts, delivery), f"killed at step {step} of {len(steps)}"


def steps_run(attempt):
    return UUID(int=attempt)


@pytest.mark.article("CD2016-24")
@pytest.mark.parametrize("kills", [pytest.param(24), pytest.param(300, marks=pytest.mark.long)])
@pytest.mark.parametrize("key", [("n",), ()], ids=["key", "no key"])
def test_killed_again_and_again_at_random_it_still_delivers_one_snapshot(fronts, loads, kills, key):
    chance = random.Random(kills)  # noqa: S311 - when to kill
    began = time.monotonic()
    full_load(loads(1), lambda _: None)
    usual = time.monotonic() - began
    attempt, deliveries, done = 1, 0, 0
    run = loads(1)
    run = replace(run, selection=replace(run.selection, key=key))
    while done < kills:
        run = replace(run, run=steps_run(1000 + done))
        for _ in range(chance.randint(1, 4)):
            attempt += 1
            victim = forked(lambda run=run, attempt=attempt: full_load(replace(run, token=attempt), lambda _: None))
            time.sleep(chance.uniform(0, usual * 1.1))
            kill(victim)
            done += 1
            if chance.random() < 0.5:
                change(fronts, attempt)
        attempt += 1
        before = fronts.recipient.run("SELECT count(*) FROM {s}.govshare_ledger WHERE run = %s AND kind = 'deliver'", [run.run])
        delivery = full_load(replace(run, token=attempt), lambda _: None)
        deliveries += 1

        assert delivery.source == delivery.target
        assert before == [(1,)] or equal(fronts, delivery)
        assert fronts.recipient.run("SELECT count(*) FROM {s}.govshare_ledger WHERE kind = 'deliver'") == [(1 + deliveries,)]


@pytest.mark.article("CD2016-24")
def test_after_a_crash_only_what_differs_is_fetched_again(fronts, loads):
    killed(lambda: full_load(loads(1), die_at(40)))
    ((before,),) = fronts.recipient.run("SELECT max(chunk) FROM {s}.govshare_ledger")
    change(fronts, 3)

    delivery = full_load(loads(2), fronts.watched.append)

    lines = fronts.recipient.run("SELECT kind, snapshot = %s, rows FROM {s}.govshare_ledger ORDER BY chunk", [delivery.snapshot])
    assert equal(fronts, delivery)
    assert [line[:2] for line in lines[:before]] == [("load", False)] * before
    assert lines[before][:2] == ("reconcile", True)
    assert all(current for _, current, _ in lines[before:])
    assert sum(rows for kind, current, rows in lines if current and kind != "deliver") == delivery.source.rows


@pytest.mark.article("CD2016-24")
@pytest.mark.parametrize("side", ["provider", "recipient"])
def test_a_connection_cut_on_either_side_says_which_and_what_was_loaded_is_kept(fronts, loads, side):
    front = getattr(fronts, side)

    def cut(progress):
        if progress.line and progress.line.chunk == 5:
            front.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{a}'")

    with pytest.raises(Broken, match={"provider": "提供方", "recipient": "接收方"}[side]) as broken:
        full_load(loads(1), cut)
    delivery = full_load(loads(2), lambda _: None)

    assert broken.value.passing
    assert fronts.recipient.run("SELECT DISTINCT token FROM {s}.govshare_ledger ORDER BY 1") == [(1,), (2,)]
    assert equal(fronts, delivery)


def test_a_table_rewritten_between_two_attempts_is_loaded_again_from_the_start(fronts, loads):
    killed(lambda: full_load(loads(1), die_at(40)))
    fronts.provider.run("UPDATE {s}.t SET w = w + 1")
    fronts.provider.run("VACUUM FULL {s}.t")

    delivery = full_load(loads(2), lambda _: None)

    assert equal(fronts, delivery)
    assert fronts.recipient.run("SELECT DISTINCT snapshot = %s FROM {s}.govshare_ledger", [delivery.snapshot]) == [(True,)]


def test_a_grant_changed_between_two_attempts_delivers_what_it_grants_now(fronts, loads):
    killed(lambda: full_load(loads(1), die_at(40)))
    narrower = fronts.selection("t", "n", "w", key=("n",))

    full_load(loads(2, selection=narrower), lambda _: None)

    assert fronts.recipient.rows("t") == fronts.provider.rows("t", "n, w")


def test_a_worker_killed_after_the_delivery_does_not_deliver_twice(fronts, loads):
    first = full_load(loads(1), lambda _: None)
    fronts.provider.run("DELETE FROM {s}.t")

    again = full_load(loads(2), lambda _: None)

    assert (again.snapshot, again.source, again.chain, again.chunks) == (first.snapshot, first.source, first.chain, first.chunks)
    assert len(fronts.recipient.rows("t")) == ROWS


def test_rows_meddled_with_in_the_staging_table_are_put_right(fronts, loads):
    killed(lambda: full_load(loads(1), die_at(40)))
    staging = fronts.recipient.run("SELECT relname FROM pg_class WHERE relnamespace = '{s}'::regnamespace AND relname ~ '^govshare_load_'")[
        0
    ][0]
    fronts.recipient.run(f"INSERT INTO {{s}}.{staging} SELECT * FROM {{s}}.{staging} WHERE n < 20")
    fronts.recipient.run(f"UPDATE {{s}}.{staging} SET v = 'meddled' WHERE n = 30")
    fronts.recipient.run(f"DELETE FROM {{s}}.{staging} WHERE n = 40")

    delivery = full_load(loads(2), lambda _: None)

    assert equal(fronts, delivery)


def test_buckets_tell_apart_a_lost_a_doubled_and_a_changed_row():
    rows = [bytes([0, 1, n]) for n in range(200)]

    def differing(other):
        one, two = Buckets(), Buckets()
        one.add(rows)
        two.add(other)
        return len(one.differing(two))

    assert differing(rows[::-1]) == 0
    assert differing(rows[1:]) == 1
    assert differing([*rows, rows[0]]) == 1
    assert differing([b"\0\1\xff", *rows[1:]]) == 2
    assert Buckets().digest(Form.BINARY) == Digest()
