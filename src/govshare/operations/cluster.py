"""The private PostgreSQL cluster: found, made, started, watched and stopped by the platform itself.

What lies where, below ``<home>/postgres/<name>``: ``data`` and ``log`` (0700, the server's account), ``server.conf`` and ``lock``
(ours), and the socket in ``run``, or below ``/tmp`` where that path would be longer than a socket's may be.
"""

import fcntl
import hashlib
import os
import shlex
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Literal
from urllib.parse import quote

import psycopg
from psycopg import sql

from govshare.kernel.keyring import Keyring
from govshare.operations import accounts, programs
from govshare.operations.accounts import Account
from govshare.operations.postmaster import Postmaster
from govshare.operations.programs import Programs
from govshare.operations.trouble import Trouble

RoleName = Literal["admin", "owner", "app", "hosting"]
ROLES: Mapping[RoleName, str] = {
    "admin": "govshare_admin",
    "owner": "govshare_owner",
    "app": "govshare_app",
    "hosting": "govshare_hosting",
}
DATABASE = "govshare"
HOSTING = "govshare_hosting"  # the database of hosted tables

LONGEST_SOCKET = 107  # bytes, sun_path without its closing zero
PATIENCE = 20.0  # seconds for what a killed server left behind to go away
RECOVERY = 600  # seconds a server may take to replay its log

SETTINGS: Mapping[str, str] = {
    "max_connections": "200",
    "password_encryption": "scram-sha-256",
    "unix_socket_permissions": "0700",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "logging_collector": "on",
    "log_filename": "postgresql-%a.log",  # a week of files, each day's over last week's
    "log_truncate_on_rotation": "on",
    "log_rotation_age": "1d",
    "log_rotation_size": "0",
    "log_line_prefix": "%m [%p] %q%u@%d ",
}


class Cluster:
    """One private cluster. Making the object touches nothing; ``start`` makes and starts what is missing.

    ``listen`` is a TCP port on 127.0.0.1; without it there is only the unix socket. ``settings`` go into the configuration over
    ``SETTINGS``. ``bin_directory`` overrides the search of ``programs.find``; ``copies`` is where root's copy of the bundled programs goes.
    """

    def __init__(
        self,
        home: Path,
        *,
        name: str = "platform",
        listen: int | None = None,
        settings: Mapping[str, str] | None = None,
        keys: Path | None = None,
        bin_directory: Path | None = None,
        copies: Path | None = None,
    ) -> None:
        self.home = Path(home).absolute()
        self.name = name
        self.port = listen or 5432
        self.place = self.home / "postgres" / name
        self.data = self.place / "data"
        self.log = self.place / "log"
        self._listen = listen
        self._settings = {**SETTINGS, **(settings or {})}
        self._keyring = Keyring(keys or self.home / "keys")
        self._bin_directory = bin_directory
        self._copies = copies
        self._postmaster = Postmaster(self.data)

    @property
    def socket_directory(self) -> Path:
        near = self.place / "run"
        if len(os.fsencode(near / f".s.PGSQL.{self.port}")) <= LONGEST_SOCKET:
            return near
        return Path("/tmp") / f"govshare-{hashlib.sha256(os.fsencode(self.place)).hexdigest()[:16]}"  # noqa: S108 - checked to be ours, 0700

    def url(self, role: RoleName, database: str = DATABASE) -> str:
        """``postgresql://`` address over the unix socket, with its password."""
        host = quote(str(self.socket_directory), safe="")
        return f"postgresql://{ROLES[role]}:{quote(self.password(role))}@/{quote(database)}?host={host}&port={self.port}"

    def password(self, role: RoleName) -> str:
        return self._keyring.password(f"{self.name}-{role}.password")

    def running(self) -> bool:
        return self._postmaster.state() == "ready"

    def start(self) -> None:
        """Bring the server up with these settings, whatever state a crash, a kill or another start has left it in."""
        self._make_place()
        with self._locked():
            configuration = self._configuration()
            if self.running() and self._configured() == configuration and self._answers():
                return
            account = accounts.choose(self.data)
            chosen = self._programs(account)
            if self.running():  # with other settings
                self._stop(account, chosen)
            account.require_entrance(self.place)
            for directory in (self.log, self.socket_directory):
                account.make(directory)
            self._initialize(account, chosen)
            (self.place / "server.conf").write_text(configuration)
            self._bring_up(account, chosen)

    def stop(self) -> None:
        """Stop cleanly: sessions are ended, everything is written out. Nothing to do when it does not run."""
        if not self.data.exists():
            return
        with self._locked():
            account = accounts.choose(self.data)
            if self._postmaster.state() != "absent":
                self._stop(account, self._programs(account))

    def ensure_role(self, name: str, password: str) -> None:
        """A role that may log in and nothing more, with this password. The server is told only its SCRAM verifier."""
        with self._as_admin("postgres") as connection:
            exists = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name]).fetchone()
            verifier = connection.pgconn.encrypt_password(password.encode(), name.encode(), b"scram-sha-256").decode()
            connection.execute(
                sql.SQL("{} ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION PASSWORD {}").format(
                    sql.SQL("ALTER" if exists else "CREATE"), sql.Identifier(name), sql.Literal(verifier)
                )
            )

    def ensure_database(self, name: str, owner: str) -> None:
        """A UTF-8 database sorted by code point, belonging to role ``owner``."""
        with self._as_admin("postgres") as connection:
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
                connection.execute(
                    sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'").format(
                        sql.Identifier(name), sql.Identifier(owner)
                    )
                )

    @contextmanager
    def _as_admin(self, database: str) -> Iterator[psycopg.Connection]:
        with psycopg.connect(self.url("admin", database), autocommit=True) as connection:
            connection.execute("SELECT pg_advisory_lock(hashtext('govshare cluster'))")  # two of us at once; ends with the session
            yield connection

    @contextmanager
    def _locked(self) -> Iterator[None]:
        with (self.place / "lock").open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _make_place(self) -> None:
        mode = 0o711 if os.geteuid() == 0 else 0o700  # the server's account passes through, and sees no names
        self.home.parent.mkdir(parents=True, exist_ok=True)
        for directory in (self.home, self.place.parent, self.place):
            try:
                directory.mkdir()
            except FileExistsError:
                continue
            directory.chmod(mode)

    def _programs(self, account: Account) -> Programs:
        version_file = self.data / "PG_VERSION"
        major = int(version_file.read_text()) if version_file.exists() else None
        found = programs.find(major=major, named=self._bin_directory)
        if account.foreign:
            found = programs.root_owned(found, copies=self._copies)
            account.require_entrance(found.directory)
        return found

    def _initialize(self, account: Account, chosen: Programs) -> None:
        """Make the data directory beside its place and move it there whole, so that a killed start leaves no half of one."""
        if (self.data / "PG_VERSION").exists():
            return
        draft, password = self.place / "data.new", self.place / "password.new"
        shutil.rmtree(draft, ignore_errors=True)
        password.unlink(missing_ok=True)
        account.make(draft)
        try:
            with os.fdopen(os.open(password, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                os.fchown(file.fileno(), account.uid, account.gid)
                file.write(self.password("admin"))
            options = ["--encoding=UTF8", "--locale=C.UTF-8", "--data-checksums", "--auth=scram-sha-256", "--no-instructions"]
            if self._settings.get("fsync") == "off":
                options.append("--no-sync")
            code, said = account.run(
                chosen.path("initdb"), "-D", str(draft), f"--username={ROLES['admin']}", f"--pwfile={password}", *options
            )
        finally:
            password.unlink(missing_ok=True)
        if code != 0:
            raise Trouble("数据库初始化失败。", "initdb failed.", said=said)
        draft.rename(self.data)

    def _configured(self) -> str:
        try:
            return (self.place / "server.conf").read_text()
        except FileNotFoundError:
            return ""

    def _configuration(self) -> str:
        own = {
            "listen_addresses": "127.0.0.1" if self._listen else "",
            "port": str(self.port),
            "unix_socket_directories": '"' + str(self.socket_directory).replace('"', '""') + '"',  # a list; this is one of it
            "log_directory": str(self.log),
            **self._settings,
        }
        lines = [f"{name} = {_quoted(value)}\n" for name, value in own.items()]
        return "".join(
            ["# Written at every start. ALTER SYSTEM comes after it.\n", f"include {_quoted(str(self.data / 'postgresql.conf'))}\n", *lines]
        )

    def _bring_up(self, account: Account, chosen: Programs) -> None:
        deadline = time.monotonic() + PATIENCE
        while not (self.running() and self._answers()):
            state, said = self._postmaster.state(), ""
            if state == "starting":
                deadline = time.monotonic() + PATIENCE  # it replays its log; that takes what it takes
            elif state == "absent":
                self._postmaster.forget_the_dead(self.socket_directory)
                said = self._try_start(account, chosen)
            if said and "postmaster.pid" not in said and "shared memory" not in said:
                raise Trouble(f"数据库未能启动，日志在 {self.log}。", f"The database did not start; its log is in {self.log}.", said=said)
            if time.monotonic() > deadline:
                raise Trouble(
                    f"数据目录 {self.data} 仍被进程 {self._postmaster.processes()} 占用。",
                    f"The processes {self._postmaster.processes()} still use {self.data}.",
                    said=said,
                )
            time.sleep(0.1)

    def _answers(self) -> bool:
        """Whether a session can be had. A server killed a moment ago still looks alive from outside."""
        try:
            with self._as_admin("postgres"):
                return True
        except psycopg.OperationalError as error:
            if "password authentication failed" in str(error):
                raise Trouble(
                    f"数据库不认 {self._keyring.directory} 中的管理口令。该数据与这些密钥不是一套，请从备份中恢复与之配套的密钥目录。",
                    f"The database does not accept the password kept in {self._keyring.directory}; restore the keys saved with these data.",
                ) from error
            return False

    def _try_start(self, account: Account, chosen: Programs) -> str:
        """Start once; return what was said if it failed."""
        early = self.log / "startup.log"  # until the collector takes over
        early.unlink(missing_ok=True)
        began = time.time()
        options = f"-c config_file={shlex.quote(str(self.place / 'server.conf'))}"
        code, said = account.run(
            chosen.path("pg_ctl"),
            "start",
            "-w",
            "-t",
            str(RECOVERY),
            "-D",
            str(self.data),
            "-l",
            str(early),
            "-o",
            options,
            timeout=2 * RECOVERY,
        )
        return "" if code == 0 else "\n".join([said, *self._last_words(since=began)])

    def _last_words(self, *, since: float) -> list[str]:
        files = sorted((path for path in self.log.iterdir() if path.stat().st_mtime >= since - 1), key=lambda path: path.stat().st_mtime)
        return [line for path in files for line in path.read_text(errors="replace").splitlines()[-10:]]

    def _stop(self, account: Account, chosen: Programs) -> None:
        code, said = account.run(chosen.path("pg_ctl"), "stop", "-w", "-t", "120", "-m", "fast", "-D", str(self.data))
        deadline = time.monotonic() + PATIENCE
        while self._postmaster.state() != "absent":
            if time.monotonic() > deadline:
                raise Trouble(f"数据库未能停止（{code}）。", "The database did not stop.", said=said)
            time.sleep(0.1)


def _quoted(value: str) -> str:
    """A value as postgresql.conf writes it."""
    return "'" + value.replace("\\", "\\\\").replace("'", "''") + "'"


def private_database_url(home: Path, *, role: RoleName, keys: Path | None = None) -> str:
    """URL of the platform's database on the private cluster below ``home``. Starts nothing."""
    return Cluster(home, keys=keys).url(role)


def private_hosting_url(home: Path, *, keys: Path | None = None) -> str:
    """URL of the hosting database on the private cluster below ``home``. Starts nothing."""
    return Cluster(home, keys=keys).url("hosting", HOSTING)


def open_platform(home: Path, *, keys: Path | None = None, bin_directory: Path | None = None) -> Cluster:
    """Start the platform's private cluster; see that its database and both roles are there, with the passwords of the key files."""
    cluster = Cluster(home, keys=keys, bin_directory=bin_directory)
    cluster.start()
    for role in ("owner", "app", "hosting"):
        cluster.ensure_role(ROLES[role], cluster.password(role))
    cluster.ensure_database(DATABASE, ROLES["owner"])
    cluster.ensure_database(HOSTING, ROLES["admin"])
    return cluster
