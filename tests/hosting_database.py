"""A hosting database on the test cluster, with the rights a real one has; one serves the whole run."""

import secrets
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from govshare.hosting.store import setup
from govshare.hosting.store.link import session


@pytest.fixture(scope="session")
def hosting_url(cluster: str) -> Iterator[str]:
    """As the hosting role, which is nobody in particular: it may make neither roles nor databases."""
    name = f"hosting_{secrets.token_hex(5)}"
    password = secrets.token_hex(8)
    with psycopg.connect(cluster, autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'").format(sql.Identifier(name)))
        admin.execute(sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(sql.Identifier(name), sql.Literal(password)))
    with psycopg.connect(make_conninfo(cluster, dbname=name), autocommit=True) as admin:
        admin.execute(setup.for_administrator(database=name, hosting=name))
    parts = conninfo_to_dict(cluster)
    yield make_conninfo("", host=parts.get("host"), port=parts.get("port"), dbname=name, user=name, password=password)
    with psycopg.connect(cluster, autocommit=True) as admin:
        readers = [
            row[0]
            for row in admin.execute(
                "SELECT r.rolname FROM pg_shdepend d JOIN pg_roles r ON r.oid = d.refobjid JOIN pg_database b ON b.oid = d.objid"
                " WHERE d.classid = 'pg_database'::regclass AND b.datname = %s AND r.rolname LIKE 'govshare_h\\_%%'",
                [name],
            )
        ]
        admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
        for role in (*readers, name):
            admin.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(role)))


@pytest.fixture
def hosting(hosting_url: str, settings: Any) -> str:
    """The platform has a hosting database."""
    settings.GOVSHARE_HOSTING_DATABASE_URL = hosting_url
    with session() as link:
        setup.prepare(link)
    return hosting_url
