"""A worker killed with -9 at any moment: its run is recovered, and what arrives is exact, told once, with nothing left behind."""

import random
import time
from contextlib import closing
from datetime import timedelta

import pytest
from django.db import connection
from psycopg import sql

from govshare.connectors.digest import digest
from govshare.connectors.postgres import connect
from govshare.connectors.postgres.stream import copy_out
from govshare.exchange.models import Chunk
from govshare.exchange.rules import RunStatus
from govshare.exchange.services import carry, upkeep
from govshare.kernel.clock import utc_now
from tests.exchange.counter import ROWS
from tests.exchange.test_transfers import TABLES, evidence
from tests.processes import forked, kill

LINES = "SELECT {} FROM {{s}}.govshare_ledger WHERE run = %s AND snapshot = %s ORDER BY chunk"
AFTER_THE_LEASE = timedelta(seconds=61)


def work_and_die(run, *, after):
    """A worker takes the run up and is killed ``after`` seconds later, if it is not done by then."""
    run.refresh_from_db()
    connection.close()
    victim = forked(lambda: carry.carry_out(run.pk, run.token))
    time.sleep(after)
    kill(victim)
    upkeep.recover_lost(utc_now() + AFTER_THE_LEASE)
    run.refresh_from_db()


def change(counter, seed):
    counter.fronts.provider.run(f"DELETE FROM {{s}}.legal_entity WHERE ('0' || right(uscc, 5))::int % 211 = {seed % 211}")
    counter.fronts.provider.run(
        f"UPDATE {{s}}.legal_entity SET name = name || '改' WHERE ('0' || right(uscc, 5))::int % 199 = {seed % 199}"
    )
    counter.fill(ROWS + 10 * seed, ROWS + 10 * seed + 5)


@pytest.mark.article("CD2016-24", "CD2016-34", "PC-50", "PC-52")
@pytest.mark.parametrize("kills", [pytest.param(20), pytest.param(300, marks=pytest.mark.long)])
def test_killed_at_random_a_run_ends_with_one_exact_delivery(counter, kills):
    chance = random.Random(kills)  # noqa: S311 - when to kill
    began = time.monotonic()
    counter.delivered()
    usual = time.monotonic() - began
    done, runs = 0, 1

    while done < kills:
        run = counter.start()
        for _ in range(chance.randint(1, 4)):
            work_and_die(run, after=chance.uniform(0, usual * 1.2))
            done += 1
            if run.status == RunStatus.DELIVERED:
                break
            change(counter, done)
        finished = run if run.status == RunStatus.DELIVERED else counter.carry(run)
        runs += 1

        assert finished.status == RunStatus.DELIVERED, finished.reason
        assert finished.source_digest == finished.target_digest == arrived_digest(counter)
        assert delivered_earlier(counter, finished) or counter.arrived_rows() == counter.granted_rows()
        assert len(evidence("exchange:run:deliver")) == runs
        assert counter.fronts.recipient.run(TABLES) == [("firm",), ("govshare_applied",), ("govshare_landing",), ("govshare_ledger",)]
        assert told(finished) == in_the_ledger(counter, finished)


def arrived_digest(counter):
    """Computed here from what the recipient now has."""
    with closing(connect(counter.fronts.recipient.conninfo)) as link:
        batches = copy_out(link, sql.Identifier(counter.fronts.recipient.schema, "firm"))
        return str(digest(row for batch in batches for row in batch))


def delivered_earlier(counter, run):
    """Whether a killed attempt had delivered already and only could not say so: what it delivered is what counts, not the source since."""
    return counter.fronts.recipient.run(LINES.format("token"), [run.pk, run.snapshot])[-1] != (run.token,)


def told(run):
    """The chunks of the snapshot that was delivered, as the platform was told them."""
    return list(Chunk.objects.filter(run=run, snapshot=run.snapshot).order_by("number").values_list("number", "rows", "chain"))


def in_the_ledger(counter, run):
    return counter.fronts.recipient.run(LINES.format("chunk, rows, encode(chain, 'hex')"), [run.pk, run.snapshot])[:-1]
