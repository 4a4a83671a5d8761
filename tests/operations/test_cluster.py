import os
import socket
import stat
from pathlib import Path

import psycopg
import pytest

from govshare.operations import programs
from govshare.operations.cluster import LONGEST_SOCKET, ROLES, open_platform, private_database_url
from govshare.operations.trouble import Trouble
from tests.operations.children import NOBODY, Child

BUNDLED = programs._wheel() / "pginstall/bin"
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the server as another account")


def answer(url, question, *values):
    with psycopg.connect(url) as connection:
        return connection.execute(question, values).fetchone()


@pytest.mark.article("CD2016-33", "CD2016-34")
def test_the_program_connects_as_a_role_that_may_nothing_but_log_in(standing):
    cluster = open_platform(standing.home)

    app = answer(
        private_database_url(cluster.home, role="app"),
        "SELECT current_user, rolsuper, rolcreatedb, rolcreaterole FROM pg_roles WHERE rolname = current_user",
    )
    owner = answer(
        private_database_url(cluster.home, role="owner"),
        "SELECT current_user, rolsuper, pg_get_userbyid(datdba) FROM pg_roles, pg_database "
        "WHERE rolname = current_user AND datname = current_database()",
    )

    assert app == ("govshare_app", False, False, False)
    assert owner == ("govshare_owner", False, "govshare_owner")
    with psycopg.connect(cluster.url("app")) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("CREATE TABLE sneaked_in (id int)")


@pytest.mark.article("CD2016-33")
def test_nobody_gets_in_without_a_password_and_the_socket_is_for_one_account(standing):
    cluster = standing

    rules = [line.split() for line in (cluster.data / "pg_hba.conf").read_text().splitlines() if line.strip() and not line.startswith("#")]

    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(cluster.url("admin", "postgres").replace(cluster.password("admin"), "guessed"))
    assert {rule[-1] for rule in rules} == {"scram-sha-256"}
    for private in (cluster.data, cluster.socket_directory, cluster.log):
        assert stat.S_IMODE(private.stat().st_mode) == 0o700
    assert answer(cluster.url("admin", "postgres"), "SELECT current_setting('listen_addresses')") == ("",)


def test_text_is_utf8_sorted_by_code_point_and_pages_carry_checksums(standing):
    cluster = standing

    cluster.ensure_database("资源", ROLES["admin"])
    cluster.ensure_database("资源", ROLES["admin"])

    facts = answer(
        cluster.url("admin", "资源"),
        "SELECT current_setting('server_encoding'), datcollate, current_setting('data_checksums') "
        "FROM pg_database WHERE datname = current_database()",
    )
    assert facts == ("UTF8", "C.UTF-8", "on")


@pytest.mark.parametrize("directory", [None, BUNDLED], ids=["as found", "bundled"])
def test_what_was_committed_outlives_a_full_stop(make_cluster, directory):
    cluster = make_cluster(bin_directory=directory, fresh=True)
    cluster.start()
    with psycopg.connect(cluster.url("admin", "postgres")) as connection:
        connection.execute("CREATE TABLE kept AS SELECT '锦享' AS word")

    cluster.stop()
    stopped = cluster.running()
    cluster.start()

    assert not stopped
    assert answer(cluster.url("admin", "postgres"), "SELECT word FROM kept") == ("锦享",)


def test_existing_data_choose_the_programs_of_their_own_version(make_cluster):
    cluster = make_cluster(bin_directory=BUNDLED, fresh=True)
    cluster.start()
    cluster.stop()

    again = make_cluster()
    again.start()

    assert answer(again.url("admin", "postgres"), "SELECT current_setting('server_version_num')::int / 10000") == (
        programs._look_at(BUNDLED).major,
    )


def test_data_of_a_version_that_is_not_installed_are_left_alone_with_a_way_out(make_cluster):
    cluster = make_cluster(fresh=True)
    cluster.data.mkdir(parents=True)
    (cluster.data / "PG_VERSION").write_text("9\n")

    with pytest.raises(Trouble, match=r"PostgreSQL 9(.|\n)*pg_upgrade(.|\n)*GOVSHARE_POSTGRES_BIN"):
        cluster.start()


def test_a_wrongly_named_program_directory_is_said(make_cluster, place):
    cluster = make_cluster(bin_directory=place)

    with pytest.raises(Trouble, match="缺少 initdb"):
        cluster.start()


def test_a_path_too_long_for_a_socket_gets_a_short_private_one(make_cluster, place):
    cluster = make_cluster(place / ("很长的目录名" * 6))

    cluster.start()

    assert cluster.socket_directory.parent.as_posix() == "/tmp"
    assert len(os.fsencode(cluster.socket_directory / ".s.PGSQL.5432")) <= LONGEST_SOCKET
    assert stat.S_IMODE(cluster.socket_directory.stat().st_mode) == 0o700
    assert answer(cluster.url("admin", "postgres"), "SELECT 1") == (1,)
    cluster.stop()
    cluster.socket_directory.rmdir()


def test_a_socket_directory_somebody_else_laid_out_is_not_used(make_cluster, place):
    cluster = make_cluster(place / ("很长的目录名" * 6))
    cluster.socket_directory.mkdir(mode=0o777)
    cluster.socket_directory.chmod(0o777)

    with pytest.raises(Trouble, match=r"0700(.|\n)*move it away"):
        cluster.start()

    cluster.socket_directory.rmdir()


def test_an_ordinary_user_runs_the_server_as_himself(make_cluster, place):
    home = place / "nobody"
    home.mkdir()
    if os.geteuid() == 0:
        os.chown(home, NOBODY.pw_uid, NOBODY.pw_gid)
    cluster = make_cluster(home, fresh=True)

    def work():
        cluster.start()
        assert answer(cluster.url("admin", "postgres"), "SELECT 1") == (1,)
        cluster.stop()
        cluster.start()

    Child(work, user=NOBODY).finish()

    assert cluster.running()
    assert cluster.data.stat().st_uid == home.stat().st_uid != 0


def test_an_ordinary_user_can_run_the_bundled_programs(make_cluster, place):
    home = place / "nobody"
    home.mkdir()
    if os.geteuid() == 0:
        os.chown(home, NOBODY.pw_uid, NOBODY.pw_gid)
    enterable = programs.root_owned(programs._look_at(BUNDLED, bundled=True), copies=place / "copies")
    cluster = make_cluster(home, bin_directory=enterable.directory, fresh=True)

    def work():
        cluster.start()
        assert answer(cluster.url("admin", "postgres"), "SELECT 1") == (1,)

    Child(work, user=NOBODY).finish()

    assert cluster.running()


@as_root
def test_as_root_the_server_is_another_account_and_the_keys_stay_roots(make_cluster):
    cluster = make_cluster(fresh=True)

    cluster.start()

    assert cluster.data.stat().st_uid != 0
    key = cluster.home / "keys" / "platform-admin.password"
    assert (key.stat().st_uid, stat.S_IMODE(key.stat().st_mode)) == (0, 0o600)


@as_root
def test_as_root_the_bundled_programs_run_from_a_copy_nobody_else_can_change(make_cluster, place):
    cluster = make_cluster(bin_directory=BUNDLED, fresh=True)

    cluster.start()

    server = Path("/proc", (cluster.data / "postmaster.pid").read_text().split()[0], "exe").readlink()
    assert server.is_relative_to(place.parent / "programs")
    assert not [path for path in (place.parent / "programs").rglob("*") if path.stat().st_uid != 0 or path.stat().st_mode & 0o022]


@as_root
def test_a_closed_directory_on_the_way_to_the_data_is_named(make_cluster, place):
    closed = place / "closed"
    closed.mkdir(mode=0o700)
    cluster = make_cluster(closed / "home")

    with pytest.raises(Trouble, match=r"chmod o\+x '.*closed'"):
        cluster.start()


@pytest.mark.article("CD2016-33")
def test_the_server_never_sees_a_password_in_a_statement(make_cluster):
    cluster = make_cluster(settings={"log_statement": "all"})
    cluster.start()

    cluster.ensure_role("frontend_justice", "open-sesame-1")
    cluster.ensure_role("frontend_justice", "open-sesame-2")

    log = "".join(path.read_text() for path in cluster.log.glob("postgresql-*.log"))
    assert "ALTER ROLE" in log
    assert "open-sesame" not in log
    assert answer(
        cluster.url("admin", "postgres").replace(f"govshare_admin:{cluster.password('admin')}", "frontend_justice:open-sesame-2"),
        "SELECT current_user",
    ) == ("frontend_justice",)


def test_a_second_cluster_listens_on_loopback_when_asked(make_cluster):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    first, second = make_cluster(), make_cluster(name="frontends", listen=port)

    first.start()
    second.start()

    over_tcp = f"postgresql://govshare_admin:{second.password('admin')}@127.0.0.1:{port}/postgres"
    assert answer(over_tcp, "SELECT host(inet_server_addr())") == ("127.0.0.1",)
    assert first.password("admin") != second.password("admin")
    assert first.running()


def test_other_settings_are_taken_up_at_the_next_start_even_while_it_runs(make_cluster):
    make_cluster().start()

    changed = make_cluster(settings={"work_mem": "7MB", "log_line_prefix": "it's \\ here "})
    changed.start()

    assert answer(changed.url("admin", "postgres"), "SELECT current_setting('work_mem'), current_setting('log_line_prefix')") == (
        "7MB",
        "it's \\ here ",
    )


def test_a_setting_the_server_does_not_know_ends_in_its_own_words(make_cluster):
    cluster = make_cluster(settings={"work_memory": "7MB"})

    with pytest.raises(Trouble, match="work_memory"):
        cluster.start()


def test_keys_that_do_not_belong_to_the_data_are_said(make_cluster):
    cluster = make_cluster()
    cluster.start()
    (cluster.home / "keys" / "platform-admin.password").unlink()

    with pytest.raises(Trouble, match="restore the keys"):
        cluster.start()
