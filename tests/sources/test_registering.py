"""Who registers which front-end database, and what of it is kept."""

import json
import re

import psycopg
import pytest
from django.db import IntegrityError, connection, transaction

from govshare.kernel.clock import utc_now
from govshare.kernel.errors import Invalid, NotFound, NotYours, WrongState
from govshare.kernel.roles import Role
from govshare.organizations.services import bodies
from govshare.sources import queries, services
from govshare.sources.models import FrontDatabase
from tests.sources.conftest import actor

pytestmark = pytest.mark.django_db

WORD = "kou-ling-8f3a-不可外传"


def everything_stored() -> str:
    """All text in all tables of the platform's database."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
            " AND relkind IN ('r', 'p') AND NOT relispartition AND has_table_privilege(oid, 'SELECT')"
        )
        parts = []
        for (name,) in cursor.fetchall():
            cursor.execute(f"SELECT coalesce(string_agg(t::text, chr(10)), '') FROM \"{name}\" t")
            parts.append(cursor.fetchone()[0])
    return "\n".join(parts)


@pytest.mark.article("CD2016-40(5)", "PC-26")
def test_a_department_registers_its_front_end_database_and_gets_a_receipt(registration):
    front = services.register(**registration)

    kept = queries.get(front.id)
    assert (kept.name, kept.purpose, kept.organization_id) == ("市监局前置库", "provide", registration["organization"])
    assert kept.registered_by == registration["by"].id
    assert kept.receipt_number


@pytest.mark.article("PC-26", "CD2016-29.1")
@pytest.mark.parametrize("role", sorted(set(Role) - {Role.RESOURCE_ADMIN}))
def test_only_the_resource_administrator_registers(registration, department, role):
    with pytest.raises(NotYours):
        services.register(**{**registration, "by": actor(department, Role(role))})


@pytest.mark.article("PC-26")
def test_nobody_registers_for_another_department(registration, cast):
    other = cast.organization("third")

    with pytest.raises(NotYours):
        services.register(**{**registration, "organization": other.id})


@pytest.mark.article("PC-26", "CD2016-34")
def test_the_password_is_nowhere_but_sealed(registration, caplog):
    front = services.register(**{**registration, "password": WORD})
    services.change_password(front_database=front.id, password=WORD + "2", by=registration["by"], now=utc_now())
    services.test(front_database=front.id, by=registration["by"], now=utc_now())

    front.refresh_from_db()
    shown = [repr(front), str(front), json.dumps(front.seen_tables), front.test_message, caplog.text, everything_stored()]
    assert [text for text in shown if WORD in text] == []
    assert re.fullmatch(r"v1:[0-9a-f]{8}:[\w-]+=*", front.sealed_password)


@pytest.mark.article("PC-26")
def test_the_database_refuses_a_password_that_is_not_sealed(provided):
    with pytest.raises(IntegrityError), transaction.atomic():
        FrontDatabase.objects.filter(id=provided.id).update(sealed_password="plain")


@pytest.mark.article("PC-27")
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("host", "/var/run/postgresql"),
        ("host", "169.254.169.254"),
        ("host", ""),
        ("host", "10.0.0.1,10.0.0.2"),
        ("port", 0),
        ("port", 70000),
        ("engine", "oracle"),
        ("purpose", "both"),
        ("schema", "pg_catalog"),
        ("schema", ""),
        ("database", "x" * 64),
        ("account", "a\0b"),
        ("name", " "),
        ("password", ""),
        ("password", "a\0b"),
        ("tls_mode", "prefer"),
        ("ca_certificate", "no certificate"),
    ],
)
def test_a_wrong_registration_is_faulted_at_its_place_and_not_kept(registration, field, value):
    with pytest.raises(Invalid) as refusal:
        services.register(**{**registration, field: value})

    assert field in {fault.place for fault in refusal.value.faults}
    assert not FrontDatabase.objects.exists()


@pytest.mark.article("PC-27")
def test_outside_the_demonstration_there_is_no_loopback_and_no_plain_connection(registration, settings):
    settings.GOVSHARE_DEMO = False

    with pytest.raises(Invalid) as refusal:
        services.register(**registration)

    assert {fault.place for fault in refusal.value.faults} == {"host", "tls_mode"}


@pytest.mark.article("PC-27")
def test_the_platforms_own_database_is_refused_by_its_address(registration, settings, monkeypatch):
    for name, value in {"HOST": "127.0.0.1", "PORT": "5432", "NAME": "govshare"}.items():
        monkeypatch.setitem(settings.DATABASES["default"], name, value)  # the very dictionary that connections are made from

    with pytest.raises(Invalid) as refusal:
        services.register(**{**registration, "port": 5432, "database": "govshare"})

    assert [fault.place for fault in refusal.value.faults] == ["database"]


@pytest.mark.article("PC-26")
def test_one_schema_is_registered_once(registration, provided):
    with pytest.raises(Invalid) as refusal:
        services.register(**{**registration, "name": "另一个名字", "host": "127.0.0.1"})

    assert [fault.place for fault in refusal.value.faults] == ["schema"]


@pytest.mark.article("PC-26")
def test_a_name_is_given_once_in_a_department(registration, provided):
    with pytest.raises(Invalid) as refusal:
        services.register(**{**registration, "schema": "landing"})

    assert [fault.place for fault in refusal.value.faults] == ["name"]


@pytest.mark.article("PC-26")
def test_a_new_password_has_to_be_tested_again(provided, admin, front_end):
    services.test(front_database=provided.id, by=admin, now=utc_now())
    assert psycopg.connect(queries.conninfo(queries.get(provided.id))).close() is None

    services.change_password(front_database=provided.id, password="reader", by=admin, now=utc_now())

    with pytest.raises(WrongState, match="尚未通过测试"):
        queries.conninfo(queries.get(provided.id))


@pytest.mark.article("PC-29", "CD2016-32")
def test_the_department_retires_its_database_with_a_reason_and_it_is_never_used_again(provided, admin, registration):
    services.test(front_database=provided.id, by=admin, now=utc_now())

    services.retire(front_database=provided.id, reason="迁移到新机房", by=admin, now=utc_now())

    retired = queries.get(provided.id)
    assert (retired.retired_by, retired.retired_reason) == (admin.id, "迁移到新机房")
    with pytest.raises(WrongState, match="已停用"):
        queries.conninfo(retired)
    with pytest.raises(WrongState):
        services.test(front_database=provided.id, by=admin, now=utc_now())
    with pytest.raises(WrongState):
        services.change_password(front_database=provided.id, password="x", by=admin, now=utc_now())
    assert services.register(**registration).id != provided.id


@pytest.mark.article("PC-29")
def test_the_system_administrator_may_retire_a_database_that_has_become_a_danger(provided, cast):
    services.retire(front_database=provided.id, reason="账号泄露", by=cast.actor("authority", Role.SYSTEM_ADMIN), now=utc_now())

    assert queries.get(provided.id).retired_at


@pytest.mark.article("PC-29")
def test_nobody_else_retires_it_and_nobody_without_a_reason(provided, admin, department, cast):
    stranger = cast.organization("third")

    with pytest.raises(NotYours):
        services.retire(front_database=provided.id, reason="x", by=actor(stranger, Role.RESOURCE_ADMIN), now=utc_now())
    with pytest.raises(NotYours):
        services.retire(front_database=provided.id, reason="x", by=actor(department, Role.LEADER), now=utc_now())
    with pytest.raises(Invalid):
        services.retire(front_database=provided.id, reason="  ", by=admin, now=utc_now())

    assert queries.get(provided.id).retired_at is None


@pytest.mark.article("PC-26")
def test_who_takes_over_a_department_answers_for_its_databases(provided, admin, cast):
    successor = cast.actor("third", Role.RESOURCE_ADMIN)
    bodies.merge(
        predecessors=[cast.organization("provider").pk],
        into=cast.organization("third").pk,
        document="成府发〔2026〕1号",
        by=cast.actor("authority", Role.SYSTEM_ADMIN),
        now=utc_now(),
    )

    tested = services.test(front_database=provided.id, by=successor, now=utc_now())

    assert tested.test_passed
    assert queries.of_organization(cast.organization("third").pk) == [provided]
    assert queries.of_organization(cast.organization("provider").pk) == []
    with pytest.raises(NotYours):
        services.test(front_database=provided.id, by=admin, now=utc_now())


@pytest.mark.article("PC-26")
def test_a_department_lists_what_it_uses_and_retired_ones_when_asked(provided, receiving, admin, department):
    services.retire(front_database=receiving.id, reason="不再使用", by=admin, now=utc_now())

    assert queries.of_organization(department.pk) == [provided]
    assert queries.of_organization(department.pk, purpose="receive") == []
    assert set(queries.of_organization(department.pk, retired=True)) == {provided, receiving}


def test_a_number_that_names_nothing_is_not_found():
    for number in ("nonsense", "018f0000-0000-7000-8000-000000000000"):
        with pytest.raises(NotFound):
            queries.get(number)
