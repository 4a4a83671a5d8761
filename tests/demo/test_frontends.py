"""The departments' databases of the demonstration: who may do what in them, and what they say they were asked."""

import shutil
import tempfile
from pathlib import Path

import psycopg
import pytest

from govshare.demo import frontends, roster
from govshare.demo.catalog_plan import tables_of


@pytest.fixture(scope="module")
def home():
    home = Path(tempfile.mkdtemp(prefix="gs-demo-", dir="/tmp"))
    home.chmod(0o711)
    yield home
    shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="module")
def prepared(home):
    prepared = frontends.prepare(home, rows=50, roster=roster.MAIN)
    yield prepared
    prepared.cluster.stop()


def as_account(prepared, body, purpose):
    user, password = prepared.account(body, purpose)
    return psycopg.connect(host="127.0.0.1", port=prepared.port, dbname=body.database, user=user, password=password)


def test_every_department_has_its_tables_and_a_landing_schema(prepared):
    for body in roster.MAIN:
        with prepared.owner(body) as connection:
            for table in tables_of(body):
                assert connection.execute(f"SELECT count(*) >= 50 FROM share.{table.name}").fetchone() == (True,)
            assert connection.execute("SELECT count(*) FROM pg_namespace WHERE nspname = 'landing'").fetchone() == (1,)


def test_the_reading_account_reads_and_changes_nothing(prepared):
    with as_account(prepared, roster.MARKET, "provide") as connection:
        assert connection.execute("SELECT count(*) FROM share.legal_entity").fetchone() == (50,)
        for attempt in ("DELETE FROM share.legal_entity", "CREATE TABLE share.t (n int)", "CREATE TABLE landing.t (n int)"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege), connection.transaction():
                connection.execute(attempt)


def test_the_writing_account_writes_its_landing_schema_and_sees_nothing_else(prepared):
    with as_account(prepared, roster.MARKET, "receive") as connection:
        connection.execute("CREATE TABLE landing.t (n int)")
        for attempt in ("SELECT * FROM share.legal_entity", "CREATE TABLE share.t (n int)", "CREATE TABLE public.t (n int)"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege), connection.transaction():
                connection.execute(attempt)
        connection.rollback()


def test_one_departments_account_does_not_enter_anothers_database(prepared):
    user, password = prepared.account(roster.MARKET, "provide")

    with pytest.raises(psycopg.OperationalError, match="permission denied"):
        psycopg.connect(host="127.0.0.1", port=prepared.port, dbname=roster.POLICE.database, user=user, password=password)


def test_the_source_itself_says_what_it_was_asked(prepared):
    with as_account(prepared, roster.LAND, "provide") as connection:
        connection.execute("SELECT\n  certificate\nFROM share.real_estate WHERE region = %s", ["510104"])
        with pytest.raises(psycopg.errors.InsufficientPrivilege), connection.transaction():
            connection.execute("SET log_statement = 'none'")

    asked = prepared.statements(roster.LAND)

    assert any("certificate\nFROM share.real_estate" in statement for statement in asked)
    assert any("510104" in statement for statement in asked)
    assert not any("real_estate" in statement for statement in prepared.statements(roster.POLICE))


def test_preparing_again_changes_nothing(prepared, home):
    with prepared.owner(roster.CIVIL) as connection:
        connection.execute("UPDATE share.administrative_division SET name = '改过' WHERE code = '510104'")

    again = frontends.prepare(home, rows=50, roster=roster.MAIN)

    assert again.port == prepared.port
    with again.owner(roster.CIVIL) as connection:
        assert connection.execute("SELECT DISTINCT name FROM share.administrative_division WHERE code = '510104'").fetchall() == [("改过",)]


def test_finding_what_was_never_prepared_makes_nothing(tmp_path):
    home = tmp_path / "nowhere"

    frontends.find(home).cluster.stop()

    assert not home.exists()
