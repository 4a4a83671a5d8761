"""From grant to receipt: ordered, started, carried out by a worker, told to both sides."""

import json
import time
from datetime import timedelta

import pytest
from django.db import connection, transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from govshare.audit.models import Entry as Evidence
from govshare.connectors.errors import TransferFailed
from govshare.connectors.full import full_load
from govshare.exchange import queries, services
from govshare.exchange.models import Chunk
from govshare.exchange.rules import RunStatus
from govshare.exchange.services import carry, upkeep
from govshare.kernel.clock import utc_now
from govshare.kernel.errors import Invalid, NotFound, NotYours, WrongState
from govshare.kernel.roles import Role
from govshare.sharing.queries import plan
from govshare.sharing.services import grants
from tests.exchange.counter import ROWS

TABLES = "SELECT relname FROM pg_class WHERE relnamespace = '{s}'::regnamespace AND relkind = 'r' ORDER BY 1"

BUSY = "SELECT count(*) FROM pg_stat_activity WHERE usename = '{a}' AND state <> 'idle'"


def comes_true(question):
    """Whether it does within ten seconds: a server notices a little later that its client has gone."""
    deadline = time.monotonic() + 10
    while not question():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def evidence(action):
    return [body for body in map(json.loads, Evidence.objects.values_list("body", flat=True)) if body["action"] == action]


@pytest.mark.article("CD2016-24", "CD2016-40(5)", "PC-50")
def test_a_granted_table_arrives_as_granted_and_both_sides_hold_the_receipt(counter):
    run = counter.delivered()

    (record,) = evidence("exchange:run:deliver")
    assert run.status == RunStatus.DELIVERED, run.reason
    assert counter.arrived_rows() == counter.granted_rows()
    assert run.source_digest == run.target_digest
    assert run.snapshot
    assert run.finish_receipt.startswith("HZ-")
    assert record["counts"]["rows"] == ROWS
    assert record["digests"]["source"] == record["digests"]["target"] == run.source_digest
    assert set(record["parties"]) >= {str(run.transfer.provider_id), str(run.transfer.recipient_id)}


@pytest.mark.article("CD2016-26")
def test_every_step_leaves_evidence_and_every_chunk_is_linked_to_the_one_before(counter):
    run = counter.delivered()

    chunks = list(Chunk.objects.filter(run=run))
    told = evidence("exchange:chunk:commit")
    for step in ("transfer:order", "run:start", "run:begin", "run:deliver"):
        assert len(evidence(f"exchange:{step}")) == 1, step
    assert [chunk.number for chunk in chunks] == list(range(1, run.chunks_done + 1))
    assert sum(chunk.rows for chunk in chunks) == ROWS
    assert [entry["digests"]["chain"] for entry in told] == [chunk.chain for chunk in chunks]


@pytest.mark.article("CD2016-34")
def test_nothing_that_was_not_granted_leaves_the_source(counter):
    counter.delivered()

    columns = counter.fronts.recipient.run(
        "SELECT attname FROM pg_attribute WHERE attrelid = '{s}.firm'::regclass AND attnum > 0 ORDER BY attnum"
    )
    readable = counter.fronts.provider.run("SELECT has_column_privilege('{a}', '{s}.legal_entity', 'inner_note', 'SELECT')")
    assert columns == [("uscc",), ("name",), ("legal_person_id",), ("capital",)]
    assert readable == [(False,)]


@pytest.mark.article("CD2016-23")
def test_a_second_run_replaces_the_table_with_what_the_source_has_now(counter):
    counter.delivered()
    counter.fronts.provider.run("DELETE FROM {s}.legal_entity WHERE capital < 20")
    counter.fill(ROWS + 1, ROWS + 50)

    run = counter.delivered()

    assert (run.number, run.status) == (2, RunStatus.DELIVERED)
    assert counter.arrived_rows() == counter.granted_rows()


@pytest.mark.article("PC-57")
def test_only_the_taking_department_orders_and_runs_a_transfer(counter):
    office, transfer = counter.office, counter.order()
    place = {"grant": counter.grant.pk, "target": counter.taking.pk, "table": "other", "now": utc_now()}

    with pytest.raises(NotYours, match="使用部门"):
        services.order(**place, by=office.provider)
    with pytest.raises(NotYours, match="信息资源管理员"):
        services.order(**place, by=office.registrar)
    with pytest.raises(NotYours):
        services.start(transfer=transfer.pk, by=office.provider, now=utc_now())
    with pytest.raises(NotFound):
        services.start(transfer=transfer.pk, by=office.actor("third", Role.RESOURCE_ADMIN), now=utc_now())


@pytest.mark.article("PC-57")
def test_a_departments_system_starts_and_retries_but_a_person_confirms(counter):
    system = counter.office.actor("recipient", Role.SYSTEM)
    counter.fronts.provider.run("DELETE FROM {s}.legal_entity")
    run = counter.carry(services.start(transfer=counter.order().pk, by=system, now=utc_now()))

    with pytest.raises(NotYours, match="信息资源管理员"):
        services.confirm(run=run.pk, reason="已核实", by=system, now=utc_now())

    assert run.status == RunStatus.AWAITING


@pytest.mark.article("PC-57")
def test_one_run_at_a_time(counter):
    transfer = counter.order()
    counter.start(transfer)

    with pytest.raises(WrongState, match="排队中"):
        counter.start(transfer)


@pytest.mark.article("PC-55")
@pytest.mark.parametrize("table", ["", "govshare_ledger", "x" * 64, "a\0b"])
def test_a_table_name_that_cannot_be_one_is_refused(counter, table):
    with pytest.raises(Invalid):
        counter.order(table)


@pytest.mark.article("PC-55")
def test_one_table_serves_one_transfer(counter):
    counter.order()

    with pytest.raises(WrongState, match="换一个表名"):
        counter.order()


@pytest.mark.article("PC-55")
def test_a_recipients_own_table_of_that_name_is_left_alone(counter):
    counter.fronts.recipient.run("CREATE TABLE {s}.firm AS SELECT 1 AS own")

    run = counter.delivered()

    assert run.status == RunStatus.FAILED
    assert "不是平台交付的" in run.reason
    assert counter.arrived_rows() == [(1,)]


@pytest.mark.article("PC-51")
def test_a_source_that_shrank_waits_for_a_person_and_is_delivered_once_confirmed(counter):
    counter.delivered()
    before = counter.arrived_rows()
    counter.fronts.provider.run("DELETE FROM {s}.legal_entity WHERE capital > 10")

    waiting = counter.delivered()
    kept = counter.arrived_rows()
    services.confirm(run=waiting.pk, reason="已向提供部门核实，历史数据已归档", by=counter.office.checker, now=utc_now())
    done = counter.carry(waiting)

    assert "少于约定的最少" in evidence("exchange:run:ask")[0]["reason"]
    assert kept == before
    assert done.status == RunStatus.DELIVERED, done.reason
    assert counter.arrived_rows() == counter.granted_rows()
    assert evidence("exchange:run:confirm")[0]["reason"].startswith("已向提供部门核实")


@pytest.mark.article("CD2016-12.2", "PC-51")
def test_a_type_that_changed_waits_for_a_person_too(counter):
    counter.delivered()
    counter.fronts.provider.run("ALTER TABLE {s}.legal_entity ALTER name TYPE text")

    waiting = counter.delivered()
    services.confirm(run=waiting.pk, reason="字段加长", by=counter.office.checker, now=utc_now())
    done = counter.carry(waiting)

    assert "character varying(200) 变为 text" in evidence("exchange:run:ask")[0]["reason"]
    assert done.status == RunStatus.DELIVERED, done.reason


@pytest.mark.article("CD2016-12.2")
def test_a_column_that_is_gone_is_named_and_the_run_can_be_tried_again(counter):
    counter.fronts.provider.run("ALTER TABLE {s}.legal_entity RENAME capital TO registered_capital")

    failed = counter.delivered()
    counter.fronts.provider.run("ALTER TABLE {s}.legal_entity RENAME registered_capital TO capital")
    services.retry(run=failed.pk, by=counter.office.checker, now=utc_now())
    done = counter.carry(failed)

    assert "capital：来源表中已没有这个字段" in evidence("exchange:run:fail")[0]["reason"]
    assert (done.status, done.attempt) == (RunStatus.DELIVERED, 2)


@pytest.mark.article("CD2016-34", "PC-54")
def test_the_end_of_the_grant_stops_a_running_transfer_and_leaves_nothing_behind(counter):
    counter.delivered()
    before = counter.arrived_rows()
    run = counter.start()

    with counter.held_up(run):
        grants.end_early(grant=counter.grant.pk, reason="不再需要", by=counter.office.checker, now=utc_now())
    carry.clear(run.pk, run.token)

    assert run.status == RunStatus.STOPPED
    assert "已终止" in run.reason
    assert evidence("exchange:run:stop")[0]["reason"] == run.reason
    assert counter.arrived_rows() == before
    assert counter.fronts.recipient.run(TABLES) == [("firm",), ("govshare_applied",), ("govshare_landing",), ("govshare_ledger",)]


@pytest.mark.article("PC-54")
def test_a_run_that_waits_for_a_person_ends_with_its_grant(counter):
    counter.fronts.provider.run("DELETE FROM {s}.legal_entity")
    waiting = counter.delivered()
    grants.end_early(grant=counter.grant.pk, reason="不再需要", by=counter.office.checker, now=utc_now())

    moved = upkeep.end_with_grants(utc_now())

    waiting.refresh_from_db()
    assert (moved, waiting.status) == (1, RunStatus.STOPPED)


def test_an_ended_grant_starts_nothing(counter):
    transfer = counter.order()
    grants.end_early(grant=counter.grant.pk, reason="不再需要", by=counter.office.checker, now=utc_now())

    with pytest.raises(WrongState, match="已终止"):
        counter.start(transfer)


@pytest.mark.article("PC-57")
def test_a_cancelled_run_is_dropped_at_the_recipient(counter):
    counter.fronts.provider.run("DELETE FROM {s}.legal_entity")
    waiting = counter.delivered()
    cancelled = services.cancel(run=waiting.pk, reason="提供部门更新中", by=counter.office.checker, now=utc_now())

    carry.clear(cancelled.pk, cancelled.token)

    staging = counter.fronts.recipient.run(
        "SELECT count(*) FROM pg_class WHERE relnamespace = '{s}'::regnamespace AND relname ~ '^govshare_load'"
    )
    assert staging == [(0,)]
    assert counter.start().number == 2


@pytest.mark.article("PC-50")
def test_a_run_cancelled_after_its_rows_were_delivered_counts_as_delivered(counter):
    run = counter.start()
    run = carry.attempts.begin(run=run.pk, token=run.token, job=None, worker="gone:1", now=utc_now())
    full_load(carry._load(run, plan(counter.grant.pk, now=utc_now())), lambda _: None)
    cancelled = services.cancel(run=run.pk, reason="不要了", by=counter.office.checker, now=utc_now())

    status = carry.clear(cancelled.pk, cancelled.token)

    run.refresh_from_db()
    assert (status, run.status, run.rows_done) == (RunStatus.DELIVERED, RunStatus.DELIVERED, ROWS)
    assert evidence("exchange:run:acknowledge")[0]["digests"]["target"] == run.target_digest
    assert counter.arrived_rows() == counter.granted_rows()


@pytest.mark.article("PC-52")
def test_a_run_cancelled_while_it_is_carried_out_stops(counter):
    counter.delivered()
    run = counter.start()

    with counter.held_up(run):
        services.cancel(run=run.pk, reason="不要了", by=counter.office.checker, now=utc_now())

    assert run.status == RunStatus.CANCELLED
    assert len(evidence("exchange:run:deliver")) == 1


@pytest.mark.article("PC-53")
def test_a_snapshot_is_not_held_longer_than_agreed(counter):
    run = counter.start()
    run = carry.attempts.begin(run=run.pk, token=run.token, job=None, worker="here:1", now=utc_now())
    granted = plan(counter.grant.pk, now=utc_now())
    impatient = carry.Watcher(run, granted, longest=0.0)

    with pytest.raises(TransferFailed, match="来源快照已保持"):
        full_load(carry._load(run, granted), impatient)

    assert comes_true(lambda: counter.fronts.provider.run(BUSY) == [(0,)])


@pytest.mark.article("PC-52")
def test_a_lost_worker_is_replaced_and_a_late_one_changes_nothing(counter):
    run = counter.start()
    carry.attempts.begin(run=run.pk, token=run.token, job=None, worker="gone:1", now=utc_now())

    early = upkeep.recover_lost(utc_now())
    late = upkeep.recover_lost(utc_now() + timedelta(seconds=61))
    with pytest.raises(carry.Overtaken):
        carry.attempts.keep(run=run.pk, token=run.token, now=utc_now())
    done = counter.carry(run)

    assert (early, late) == (0, 1)
    assert (done.status, done.attempt, done.recoveries) == (RunStatus.DELIVERED, 2, 1)


@pytest.mark.article("PC-56")
def test_a_run_whose_workers_are_lost_again_and_again_is_left_to_a_person(counter):
    counter.office.set_parameter("PC-56", 2)
    run, moment = counter.start(), utc_now()

    for _ in range(3):
        run.refresh_from_db()
        carry.attempts.begin(run=run.pk, token=run.token, job=None, worker="gone:1", now=moment)
        upkeep.recover_lost(moment + timedelta(seconds=61))

    run.refresh_from_db()
    assert run.status == RunStatus.FAILED
    assert "自动接续 2 次未成" in run.reason


@pytest.mark.article("PC-56")
def test_a_run_whose_connection_is_cut_goes_on_by_itself_a_little_later(counter):
    counter.delivered()
    run = counter.start()

    with counter.held_up(run):
        counter.fronts.recipient.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{a}'")
    waiting = ProcrastinateJob.objects.get(task_name="exchange.carry_out", args__token=run.token)
    reason = run.reason
    done = counter.carry(run)

    assert "接收方前置交换数据库：" in reason
    assert waiting.scheduled_at > utc_now()
    assert (done.status, done.attempt) == (RunStatus.DELIVERED, 2)


def test_neither_side_reads_the_others_address_or_account_in_a_reason(counter):
    counter.order()
    counter.fronts.provider.run("ALTER ROLE {a} NOLOGIN")
    try:
        run = counter.carry(counter.start())
    finally:
        counter.fronts.provider.run("ALTER ROLE {a} LOGIN")

    assert run.reason == "提供方前置交换数据库：连接不上，或连接中断"


def test_a_job_that_comes_twice_or_too_late_does_nothing(counter):
    run = counter.start()

    first = carry.carry_out(run.pk, run.token)
    second = carry.carry_out(run.pk, run.token)

    assert (first, second) == (RunStatus.DELIVERED, "")
    assert len(evidence("exchange:run:begin")) == 1


def test_a_run_is_on_the_queue_if_and_only_if_it_was_started(counter):
    transfer = counter.order()
    with pytest.raises(RuntimeError), transaction.atomic():
        counter.start(transfer)
        raise RuntimeError
    none = ProcrastinateJob.objects.filter(task_name="exchange.carry_out").count()

    run = counter.start(transfer)

    (job,) = ProcrastinateJob.objects.filter(task_name="exchange.carry_out")
    assert none == 0
    assert (job.queue_name, job.args) == ("transfer", {"run": str(run.pk), "token": run.token})
    assert upkeep.queue_forgotten() == 0


def test_progress_tells_rows_and_pace(counter):
    run = counter.delivered()

    seen = queries.progress(run.pk, now=utc_now())

    assert (seen.status, seen.rows, seen.share, seen.seconds_left) == (RunStatus.DELIVERED, ROWS, 1.0, None)
    assert seen.rows_per_second > 0


def test_an_ended_transfer_starts_nothing_and_frees_its_table(counter):
    transfer = counter.order()
    services.close(transfer=transfer.pk, reason="改名", by=counter.office.checker, now=utc_now())

    with pytest.raises(WrongState, match="已结束"):
        counter.start(transfer)

    assert counter.order().number.endswith("-2")


def test_what_was_delivered_cannot_be_rewritten_even_in_sql(counter):
    run = counter.delivered()

    with pytest.raises(Exception, match="stays delivered"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE exchange_run SET rows_done = 1 WHERE id = %s", [run.pk])
    with pytest.raises(Exception, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE exchange_chunk SET rows = 1")
    with pytest.raises(Exception, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM exchange_run")
