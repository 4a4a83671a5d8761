"""A log to tamper with: as the database's superuser, and with the files in hand. Fixtures; what is done to it is undone after the test."""

import shutil
from pathlib import Path
from typing import NamedTuple

import pytest
from django.db import connection, transaction
from django.test import override_settings
from psycopg.conninfo import conninfo_to_dict

from govshare.audit import services
from tests.audit.actors import LAW, NOW, person
from tests.databases import cloned

SIZES = (3, 300, 5, 2, 40)
BODY = "replace(body, 'allowed', 'refused')"
COLUMNS = "at, action, outcome, actor, organization, about, resource, grant_id, subject, parties"


class Built(NamedTuple):
    batches: list[int]
    evidence: Path


@pytest.fixture(scope="module")
def built(cluster, template, django_db_setup, django_db_blocker, tmp_path_factory):
    """A log of five batches under three checkpoints, and a batch that waits."""
    before = dict(connection.settings_dict)
    evidence = tmp_path_factory.mktemp("log") / "evidence"
    with django_db_blocker.unblock():
        with cloned(cluster, template), override_settings(GOVSHARE_EVIDENCE=evidence):
            batches = [batch_of(place, n) for place, n in enumerate(SIZES)]
            batches.append(batch_of("waiting", 1))
            connection.close()
            yield Built(batches, evidence)
        connection.settings_dict.update(before)


def batch_of(place, n):
    written = [services.entry(action="catalog:entry:publish", basis=LAW, by=person(), now=NOW, about=f"{place}/{k}") for k in range(n)]
    promise = services.record_many(written)[0]
    if place in {0, 2, 4}:
        services.place(now=NOW)
    return promise.batch


@pytest.fixture
def log(built, evidence, cluster, django_db_blocker):
    """A function that tampers: runs SQL as a superuser with every trigger off, in a transaction that is rolled back after the test."""
    program = dict(connection.settings_dict)
    admin = conninfo_to_dict(cluster)
    shutil.copytree(built.evidence, evidence)
    connection.settings_dict.update(USER=admin["user"], PASSWORD=admin.get("password", ""))

    def tamper(*statements):
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute("ALTER TABLE audit_entry DROP CONSTRAINT audit_entry_leaf_is_its_bodys")
            for statement in statements:
                cursor.execute(statement.format(*built.batches).replace("BODY", BODY).replace("COLUMNS", COLUMNS))

    tamper.batches = built.batches
    with django_db_blocker.unblock(), transaction.atomic():
        yield tamper
        transaction.set_rollback(True)
    connection.close()
    connection.settings_dict.update(program)
