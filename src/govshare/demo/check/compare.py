"""Both sides of a transfer, asked directly by their own administrators: the same rows, the same digests, nothing more."""

from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql

from govshare.demo.check import material
from govshare.demo.check.scene import Scene, hold
from govshare.demo.data.legal_entities import LEGAL_ENTITIES
from govshare.demo.frontends import LANDING, SHARE

#: What a column must look like over there, computed here from what it is at the source; hashes are compared by their number.
_AS_GIVEN = {
    "plain": sql.SQL("{column}::text"),
    "mask": sql.SQL("left({column}, 1) || repeat('*', length({column}) - 1)"),
}


@dataclass(frozen=True, slots=True)
class Side:
    """``digest``: SHA-256 over every row's readable columns, in the order of the key; ``hashes``: distinct values of the hashed column."""

    rows: int
    digest: str
    hashes: int


def equal(scene: Scene, table: str) -> Side:
    """The source as it is now and the recipient's ``table`` hold the same; raises ``DidNotHold``."""
    source, target = _source(scene), _target(scene, table)
    hold(source == target, f"两端应一致：来源 {source}，接收 {target}")
    return target


def _source(scene: Scene) -> Side:
    given = {name: verdict for name, (verdict, _, _) in material.ANSWERS.items()}
    readable = [_AS_GIVEN[verdict].format(column=sql.Identifier(name)) for name, verdict in given.items() if verdict in _AS_GIVEN]
    with scene.front_ends.owner(material.PROVIDER) as link:
        return _side(link, sql.Identifier(SHARE, material.table(scene)), readable)


def _target(scene: Scene, table: str) -> Side:
    readable = [
        sql.SQL("{}::text").format(sql.Identifier(name)) for name, (verdict, _, _) in material.ANSWERS.items() if verdict in _AS_GIVEN
    ]
    with scene.front_ends.owner(material.RECIPIENT) as link:
        return _side(link, sql.Identifier(LANDING, table), readable)


def _side(link: "psycopg.Connection[Any]", table: sql.Identifier, readable: list[sql.Composed]) -> Side:
    hashed = next(name for name, (verdict, _, _) in material.ANSWERS.items() if verdict == "keyed_hash")
    query = sql.SQL(
        "SELECT count(*), encode(sha256(coalesce(string_agg(sha256(convert_to(concat_ws('|', {}), 'UTF8')), ''::bytea"
        " ORDER BY uscc COLLATE \"C\"), ''::bytea)), 'hex'), count(DISTINCT {}) FROM {}"
    )
    row = link.execute(query.format(sql.SQL(", ").join(readable), sql.Identifier(hashed), table)).fetchone()
    return Side(*row) if row else Side(0, "", 0)


def columns_of(scene: Scene, table: str) -> list[str]:
    """What arrived at the recipient, by name."""
    with scene.front_ends.owner(material.RECIPIENT) as link:
        found = link.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_schema = %s AND table_name = %s ORDER BY ordinal_position",
            [LANDING, table],
        )
        return [name for (name,) in found]


def unreadable(scene: Scene, table: str) -> int:
    """Rows of ``table`` whose hashed column is not a hash, or is what some row at the source holds."""
    with scene.front_ends.owner(material.RECIPIENT) as link:
        query = sql.SQL("SELECT count(*) FROM {} WHERE phone IS NULL OR phone !~ '^[0-9a-f]{{64}}$'")
        row = link.execute(query.format(sql.Identifier(LANDING, table))).fetchone()
        return int(row[0]) if row else -1


def names_in_entry() -> set[str]:
    return {field.name for field in LEGAL_ENTITIES.fields}
