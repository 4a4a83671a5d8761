import secrets

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from govshare.operations import services
from govshare.operations.cluster import Cluster
from govshare.operations.trouble import Trouble
from govshare.project.settings import database
from tests.operations.children import Child


@pytest.fixture
def empty_database(cluster, own_database, settings):
    """A database with nothing in it, as a new platform finds one. Yields ``url(role)``."""
    from django.db import connection

    name = f"gs_empty_{secrets.token_hex(4)}"
    with psycopg.connect(cluster, autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE DATABASE {} OWNER govshare_owner TEMPLATE template0").format(sql.Identifier(name)))

        def url(role):
            return make_conninfo(cluster, dbname=name, user=f"govshare_{role}", password=role)

        connection.close()
        connection.settings_dict.update(database(url("app")))
        settings.GOVSHARE_OWNER_DATABASE = database(url("owner"))
        settings.GOVSHARE_APP_ROLE = "govshare_app"
        yield url
        connection.close()
        admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.mark.article("CD2016-33", "CD2016-34")
def test_migrate_makes_what_the_program_may_use_and_not_rewrite(empty_database):
    from django.db import connection

    said = []

    services.migrate(say=said.append)
    services.migrate(say=said.append)

    assert [line for line in said if "organizations.0001_initial" in line and "OK" in line]
    assert said[-1].startswith("数据库已是最新")
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ("govshare_app",)
    with psycopg.connect(empty_database("app"), autocommit=True) as app:
        assert app.execute("SELECT count(*) FROM organizations_organization").fetchone() == (0,)
        assert app.execute("SELECT count(*) > 10 FROM django_migrations").fetchone() == (True,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute("DELETE FROM django_migrations")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute("DROP TABLE organizations_organization")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute("UPDATE audit_entry SET body = ''")


def test_two_migrations_at_once_wait_for_each_other(empty_database):
    both = [Child(lambda: services.migrate(say=lambda _: None)) for _ in range(2)]

    for one in both:
        one.finish()

    with psycopg.connect(empty_database("app")) as app:
        assert app.execute("SELECT count(*) - count(DISTINCT (app, name)) FROM django_migrations").fetchone() == (0,)


def test_without_an_owner_the_database_cannot_be_migrated_and_the_way_out_is_said(own_database, settings):
    settings.GOVSHARE_OWNER_DATABASE = {}

    with pytest.raises(Trouble, match="GOVSHARE_OWNER_DATABASE_URL"):
        services.migrate()


@pytest.mark.article("CD2016-33")
def test_a_program_that_owns_its_evidence_is_not_set_up(empty_database, settings):
    settings.GOVSHARE_APP_ROLE = "govshare_owner"

    with pytest.raises(Trouble, match="改写存证"):
        services.migrate()


def test_a_missing_role_is_named(empty_database, settings):
    settings.GOVSHARE_APP_ROLE = "nobody_here"

    with pytest.raises(Trouble, match="nobody_here"):
        services.migrate()


def test_a_platform_without_a_database_of_its_own_opens_its_private_one(place, settings):
    settings.GOVSHARE_PRIVATE_DATABASE, settings.GOVSHARE_HOME, settings.GOVSHARE_KEYS = True, place, place / "keys"

    services.open_database()
    running = Cluster(place).running()
    services.close_database()

    assert running
    assert not Cluster(place).running()


def test_a_database_run_by_others_is_neither_started_nor_stopped(place, settings):
    settings.GOVSHARE_PRIVATE_DATABASE, settings.GOVSHARE_HOME = False, place

    opened = services.open_database()
    services.close_database()

    assert opened is None
    assert list(place.iterdir()) == []
