"""What an account may do beyond reading, asked of the database itself: granted everywhere, on a schema, on a table, on columns.

Rights that come by a role or by PUBLIC are not spelled out by every server of the family; an account has none to have none.
"""

import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

import pymysql

from govshare.connectors.mysql.session import Connection

EVERYWHERE: Final = "*"
_READING: Final = frozenset({"SELECT", "SHOW VIEW", "USAGE"})

_GRANTED: Final = """
    SELECT '*', '*', privilege_type FROM information_schema.user_privileges WHERE {mine}
    UNION SELECT table_schema, '*', privilege_type FROM information_schema.schema_privileges WHERE {mine}
    UNION SELECT table_schema, table_name, privilege_type FROM information_schema.table_privileges WHERE {mine}
    UNION SELECT table_schema, table_name, privilege_type FROM information_schema.column_privileges WHERE {mine}
    ORDER BY 1, 2, 3
"""
_SYSTEM: Final = frozenset({"information_schema", "performance_schema", "sys"})


@dataclass(frozen=True, slots=True)
class Right:
    """One privilege; ``schema`` ``*``: on the whole server; ``name`` ``*``: on the whole schema; a role stands as its own privilege."""

    schema: str
    name: str
    privilege: str


def granted(connection: Connection) -> list[Right]:
    """Every privilege of the account, and every role it has."""
    row = connection.row("SELECT CURRENT_USER()")
    account, _, host = (row[0] if row else "@").rpartition("@")
    mine = "grantee = %s"
    rows = connection.rows(_GRANTED.replace("{mine}", mine), [f"'{account}'@'{host}'"] * 4)
    direct = [Right(_unescaped(schema), name, privilege) for schema, name, privilege in rows]
    return [right for right in direct if right.privilege != "USAGE"] + [Right(EVERYWHERE, role, "ROLE") for role in _roles(connection)]


def changing(connection: Connection) -> list[Right]:
    return [right for right in granted(connection) if right.privilege not in _READING]


def everywhere(rights: Iterable[Right]) -> bool:
    """Whether any of them holds on the whole server."""
    return any(right.schema == EVERYWHERE for right in rights)


def schemas(connection: Connection) -> list[str]:
    """The schemas the account can see, its own and the system's left out."""
    return sorted(name for (name,) in connection.rows("SHOW DATABASES") if name.lower() not in _SYSTEM)


def _roles(connection: Connection) -> list[str]:
    """From SHOW GRANTS, which writes a role as ``GRANT `role` TO``."""
    found: list[tuple[Any, ...]] = connection.rows("SHOW GRANTS")
    with suppress(pymysql.MySQLError):  # servers that know no PUBLIC
        found += connection.rows("SHOW GRANTS FOR PUBLIC")
    names = [re.match(r"GRANT [`']([^`']*)[`'](?:@[`'][^`']*[`'])? TO", line) for (line,) in found]
    public = ["PUBLIC" for (line,) in found if re.search(r" TO PUBLIC\b", line) and not line.startswith("GRANT USAGE")]
    return [name.group(1) for name in names if name] + public


def _unescaped(pattern: str) -> str:
    """The schema a grant names; an underscore may be written as itself or escaped."""
    return re.sub(r"\\([_%])", r"\1", pattern)
