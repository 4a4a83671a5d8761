"""Opening, making and upgrading the platform's database (CD2016-34)."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from psycopg import sql

from govshare.hosting.store import setup as hosting
from govshare.hosting.store.link import session as hosting_session
from govshare.operations import schema
from govshare.operations.cluster import HOSTING, ROLES, Cluster, open_platform
from govshare.operations.trouble import Trouble

_PLACE = ("NAME", "USER", "PASSWORD", "HOST", "PORT", "OPTIONS")
_LOCK = "govshare migrate"


def private_cluster() -> Cluster | None:
    """The platform's own cluster; None where ``GOVSHARE_DATABASE_URL`` names a database run by others."""
    return Cluster(settings.GOVSHARE_HOME, keys=settings.GOVSHARE_KEYS) if settings.GOVSHARE_PRIVATE_DATABASE else None


def open_database() -> Cluster | None:
    """Start the private cluster, if the platform has one, with its database and roles."""
    return open_platform(settings.GOVSHARE_HOME, keys=settings.GOVSHARE_KEYS) if settings.GOVSHARE_PRIVATE_DATABASE else None


def close_database() -> None:
    """Stop the private cluster cleanly; nothing to do where there is none."""
    cluster = private_cluster()
    if cluster is not None:
        cluster.stop()


def migrate(*, say: Callable[[str], None] = print) -> None:
    """Bring the tables up to this release, as their owner. Two at once wait for each other; running it again changes nothing.

    The program's role ends with the rights of ``schema`` and cannot write the list of applied migrations.
    """
    cluster = open_database()
    app = settings.GOVSHARE_APP_ROLE
    with as_owner(), connection.cursor() as cursor:
        _check_roles(app)
        cursor.execute("SELECT pg_advisory_lock(hashtext(%s))", [_LOCK])  # kept until this session closes
        for statement in schema.default_privileges(app):
            cursor.execute(statement)
        call_command("migrate", verbosity=1, interactive=False, no_color=True, stdout=_Lines(say))
        cursor.execute(sql.SQL("REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON django_migrations FROM {}").format(sql.Identifier(app)))
    prepare_hosting(cluster)
    say("数据库已是最新。/ The database is up to date.")


def prepare_hosting(cluster: Cluster | None) -> None:
    """Bring the hosting database up to this release, if there is one (CD2016-27). Where others run it, its administrator has run
    ``govshare hosting sql`` before."""
    if cluster is not None:
        with psycopg.connect(cluster.url("admin", HOSTING), autocommit=True) as link:
            link.execute(hosting.for_administrator(database=HOSTING, hosting=ROLES["hosting"]))
    if settings.GOVSHARE_HOSTING_DATABASE_URL:
        with hosting_session() as link:
            hosting.prepare(link)


@contextmanager
def as_owner() -> Iterator[None]:
    """Django's default connection is the owner's inside this block."""
    owner = settings.GOVSHARE_OWNER_DATABASE
    if not owner:
        raise Trouble(
            "设置了 GOVSHARE_DATABASE_URL 时，还须设置 GOVSHARE_OWNER_DATABASE_URL（同一数据库的属主账号），才能建立或升级数据库。",
            "Beside GOVSHARE_DATABASE_URL set GOVSHARE_OWNER_DATABASE_URL: the same database, as its owner, who makes and upgrades it.",
        )
    before = {name: connection.settings_dict[name] for name in _PLACE}
    connection.close()
    connection.settings_dict.update({name: owner.get(name, "") for name in _PLACE})
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.update(before)


def _check_roles(app: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, (SELECT rolsuper FROM pg_roles WHERE rolname = %s)", [app])
        owner, app_is_super = cursor.fetchone()
    if app_is_super is None:
        raise Trouble(
            f"数据库中没有程序账号 {app}，请由数据库管理员先建：CREATE ROLE {app} LOGIN PASSWORD '…'。",
            f"The database has no role {app}; its administrator must create it first.",
        )
    if app_is_super or app == owner:
        raise Trouble(
            f"程序账号 {app} 不得是超级用户，也不得与属主 {owner} 相同，否则它能改写存证。请换用一个普通账号。",
            f"The program's role {app} must be neither a superuser nor the owner {owner}: it could rewrite the evidence.",
        )


class _Lines:
    """A text stream that says whole lines."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._begun = ""

    def write(self, text: str) -> int:
        *lines, self._begun = (self._begun + text).split("\n")
        for line in lines:
            if line.strip():
                self._say(line.rstrip())
        return len(text)

    def flush(self) -> None:
        """Nothing waits but the line begun."""
