"""Histories are append-only for the role the program runs as: the database refuses, not only the code."""

import pytest
from django.db import ProgrammingError, connection, transaction

from tests.house.test_models import OURS

#: Tables in which a row is never changed.
APPEND_ONLY = {"audit_batch", "audit_entry", "audit_placement", "audit_checkpoint", "duties_duty_change", "duties_parameter"}
#: Tables from which no row goes, though some of its columns change once.
KEPT = {"duties_duty", "duties_rule_set_act"}


def refused(statement: str) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    except ProgrammingError as error:
        return "permission denied" in str(error)
    return False


def column(table: str) -> str:
    with connection.cursor() as cursor:
        return connection.introspection.get_table_description(cursor, table)[0].name


@pytest.mark.article("CD2016-26", "PC-02")
@pytest.mark.django_db
@pytest.mark.parametrize("table", sorted(APPEND_ONLY))
def test_the_program_may_not_rewrite_history(table):
    assert refused(f"UPDATE {table} SET {column(table)} = {column(table)}")
    assert refused(f"DELETE FROM {table}")
    assert refused(f"TRUNCATE {table}")


@pytest.mark.django_db
@pytest.mark.parametrize("table", sorted(KEPT))
def test_the_program_may_not_take_rows_away(table):
    assert refused(f"DELETE FROM {table}")
    assert refused(f"TRUNCATE {table}")


@pytest.mark.django_db
def test_the_program_may_truncate_nothing_and_owns_nothing():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' "
            "AND (tableowner = current_user OR has_table_privilege(format('%%I', tablename), 'TRUNCATE'))",
            [],
        )
        assert cursor.fetchall() == []


@pytest.mark.django_db
def test_every_table_whose_rows_are_kept_is_listed_here():
    """A table that the program may not delete from is one of the above, so that the lists stay whole."""
    ours = {model._meta.db_table for model in OURS.values()}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND NOT has_table_privilege(format('%%I', tablename), 'DELETE')",
            [],
        )
        protected = {name for (name,) in cursor.fetchall()}

    assert protected & ours == (APPEND_ONLY | KEPT) & ours
