"""What a test of a front-end database finds, and what it refuses (PC-26 to PC-28)."""

import socket

import psycopg
import pytest

from govshare.kernel.clock import utc_now
from govshare.kernel.errors import NotYours, WrongState
from govshare.kernel.roles import Role
from govshare.sources import queries, services
from tests.sources.conftest import actor

pytestmark = pytest.mark.django_db


def probed(front, admin):
    return services.test(front_database=front.id, by=admin, now=utc_now())


@pytest.mark.article("PC-26", "CD2016-12.2")
def test_a_reading_account_passes_and_its_tables_are_remembered(provided, admin):
    front = probed(provided, admin)

    assert (front.test_passed, front.tested_by) == (True, admin.id)
    seen = {table.name: table for table in queries.tables(queries.get(front.id))}
    assert sorted(seen) == ["firm", "log"]
    assert seen["firm"].key == ("uscc",)
    assert [(column.name, column.type, column.nullable) for column in seen["firm"].columns] == [
        ("uscc", "character varying(18)", False),
        ("name", "character varying(120)", False),
        ("capital", "numeric(18,2)", True),
    ]


@pytest.mark.article("PC-26")
def test_a_passed_database_gives_a_connection_that_reads(provided, admin):
    front = probed(provided, admin)

    with psycopg.connect(queries.conninfo(front)) as connection:
        assert connection.execute("SELECT count(*) FROM share.firm").fetchone() == (10,)


@pytest.mark.article("PC-26")
def test_a_landing_account_passes_and_serves_receiving_alone(receiving, admin):
    front = probed(receiving, admin)

    assert front.test_passed, front.test_message
    assert queries.usable(front.id, purpose="receive") == front
    with pytest.raises(WrongState):
        queries.usable(front.id, purpose="provide")


@pytest.mark.article("PC-26")
def test_an_untested_database_is_not_used(provided):
    with pytest.raises(WrongState, match="尚未通过测试"):
        queries.conninfo(provided)
    assert queries.tables(provided) == ()


@pytest.mark.article("PC-28", "CD2016-34")
@pytest.mark.parametrize(
    ("grant", "told"),
    [
        ("GRANT INSERT ON share.firm TO reader", "share.firm 执行 INSERT"),
        ("GRANT UPDATE (name) ON share.firm TO reader", "share.firm 执行 UPDATE"),
        ("GRANT DELETE ON business.secret TO PUBLIC", "business.secret 执行 DELETE"),
        ("GRANT TRUNCATE ON share.log TO reader", "share.log 执行 TRUNCATE"),
        ("ALTER TABLE share.log OWNER TO reader", "share.log 执行 OWNER"),
        ("GRANT CREATE ON SCHEMA share TO reader", "模式 share 中 CREATE"),
        ("GRANT CREATE ON DATABASE front TO reader", "数据库 front 中 CREATE"),
        ("GRANT USAGE ON SEQUENCE business.secret_id_seq TO reader", "business.secret_id_seq 执行 USAGE"),
        ("GRANT writer TO reader", "模式 landing 中 CREATE"),
        ("ALTER ROLE reader NOINHERIT; GRANT writer TO reader", "模式 landing 中 CREATE"),
        ("GRANT pg_write_all_data TO reader", "pg_write_all_data"),
        ("GRANT pg_execute_server_program TO reader", "pg_execute_server_program"),
        ("ALTER ROLE reader CREATEROLE", "CREATEROLE"),
        ("ALTER ROLE reader SUPERUSER", "SUPERUSER"),
    ],
)
def test_a_providing_account_that_could_change_anything_is_refused_by_name_of_the_right(provided, admin, front_end, grant, told):
    front_end.run(grant)

    front = probed(provided, admin)

    assert front.test_passed is False
    assert told in front.test_message
    with pytest.raises(WrongState):
        queries.conninfo(front)


@pytest.mark.article("PC-28", "CD2016-34")
@pytest.mark.parametrize(
    ("grant", "told"),
    [
        ("GRANT INSERT ON business.secret TO writer", "business.secret 执行 INSERT"),
        ("ALTER SCHEMA business OWNER TO writer", "模式 business 中 CREATE"),
        ("GRANT CREATE ON DATABASE front TO writer", "数据库 front 中 CREATE"),
        ("ALTER ROLE writer CREATEDB", "CREATEDB"),
    ],
)
def test_a_receiving_account_that_could_change_more_than_its_landing_schema_is_refused(receiving, admin, front_end, grant, told):
    front_end.run(grant)

    front = probed(receiving, admin)

    assert front.test_passed is False
    assert told in front.test_message


@pytest.mark.article("PC-28")
def test_a_receiving_account_owns_its_landing_schema_and_what_is_in_it(receiving, admin, front_end):
    front_end.run("ALTER SCHEMA landing OWNER TO writer; CREATE TABLE landing.t (n integer); ALTER TABLE landing.t OWNER TO writer")

    front = probed(receiving, admin)

    assert front.test_passed, front.test_message


@pytest.mark.article("PC-28")
def test_an_account_that_lacks_what_it_needs_is_told_what_to_grant(receiving, provided, admin, front_end):
    front_end.run("REVOKE CREATE ON SCHEMA landing FROM writer; REVOKE USAGE ON SCHEMA share FROM reader")

    assert "GRANT CREATE ON SCHEMA landing TO writer" in probed(receiving, admin).test_message
    assert "GRANT USAGE ON SCHEMA share TO reader" in probed(provided, admin).test_message


@pytest.mark.article("PC-26")
@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"password": "wrong"}, "口令不对"),
        ({"account": "nobody_here"}, "口令不对"),
        ({"database": "nowhere"}, "没有数据库“nowhere”"),
        ({"schema": "nowhere"}, "没有模式“nowhere”"),
        ({"host": "no-such-host.invalid"}, "无法解析主机名"),
    ],
)
def test_a_failed_test_says_in_chinese_what_to_do(registration, admin, change, told):
    front = probed(services.register(**{**registration, **change}), admin)

    assert front.test_passed is False
    assert told in front.test_message
    assert "reader" not in front.test_message.replace("“reader”", "")


@pytest.mark.article("PC-26")
def test_a_closed_port_is_told_apart_from_a_wrong_password(registration, admin):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, not listening: nobody answers here
        front = probed(services.register(**{**registration, "port": taken.getsockname()[1]}), admin)

    assert "拒绝连接" in front.test_message


@pytest.mark.article("PC-27", "CD2016-34")
def test_tls_is_verified_to_the_registered_authority_and_host_name(registration, admin, front_end, settings):
    secured = {"host": "localhost", "tls_mode": "verify-full", "ca_certificate": front_end.server.authority}
    front = probed(services.register(**{**registration, **secured}), admin)

    assert front.test_passed, front.test_message
    with psycopg.connect(queries.conninfo(front)) as connection:
        assert connection.pgconn.ssl_in_use


@pytest.mark.article("PC-27", "CD2016-34")
def test_a_server_under_another_name_or_another_authority_is_refused(registration, admin, front_end):
    misnamed = {"name": "a", "host": "127.0.0.1", "tls_mode": "verify-full", "ca_certificate": front_end.server.authority}
    unknown = {"name": "b", "host": "localhost", "tls_mode": "verify-full"}

    assert "主机名“127.0.0.1”不一致" in probed(services.register(**{**registration, **misnamed}), admin).test_message
    assert "不是由登记的证书颁发机构签发" in probed(services.register(**{**registration, **unknown}), admin).test_message


@pytest.mark.article("PC-27")
def test_a_server_without_tls_is_told_to_enable_it(registration, admin, cluster, front_end):
    with psycopg.connect(cluster) as connection:
        if (
            connection.execute("SHOW ssl").fetchone() == ("on",)
            or "127.0.0.1" not in connection.execute("SHOW listen_addresses").fetchone()[0]
        ):
            pytest.skip("the test cluster offers TLS, or no TCP at all")
        port = int(connection.execute("SHOW port").fetchone()[0])

    front = probed(services.register(**{**registration, "port": port, "tls_mode": "verify-full"}), admin)

    assert "没有启用 TLS" in front.test_message


@pytest.mark.article("PC-27")
def test_the_platforms_own_database_is_known_however_it_is_addressed(registration, admin, cluster):
    with psycopg.connect(cluster) as connection:
        if "127.0.0.1" not in connection.execute("SHOW listen_addresses").fetchone()[0]:
            pytest.skip("the test cluster listens on a socket alone")
        port = int(connection.execute("SHOW port").fetchone()[0])
    from django.db import connection as own

    with own.cursor() as cursor:
        cursor.execute("SELECT current_database()")
        name = cursor.fetchone()[0]
    itself = {"port": port, "database": name, "schema": "public", "account": "govshare_app", "password": "app"}

    front = probed(services.register(**{**registration, **itself}), admin)

    assert front.test_passed is False
    assert "共享平台自己的数据库" in front.test_message


@pytest.mark.article("PC-27")
def test_the_address_is_judged_again_at_every_connection(provided, admin, settings):
    front = probed(provided, admin)

    settings.GOVSHARE_DEMO = False

    from govshare.kernel.errors import Invalid

    with pytest.raises(Invalid):
        queries.conninfo(front)


@pytest.mark.article("PC-26")
def test_a_test_that_fails_later_closes_the_database_and_keeps_what_was_seen(provided, admin, front_end):
    probed(provided, admin)
    front_end.run("GRANT DELETE ON share.firm TO reader")

    front = probed(provided, admin)

    assert front.test_passed is False
    assert [table.name for table in queries.tables(front)] == ["firm", "log"]


@pytest.mark.article("PC-26")
def test_others_do_not_test_a_departments_database(provided, department, cast):
    stranger = cast.organization("third")
    for by in (actor(stranger, Role.RESOURCE_ADMIN), actor(department, Role.REGISTRAR)):
        with pytest.raises(NotYours):
            services.test(front_database=provided.id, by=by, now=utc_now())
