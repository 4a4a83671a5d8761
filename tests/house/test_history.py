"""Histories are append-only for the role the program runs as: the database refuses, not only the code."""

import pytest
from django.db import ProgrammingError, connection, transaction

from tests.house.test_models import OURS

#: Tables in which a row is never changed, at the least.
APPEND_ONLY = {
    "alerts_alert",
    "alerts_pass",
    "alerts_step",
    "audit_batch",
    "audit_entry",
    "audit_placement",
    "audit_checkpoint",
    "duties_duty_change",
    "duties_parameter",
    "exchange_chunk",
    "hosting_act",
    "hosting_space",
    "papers_paper",
    "papers_sealed_scan",
}
#: Tables from which no row goes, though some of its columns change once.
KEPT = {
    *("organizations_organization", "organizations_person", "organizations_appointment", "organizations_stand_in"),
    *("organizations_system", "organizations_filing", "organizations_certificate", "organizations_trust_anchor"),
    *("duties_duty", "duties_rule_set_act", "exchange_transfer", "exchange_run"),
    *("hosting_hosted_table", "hosting_upload"),
}


def refused(statement: str) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    except ProgrammingError as error:
        return "permission denied" in str(error)
    return False


def without_right(right: str) -> set[str]:
    """Our tables on which the program has no such right, not even on one column."""
    held = "has_table_privilege(oid, %s)" if right in {"DELETE", "TRUNCATE"} else "has_any_column_privilege(oid, %s)"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace AND NOT {held}", [right]
        )
        return {name for (name,) in cursor.fetchall()}


def first_column(table: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum = 1", [table])
        return cursor.fetchone()[0]


@pytest.mark.article("CD2016-26", "PC-02")
@pytest.mark.django_db
def test_the_program_may_not_rewrite_history():
    protected = without_right("UPDATE")

    assert protected >= APPEND_ONLY
    for table in sorted(protected):
        assert refused(f"UPDATE {table} SET {first_column(table)} = DEFAULT"), table
        assert refused(f"DELETE FROM {table}"), table
        assert refused(f"TRUNCATE {table}"), table


@pytest.mark.django_db
@pytest.mark.parametrize("table", sorted(KEPT))
def test_the_program_may_not_take_rows_away(table):
    assert refused(f"DELETE FROM {table}")
    assert refused(f"TRUNCATE {table}")


@pytest.mark.django_db
def test_the_program_owns_nothing_and_may_truncate_nothing():
    ours = {model._meta.db_table for model in OURS.values()}
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE pg_get_userbyid(relowner) = current_user")
        assert cursor.fetchall() == []

    assert ours <= without_right("TRUNCATE")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO django_migrations (app, name, applied) VALUES ('audit', '9999', now())",
        "UPDATE django_migrations SET name = name",
        "DELETE FROM django_migrations",
    ],
)
def test_the_program_may_not_say_which_release_the_tables_are_of(statement):
    assert refused(statement)
