"""The queue's own worker takes runs up, clears behind those given up, and looks after those whose worker is gone."""

import pytest
from django.db import connection
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from govshare.exchange import services
from govshare.exchange.models import Run
from govshare.exchange.rules import RunStatus
from govshare.exchange.services import carry
from govshare.exchange.tasks import look_after
from govshare.kernel.clock import utc_now
from tests.exchange.test_transfers import TABLES


def work_off_the_queue():
    """What ``govshare worker`` does, until nothing waits on the transfer queue."""
    with app.replace_connector(app.connector.get_worker_connector()) as ready:
        ready.run_worker(queues=["transfer"], wait=False, install_signal_handlers=False)


def statuses(task):
    return list(ProcrastinateJob.objects.filter(task_name=task).order_by("id").values_list("status", flat=True))


@pytest.mark.article("CD2016-24")
def test_a_started_run_is_carried_out_by_the_worker(counter):
    run = counter.start()

    work_off_the_queue()

    run.refresh_from_db()
    assert (run.status, statuses("exchange.carry_out")) == (RunStatus.DELIVERED, ["succeeded"])
    assert run.job == ProcrastinateJob.objects.get(task_name="exchange.carry_out").id
    assert counter.arrived_rows() == counter.granted_rows()


@pytest.mark.article("PC-57")
def test_what_a_cancelled_run_loaded_is_cleared_by_the_worker(counter):
    counter.fronts.provider.run("DELETE FROM {s}.legal_entity")
    waiting = counter.start()
    work_off_the_queue()
    services.cancel(run=waiting.pk, reason="不要了", by=counter.office.checker, now=utc_now())

    work_off_the_queue()

    assert statuses("exchange.clear") == ["succeeded"]
    assert counter.fronts.recipient.run(TABLES) == [("govshare_applied",), ("govshare_landing",), ("govshare_ledger",)]


@pytest.mark.article("PC-52")
def test_the_job_of_a_lost_worker_is_buried_and_another_one_queued(counter):
    run = counter.start()
    job = ProcrastinateJob.objects.get(task_name="exchange.carry_out").id
    with_lease_in_the_past = utc_now() - carry.attempts.lease() * 2
    take_the_job(job)
    carry.attempts.begin(run=run.pk, token=run.token, job=job, worker="gone:1", now=with_lease_in_the_past)

    moved = look_after(0)
    work_off_the_queue()

    assert moved == 1
    assert statuses("exchange.carry_out") == ["failed", "succeeded"]
    assert Run.objects.get(pk=run.pk).status == RunStatus.DELIVERED


def take_the_job(job):
    """As a worker does that is then gone."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers DEFAULT VALUES RETURNING id")
        (worker,) = cursor.fetchone()
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s WHERE id = %s", [worker, job])


def test_a_recipient_that_cannot_be_reached_is_tried_again(counter):
    counter.fronts.provider.run("DELETE FROM {s}.legal_entity")
    waiting = counter.delivered()
    cancelled = services.cancel(run=waiting.pk, reason="不要了", by=counter.office.checker, now=utc_now())
    counter.fronts.recipient.run("ALTER ROLE {a} NOLOGIN")

    work_off_the_queue()

    counter.fronts.recipient.run("ALTER ROLE {a} LOGIN")
    (job,) = ProcrastinateJob.objects.filter(task_name="exchange.clear")
    assert (job.status, job.attempts) == ("todo", 1)
    assert carry.clear(cancelled.pk, cancelled.token) == RunStatus.CANCELLED
