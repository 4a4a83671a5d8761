"""A front-end database of the MySQL family is registered, tested and refused by the same rules (PC-26 to PC-28)."""

import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from govshare.connectors import mysql
from govshare.kernel.clock import utc_now
from govshare.kernel.errors import Invalid, WrongState
from govshare.sources import queries, services
from tests.mariadb import front, server

pytestmark = pytest.mark.django_db


@pytest.fixture
def shared(my_provider):
    my_provider.run(
        "CREATE TABLE {s}.firm (uscc varchar(18) PRIMARY KEY, name varchar(120) NOT NULL COMMENT '名称', capital decimal(18,2))"
    )
    my_provider.run("INSERT INTO {s}.firm VALUES ('X1', '测试', 1)")
    my_provider.run("GRANT SELECT, SHOW VIEW ON {s}.* TO {a}")
    return my_provider


def registered(department, admin, base, **more):
    given = {
        "organization": department.id,
        "name": "市监局 MariaDB 前置库",
        "engine": "mysql",
        "purpose": "provide",
        "host": "localhost",
        "port": base.port,
        "database": base.schema,
        "schema": base.schema,
        "account": base.account,
        "password": base.password,
        "tls_mode": "disable",
        "by": admin,
        "now": utc_now(),
    }
    return services.register(**{**given, **more})


def probed(found, admin):
    return services.test(front_database=found.id, by=admin, now=utc_now())


@pytest.mark.article("PC-26", "CD2016-12.2")
def test_a_reading_account_passes_and_its_tables_are_remembered(department, admin, shared):
    found = probed(registered(department, admin, shared), admin)

    assert found.test_passed, found.test_message
    (firm,) = queries.tables(queries.get(found.id))
    assert (firm.name, firm.key, firm.kind) == ("firm", ("uscc",), "table")
    assert [(c.name, c.type, c.nullable, c.comment) for c in firm.columns] == [
        ("uscc", "varchar(18)", False, ""),
        ("name", "varchar(120)", False, "名称"),
        ("capital", "decimal(18,2)", True, ""),
    ]
    with closing(mysql.connect(queries.conninfo(found))) as connection:
        assert connection.rows("SELECT COUNT(*) FROM firm") == [(1,)]


@pytest.mark.article("PC-28", "CD2016-34")
@pytest.mark.parametrize(
    ("grant", "told"),
    [
        ("GRANT INSERT ON {s}.firm TO {a}", "firm 执行 INSERT"),
        ("GRANT UPDATE (name) ON {s}.firm TO {a}", "firm 执行 UPDATE"),
        ("GRANT CREATE ON {s}.* TO {a}", "中 CREATE"),
        ("GRANT SELECT ON *.* TO {a}", "整个服务器） 中 SELECT"),
        ("GRANT PROCESS ON *.* TO {a}", "PROCESS"),
        ("GRANT SELECT ON mysql.* TO {a}", "mysql 中 SELECT"),
        ("CREATE ROLE helper_{s}; GRANT helper_{s} TO {a}", "helper_"),
    ],
)
def test_a_providing_account_that_could_do_more_than_read_its_schema_is_refused_by_name_of_the_right(
    department, admin, shared, grant, told
):
    for statement in grant.split("; "):
        shared.run(statement)
    try:
        found = probed(registered(department, admin, shared), admin)
    finally:
        shared.run("DROP ROLE IF EXISTS helper_{s}")

    assert found.test_passed is False
    assert told in found.test_message
    with pytest.raises(WrongState):
        queries.conninfo(found)


@pytest.mark.article("PC-28", "CD2016-34")
def test_an_account_that_can_see_another_schema_is_refused(department, admin, shared, mariadb):
    with front(mariadb, writes=False) as other:
        other.run("CREATE TABLE {s}.secret (n int)")
        other.run("GRANT SELECT ON {s}.secret TO " + f"'{shared.account}'@'%'")

        found = probed(registered(department, admin, shared), admin)

    assert found.test_passed is False
    assert f"看得见另外的库 {other.schema}" in found.test_message


@pytest.mark.article("PC-26", "PC-28")
def test_a_landing_account_passes_and_one_that_lacks_a_right_is_told_the_grant(department, admin, my_recipient):
    whole = registered(department, admin, my_recipient, purpose="receive")
    passed = probed(whole, admin)
    my_recipient.run("REVOKE DROP ON {s}.* FROM {a}")

    short = probed(whole, admin)

    assert passed.test_passed, passed.test_message
    assert short.test_passed is False
    assert f"GRANT ALTER, CREATE, DELETE, DROP, INSERT, SELECT, UPDATE ON {my_recipient.schema}.* TO" in short.test_message


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"password": "wrong"}, "口令不对"),
        ({"database": "nowhere", "schema": "nowhere"}, "没有数据库“nowhere”"),
        ({"port": 1}, "拒绝连接"),
    ],
)
def test_what_is_wrong_over_there_is_said_in_words(department, admin, shared, change, told):
    found = probed(registered(department, admin, shared, **change), admin)

    assert found.test_passed is False
    assert told in found.test_message


def test_the_schema_of_this_family_is_the_database(department, admin, shared):
    with pytest.raises(Invalid) as refused:
        registered(department, admin, shared, schema="other")

    assert [(fault.place, "数据库名相同" in fault.message) for fault in refused.value.faults] == [("schema", True)]


@pytest.fixture(scope="module")
def secured(tmp_path_factory):
    """A server with TLS, whose certificate is of an authority of its own and made out to ``localhost``."""
    home = tmp_path_factory.mktemp("tls")
    made = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj"
    subprocess.run([*made.split(), "/CN=authority", "-keyout", home / "ca.key", "-out", home / "ca.pem"], check=True, capture_output=True)
    leaf = "-addext subjectAltName=DNS:localhost -addext basicConstraints=critical,CA:FALSE"
    signed = ["-CA", home / "ca.pem", "-CAkey", home / "ca.key", "-keyout", home / "key.pem", "-out", home / "cert.pem"]
    subprocess.run([*made.split(), "/CN=localhost", *leaf.split(), *signed], check=True, capture_output=True)
    with server(f"--ssl-cert={home}/cert.pem", f"--ssl-key={home}/key.pem") as running, front(running, writes=False) as shown:
        shown.run("CREATE TABLE {s}.t (n int)")
        shown.run("GRANT SELECT ON {s}.* TO {a}")
        yield shown, Path(home / "ca.pem").read_text("utf-8")


@pytest.mark.article("PC-27", "CD2016-34")
def test_a_certificate_of_the_registered_authority_with_the_registered_name_is_demanded(department, admin, secured):
    shown, authority = secured
    secure = {"tls_mode": "verify-full"}

    good = probed(registered(department, admin, shown, **secure, ca_certificate=authority), admin)
    with closing(mysql.connect(queries.conninfo(good))) as connection:
        cipher = dict(connection.rows("SHOW SESSION STATUS LIKE 'Ssl_version'"))
    services.retire(front_database=good.id, reason="换一个", by=admin, now=utc_now())
    stranger = probed(registered(department, admin, shown, **secure), admin)
    services.retire(front_database=stranger.id, reason="换一个", by=admin, now=utc_now())
    misnamed = probed(registered(department, admin, shown, **secure, ca_certificate=authority, host="127.0.0.1"), admin)

    assert good.test_passed, good.test_message
    assert cipher["Ssl_version"].startswith("TLS")
    assert (stranger.test_passed, misnamed.test_passed) == (False, False)
    assert "证书" in stranger.test_message
    assert "证书" in misnamed.test_message


@pytest.mark.article("PC-27", "CD2016-34")
def test_a_server_without_tls_is_not_spoken_to_where_tls_is_registered(department, admin, shared):
    found = probed(registered(department, admin, shared, tls_mode="verify-full"), admin)

    assert found.test_passed is False
    assert "没有启用 TLS" in found.test_message
