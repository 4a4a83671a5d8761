"""All entries of the city: those described by hand, and those read from plain tables, each with the part it plays."""

from collections.abc import Iterator
from functools import partial
from itertools import cycle
from random import Random

from govshare.demo.data import resources as lines
from govshare.demo.data.resources import CYCLES, Line
from govshare.demo.data.tables import Field, MadeTable, Row
from govshare.demo.data.vocabulary import field_of, maker_of
from govshare.demo.main_resources import MAIN_RESOURCES
from govshare.demo.resources import Resource, StoryName
from govshare.demo.roster import AUTHORITY, DEPARTMENTS, DISTRICT_DEPARTMENTS, DISTRICTS, MAIN, Body

Part = tuple[StoryName, int, int]  # story, day, back

#: Of every main department: somebody has something to do in every post.
_MAIN_PARTS: tuple[Part, ...] = (("unfinished", -3, 0), ("returned_inside", -8, 0), ("review", -3, 0))
_MAIN_FOURTH: tuple[Part, ...] = (
    ("notice", 40, 11),
    ("changed", 60, 4),
    ("filed", -6, 0),
    ("notice", 50, 14),
    ("without_route", -26, 18),
    ("revising", 70, 3),
)
#: Dealt out to the others, three each.
_PARTS: tuple[Part, ...] = (
    ("filed", -5, 0),
    ("review", -2, 0),
    ("draft", -4, 0),
    ("notice", 30, 6),
    ("returned_inside", -10, 0),
    ("changed", 45, 3),
    ("without_route", -24, 16),
    ("unfinished", -2, 0),
    ("retired", 20, 90),
    ("filed", -8, 0),
    ("told", 35, 60),
    ("review", -5, 0),
    ("adjusted", 80, 0),
    ("returned", -20, 0),
    ("told_late", 25, 50),
    ("notice", 55, 17),
    ("without_route", -50, 38),
    ("revising", 65, 5),
    ("draft", -9, 0),
    ("change_returned", 50, 12),
    ("late_route", 60, 0),
    ("filed", -3, 0),
    ("revising_review", 75, 4),
    ("followed", 40, 70),
    ("review", -7, 0),
    ("without_route", -27, 19),
    ("notice", 33, 13),
    ("delisted", 15, 40),
    ("changed", 70, 8),
    ("discarded", 90, 0),
    ("listed_at_second", 100, 0),
    ("copy", 110, 0),
    ("notice", 62, 3),
)
_NOT_SHARED: tuple[Part, ...] = (
    ("verified", 25, 0),
    ("unverified", -6, 0),
    ("statutory", 40, 0),
    ("verification_returned", -15, 0),
    ("verified", 90, 0),
    ("unverified", -3, 0),
    ("opened", 30, 60),
)
_DISTRICT: tuple[Part, ...] = (("filed", -4, 0), ("review", -2, 0), ("draft", -3, 0), ("notice", 60, 12), ("returned", -12, 0))
_SHARED_TERMS = "限于办理本部门法定业务时核验；个人信息以掩码或摘要提供；不得留存超过授权期限，不得向第三方提供。"
_TERMS = "限于办理本部门法定业务时使用；涉及企业经营的信息只提供到所需的最小范围；不得向第三方提供。"


def _table(body: Body, line: Line, place: int) -> MadeTable:
    fields = tuple(field_of(word) for word in line.items)
    name = f"{body.key}_{place:02d}"
    return MadeTable(
        name=name,
        title=line.name,
        fields=fields,
        key=(fields[0].name,),
        count=Random(name).randrange(60, 400),
        rows=partial(_rows, fields, name),
    )


def _rows(fields: tuple[Field, ...], name: str, count: int) -> Iterator[Row]:
    draw = Random(name)
    makers = [maker_of(field, key=place == 0) for place, field in enumerate(fields)]
    for serial in range(count):
        yield tuple(maker(serial, draw) for maker in makers)


def _resource(body: Body, line: Line, place: int, part: Part) -> Resource:
    table = _table(body, line, place)
    cycle_word, limit = CYCLES[line.cycle]
    personal = any(field.sensitivity == "personal" for field in table.fields)
    none = line.share_type == "none"
    story, day, back = part
    return Resource(
        body=body,
        name=line.name,
        node=line.node or f"{body.node}001",
        abstract=f"{body.short_name}在履行职责中形成的{line.name}，共 {len(table.fields)} 个信息项（演示数据，均为虚构）。",
        share_type=line.share_type,
        story=story,
        day=day,
        back=back,
        basis=line.basis or body.basis,
        table=table if body.connected and not none else None,
        fields=table.fields,
        key=table.key,
        terms={"conditional": _SHARED_TERMS if personal else _TERMS}.get(line.share_type, ""),
        ground=("中华人民共和国个人信息保护法", "第二十八条")
        if none and personal
        else ("中华人民共和国数据安全法", "第三十八条")
        if none
        else ("", ""),
        modes=("table", "query", "interface") if cycle_word in {"daily", "realtime"} else ("table", "query"),
        update_cycle=cycle_word,
        update_limit=limit,
        classification="4" if none else "3" if personal else "2",
    )


def _plain(name: str) -> Part:
    """Listed without more ado: the city's catalog grows through the year, faster at first."""
    return "listed", 4 + int(Random(f"begin {name}").random() ** 1.5 * 225), 0


def _late(name: str) -> Part:
    """Of the districts that came last."""
    return "listed", -60 + int(Random(f"begin {name}").random() * 54), 0


def _department(body: Body, parts: Iterator[Part], hidden: Iterator[Part]) -> Iterator[Resource]:
    shared = 0
    for place, line in enumerate(lines.of_department(body.key), 1):
        if line.share_type == "none":
            yield _resource(body, line, place, next(hidden))
            continue
        shared += 1
        main = body in MAIN
        special = shared in ({1, 3, 4, 5} if main else {2, 4, 5})
        yield _resource(body, line, place, next(parts) if special else _plain(line.name))


def _made() -> Iterator[Resource]:
    others, hidden, fourth, district = cycle(_PARTS), cycle(_NOT_SHARED), cycle(_MAIN_FOURTH), cycle(_DISTRICT)
    for body in DEPARTMENTS:
        yield from _department(body, iter((*_MAIN_PARTS, next(fourth))) if body in MAIN else others, hidden)
    for body in DISTRICTS:
        for place, line in enumerate(lines.of_district_authority(body.district), 1):
            yield _resource(body, line, place, next(district) if place == 2 else (_plain if body.connected else _late)(line.name))
    for body in DISTRICT_DEPARTMENTS:
        kind = body.key.rsplit("_", 1)[1]
        for place, line in enumerate(lines.of_district_department(kind, body.district), 1):
            yield _resource(body, line, place, _late(line.name))
    yield from _own()


def _own() -> Iterator[Resource]:
    """The authority is a department too."""
    texts = (
        "市级政务信息系统名录 | - | 无 | 每季度 | 编号 名称 单位名称 状态",
        "工业企业技术改造项目信息 | 105001 | 条 | 每月 | 项目代码 项目名称 单位名称 投资额 年度",
    )
    for place, line in enumerate(lines.read("\n".join(texts)), 1):
        yield _resource(AUTHORITY, line, place, _plain(line.name))


RESOURCES: tuple[Resource, ...] = (*MAIN_RESOURCES, *_made())


def tables_of(body: Body) -> tuple[MadeTable, ...]:
    """What lies in the body's front-end database for others to read."""
    return tuple(resource.table for resource in RESOURCES if resource.body == body and resource.table)
