import socket
import urllib.request
from datetime import timedelta
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from govshare.audit import services as audit
from govshare.duties import services as duties
from govshare.kernel.actor import PLATFORM
from govshare.kernel.clock import utc_now
from govshare.kernel.errors import NotYours
from govshare.operations import metrics
from govshare.organizations.services import trust
from govshare.regulation.articles import cite
from tests.pki import Authority


@pytest.fixture
def scrape(settings):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        settings.GOVSHARE_METRICS_PORT = probe.getsockname()[1]
    end = metrics.serve_metrics("web")

    def look():
        with urllib.request.urlopen(f"http://127.0.0.1:{settings.GOVSHARE_METRICS_PORT}/metrics") as answer:
            families = text_string_to_metric_families(answer.read().decode())
            return {(sample.name, *sorted(sample.labels.values())): sample.value for family in families for sample in family.samples}

    yield look
    end()


def test_requests_and_refusals_are_counted_by_what_they_were(own_database, scrape):
    before = scrape()

    metrics.count_request("POST", 403)
    metrics.count_request("BREW", 404)
    metrics.count_refusal(NotYours("只能办理本部门的事项", basis=cite("CD2016-35")))
    after = scrape()

    def grown(*sample):
        return after[sample] - before.get(sample, 0)

    assert grown("govshare_requests_total", "403", "POST") == 1
    assert grown("govshare_requests_total", "404", "other") == 1
    assert grown("govshare_refusals_total", "CD2016-35", "not-yours") == 1


@pytest.mark.article("CD2016-34")
def test_gauges_are_read_at_the_scrape(own_database, scrape):
    before = scrape()
    now = utc_now()

    duties.start(
        kind="test:thing",
        about="1",
        title="到期",
        owner="o",
        basis=cite("CD2016-17"),
        working_days=1,
        now=now - timedelta(days=60),
        by=PLATFORM,
    )
    audit.record(action="test:thing:do", basis=cite("CD2016-26"), by=PLATFORM, now=now)
    after = scrape()

    assert before[("govshare_database_up",)] == 1
    assert after[("govshare_duties_overdue",)] - before[("govshare_duties_overdue",)] == 1
    assert after[("govshare_evidence_unplaced_batches",)] - before[("govshare_evidence_unplaced_batches",)] == 1
    assert after[("govshare_jobs", "failed")] == 0
    assert after[("govshare_disk_free_bytes",)] > 0


@pytest.mark.article("PC-13")
def test_an_authority_without_a_timely_list_is_counted(own_database, scrape):
    before = scrape()

    trust.enter_anchor(name="CA", certificate=Authority.root("CA").pem, by=PLATFORM, now=utc_now())

    assert (before[("govshare_revocation_lists_late",)], scrape()[("govshare_revocation_lists_late",)]) == (0, 1)


def test_without_a_database_the_scrape_says_so_and_nothing_else(own_database, scrape):
    from django.db import connection

    connection.settings_dict["NAME"] = "gone"

    samples = scrape()

    assert samples[("govshare_database_up",)] == 0
    assert ("govshare_duties_overdue",) not in samples


def test_metrics_answer_on_loopback_only(own_database, scrape, settings):
    scrape()

    listening = {line.split()[1] for line in Path("/proc/net/tcp").read_text().splitlines()[1:] if line.split()[3] == "0A"}
    assert f"0100007F:{settings.GOVSHARE_METRICS_PORT:04X}" in listening
    assert f"00000000:{settings.GOVSHARE_METRICS_PORT:04X}" not in listening


def test_a_port_in_use_does_not_keep_a_process_from_working(scrape, settings):
    end = metrics.serve_metrics("web")

    end()

    settings.GOVSHARE_METRICS_PORT = 0
    metrics.serve_metrics("worker")()
