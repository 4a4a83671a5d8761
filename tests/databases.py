"""The test cluster and its databases.

One cluster per run (``GOVSHARE_TEST_CLUSTER`` names one that runs already; else a private one, see ``private_cluster``),
one template migrated as the owner, one clone per xdist worker. Tests run as the program's lesser role.
``own_database`` hands a test a clone of its own, for what commits, uses several connections, or kills processes.
"""

import hashlib
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fcntl import LOCK_EX, flock
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from tests import private_cluster
from tests.worlds import undo

SOURCES = Path(__file__).parent.parent / "src" / "govshare"
OWNER, APP = "govshare_owner", "govshare_app"


def _fingerprint() -> str:
    digest = hashlib.sha256()
    for path in sorted(SOURCES.glob("*/migrations/*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def _as_admin(cluster: str, *statements: sql.Composable) -> None:
    with psycopg.connect(cluster, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)


def _point_django_at(cluster: str, database: str, *, user: str) -> None:
    from django.db import connection

    parts = conninfo_to_dict(cluster)
    connection.close()
    connection.settings_dict.update(
        NAME=database, USER=user, PASSWORD=user.removeprefix("govshare_"), HOST=parts.get("host", ""), PORT=str(parts.get("port", ""))
    )


def _make_template(cluster: str, template: str) -> None:
    from django.core.management import call_command
    from django.db import connection

    draft = f"{template}_draft_{secrets.token_hex(4)}"
    _as_admin(
        cluster,
        sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'").format(
            sql.Identifier(draft), sql.Identifier(OWNER)
        ),
    )
    _point_django_at(cluster, draft, user=OWNER)
    with connection.cursor() as cursor:
        from govshare.operations.schema import default_privileges

        for statement in default_privileges(APP):
            cursor.execute(statement)
    call_command("migrate", verbosity=0)
    connection.close()
    _as_admin(cluster, sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(draft), sql.Identifier(template)))


@pytest.fixture(scope="session")
def cluster() -> str:
    """URL of the cluster's superuser."""
    return os.environ.get("GOVSHARE_TEST_CLUSTER") or private_cluster.start()


def _exists(cluster: str, database: str) -> bool:
    with psycopg.connect(cluster) as connection:
        return connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone() is not None


@pytest.fixture(scope="session")
def template(cluster: str, django_db_blocker: Any) -> str:
    name = f"gs_template_{_fingerprint()}"
    lock = Path("/tmp") / f"govshare-template-{os.geteuid()}-{hashlib.sha256(cluster.encode()).hexdigest()[:8]}.lock"
    with lock.open("w") as file, django_db_blocker.unblock():
        flock(file, LOCK_EX)
        if not _exists(cluster, name):
            _make_template(cluster, name)
    return name


@contextmanager
def cloned(cluster: str, template: str) -> Iterator[str]:
    """A fresh clone of the template; Django's default connection points at it as the program's role."""
    undo()
    name = f"gs_{secrets.token_hex(6)}"
    lock = Path("/tmp") / f"govshare-clone-{os.geteuid()}.lock"  # a template may not be cloned twice at once while being connected to
    with lock.open("w") as file:
        flock(file, LOCK_EX)
        _as_admin(
            cluster,
            sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {} STRATEGY file_copy").format(
                sql.Identifier(name), sql.Identifier(OWNER), sql.Identifier(template)
            ),
        )
    _point_django_at(cluster, name, user=APP)
    try:
        yield name
    finally:
        from django.db import connection

        undo()
        connection.close()
        _as_admin(cluster, sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture(scope="session")
def django_db_setup(cluster: str, template: str, django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock(), cloned(cluster, template):
        yield


@pytest.fixture
def own_database(cluster: str, template: str, django_db_setup: None, django_db_blocker: Any) -> Iterator[Callable[[str], str]]:
    """A database of the test's own, where commits are real. Yields ``url(role)``: role is ``app``, ``owner`` or ``admin``."""
    from django.db import connection

    before = dict(connection.settings_dict)
    with django_db_blocker.unblock():
        with cloned(cluster, template) as name:

            def url(role: str) -> str:
                if role == "admin":
                    return make_conninfo(cluster, dbname=name)
                return make_conninfo(cluster, dbname=name, user=f"govshare_{role}", password=role)

            yield url
        connection.settings_dict.update(before)
