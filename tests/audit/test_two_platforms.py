"""City and district, each with its own database, keys and evidence, cosign each other's logs through their machine APIs over HTTP."""

import json
import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from django.db import connection
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from govshare.audit import queries, services, verifier
from govshare.audit.log import open_log
from govshare.audit.models import Entry, Objection
from govshare.audit.witnessing import parse_logs, parse_witnesses
from govshare.kernel.clock import utc_now
from govshare.project import serve
from govshare.project.asgi import application as web
from tests.audit.actors import LAW, NOW, person
from tests.databases import cloned
from tests.servers import CITY, _tls, running

SOURCES = Path(__file__).parent.parent.parent / "src"


@pytest.fixture
def second_database(own_database, cluster, template):
    before = dict(connection.settings_dict)
    with cloned(cluster, template) as name:
        connection.close()
        connection.settings_dict.update(before)
        parts = conninfo_to_dict(cluster)
        yield f"postgresql://govshare_app:app@/{name}?host={parts['host']}&port={parts['port']}"
        connection.close()
    connection.settings_dict.update(before)


class District:
    """The other platform's process."""

    def __init__(self, process):
        self.process = process
        self.port, self.key, self.witness = self.told()

    def told(self):
        return json.loads(self.process.stdout.readline())

    def do(self, *words):
        self.process.stdin.write(json.dumps(words) + "\n")
        self.process.stdin.flush()
        return self.told()


@contextmanager
def district_at(home, url):
    (home / "ca.pem").write_bytes(CITY.pem)
    environment = {
        **os.environ,
        "PYTHONPATH": str(SOURCES),
        "DJANGO_SETTINGS_MODULE": "govshare.project.settings",
        "GOVSHARE_MODE": "demo",
        "GOVSHARE_HOME": str(home),
        "GOVSHARE_DATABASE_URL": url,
        "GOVSHARE_LOG_ORIGIN": "district.example/log",
        "GOVSHARE_WITNESS_CA": str(home / "ca.pem"),
    }
    script = str(Path(__file__).with_name("district.py"))
    with subprocess.Popen([sys.executable, script], env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield District(process)
        finally:
            process.kill()


@pytest.fixture
def district(second_database, tmp_path):
    home = tmp_path / "district"
    home.mkdir()
    with district_at(home, second_database) as one:
        yield one


@pytest.fixture
def city(own_database, settings, tmp_path, district):
    """This process's platform with its portal's server; both know each other."""
    settings.GOVSHARE_KEYS = tmp_path / "city keys"
    for name, value in _tls(tmp_path).items():
        setattr(settings, name, value)
    settings.GOVSHARE_WITNESSED_LOGS = parse_logs(district.key)
    settings.GOVSHARE_WITNESSES = parse_witnesses(f"{district.witness} http://127.0.0.1:{district.port}/api/v1/evidence/witness")
    with running([serve.Listener("web", web, 0, "none")]) as answering:
        url = f"https://localhost:{answering.ports['web']}/api/v1/evidence/witness"
        district.do("know", queries.verification_key(), f"{queries.witness_key()} {url}")
        yield answering


def grow(about="A-1"):
    promise = services.record(action="catalog:entry:publish", basis=LAW, by=person(), now=NOW, about=about)
    services.place(now=NOW)
    return promise.number


@pytest.mark.article("CD2016-26", "PC-106")
def test_city_and_district_cosign_each_others_logs(city, district):
    own, theirs = grow(), district.do("grow", "B-1")
    cosigned = [services.cosign(now=utc_now()), district.do("cosign")]
    own_later, theirs_later = grow("A-2"), district.do("grow", "B-2")
    cosigned += [services.cosign(now=utc_now()), district.do("cosign")]

    own_trust = verifier.Trust(open_log().trust().eras, (verifier.parse_key(district.witness),), 1)
    their_key = verifier.parse_key(district.key)
    their_trust = verifier.Trust((verifier.Era(their_key),), (verifier.parse_key(queries.witness_key()),), 1)
    assert cosigned == [1, 1, 1, 1]
    assert [verifier.verify(queries.receipt(number), own_trust).index for number in (own, own_later)] == [0, 1]
    assert [verifier.verify(district.do("receipt", one).encode(), their_trust).index for one in (theirs, theirs_later)] == [0, 1]


@pytest.mark.article("CD2016-26", "PC-106")
def test_a_district_that_rewrites_its_log_is_found_by_the_city_and_proved_to_anybody(
    city, district, second_database, own_database, tmp_path
):
    number = district.do("grow", "B-1")
    assert district.do("cosign") == 1
    honest = district.do("receipt", number)
    admin = make_conninfo(own_database("admin"), dbname=conninfo_to_dict(second_database)["dbname"])
    with psycopg.connect(admin, autocommit=True) as database:
        database.execute("SET session_replication_role = replica")
        tables = "audit_cosignature, audit_checkpoint, audit_placement, audit_entry, audit_batch, audit_unplaced"
        database.execute(f"TRUNCATE {tables} RESTART IDENTITY CASCADE")
    evidence = tmp_path / "district/evidence"
    for path in [path for path in (evidence / "tile").rglob("*") if path.is_file()] + [evidence / "checkpoint"]:
        path.unlink()

    rewritten = district.do("receipt", district.do("grow", "another history"))
    refused = [district.do("cosign"), district.do("cosign")]

    found = Entry.objects.get(action="audit:log:contradict")
    detail = json.loads(found.body)["detail"]
    key = verifier.parse_key(district.key)
    assert refused == [0, 0]
    assert (found.about, found.outcome) == ("district.example/log 1", "refused")
    assert verifier.fork(detail["before"].encode(), detail["after"].encode(), key) == "forked"
    assert verifier.fork(honest.encode(), rewritten.encode(), key) == "forked"
    assert not Objection.objects.exists()
    assert services.fsck().sound
