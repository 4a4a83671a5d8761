"""As ``probing``, for the MySQL family: can it be reached, may the account do exactly what it should, which tables are there."""

from contextlib import closing, suppress

import pymysql

from govshare.connectors import mysql
from govshare.connectors.mysql import rights
from govshare.connectors.mysql.describe import describe, probe
from govshare.kernel.errors import Refused
from govshare.sources import connection, failures, rules
from govshare.sources.findings import Finding, described
from govshare.sources.models import FrontDatabase
from govshare.sources.rules import Purpose, Right

_NEEDED = frozenset({"SELECT", "INSERT", "UPDATE", "DELETE", "CREATE", "DROP", "ALTER"})
_NO_LOCAL_INFILE = "接收库没有开启 local_infile，平台无法成批写入，请对方数据库管理员开启"
_READING = frozenset({"SELECT", "SHOW VIEW"})


def examine(front: FrontDatabase) -> Finding:
    """As ``probing.examine``: says what is wrong over there, and raises nothing of it."""
    try:
        with closing(mysql.connect(connection.conninfo_of(front), name="govshare test")) as link:
            _bound(link)
            granted = rights.granted(link)
            fault = _excess_fault(link, front, granted) or _missing_fault(link, front, granted)
            if fault:
                return Finding(passed=False, message=fault)
            return described(front, probe(link), describe(link, front.schema))
    except Refused as refusal:
        return Finding(passed=False, message=str(refusal))
    except pymysql.MySQLError as error:
        return Finding(passed=False, message=failures.in_words(error, front, seconds=connection.CONNECT_SECONDS))


def _bound(link: mysql.Connection) -> None:
    """Let no question take long; MariaDB and MySQL call that by different names."""
    for setting in ("max_statement_time = 15", "max_execution_time = 15000"):
        with suppress(pymysql.MySQLError):
            link.rows(f"SET SESSION {setting}")


def _excess_fault(link: mysql.Connection, front: FrontDatabase, granted: list[rights.Right]) -> str | None:
    """Rights that change something beyond need, rights on the whole server, roles, and every other schema that can be seen."""
    found = [right for each in granted if (right := _judged(front, each))]
    found += [Right("schema", name, name, "SEE") for name in rights.schemas(link) if name != front.schema]
    return rules.excess_message(front.purpose, front.schema, found) if found else None


def _judged(front: FrontDatabase, right: rights.Right) -> Right | None:
    """The right in the platform's words, if it is beyond need."""
    if right.privilege == "ROLE":
        return Right("role", "", right.name, "ROLE")
    if right.schema == rights.EVERYWHERE:
        return Right("database", "*", "*（整个服务器）", right.privilege)
    own = right.schema == front.schema
    allowed = _READING if front.purpose == Purpose.PROVIDE else _READING | _NEEDED | {"INDEX"}
    if own and right.privilege in allowed:
        return None
    whole = right.name == "*"
    return Right("schema" if whole else "table", right.schema, right.schema if whole else right.name, right.privilege)


def _missing_fault(link: mysql.Connection, front: FrontDatabase, granted: list[rights.Right]) -> str | None:
    if front.schema not in rights.schemas(link):
        return f"服务器上没有数据库“{front.schema}”，或账号“{front.account}”看不见它，请核对库名和授权"
    if front.purpose == Purpose.PROVIDE:
        return None
    has = {right.privilege for right in granted if right.schema == front.schema and right.name == "*"}
    if has >= _NEEDED:
        return None if link.row("SELECT @@local_infile") == (1,) else _NO_LOCAL_INFILE
    wanted = ", ".join(sorted(_NEEDED))
    return f"账号“{front.account}”不能在落地库“{front.schema}”中建表和写入，请授予：GRANT {wanted} ON {front.schema}.* TO {front.account}"
