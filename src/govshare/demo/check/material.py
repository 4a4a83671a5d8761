"""What one run of the check works with: a table of its own in the provider's front-end database, and what is asked of it.

The column ``INNER`` is in the table and in no catalog entry; ``UNASKED`` is in the entry and not in the demand. Neither may ever
leave the source.
"""

from typing import Any

from psycopg import sql

from govshare.demo.check.scene import Scene
from govshare.demo.data.legal_entities import LEGAL_ENTITIES
from govshare.demo.frontends import SHARE
from govshare.demo.roster import FUND, MARKET

PROVIDER, RECIPIENT = MARKET, FUND
INNER = "inner_note"
UNASKED = "capital"
#: What the demand asks for, and how the provider gives it: verdict, readable head, readable tail.
ANSWERS: dict[str, tuple[str, int, int]] = {
    "uscc": ("plain", 0, 0),
    "name": ("plain", 0, 0),
    "representative": ("mask", 1, 0),
    "phone": ("keyed_hash", 0, 0),
    "status": ("plain", 0, 0),
    "updated_at": ("plain", 0, 0),
}
TERMS = "限于办理住房公积金缴存业务；法定代表人姓名以掩码提供，联系电话以摘要提供。"
QUOTES = {"representative": "法定代表人姓名以掩码提供", "phone": "联系电话以摘要提供"}
SENSITIVE = frozenset(QUOTES)


def table(scene: Scene) -> str:
    return f"check_{scene.run}"


def secret(scene: Scene) -> str:
    """The words in the inner column: to be found nowhere outside the source."""
    return f"inner-{scene.run}"


def make_table(scene: Scene) -> int:
    """A copy of the 200,000 legal entities with an inner column; return its rows."""
    names = sql.SQL(", ").join(sql.Identifier(field.name) for field in LEGAL_ENTITIES.fields)
    target, source = sql.Identifier(SHARE, table(scene)), sql.Identifier(SHARE, LEGAL_ENTITIES.name)
    with scene.front_ends.owner(PROVIDER) as link:
        link.execute(
            sql.SQL("CREATE TABLE {} AS SELECT {}, {} || uscc AS {} FROM {}").format(
                target, names, sql.Literal(secret(scene)), sql.Identifier(INNER), source
            )
        )
        link.execute(sql.SQL("ALTER TABLE {} ADD PRIMARY KEY (uscc)").format(target))
        return int(link.execute(sql.SQL("SELECT count(*) FROM {}").format(target)).fetchone()[0])  # type: ignore[index]


def content(scene: Scene, *, name: str, ground: str = "", share_type: str = "conditional", abstract: str = "") -> dict[str, Any]:
    """The entry's core metadata 「核心元数据」 as the machine API takes them."""
    shared = share_type != "none"
    return {
        "name": name,
        "node": "102001",
        "abstract": abstract or "演示核验用：法人单位登记信息的副本（均为虚构）。",
        "format_class": "database",
        "format_type": "PostgreSQL",
        "share_type": share_type,
        "terms": TERMS if share_type == "conditional" else "",
        "ground": ground or None,
        "modes": ["table"] if shared else [],
        "scope": [scene["recipient"]] if shared else [],
        "update_cycle": "daily",
        "update_limit": "每日 08:00 前" if shared else "",
        "classification": "2",
        "collection_basis": "《中华人民共和国市场主体登记管理条例》第三条",
        "collection_procedure": "登记机关受理、核准后入库，每日推送到前置交换数据库。",
        "contact": "演示联系人",
        "contact_phone": "028-00000000",
    }


def items() -> list[dict[str, Any]]:
    return [
        {
            "name": field.title,
            "column": field.name,
            "type": field.type,
            "length": field.length,
            "sensitivity": "sensitive" if field.name in SENSITIVE else field.sensitivity,
            "is_key": field.name in LEGAL_ENTITIES.key,
        }
        for field in LEGAL_ENTITIES.fields
    ]
