"""Snapshot differences, between every pair of engines: only differing rows move, deletions are found, the tables are equal at the end."""

import os
import random
import signal
import time
from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from govshare.connectors import known
from govshare.connectors.difference import difference
from govshare.connectors.digest import Form, digest
from govshare.connectors.errors import Drift, DuplicateKey, Shrunken, Unequal
from tests.processes import forked, kill, wait

ROWS = 500


class Compared:
    """One transfer by comparison; every ``run`` is one of its runs."""

    def __init__(self, fronts, *columns, key=("n",), **more):
        self.fronts, self.token = fronts, 0
        self.first = fronts.load(fronts.selection("t", *(columns or ("n", "v")), key=key), **more)

    def load(self, **more):
        self.token += 1
        return replace(self.first, **{"run": uuid4(), "token": self.token, **more})

    def run(self, watch=None, **more):
        return difference(self.load(**more), watch or self.fronts.watched.append)

    def equal(self):
        return self.fronts.provider.rows("t", "n, v") == self.fronts.recipient.rows("t", "n, v")

    def change(self, seed=0):
        """Five rows gone, five changed, three new."""
        self.fronts.provider.run(f"DELETE FROM {{s}}.t WHERE n BETWEEN {10 + 20 * seed} AND {14 + 20 * seed}")
        self.fronts.provider.run(f"UPDATE {{s}}.t SET v = 'changed {seed}' WHERE n BETWEEN {15 + 20 * seed} AND {19 + 20 * seed}")
        fresh = ", ".join(f"({n}, NULL)" for n in range(10_000 + 3 * seed, 10_003 + 3 * seed))
        self.fronts.provider.run(f"INSERT INTO {{s}}.t VALUES {fresh}")


@pytest.fixture
def compared(either):
    either.table("t", "n int PRIMARY KEY, v varchar(100)", *(f"({n}, 'row {n}')" for n in range(ROWS)))
    return Compared(either)


@pytest.mark.article("CD2016-24")
def test_only_the_rows_that_differ_move_and_the_digests_of_the_whole_tables_are_equal(compared):
    first = compared.run()
    compared.change()

    delivery = compared.run()

    applied = delivery.applied
    assert first.applied.whole
    assert compared.equal()
    assert (applied.whole, applied.added, applied.changed, applied.removed, applied.unchanged) == (False, 3, 5, 5, ROWS - 10)
    assert delivery.source == delivery.target
    assert delivery.source.rows == ROWS - 2


@pytest.mark.article("CD2016-24")
def test_nothing_is_written_where_nothing_differs(compared):
    compared.run()

    delivery = compared.run()

    assert (delivery.applied.added, delivery.applied.changed, delivery.applied.removed, delivery.applied.unchanged) == (0, 0, 0, ROWS)
    assert delivery.source == delivery.target


@pytest.mark.article("CD2016-24")
def test_what_the_recipient_changed_itself_is_put_right(compared):
    compared.run()
    compared.fronts.recipient.run("UPDATE {s}.t SET v = 'meddled' WHERE n = 7")
    compared.fronts.recipient.run("DELETE FROM {s}.t WHERE n = 8")
    compared.fronts.recipient.run("INSERT INTO {s}.t VALUES (-1, 'meddled')")

    delivery = compared.run()

    assert compared.equal()
    assert (delivery.applied.added, delivery.applied.changed, delivery.applied.removed) == (1, 1, 1)


@pytest.mark.article("CD2016-24")
@pytest.mark.parametrize("gone", ["n >= 0", "n % 2 = 0", "n < 50"])
def test_an_empty_or_shrunken_source_stops_for_a_person_and_nothing_is_changed(compared, gone):
    compared.run()
    compared.fronts.provider.run(f"DELETE FROM {{s}}.t WHERE {gone}")

    with pytest.raises(Shrunken):
        compared.run(least=ROWS * 95 // 100)

    assert len(compared.fronts.recipient.rows("t")) == ROWS
    compared.run(least=0)
    assert compared.equal()


@pytest.mark.article("CD2016-24")
def test_too_many_deletions_stop_for_a_person_though_as_many_rows_are_new(compared, monkeypatch):
    compared.run()
    compared.fronts.provider.run("UPDATE {s}.t SET n = n + 100000 WHERE n < 40")

    with pytest.raises(Shrunken):
        compared.run(least=ROWS * 95 // 100)

    assert len(compared.fronts.recipient.rows("t", "n")) == ROWS
    assert compared.fronts.recipient.run("SELECT count(*) FROM {s}.t WHERE n < 40") == [(40,)]


def test_a_rewritten_table_is_brought_whole(compared, monkeypatch):
    monkeypatch.setattr("govshare.connectors.difference._FEW", 20)
    compared.run()
    compared.fronts.provider.run("UPDATE {s}.t SET v = 'all new'")

    delivery = compared.run()

    assert delivery.applied.whole
    assert compared.equal()


def test_a_table_too_large_for_one_part_is_compared_in_several(compared, monkeypatch):
    monkeypatch.setattr(known, "MOST", 150)
    compared.run()
    compared.change()

    delivery = compared.run()

    assert compared.equal()
    assert (delivery.applied.added, delivery.applied.changed, delivery.applied.removed) == (3, 5, 5)


def test_a_source_without_a_key_is_refused_with_the_reason(compared):
    with pytest.raises(Drift, match="没有键"):
        compared.run(selection=replace(compared.first.selection, key=()))


def test_two_rows_under_one_declared_key_are_refused(either):
    either.table("t", "id int PRIMARY KEY, n int NOT NULL, v int", "(1, 1, 1)")
    compared = Compared(either)
    compared.run()
    either.provider.run("INSERT INTO {s}.t VALUES (2, 5, 1), (3, 5, 2)")
    with pytest.raises(DuplicateKey):
        compared.run()
    either.provider.run("DELETE FROM {s}.t WHERE id > 1")
    either.provider.run("INSERT INTO {s}.t VALUES (4, 1, 1)")

    with pytest.raises(Unequal):
        compared.run()

    assert either.recipient.rows("t") == [(1, 1)]


def killed_at(load, step):
    calls = iter(range(1, step + 1))

    def watch(_):
        if next(calls) == step:
            os.kill(os.getpid(), signal.SIGKILL)

    wait(forked(lambda: difference(load, watch)))


def test_every_step_of_a_difference_can_be_the_last_one(compared):
    compared.run()
    steps = []
    compared.change()
    compared.run(steps.append)

    for step in range(1, len(steps) + 1):
        compared.change(step)
        run = uuid4()
        killed_at(compared.load(run=run), step)
        delivery = compared.run(run=run)

        assert compared.equal(), f"killed at step {step} of {len(steps)}"
        assert delivery.source == delivery.target
        assert (delivery.applied.added, delivery.applied.changed, delivery.applied.removed) == (3, 5, 5)


@pytest.mark.article("CD2016-24")
@pytest.mark.parametrize("kills", [pytest.param(6), pytest.param(100, marks=pytest.mark.long)])
def test_killed_at_random_moments_the_tables_are_equal_after_the_next_run(compared, kills):
    chance = random.Random(kills)  # noqa: S311 - when to kill
    compared.run()
    began = time.monotonic()
    compared.run()
    usual = time.monotonic() - began
    for done in range(kills):
        compared.change(done % 24)
        run = UUID(int=done)
        load = compared.load(run=run)
        victim = forked(lambda load=load: difference(load, lambda _: None))
        time.sleep(chance.uniform(0, usual * 1.5))
        kill(victim)

        delivery = compared.run(run=run)

        assert compared.equal()
        assert delivery.source == delivery.target
        compared.fronts.provider.run("DELETE FROM {s}.t WHERE n >= 10000")
        compared.run()


def test_rows_are_told_apart_by_their_hashes():
    rows = [bytes([0, 1, n]) for n in range(200)]
    seen = known.Known(200)
    seen.note(rows)

    fresh = seen.fresh([*rows[:150], b"new"])

    assert fresh == [b"new"]
    assert sorted(ordinal for ordinal, _ in seen.stale()) == list(range(150, 200))
    assert seen.held == digest(rows, Form.BINARY)
    assert seen.read == digest([*rows[:150], b"new"], Form.BINARY)
