"""From a registration to the words a driver connects with: address checked again, certificate demanded, password opened last.

The host is resolved here, every address it resolves to is judged (PC-27), and the connection is pinned to those
addresses, so that a name cannot point elsewhere between the check and the connection. The result holds the password:
hand it to the driver and to nothing else.
"""

import hashlib
import os
import secrets
import socket
from ipaddress import ip_address
from pathlib import Path

from django.conf import settings
from psycopg.conninfo import make_conninfo

from govshare.connectors import mysql
from govshare.kernel.errors import Invalid, Unavailable
from govshare.kernel.keyring import Keyring
from govshare.sources import rules, sealing
from govshare.sources.models import FrontDatabase
from govshare.sources.rules import Engine, TlsMode

CONNECT_SECONDS = 5  # for each address; libpq's smallest useful value is 2
_RESOLVED_AT_MOST = 4  # addresses


def keyring() -> Keyring:
    return Keyring(settings.GOVSHARE_KEYS)


def conninfo_of(front: FrontDatabase) -> str:
    """Connection string of ``front``; raises ``Unavailable`` when the host has no address, ``Invalid`` when it has a forbidden one."""
    if front.hosted:
        return _conninfo_of_hosted(front)
    addresses = addresses_of(front.host, front.port)
    if front.tls_mode == TlsMode.DISABLE and not settings.GOVSHARE_DEMO:
        raise Invalid("不加密的连接只能用于演示，请登记启用 TLS 的前置交换数据库", basis=rules.ADDRESSES)
    if front.engine == Engine.MYSQL:
        return _mysql_url(front, addresses)
    return make_conninfo(
        host=",".join([front.host] * len(addresses)),
        hostaddr=",".join(addresses),
        port=front.port,
        dbname=front.database,
        user=front.account,
        password=_password_of(front),
        connect_timeout=CONNECT_SECONDS,
        application_name="govshare",
        client_encoding="UTF8",
        keepalives_idle=30,
        **_tls(front),
    )


def _mysql_url(front: FrontDatabase, addresses: list[str]) -> str:
    """``ca`` demands a certificate from it and the host's name on it; without it nothing is encrypted."""
    authorities = str(_ca_file(front.ca_certificate)) if front.ca_certificate else "system"
    return mysql.url(
        host=front.host,
        port=front.port,
        database=front.database,
        account=front.account,
        password=_password_of(front),
        addresses=addresses,
        ca="" if front.tls_mode == TlsMode.DISABLE else authorities,
    )


def _conninfo_of_hosted(front: FrontDatabase) -> str:
    """Reached as the operator's setting says; only the account is the department's (CD2016-27)."""
    url = settings.GOVSHARE_HOSTING_DATABASE_URL
    if not url:
        raise Unavailable("本平台没有设置托管库，请联系运维人员", basis=rules.HOSTING)
    return make_conninfo(
        url,
        user=front.account,
        password=_password_of(front),
        connect_timeout=CONNECT_SECONDS,
        application_name="govshare",
        client_encoding="UTF8",
    )


def addresses_of(host: str, port: int) -> list[str]:
    """The addresses of ``host``, all of them allowed."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError:
        raise Unavailable(f"无法解析主机名“{host}”，请核对主机名，或检查平台所在网络的域名服务", basis=rules.ADDRESSES) from None
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    for address in addresses:
        fault = rules.address_fault(ip_address(address), demo=settings.GOVSHARE_DEMO)
        if fault:
            raise Invalid(fault, basis=rules.ADDRESSES)
    return addresses[:_RESOLVED_AT_MOST]


def is_own_database(host: str, port: int, database: str) -> bool:
    """Whether this address, taken literally, is the platform's own database; ``probing`` asks the server itself as well."""
    own = settings.DATABASES["default"]
    return (host, str(port), database) == (own.get("HOST", ""), str(own.get("PORT") or 5432), own["NAME"])


def _password_of(front: FrontDatabase) -> str:
    try:
        return sealing.open_sealed(keyring(), front.sealed_password, row=front.id)
    except sealing.CannotOpen:
        raise Unavailable(f"“{front.name}”的口令无法解开（密钥文件缺失或已更换），请重新设置口令", basis=rules.REGISTERED) from None


def _tls(front: FrontDatabase) -> dict[str, str]:
    if front.tls_mode == TlsMode.DISABLE:
        return {"sslmode": "disable", "gssencmode": "disable"}
    root = str(_ca_file(front.ca_certificate)) if front.ca_certificate else "system"
    return {"sslmode": "verify-full", "sslrootcert": root, "ssl_min_protocol_version": "TLSv1.2", "gssencmode": "disable"}


def _ca_file(pem: str) -> Path:
    """libpq reads authorities from a file only: one per content, written whole, readable by the platform alone."""
    directory = Path(settings.GOVSHARE_HOME) / "database-authorities"
    path = directory / f"{hashlib.sha256(pem.encode()).hexdigest()}.pem"
    if not path.exists():
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = directory / f".{secrets.token_hex(8)}"
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(pem)
        draft.replace(path)
    return path
