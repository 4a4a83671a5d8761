"""Numbers for Prometheus, on a loopback port of their own per process (CD2016-34).

Counters count what this process did. Gauges are read from the database at each scrape, by every process alike; alarms are set on one.
"""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import structlog
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.models import Count, Max, Min
from procrastinate.contrib.django.models import ProcrastinateJob
from prometheus_client import CollectorRegistry, Counter, PlatformCollector, ProcessCollector, start_http_server
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from govshare.audit.models import Batch, Checkpoint, Unplaced
from govshare.duties import queries as duties
from govshare.kernel.clock import utc_now
from govshare.kernel.errors import Refused
from govshare.organizations import queries as organizations

#: Each process's port, counted from ``GOVSHARE_METRICS_PORT``.
PORTS = {"web": 0, "gateway": 1, "worker": 2}

REGISTRY = CollectorRegistry()
REQUESTS = Counter("govshare_requests", "Requests answered", ["method", "status"], registry=REGISTRY)
REFUSALS = Counter("govshare_refusals", "Refusals, by their name and what they rest on", ["code", "basis"], registry=REGISTRY)

log = structlog.get_logger("metrics")


def count_request(method: str, status: int) -> None:
    known = method if method in {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"} else "other"
    REQUESTS.labels(known, str(status)).inc()


def count_refusal(refusal: Refused) -> None:
    REFUSALS.labels(refusal.code, str(refusal.basis)).inc()


class PlatformState(Collector):
    """What the database and the disk say at this moment; of a database that does not answer, only that."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        answers = GaugeMetricFamily("govshare_database_up", "1 while the database answers")
        try:
            yield from [_evidence_unplaced(), _evidence_waiting(), _tree_size(), _overdue(), _late_lists(), _jobs()]
            answers.add_metric([], 1)
        except DatabaseError as error:
            log.warning("metrics without database", error=type(error).__name__)
            answers.add_metric([], 0)
        finally:
            connection.close()  # each scrape has its own thread
        yield answers
        yield _gauge("govshare_disk_free_bytes", "Free space where the data lie", shutil.disk_usage(settings.GOVSHARE_HOME).free)

    def describe(self) -> list[GaugeMetricFamily]:
        return []  # nothing is asked of the database when the process starts


def summed(counters: Path) -> CollectorRegistry:
    """Everything of several processes that count in ``counters`` (theirs is the environment's ``PROMETHEUS_MULTIPROC_DIR``), and of those
    before them; what a process uses is that of the one who asks."""
    registry = CollectorRegistry()
    MultiProcessCollector(registry, path=str(counters))  # type: ignore[no-untyped-call]
    registry.register(PlatformState())
    ProcessCollector(registry=registry)
    PlatformCollector(registry=registry)
    return registry


def serve_metrics(process: str, registry: CollectorRegistry = REGISTRY) -> Callable[[], None]:
    """Answer on ``/metrics`` of this process's loopback port; return what ends it. Port 0 means none.

    A port in use is logged, not fatal: the second worker of a machine needs a ``GOVSHARE_METRICS_PORT`` of its own.
    """
    base = settings.GOVSHARE_METRICS_PORT
    if base == 0:
        return lambda: None
    port = base + PORTS[process]
    try:
        server, thread = start_http_server(port, addr="127.0.0.1", registry=registry)
    except OSError as error:
        log.warning("metrics port not available", port=port, error=str(error))
        return lambda: None

    def end() -> None:
        server.shutdown()
        server.server_close()
        thread.join()

    return end


def _gauge(name: str, text: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, text, value=value)


def _evidence_unplaced() -> GaugeMetricFamily:
    return _gauge("govshare_evidence_unplaced_batches", "Evidence batches not yet in the tree", Unplaced.objects.count())


def _evidence_waiting() -> GaugeMetricFamily:
    oldest = Batch.objects.filter(batch__in=Unplaced.objects.values("batch")).aggregate(at=Min("recorded_at"))["at"]
    seconds = (utc_now() - oldest).total_seconds() if oldest else 0
    return _gauge("govshare_evidence_waiting_seconds", "Age of the oldest batch not yet in the tree; 60 is promised", max(0.0, seconds))


def _tree_size() -> GaugeMetricFamily:
    size = Checkpoint.objects.aggregate(size=Max("size"))["size"] or 0
    return _gauge("govshare_evidence_tree_size", "Entries under the newest signed checkpoint", size)


def _overdue() -> GaugeMetricFamily:
    return _gauge("govshare_duties_overdue", "Duties past their day", len(duties.overdue(now=utc_now())))


def _late_lists() -> GaugeMetricFamily:
    late = len(organizations.late_lists(now=utc_now()))
    return _gauge(
        "govshare_revocation_lists_late", "Revocation lists past their next update; certificates are refused after the grace", late
    )


def _jobs() -> GaugeMetricFamily:
    family = GaugeMetricFamily("govshare_jobs", "Background jobs", labels=["status"])
    counted = dict(
        ProcrastinateJob.objects.filter(status__in=["todo", "doing", "failed"]).values_list("status").annotate(n=Count("id")).order_by()
    )
    for status in ("todo", "doing", "failed"):
        family.add_metric([status], counted.get(status, 0))
    return family


REGISTRY.register(PlatformState())
ProcessCollector(registry=REGISTRY)
PlatformCollector(registry=REGISTRY)
