"""Increments by watermark, between every pair of engines: what changed since arrives once, what is equal is not written, or nothing is."""

import os
import random
import signal
import time
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest

from govshare.connectors import Column, Condition, Operator, Treatment
from govshare.connectors.difference import difference
from govshare.connectors.errors import Broken, Drift, DuplicateKey, Fenced, Unequal
from govshare.connectors.increment import increment
from tests.processes import forked, kill, wait

TABLE = "n int NOT NULL, v varchar(60), at timestamp(6) NOT NULL DEFAULT '2016-06-25 08:00:00', PRIMARY KEY (n)"
NINE = "'2016-06-25 09:00:00'"


def rows(*values):
    return [f"({n}, '{v}', '2016-06-25 {at}')" for n, v, at in values]


class Moved:
    """One transfer by increments of ``at``; every ``run`` is one of its runs."""

    def __init__(self, fronts, *, key=("n",), watermark="at", columns=("n", "v", "at"), **more):
        self.fronts, self.token = fronts, 0
        self.first = fronts.load(fronts.selection("t", *columns, key=key), watermark=watermark, usual_overlap=10, **more)

    def load(self, **more):
        self.token += 1
        return replace(self.first, **{"run": uuid4(), "token": self.token, **more})

    def run(self, watch=None, **more):
        return increment(self.load(**more), watch or self.fronts.watched.append)

    def equal(self):
        columns = "n, v, at"
        return self.there(columns) == self.here(columns)

    def there(self, columns="n, v"):
        return [spelled(row) for row in self.fronts.provider.rows("t", columns)]

    def here(self, columns="n, v"):
        return [spelled(row) for row in self.fronts.recipient.rows("t", columns)]


def spelled(row):
    """Moments without a zone, which one family does not keep."""
    return tuple(value.replace(tzinfo=None) if hasattr(value, "tzinfo") else value for value in row)


@pytest.fixture
def moved(either):
    if hasattr(either.provider, "server"):
        either.provider.run("SET time_zone = '+00:00'")
    either.table("t", TABLE, *rows((1, "a", "08:00:00"), (2, "b", "08:30:00"), (3, "c", "09:00:00.5")))
    return Moved(either)


@pytest.mark.article("CD2016-24")
def test_the_first_run_brings_the_whole_table_and_confirms_its_highest_watermark(moved):
    delivery = moved.run()

    assert moved.equal()
    assert delivery.source == delivery.target
    assert (delivery.source.rows, delivery.applied.whole, delivery.applied.added) == (3, True, 3)
    assert delivery.applied.until.startswith("2016-06-25T09:00:00.5")


@pytest.mark.article("CD2016-24")
def test_an_increment_reads_from_the_watermark_less_the_overlap_and_says_what_was_new_changed_and_equal(moved):
    moved.run()
    moved.fronts.provider.run(f"INSERT INTO {{s}}.t VALUES (4, 'd', {NINE})")
    moved.fronts.provider.run("UPDATE {s}.t SET v = 'B', at = '2016-06-25 09:05:00' WHERE n = 2")

    delivery = moved.run()

    applied = delivery.applied
    assert moved.equal()
    assert delivery.source == delivery.target
    assert delivery.source.rows == 3  # the one at 09:00:00.5 again: it lies within the overlap
    assert (applied.added, applied.changed, applied.unchanged, applied.removed) == (1, 1, 1, 0)
    assert applied.since.startswith("2016-06-25T08:50:00.5")
    assert applied.until.startswith("2016-06-25T09:05:00")


@pytest.mark.article("CD2016-24")
def test_a_replay_writes_nothing(moved):
    moved.run()
    before = moved.fronts.recipient.rows("t", "xmin::text, n") if not hasattr(moved.fronts.recipient, "server") else None

    delivery = moved.run()

    assert (delivery.applied.added, delivery.applied.changed, delivery.applied.unchanged) == (0, 0, 1)
    assert before is None or moved.fronts.recipient.rows("t", "xmin::text, n") == before


@pytest.mark.article("CD2016-24")
def test_what_an_increment_cannot_see_is_left_and_the_watermark_never_falls(moved):
    first = moved.run()
    moved.fronts.provider.run("DELETE FROM {s}.t WHERE n = 3")
    moved.fronts.provider.run("UPDATE {s}.t SET v = 'unseen', at = at WHERE n = 1")

    delivery = moved.run()

    assert moved.here() == [(1, "a"), (2, "b"), (3, "c")]
    assert delivery.source.rows == 0
    assert delivery.source == delivery.target
    assert delivery.applied.until == first.applied.until


@pytest.mark.article("CD2016-24")
def test_a_comparison_in_between_mends_what_was_not_seen_and_keeps_the_watermark(moved):
    first = moved.run()
    moved.fronts.provider.run("DELETE FROM {s}.t WHERE n = 1")
    moved.fronts.provider.run("UPDATE {s}.t SET v = 'unseen', at = at WHERE n = 2")

    compared = difference(moved.load(), moved.fronts.watched.append).applied

    assert (compared.changed, compared.removed, compared.until) == (1, 1, first.applied.until)
    assert moved.equal()
    assert not moved.run().applied.whole


@pytest.mark.article("CD2016-24")
def test_a_longer_overlap_finds_rows_that_came_late(moved):
    moved.run()
    moved.fronts.provider.run("INSERT INTO {s}.t VALUES (9, 'late', '2016-06-25 08:15:00')")

    assert moved.run().applied.added == 0
    assert moved.run(overlap=60).applied.added == 1
    assert moved.equal()


@pytest.mark.article("CD2016-24")
@pytest.mark.parametrize("kind", ["int", "bigint", "date", "timestamp"])
def test_integers_dates_and_moments_can_be_watermarks(either, kind):
    values = ("'2016-06-24'", "'2016-06-25'", "'2016-06-26'") if kind in {"date", "timestamp"} else ("-5", "7", "9")
    either.table("t", f"n int PRIMARY KEY, v {kind} NOT NULL", f"(1, {values[0]})", f"(2, {values[1]})")
    moved = Moved(either, watermark="v", columns=("n", "v"))
    moved.run()
    either.provider.run(f"INSERT INTO {{s}}.t VALUES (3, {values[2]})")

    delivery = moved.run()

    assert moved.here("n") == [(1,), (2,), (3,)]
    assert delivery.applied.added == 1
    assert delivery.source.rows == 3 - (kind != "date")  # an overlap of minutes takes the day before whole


@pytest.mark.article("CD2016-24")
def test_only_what_is_granted_leaves_the_source_treated_as_in_a_full_load(moved):
    columns = (Column("n", "n"), Column("v", "w", treatment=Treatment.MASK, head=1), Column("at", "at"))
    narrow = replace(moved.first.selection, columns=columns, conditions=(Condition("n", Operator.LE, (100,)),))
    moved.run(selection=narrow)
    moved.fronts.provider.run(f"INSERT INTO {{s}}.t VALUES (4, 'geheim', {NINE}), (400, 'x', {NINE})")

    moved.run(selection=narrow)

    assert moved.here("n, w") == [(1, "*"), (2, "*"), (3, "*"), (4, "g*****")]


@pytest.mark.article("CD2016-24")
def test_a_source_without_a_key_is_refused_with_the_reason(moved):
    with pytest.raises(Drift, match="没有键"):
        moved.run(selection=replace(moved.first.selection, key=()))


@pytest.mark.parametrize("kind", ["varchar(10) NOT NULL", "timestamp NULL", "int"])
def test_a_watermark_that_could_be_missing_or_has_no_order_is_refused(either, kind):
    either.table("t", f"n int PRIMARY KEY, v {kind}")

    with pytest.raises(Drift, match=r"为空|须是时间") as drift:
        Moved(either, watermark="v", columns=("n", "v")).run()

    assert [fault.place for fault in drift.value.faults] == ["v"]


def test_a_watermark_in_the_future_is_refused_because_later_rows_would_be_missed(either):
    either.table("t", "n int PRIMARY KEY, v date NOT NULL", "(1, '2016-06-25')", "(2, '2199-01-01')")

    with pytest.raises(Drift, match="晚于当前时间"):
        Moved(either, watermark="v", columns=("n", "v")).run()


def test_a_table_the_recipient_dropped_is_brought_whole_again(moved):
    moved.run()
    moved.fronts.recipient.run("DROP TABLE {s}.t")

    delivery = moved.run()

    assert delivery.applied.whole
    assert moved.equal()


def test_rows_the_recipient_meddles_with_by_trigger_roll_the_increment_back(fronts):
    fronts.table("t", TABLE, *rows((1, "a", "08:00:00")))
    moved = Moved(fronts)
    moved.run()
    fronts.recipient.run("CREATE FUNCTION {s}.meddle() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.v = 'meddled'; RETURN NEW; END $$")
    fronts.recipient.run("CREATE TRIGGER meddle BEFORE UPDATE ON {s}.t FOR EACH ROW EXECUTE FUNCTION {s}.meddle()")
    fronts.provider.run(f"UPDATE {{s}}.t SET v = 'A', at = {NINE}")

    with pytest.raises(Unequal):
        moved.run()

    assert moved.here() == [(1, "a")]


def test_two_rows_under_one_declared_key_are_refused(either):
    either.table("t", "id int PRIMARY KEY, n int NOT NULL, at timestamp(6) NOT NULL", f"(1, 1, {NINE})")
    moved = Moved(either, columns=("n", "at"))
    moved.run()
    either.provider.run(f"INSERT INTO {{s}}.t VALUES (2, 5, {NINE}), (3, 5, {NINE})")

    with pytest.raises(DuplicateKey):
        moved.run()

    assert moved.here("n") == [(1,)]


def test_a_worker_that_was_overtaken_applies_nothing(moved):
    moved.run()
    moved.fronts.provider.run(f"INSERT INTO {{s}}.t VALUES (4, 'd', {NINE})")
    late, successor = moved.load(), moved.load()

    def overtake(progress):
        if progress.phase == "deliver":
            increment(successor, lambda _: None)

    with pytest.raises((Fenced, Broken)):  # one family ends the session at once
        increment(late, overtake)

    assert moved.equal()
    assert moved.fronts.recipient.run("SELECT count(*) FROM {s}.govshare_applied") == [(2,)]


def killed_at(load, step):
    calls = iter(range(1, step + 1))

    def watch(_):
        if next(calls) == step:
            os.kill(os.getpid(), signal.SIGKILL)

    wait(forked(lambda: increment(load, watch)))


def test_every_step_of_an_increment_can_be_the_last_one(moved):
    moved.run()
    steps = []
    moved.run(steps.append)

    for step in range(1, len(steps) + 1):
        moved.fronts.provider.run(f"INSERT INTO {{s}}.t VALUES ({100 + step}, 'neu', '2016-06-25 10:{step:02}:00')")
        run = uuid4()
        killed_at(moved.load(run=run), step)
        delivery = moved.run(run=run)

        assert moved.equal(), f"killed at step {step} of {len(steps)}"
        assert delivery.source == delivery.target
        assert delivery.applied.added == 1


@pytest.mark.article("CD2016-24")
@pytest.mark.parametrize("kills", [pytest.param(6), pytest.param(100, marks=pytest.mark.long)])
def test_killed_at_random_moments_every_change_arrives_once(moved, kills):
    chance = random.Random(kills)  # noqa: S311 - when to kill
    began = time.monotonic()
    moved.run(chunk=4096)
    usual = time.monotonic() - began
    for done in range(kills):
        first, moment = 1000 * (done + 1), datetime(2016, 6, 26) + timedelta(hours=done)  # noqa: DTZ001 - as the table has it
        values = ", ".join(f"({n}, '{'x' * 50}', '{moment}')" for n in range(first, first + 300))
        moved.fronts.provider.run(f"INSERT INTO {{s}}.t VALUES {values}")
        run = UUID(int=done)
        load = moved.load(run=run, chunk=4096)
        victim = forked(lambda load=load: increment(load, lambda _: None))
        time.sleep(chance.uniform(0, usual * 1.5))
        kill(victim)

        delivery = moved.run(run=run, chunk=4096)

        assert moved.run(overlap=1440).source.rows >= 300
        assert moved.equal()
        assert delivery.source == delivery.target
    assert moved.fronts.recipient.run("SELECT sum(added) FROM {s}.govshare_applied") == [(3 + 300 * kills,)]
