"""Transfers by watermark and by comparison, from order to receipt."""

import random
import time

import pytest
from django.db import IntegrityError, InternalError, transaction

from govshare.exchange import services
from govshare.exchange.models import Transfer
from govshare.exchange.rules import RunStatus
from govshare.exchange.services import Manner
from govshare.kernel.clock import utc_now
from govshare.kernel.errors import Invalid
from govshare.sharing.services import grants
from tests.exchange.counter import ROWS
from tests.exchange.test_killed import work_and_die
from tests.exchange.test_transfers import evidence

INCREMENT = Manner("increment", watermark="capital")
MORE = """
    INSERT INTO {s}.legal_entity SELECT 'X' || lpad(n::text, 17, '0'), '企业' || n, lpad(n::text, 18, '0'), n
    FROM generate_series(%s::int, %s::int) n
"""


@pytest.fixture
def rising(counter):
    """The source with a whole number that only rises, where an amount was."""
    counter.fronts.provider.run("ALTER TABLE {s}.legal_entity ALTER capital TYPE bigint USING right(uscc, 9)::bigint")
    counter.fronts.provider.run("ALTER TABLE {s}.legal_entity ALTER capital SET NOT NULL")
    return counter


def order(counter, how, table="firm"):
    return services.order(grant=counter.grant.pk, target=counter.taking.pk, table=table, how=how, by=counter.office.checker, now=utc_now())


def compare(counter, transfer):
    return counter.carry(services.start(transfer=transfer.pk, by=counter.office.checker, now=utc_now(), comparing=True))


@pytest.mark.article("CD2016-24", "PC-58")
def test_an_increment_brings_what_is_new_and_its_receipt_says_from_where_to_where(rising):
    transfer = order(rising, INCREMENT)
    first = rising.carry(rising.start(transfer))
    rising.fronts.provider.run(MORE, [ROWS + 1, ROWS + 7])

    second = rising.carry(rising.start(transfer))

    told = evidence("exchange:run:deliver")[-1]
    assert (first.status, first.rows_done, first.applied["whole"]) == (RunStatus.DELIVERED, ROWS, True), first.reason
    assert (second.status, second.rows_done) == (RunStatus.DELIVERED, 8), second.reason
    assert rising.arrived_rows() == rising.granted_rows()
    assert {name: told["counts"][name] for name in ("added", "changed", "unchanged", "removed")} == {
        "added": 7,
        "changed": 0,
        "unchanged": 1,
        "removed": 0,
    }
    assert (told["detail"]["since"], told["detail"]["until"], told["detail"]["way"]) == (str(ROWS), str(ROWS + 7), "按水位增量")
    assert told["digests"]["source"] == told["digests"]["target"] == second.source_digest


@pytest.mark.article("CD2016-24", "PC-58")
def test_a_comparison_mends_what_increments_could_not_see_and_they_go_on(rising):
    transfer = order(rising, INCREMENT)
    rising.carry(rising.start(transfer))
    rising.fronts.provider.run("DELETE FROM {s}.legal_entity WHERE capital <= 10")
    rising.fronts.provider.run("UPDATE {s}.legal_entity SET name = '改名' WHERE capital = 11")
    unseen = rising.carry(rising.start(transfer))
    assert (unseen.applied["changed"], unseen.applied["removed"]) == (0, 0)

    compared = compare(rising, transfer)

    assert (compared.mode, compared.applied["changed"], compared.applied["removed"]) == ("difference", 1, 10), compared.reason
    assert rising.arrived_rows() == rising.granted_rows()
    after = rising.carry(rising.start(transfer))
    assert (after.mode, after.applied["whole"], after.rows_done) == ("increment", False, 1)


@pytest.mark.article("CD2016-24")
def test_a_difference_moves_only_what_differs(counter):
    transfer = order(counter, Manner("difference"))
    counter.carry(counter.start(transfer))
    counter.fronts.provider.run("DELETE FROM {s}.legal_entity WHERE capital < 3")
    counter.fronts.provider.run("UPDATE {s}.legal_entity SET name = '改名' WHERE uscc LIKE '%%00009'")
    counter.fill(ROWS + 1, ROWS + 5)

    run = counter.carry(counter.start(transfer))

    assert (run.status, run.source_digest) == (RunStatus.DELIVERED, run.target_digest), run.reason
    assert (run.applied["added"], run.applied["changed"], run.applied["removed"], run.applied["whole"]) == (5, 1, 8, False)
    assert counter.arrived_rows() == counter.granted_rows()


@pytest.mark.article("PC-51")
def test_a_shrunken_source_stops_a_comparison_until_a_person_confirms(counter):
    transfer = order(counter, Manner("difference"))
    counter.carry(counter.start(transfer))
    before = counter.arrived_rows()
    counter.fronts.provider.run("DELETE FROM {s}.legal_entity WHERE capital > 10")

    run = counter.carry(counter.start(transfer))

    assert (run.status, run.asked) == (RunStatus.AWAITING, "rows")
    assert counter.arrived_rows() == before
    services.confirm(run=run.pk, reason="提供部门已核实", by=counter.office.checker, now=utc_now())
    assert counter.carry(run).status == RunStatus.DELIVERED
    assert counter.arrived_rows() == counter.granted_rows()


@pytest.mark.article("PC-51", "PC-58")
def test_an_increments_few_rows_do_not_count_as_a_shrunken_source(rising):
    transfer = order(rising, INCREMENT)
    rising.carry(rising.start(transfer))
    rising.carry(rising.start(transfer))
    rising.fronts.provider.run("DELETE FROM {s}.legal_entity WHERE capital > 10")

    compared = compare(rising, transfer)

    assert (compared.status, compared.asked) == (RunStatus.AWAITING, "rows")


@pytest.mark.article("PC-58")
def test_orders_that_cannot_be_kept_are_refused_before_anything_moves(counter):
    for how, place in (
        (Manner("increment"), "watermark"),
        (Manner("increment", watermark="inner_note"), "watermark"),
        (Manner("increment", watermark="legal_person_id"), "watermark"),
        (Manner("increment", watermark="capital", overlap=-1), "overlap"),
        (Manner("full", watermark="capital"), "watermark"),
        (Manner("nonsense"), "mode"),
    ):
        with pytest.raises(Invalid) as refused:
            order(counter, how)
        assert [fault.place for fault in refused.value.faults] == [place], how
    with pytest.raises(Invalid) as refused:
        services.look(
            grant=counter.grant.pk, target=counter.taking.pk, table="firm", how=INCREMENT, by=counter.office.checker, now=utc_now()
        )
    assert {fault.place for fault in refused.value.faults} == {"capital"}
    assert not Transfer.objects.exists()


@pytest.mark.article("PC-58")
def test_how_a_transfer_was_ordered_does_not_change(rising):
    transfer = order(rising, INCREMENT)

    for change in ({"watermark": "uscc"}, {"overlap": 5}, {"mode": "difference"}):
        with pytest.raises((InternalError, IntegrityError)), transaction.atomic():
            Transfer.objects.filter(pk=transfer.pk).update(**change)


@pytest.mark.article("CD2016-34", "PC-54")
@pytest.mark.parametrize("how", [INCREMENT, Manner("difference")], ids=["increment", "difference"])
def test_the_grants_end_stops_a_run_and_nothing_of_it_is_applied(rising, how):
    rising.carry(rising.start(order(rising, how)))
    before = rising.arrived_rows()
    rising.fronts.provider.run(MORE, [ROWS + 1, ROWS + 7])
    run = rising.start()

    with rising.held_up(run):
        grants.end_early(grant=rising.grant.pk, reason="不再需要", by=rising.office.checker, now=utc_now())

    assert run.status == RunStatus.STOPPED
    assert rising.arrived_rows() == before


@pytest.mark.article("CD2016-24", "CD2016-34", "PC-52")
@pytest.mark.parametrize("kills", [pytest.param(6), pytest.param(100, marks=pytest.mark.long)])
@pytest.mark.parametrize("how", [INCREMENT, Manner("difference")], ids=["increment", "difference"])
def test_killed_at_random_a_run_ends_with_one_exact_delivery(rising, how, kills):
    chance = random.Random(kills)  # noqa: S311 - when to kill
    transfer = order(rising, how)
    began = time.monotonic()
    rising.carry(rising.start(transfer))
    usual = time.monotonic() - began
    for done in range(kills):
        rising.fronts.provider.run(MORE, [ROWS + 1 + 10 * done, ROWS + 10 + 10 * done])
        run = rising.start(transfer)
        work_and_die(run, after=chance.uniform(0, usual * 1.2))
        finished = run if run.status == RunStatus.DELIVERED else rising.carry(run)

        assert finished.status == RunStatus.DELIVERED, finished.reason
        assert finished.applied["added"] == 10
        assert rising.arrived_rows() == rising.granted_rows()
    assert len(evidence("exchange:run:deliver")) == kills + 1
