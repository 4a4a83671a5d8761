"""Rules of front-end exchange databases 「前置交换数据库」: what may be registered, where it may lie, what its account may do.

Pure: no database, no network, no clock (CD2016-12, 40(5); PC-26 to PC-29).
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from govshare.kernel.choices import TextChoices
from govshare.kernel.errors import Fault
from govshare.regulation.articles import cite
from govshare.regulation.conventions import convention

FRONT_DATABASE = cite("CD2016-40(5)")
HOSTING = cite("CD2016-27")
BUILT_TO_STANDARD = cite("CD2016-12.2")
REGISTERED = convention("PC-26")
ADDRESSES = convention("PC-27")
LEAST_RIGHTS = convention("PC-28")
WITHDRAWN = convention("PC-29")

Address = IPv4Address | IPv6Address


class Engine(TextChoices):
    POSTGRESQL = "postgresql", "PostgreSQL"
    MYSQL = "mysql", "MySQL / MariaDB"


class Purpose(TextChoices):
    """The platform reads what is provided and writes what is received, never both with one account."""

    PROVIDE = "provide", "提供共享数据"
    RECEIVE = "receive", "接收共享数据"


class TlsMode(TextChoices):
    """``disable`` is for the demonstration alone; there is nothing in between, because the rest does not keep anybody out."""

    VERIFY_FULL = "verify-full", "校验证书和主机名"
    DISABLE = "disable", "不加密（仅限演示）"


#: What stands for the host of a department's part of the platform's own hosting database; where that lies is a setting.
HOSTED = "hosting"

_LABEL = re.compile(r"(?!-)[A-Za-z0-9_-]{1,63}(?<!-)")
_METADATA = frozenset(map(ip_address, ("100.100.100.200", "168.63.129.16", "192.0.0.192", "fd00:ec2::254", "fd20:ce::254")))
_SYSTEM_SCHEMAS = frozenset({"information_schema", "performance_schema", "mysql", "sys"})
_TRANSLATED = ip_network("64:ff9b::/96")  # NAT64: an IPv4 address in disguise


def host_fault(host: str) -> str | None:
    """Why ``host`` is no host name or address, or None. Directories, ``@`` sockets and lists of hosts are none."""
    try:
        ip_address(host)
    except ValueError:
        if host.lower().removesuffix(".") == HOSTED:
            return "这是平台托管库的名称，请填写前置交换数据库的主机名或 IP 地址"
        labels = host.removesuffix(".").split(".")
        named = len(host) <= 253 and all(map(_LABEL.fullmatch, labels)) and not labels[-1].isdecimal() and not labels[-1].startswith("0x")
        return None if named else "请填写一个主机名或 IP 地址，不能是本机套接字路径、地址列表或数字简写"
    return None


def address_fault(address: Address, *, demo: bool) -> str | None:
    """Why the platform does not connect to ``address``, or None."""
    address = _undisguised(address)
    if address in _METADATA or address.is_link_local:
        return f"{address} 是链路本地或云平台元数据地址，不是前置交换数据库的地址"
    if address.is_loopback:
        return None if demo else f"{address} 是平台自己的回环地址，请填写前置交换数据库在政务外网上的地址"
    if address.is_multicast or address.is_unspecified or address.is_reserved:
        return f"{address} 不是可连接的单播地址"
    return None


def _undisguised(address: Address) -> Address:
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped:
            return address.ipv4_mapped
        if address.sixtofour:
            return address.sixtofour
        if address in _TRANSLATED:
            return IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def is_port(number: int) -> bool:
    return 1 <= number <= 65535


def identifier_fault(text: str) -> str | None:
    """Why ``text`` cannot name a database, schema or role of PostgreSQL, or None."""
    if not text:
        return "不能为空"
    if len(text.encode()) > 63:
        return "不能超过 63 个字节"
    return None if text.isprintable() else "含有不可见字符"


def registration_faults(
    *, name: str, engine: str, purpose: str, host: str, port: int, database: str, schema: str, account: str, tls_mode: str
) -> list[Fault]:
    """Everything wrong with a registration, at the field it is wrong in; the password and addresses are judged elsewhere."""
    found: list[tuple[str, str | None]] = [
        ("name", None if 0 < len(name.strip()) <= 100 and name.isprintable() else "请填写 1–100 个字的名称"),
        ("engine", None if engine in Engine.values else f"目前支持：{'、'.join(Engine.labels)}"),
        ("purpose", None if purpose in Purpose.values else f"请选择：{'、'.join(Purpose.labels)}"),
        ("host", host_fault(host)),
        ("port", None if is_port(port) else "端口应为 1–65535"),
        ("tls_mode", None if tls_mode in TlsMode.values else f"请选择：{'、'.join(TlsMode.labels)}"),
        *((place, identifier_fault(text)) for place, text in (("database", database), ("schema", schema), ("account", account))),
        ("schema", _schema_fault(engine, database, schema)),
    ]
    return [Fault(place, message) for place, message in found if message]


def _schema_fault(engine: str, database: str, schema: str) -> str | None:
    if engine == Engine.MYSQL and schema != database:
        return "MySQL / MariaDB 的库就是模式，请填写与数据库名相同的名称"
    return "不能使用系统模式" if schema.startswith("pg_") or schema.lower() in _SYSTEM_SCHEMAS else None


def password_fault(password: str) -> str | None:
    if not password:
        return "请填写数据库口令；共享平台不用空口令连接"
    return None if len(password) <= 1000 and "\0" not in password else "口令过长或含有空字符"


@dataclass(frozen=True, slots=True)
class Right:
    """One way an account may change something: ``privilege`` on a ``kind`` of thing (table, sequence, schema, database, role)."""

    kind: str
    schema: str
    name: str
    privilege: str


_SHOWN = 5


def excess(purpose: str, schema: str, rights: Iterable[Right]) -> list[Right]:
    """The rights beyond need: a provider's account changes nothing; a recipient's changes its landing schema alone."""
    return [right for right in rights if purpose == Purpose.PROVIDE or right.kind in {"role", "database"} or right.schema != schema]


def excess_message(purpose: str, schema: str, rights: Sequence[Right]) -> str:
    """What is too much and what the department's database administrator does about it."""
    shown = "；".join(_in_words(right) for right in rights[:_SHOWN])
    more = f"等共 {len(rights)} 项" if len(rights) > _SHOWN else ""
    wanted = f"只能读取模式 {schema}" if purpose == Purpose.PROVIDE else f"只能写入自己的落地模式 {schema}"
    return f"账号权限过大，不予使用：{shown}{more}。该账号应{wanted}，请由数据库管理员收回多余权限后再测试"


def _in_words(right: Right) -> str:
    if right.kind == "role":
        return f"属于角色或具有属性 {right.name}"
    if right.privilege == "SEE":
        return f"看得见另外的库 {right.name}"
    if right.kind == "database":
        return f"可在数据库 {right.name} 中 {right.privilege}"
    if right.kind == "schema":
        return f"可在模式 {right.name} 中 {right.privilege}"
    return f"可对 {right.schema}.{right.name} 执行 {right.privilege}"
