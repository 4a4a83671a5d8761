"""A department's database server: password required, TLS with a certificate of its own authority, reached over TCP."""

import datetime as dt
import os
import shutil
import socket
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from psycopg import sql
from psycopg.conninfo import make_conninfo

from govshare.kernel.actor import Actor
from govshare.kernel.clock import utc_now
from govshare.kernel.roles import Role
from govshare.operations.cluster import Cluster
from govshare.organizations.models import Organization
from govshare.sources import services
from govshare.sources.models import FrontDatabase
from tests.cast import Cast

SETUP = """
CREATE SCHEMA share;
CREATE TABLE share.firm (uscc varchar(18) PRIMARY KEY, name varchar(120) NOT NULL, capital numeric(18,2));
INSERT INTO share.firm SELECT 'X' || n, '测试' || n, n FROM generate_series(1, 10) AS n;
CREATE TABLE share.log (at timestamptz);
CREATE SCHEMA landing;
CREATE SCHEMA business;
CREATE TABLE business.secret (id integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY);
GRANT USAGE ON SCHEMA share TO reader; GRANT SELECT ON ALL TABLES IN SCHEMA share TO reader;
GRANT USAGE, CREATE ON SCHEMA landing TO writer;
"""


def _certificate(
    name: str, *, issuer: "tuple[x509.Certificate, ec.EllipticCurvePrivateKey] | None" = None
) -> "tuple[x509.Certificate, ec.EllipticCurvePrivateKey]":
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer[0].subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=2))
        .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
    )
    if issuer:
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
    return builder.sign(issuer[1] if issuer else key, hashes.SHA256()), key


@dataclass(frozen=True)
class Server:
    cluster: Cluster
    port: int
    authority: str  # PEM

    def admin(self, database: str = "postgres") -> "psycopg.Connection[tuple[object, ...]]":
        return psycopg.connect(self.cluster.url("admin", database), autocommit=True)


@dataclass(frozen=True)
class FrontEnd:
    """One department's database on it, with accounts ``reader`` and ``writer`` whose passwords are their names."""

    server: Server
    name: str

    def run(self, statement: str) -> None:
        with self.server.admin(self.name) as connection:
            connection.execute(statement)  # type: ignore[arg-type]

    def url(self, account: str) -> str:
        return make_conninfo(host="127.0.0.1", port=self.server.port, dbname=self.name, user=account, password=account, sslmode="disable")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    home = Path(tempfile.mkdtemp(prefix="gs-front-", dir="/tmp"))
    home.chmod(0o711)
    port = _free_port()
    quick = {"fsync": "off", "shared_buffers": "32MB"}
    plain = Cluster(home, name="front", listen=port, settings=quick)
    plain.start()
    root = _certificate("Test Authority")
    leaf, key = _certificate("localhost", issuer=root)
    owner = plain.data.stat()
    for name, content in (
        ("server.crt", leaf.public_bytes(Encoding.PEM)),
        ("server.key", key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())),
    ):
        path = plain.data / name
        path.write_bytes(content)
        path.chmod(0o600)
        os.chown(path, owner.st_uid, owner.st_gid)
    cluster = Cluster(home, name="front", listen=port, settings={**quick, "ssl": "on"})
    cluster.start()
    try:
        yield Server(cluster, port, root[0].public_bytes(Encoding.PEM).decode())
    finally:
        cluster.stop()
        shutil.rmtree(home)


@pytest.fixture
def front_end(server: Server) -> Iterator[FrontEnd]:
    with server.admin() as connection:
        connection.execute("CREATE DATABASE front")
        for role in ("reader", "writer"):
            connection.execute(sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(sql.Identifier(role), sql.Literal(role)))
    made = FrontEnd(server, "front")
    made.run(SETUP)
    yield made
    with server.admin() as connection:
        connection.execute("DROP DATABASE front WITH (FORCE)")
        connection.execute("DROP ROLE reader, writer")


@pytest.fixture
def department(cast: Cast) -> Organization:
    return cast.organization("provider")


def actor(organization: Organization, *roles: Role) -> Actor:
    """Someone of the organization who holds just these roles."""
    return Actor(
        kind="person", id="p-1", name="测某", organization=str(organization.id), organization_name=organization.name, roles=frozenset(roles)
    )


@pytest.fixture
def admin(cast: Cast) -> Actor:
    """The department's 信息资源管理员."""
    return cast.actor("provider", Role.RESOURCE_ADMIN)


@pytest.fixture
def registration(front_end: FrontEnd, department: Organization, admin: Actor) -> dict[str, object]:
    """What registers the provider's database without TLS, as in the demonstration."""
    return {
        "organization": department.id,
        "name": "市监局前置库",
        "engine": "postgresql",
        "purpose": "provide",
        "host": "127.0.0.1",
        "port": front_end.server.port,
        "database": front_end.name,
        "schema": "share",
        "account": "reader",
        "password": "reader",
        "tls_mode": "disable",
        "by": admin,
        "now": utc_now(),
    }


@pytest.fixture
def provided(registration: dict[str, object]) -> FrontDatabase:
    return services.register(**registration)  # type: ignore[arg-type]


@pytest.fixture
def receiving(registration: dict[str, object]) -> FrontDatabase:
    landing = {"name": "接收库", "purpose": "receive", "schema": "landing", "account": "writer", "password": "writer"}
    return services.register(**{**registration, **landing})  # type: ignore[arg-type]
