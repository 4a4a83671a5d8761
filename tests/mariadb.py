"""A real MariaDB server for the tests, and front-end exchange databases on it, reached over TCP with the rights real ones have.

One server serves the whole run; every test has a database of its own, which is what this family calls a schema.
"""

import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pymysql
import pytest

from govshare.connectors.mysql import url

_SETTINGS = (
    "--innodb-flush-log-at-trx-commit=0",
    "--innodb-doublewrite=0",
    "--innodb-buffer-pool-size=48M",
    "--innodb-log-file-size=16M",
    "--performance-schema=OFF",
    "--character-set-server=utf8mb4",
    "--skip-networking=0",
    "--bind-address=127.0.0.1",
)


@dataclass
class Server:
    """``root`` is a socket connection as its administrator."""

    home: Path
    port: int
    more: tuple[str, ...] = ()
    process: subprocess.Popen[bytes] | None = None

    @property
    def socket(self) -> str:
        return str(self.home / "s")

    def start(self) -> None:
        """Start, and wait until it answers."""
        arguments = [
            "--no-defaults",
            f"--datadir={self.home}/data",
            f"--socket={self.socket}",
            f"--port={self.port}",
            *_SETTINGS,
            *self.more,
        ]
        with (self.home / "server.log").open("ab") as log:
            self.process = subprocess.Popen([_program("mariadbd"), *arguments, *_as_user(self.home)], stdout=log, stderr=log)
        until = time.monotonic() + 60
        while not self._answers():
            if time.monotonic() > until or self.process.poll() is not None:
                raise RuntimeError((self.home / "server.log").read_text("utf-8")[-2000:])
            time.sleep(0.05)

    def _answers(self) -> bool:
        if not Path(self.socket).exists():
            return False
        try:
            self.root().close()
        except pymysql.MySQLError:
            return False
        return True

    def stop(self, *, kill: bool = False) -> None:
        if self.process is None:
            return
        if kill:
            self.process.kill()
        else:
            self.process.terminate()
        self.process.wait()
        Path(self.socket).unlink(missing_ok=True)
        self.process = None

    def root(self) -> Any:
        return pymysql.connect(unix_socket=self.socket, user="root", charset="utf8mb4", autocommit=True)


def _program(name: str) -> str:
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin:/usr/bin")
    if not found:
        pytest.skip(f"{name} is not installed")
    return found


def _as_user(home: Path) -> list[str]:
    return ["--user=root"] if home.owner() == "root" else []


@contextmanager
def server(*more: str) -> Iterator[Server]:
    """A server of its own, with ``more`` of its settings."""
    home = Path(tempfile.mkdtemp(prefix="gsm-", dir="/tmp"))
    install = [_program("mariadb-install-db"), "--no-defaults", f"--datadir={home}/data", "--auth-root-authentication-method=normal"]
    subprocess.run([*install, "--skip-test-db", *_as_user(home)], check=True, capture_output=True)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    made = Server(home, port, more)
    try:
        made.start()
        yield made
    finally:
        made.stop()
        shutil.rmtree(home)


@dataclass
class MyFront:
    """One front-end database; ``account`` is what the platform is given."""

    server: Server
    schema: str
    account: str
    password: str
    admin: Any = field(repr=False)

    @property
    def database(self) -> str:
        return self.schema

    @property
    def port(self) -> int:
        return self.server.port

    @property
    def conninfo(self) -> str:
        return url(
            host="localhost", addresses=["127.0.0.1"], port=self.port, database=self.schema, account=self.account, password=self.password
        )

    def run(self, statement: str, parameters: Any = None) -> list[tuple[Any, ...]]:
        """As its operator, with ``{s}`` standing for the schema and ``{a}`` for the account."""
        with self.admin.cursor() as cursor:
            anywhere = "%" if parameters is None else "%%"
            cursor.execute(statement.replace("{s}", self.schema).replace("{a}", f"'{self.account}'@'{anywhere}'"), parameters)
            return [tuple(row) for row in cursor.fetchall()]

    def readable(self, table: str, *columns: str) -> None:
        """Grant the account all of ``table``, or only these columns of it."""
        listed = f"({', '.join(columns)})" if columns else ""
        self.run(f"GRANT SELECT {listed} ON {{s}}.{table} TO {{a}}")

    def rows(self, table: str, columns: str = "*", order: str = "1") -> list[tuple[Any, ...]]:
        return self.run(f"SELECT {columns} FROM {{s}}.{table} ORDER BY {order}")


@contextmanager
def front(on: Server, *, writes: bool) -> Iterator[MyFront]:
    """A database of its own with an account that may read what it is granted, or write this one database."""
    suffix = secrets.token_hex(4)
    made = MyFront(on, f"front_{suffix}", f"platform_{suffix}", secrets.token_hex(8), on.root())
    made.run("CREATE DATABASE {s}")
    made.run("CREATE USER {a} IDENTIFIED BY %s", [made.password])
    if writes:
        made.run("GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, DROP, ALTER ON {s}.* TO {a}")
    made.run("SET sql_mode = 'ALLOW_INVALID_DATES'")
    try:
        yield made
    finally:
        made.run("DROP DATABASE {s}")
        made.run("DROP USER {a}")
        made.admin.close()


@pytest.fixture(scope="session")
def mariadb() -> Iterator[Server]:
    with server("--log-bin=log", "--server-id=1") as made:
        yield made


@pytest.fixture
def my_provider(mariadb: Server) -> Iterator[MyFront]:
    with front(mariadb, writes=False) as made:
        yield made


@pytest.fixture
def my_recipient(mariadb: Server) -> Iterator[MyFront]:
    with front(mariadb, writes=True) as made:
        yield made
