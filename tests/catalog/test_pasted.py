"""Items pasted from a spreadsheet or proposed from a table: understood by their headers, wrong cells named."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govshare.catalog import queries, services
from govshare.catalog.rules.contents import ItemContent
from govshare.catalog.rules.pasted import Pasted, parse, type_of
from govshare.kernel.errors import NotFound, NotYours
from govshare.kernel.roles import Role
from govshare.regulation.articles import cite
from govshare.regulation.workbooks import Reader, Row
from govshare.sources.models import FrontDatabase
from tests.catalog.world import Desk, version

READER = Reader(what="粘贴的内容", basis=cite("CD2016-14"), rows=1001)


def pasted(text: str) -> Pasted:
    return parse(READER.text(text))


def test_headers_are_known_by_many_names_and_the_rest_is_left_out():
    found = pasted(
        "序号\t信息项名称（中文）\t字段英文名\t数据类型\t长度\t是否敏感\t是否主键\n"
        "1\t统一社会信用代码\tuscc\tvarchar(18)\t\t否\t是\n"
        "2\t法定代表人\tfr\t字符型 C50\t\t个人信息\t\n"
        "3\t注册资本\tzczb\t数值型\t16,2\t商业秘密\t否\n"
    )

    assert found.faults == ()
    assert (found.ignored, found.headless) == (("序号",), False)
    assert found.items == (
        ItemContent(name="统一社会信用代码", column="uscc", type="C", length=18, is_key=True),
        ItemContent(name="法定代表人", column="fr", type="C", length=50, sensitivity="personal"),
        ItemContent(name="注册资本", column="zczb", type="N", length=16, sensitivity="commercial_secret"),
    )


def test_without_a_header_the_usual_order_is_assumed_and_said():
    found = pasted("姓名\txm\tC50\n出生日期\tcsrq\tdate")

    assert found.headless
    assert [(item.name, item.column, item.type, item.length) for item in found.items] == [
        ("姓名", "xm", "C", 50),
        ("出生日期", "csrq", "D", None),
    ]


def test_every_fault_names_its_cell():
    found = pasted(
        "名称\t字段名\t类型\t长度\t敏感级别\t主键\n"
        + "甲\ta b\t怪型\t很长\t机敏\t也许\n"
        + "\t\t\t\t\t\n"
        + "乙\tok\tint\t\t\t\n"
        + "丙\tOK\tint\t\t\t\n"
        + "\tx\tint\t\t\t\n"
    )

    assert [fault.place for fault in found.faults] == ["B2", "C2", "D2", "E2", "F2", "B4", "B5", "A6"]


def test_a_column_that_is_not_there_is_said_once():
    found = pasted("名称\t类型\n甲\tint\n乙\tint")

    assert [(fault.place, "字段名" in fault.message) for fault in found.faults] == [("A1", True)]


@pytest.mark.parametrize("text", ["", "\n\n", "名称\t字段名", "名称\t字段名\n\n"])
def test_nothing_is_said_to_be_nothing(text: str):
    found = pasted(text)

    assert found.items == ()
    assert len(found.faults) == 1


@pytest.mark.parametrize(
    ("spelled", "meant"),
    [
        ("character varying(50)", ("C", 50)),
        ("CHAR(18)", ("C", 18)),
        ("VARCHAR2(64 BYTE)", ("C", 64)),
        ("numeric(38,10)", ("N", 38)),
        ("timestamp(6) with time zone", ("T", None)),
        ("timestamp without time zone", ("T", None)),
        ("double precision", ("B", None)),
        ("int4", ("I", None)),
        ("boolean", ("L", None)),
        ("text", ("M", None)),
        ("C18", ("C", 18)),
        ("N10,2", ("N", 10)),
        ("日期时间型", ("T", None)),
        ("字符（20）", ("C", 20)),
        ("geometry(Point,4326)", None),
        ("", None),
        ("(((", None),
    ],
)
def test_types_are_understood_as_databases_and_dictionaries_spell_them(spelled: str, meant: tuple[str, int | None] | None):
    assert type_of(spelled) == meant


@given(st.lists(st.lists(st.text(max_size=20), max_size=8), max_size=8))
def test_whatever_is_pasted_is_read_or_named(cells: list[list[str]]):
    rows = [Row(number, tuple(row)) for number, row in enumerate(cells, 1) if any(row)]

    found = parse(rows)

    assert found.faults or found.items
    assert all(fault.place.rstrip("0123456789").isalpha() and fault.message for fault in found.faults)


@pytest.mark.django_db
@pytest.mark.article("CD2016-14")
def test_what_was_pasted_without_fault_becomes_the_draft(desk: Desk):
    entry = desk.draft()
    found = pasted("名称\t字段名\t类型\n代码\tdm\tC18\n名称\tmc\tC100")

    services.set_items(entry=entry.pk, items=found.items, expected_version=version(entry), by=desk.registrar, now=desk.now)

    assert [item.column for item in entry.revisions.get().items.all()] == ["dm", "mc"]


def _provided(desk: Desk) -> FrontDatabase:
    column = {"nullable": True, "comment": ""}
    columns = [
        {**column, "name": "uscc", "type": "character varying(18)", "comment": "统一社会信用代码，主键"},
        {**column, "name": "fr_sfzh", "type": "char(18)", "comment": "法定代表人身份证号"},
        {**column, "name": "yhzh", "type": "text", "comment": "开户银行账号"},
        {**column, "name": "shape", "type": "geometry(Point,4326)"},
    ]
    table = {"schema": "share", "name": "legal_entity", "columns": columns, "key": ["uscc"], "kind": "table", "comment": "法人", "rows": 5}
    return FrontDatabase.objects.create(
        organization=desk.cast.organization("provider"), name="共享前置库", engine="postgresql", purpose="provide", host="front.example",
        port=5432, database="share", schema="share", account="reader", sealed_password="v1:0123abcd:sealed", tls_mode="verify-full",
        registered_at=desk.now, registered_by="x", password_changed_at=desk.now, password_changed_by="x",
        seen_tables={"v": 1, "tables": [table]},
    )  # fmt: skip


@pytest.mark.django_db
@pytest.mark.article("CD2016-12")
def test_items_are_proposed_from_the_departments_own_table(desk: Desk):
    front = _provided(desk)

    [table] = queries.proposals.tables(desk.registrar)
    items = queries.proposals.items(front.pk, table.table, by=desk.registrar)

    assert (table.table, table.columns, table.comment) == ("legal_entity", 4, "法人")
    assert [(item.name, item.column, item.type, item.length, item.sensitivity, item.is_key) for item in items] == [
        ("统一社会信用代码", "uscc", "C", 18, "ordinary", True),
        ("法定代表人身份证号", "fr_sfzh", "C", 18, "personal", False),
        ("开户银行账号", "yhzh", "M", None, "sensitive", False),
        ("shape", "shape", "G", None, "ordinary", False),
    ]


@pytest.mark.django_db
def test_nobody_is_proposed_anything_from_the_tables_of_others(desk: Desk):
    front = _provided(desk)
    stranger = desk.cast.actor("recipient", Role.REGISTRAR)

    assert queries.proposals.tables(stranger) == []
    with pytest.raises(NotFound):
        queries.proposals.items(front.pk, "legal_entity", by=stranger)
    with pytest.raises(NotFound):
        queries.proposals.items(front.pk, "没有的表", by=desk.registrar)
    with pytest.raises(NotYours):
        queries.proposals.tables(desk.authority)
