"""The database: its programs, whether it answers, who the program is in it, and whether its tables are this release's."""

from collections.abc import Iterator
from datetime import datetime

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from govshare.operations import programs as postgresql
from govshare.operations.cluster import Cluster
from govshare.operations.doctor.findings import Finding, bad, ok, warn
from govshare.operations.trouble import Trouble

#: Tables nobody may change a row of; their partitions inherit the name's beginning.
EVIDENCE = ("audit_batch", "audit_entry", "audit_placement", "audit_checkpoint")


def programs(_now: datetime) -> Iterator[Finding]:
    """Only a private cluster needs programs of its own."""
    if not settings.GOVSHARE_PRIVATE_DATABASE:
        return
    cluster = Cluster(settings.GOVSHARE_HOME, keys=settings.GOVSHARE_KEYS)
    version = cluster.data / "PG_VERSION"
    try:
        found = postgresql.find(major=int(version.read_text()) if version.exists() else None)
    except PermissionError:
        yield warn(
            f"无权查看数据目录 {cluster.data}",
            "the data directory is closed to this user",
            mend=("请以运行平台的用户执行体检", "run this as the user who runs the platform"),
        )
        return
    except Trouble as trouble:
        yield Finding("bad", "没有合适的 PostgreSQL 程序 / no suitable PostgreSQL programs", f"{trouble.chinese} / {trouble.english}")
        return
    yield ok(f"PostgreSQL {found.major} 程序在 {found.directory}", "PostgreSQL programs found")


def reachable(_now: datetime) -> Iterator[Finding]:
    try:
        connection.ensure_connection()
    except DatabaseError as error:
        mend = (
            ("请启动私有数据库：govshare database start", "start the private database")
            if settings.GOVSHARE_PRIVATE_DATABASE
            else ("请检查 GOVSHARE_DATABASE_URL、网络和数据库服务", "check GOVSHARE_DATABASE_URL, the network and the database service")
        )
        yield bad(f"连不上数据库（{type(error).__name__}）", "the database does not answer", mend=mend)
        return
    yield ok("数据库可以连接", "the database answers")


def server(_now: datetime) -> Iterator[Finding]:
    """What the evidence's durability rests on."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('server_version_num')::int / 10000, current_setting('server_encoding'), current_setting('fsync'),"
            " current_setting('synchronous_commit'), current_setting('synchronous_standby_names')"
        )
        major, encoding, fsync, commit, standby = cursor.fetchone()
    if major < postgresql.OLDEST:
        yield bad(
            f"数据库版本是 {major}", "too old", mend=(f"请升级到 {postgresql.OLDEST} 以上", f"upgrade to {postgresql.OLDEST} or newer")
        )
    if encoding != "UTF8":
        yield bad(f"数据库编码是 {encoding}", "not UTF-8", mend=("请重建为 UTF8 编码的数据库", "make the database anew with encoding UTF8"))
    if fsync != "on" or commit == "off":
        yield bad(
            f"数据库不保证提交后不丢（fsync={fsync}，synchronous_commit={commit}）",
            "a commit may be lost",
            mend=("请将 fsync 和 synchronous_commit 设为 on：已给出的回执不能丢", "set both to on: a receipt given out must not be lost"),
        )
    elif not standby and not settings.GOVSHARE_DEMO:
        yield warn(
            "数据库没有同步备机",
            "no synchronous standby",
            mend=(
                "正式运行请设置 synchronous_standby_names：异步切换会使存证日志倒退，签名程序将拒绝继续",
                "set synchronous_standby_names: an asynchronous failover rewinds the log, and the signer will refuse to go on",
            ),
        )
    else:
        yield ok(f"PostgreSQL {major}，提交即落盘", "commits are durable")


def roles(_now: datetime) -> Iterator[Finding]:
    """The program must not be able to rewrite evidence (CD2016-26, 33)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_user, rolsuper, pg_get_userbyid(datdba) FROM pg_roles, pg_database"
            " WHERE rolname = current_user AND datname = current_database()"
        )
        role, is_super, owner = cursor.fetchone()
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace"
            " AND (relname = ANY(%s) OR relname LIKE 'audit\\_entry\\_%%')"
            " AND (has_table_privilege(oid, 'DELETE, TRUNCATE') OR has_any_column_privilege(oid, 'UPDATE')"
            " OR pg_has_role(relowner, 'USAGE')) ORDER BY 1",
            [list(EVIDENCE)],
        )
        changeable = [name for (name,) in cursor.fetchall()]
    if is_super or role == owner:
        yield bad(
            f"程序以 {role} 连接数据库，它是超级用户或属主",
            "the program connects as a superuser or the owner",
            mend=(
                "请另建普通账号，写入 GOVSHARE_DATABASE_URL，再执行 govshare migrate",
                "make an ordinary role for GOVSHARE_DATABASE_URL, then migrate",
            ),
        )
    elif changeable:
        yield bad(
            f"程序账号 {role} 能改写存证表：{'、'.join(changeable)}",
            "the program's role can rewrite evidence",
            mend=("请查明是谁授的权，收回后再体检", "find out who granted that, and revoke it"),
        )
    else:
        yield ok(f"程序账号 {role} 不能改写存证", "the program's role cannot rewrite evidence")


def migrations(_now: datetime) -> Iterator[Finding]:
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    newer = sorted(set(executor.loader.applied_migrations) - set(executor.loader.disk_migrations))
    if waiting:
        yield bad(
            f"数据库还差 {len(waiting)} 步未升级",
            "the database is not up to date",
            mend=("请执行 govshare migrate", "run govshare migrate"),
        )
    elif newer:
        yield warn(
            f"数据库比本程序新（{newer[0][0]}.{newer[0][1]}）",
            "the database is newer than this program",
            mend=("请在本机装上同一版本", "install the same release here"),
        )
    else:
        yield ok("数据库结构是本版本的", "the tables are this release's")
