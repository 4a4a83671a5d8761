"""Hosted tables: made from the catalog, read through an account that can do nothing else, used as a source (CD2016-27)."""

from dataclasses import replace

import psycopg
import pytest

from govshare.catalog import queries as catalog
from govshare.catalog.queries import routes
from govshare.catalog.rules.contents import ItemContent
from govshare.connectors import Column, Selection
from govshare.connectors.full import full_load
from govshare.hosting import queries, services
from govshare.kernel.clock import utc_now
from govshare.kernel.errors import Invalid, NotFound, NotYours, Unavailable, WrongState
from govshare.kernel.roles import Role
from govshare.sources import queries as sources
from govshare.sources import services as register
from tests.catalog.world import Desk
from tests.fronts import Fronts
from tests.hosting.conftest import ITEMS, House

pytestmark = pytest.mark.django_db


@pytest.mark.article("CD2016-27", "PC-154")
def test_a_table_has_the_entrys_columns_types_key_and_words(house: House):
    front = sources.get(house.table.space.front_database_id)

    table = sources.table(front, house.table.name)

    assert [(column.name, column.type, column.nullable, column.comment) for column in table.columns] == [
        ("number", "character varying(18)", False, "证照编号"),
        ("holder", "character varying(10)", True, "持证单位"),
        ("capital", "numeric", True, "注册资本"),
        ("issued", "date", True, "发证日期"),
        ("valid", "boolean", True, "有效"),
    ]
    assert table.key == ("number",)
    assert house.entry.code in table.comment


@pytest.mark.article("CD2016-27", "PC-154")
@pytest.mark.parametrize(
    ("letter", "length", "told"),
    [
        ("C", 5, "character varying(5)"),
        ("C", None, "text"),
        ("M", None, "text"),
        ("G", None, "text"),
        ("N", 10, "numeric"),
        ("Y", None, "numeric"),
        ("I", 5, "bigint"),
        ("B", None, "double precision"),
        ("F", None, "double precision"),
        ("D", None, "date"),
        ("T", None, "timestamp without time zone"),
        ("L", None, "boolean"),
    ],
)
def test_every_type_of_the_standard_has_one_of_the_databases(desk: Desk, hosting: str, letter: str, length: int | None, told: str):
    entry = desk.draft(items=(ITEMS[0], ItemContent(name="某项", column="Some_Item", type=letter, length=length)))

    made = services.make_table(entry=entry.pk, by=desk.actor(Role.RESOURCE_ADMIN), now=desk.now)

    seen = sources.table(sources.get(made.space.front_database_id), made.name)
    assert seen.columns[1].type == told
    assert routes.standing(entry).table == made.name


@pytest.mark.article("CD2016-27", "PC-155")
def test_the_platform_reads_with_an_account_that_reads_this_schema_and_nothing_else(house: House, desk: Desk, hosting: str):
    house.fill("A1,甲,1,2026-01-01,是")
    other = Desk(desk.cast, "third")
    elsewhere = services.make_table(entry=other.published(items=ITEMS).pk, by=other.actor(Role.RESOURCE_ADMIN), now=desk.now)
    reader = sources.conninfo(sources.get(house.table.space.front_database_id))

    with psycopg.connect(reader, autocommit=True) as link:
        assert link.execute(f"SELECT number FROM {house.table.space.schema}.{house.table.name}").fetchall() == [("A1",)]  # type: ignore[arg-type]
        for refused in (
            f"SELECT * FROM {elsewhere.space.schema}.{elsewhere.name}",
            f"INSERT INTO {house.table.space.schema}.{house.table.name} (number) VALUES ('B')",
            f"CREATE TABLE {house.table.space.schema}.t (n int)",
            "CREATE TABLE public.t (n int)",
            "CREATE TEMP TABLE t (n int)",
            "SELECT * FROM govshare.history",
            "SELECT govshare_roles.reader('govshare_h_000000000000_read', 'SCRAM-SHA-256$x')",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                link.execute(refused)  # type: ignore[arg-type]


@pytest.mark.article("PC-155", "CD2016-34")
def test_the_hosting_role_makes_no_other_accounts_and_sets_no_other_passwords(house: House, hosting: str):
    with psycopg.connect(hosting, autocommit=True) as link:
        for refused in (
            "SELECT govshare_roles.reader('govshare_owner', 'SCRAM-SHA-256$x')",
            "SELECT govshare_roles.reader('govshare_h_0123456789ab_read', 'plain')",
            "CREATE ROLE somebody",
            "ALTER ROLE govshare_owner PASSWORD 'x'",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                link.execute(refused)  # type: ignore[arg-type]


@pytest.mark.article("CD2016-27", "CD2016-19")
def test_an_entry_without_a_source_is_read_from_its_hosted_table_once_there_are_rows(house: House):
    assert catalog.listed(house.entry.pk).route.works is False

    house.fill("A1,甲,1,2026-01-01,是")

    listed = catalog.listed(house.entry.pk)
    assert listed.route.works is True
    assert (listed.route.schema, listed.route.table, listed.route.key) == (house.table.space.schema, house.table.name, ("number",))


@pytest.mark.article("CD2016-27", "PC-155")
def test_its_password_is_sealed_and_the_account_passed_the_test(house: House):
    front = sources.get(house.table.space.front_database_id)

    assert front.hosted
    assert front.test_passed
    assert front.sealed_password.startswith("v1:")
    assert sources.usable(front.pk, purpose="provide") == front


@pytest.mark.article("CD2016-27", "CD2016-24")
def test_a_transfer_reads_a_hosted_table_like_any_front_end_database(house: House, fronts: Fronts):
    house.fill(*(f"A{n:03},公司{n},{n},2026-01-01,是" for n in range(500)))
    columns = tuple(Column(name, name) for name in ("number", "holder", "capital"))
    selection = Selection(house.table.space.schema, house.table.name, columns, (), ("number",))
    load = replace(fronts.load(selection), source=sources.conninfo(sources.get(house.table.space.front_database_id)))

    delivered = full_load(load, fronts.watched.append)

    assert delivered.source.rows == delivered.target.rows == 500
    assert fronts.recipient.rows(house.table.name)[42][:2] == ("A042", "公司42")


@pytest.mark.article("PC-155")
def test_its_account_is_the_platforms_to_keep(house: House):
    front = house.table.space.front_database_id
    with pytest.raises(WrongState, match="由平台保管"):
        register.retire(front_database=front, reason="误操作", by=house.keeper, now=utc_now())
    with pytest.raises(WrongState, match="由平台保管"):
        register.change_password(front_database=front, password="x", by=house.keeper, now=utc_now())


@pytest.mark.article("PC-154")
def test_an_entry_without_a_key_gets_no_table(desk: Desk, hosting: str):
    entry = desk.draft(items=(replace(ITEMS[0], is_key=False), ITEMS[1]))

    with pytest.raises(Invalid, match="主键"):
        services.make_table(entry=entry.pk, by=desk.actor(Role.RESOURCE_ADMIN), now=desk.now)


@pytest.mark.article("PC-154")
def test_an_entry_has_one_hosted_table(house: House):
    with pytest.raises(WrongState, match="已有托管表"):
        services.make_table(entry=house.entry.pk, by=house.keeper, now=utc_now())


@pytest.mark.article("CD2016-27", "PC-154")
def test_a_new_item_and_a_longer_one_are_followed_and_a_changed_key_is_refused(house: House):
    house.fill("A1,甲,1,2026-01-01,是")
    known = {item.column: item.id for item in routes.items_to_read(house.entry)}
    longer = replace(ITEMS[1], id=known["holder"], length=50)
    items = (replace(ITEMS[0], id=known["number"]), longer, *(replace(item, id=known[item.column]) for item in ITEMS[2:]))
    house.desk.edit(house.entry, items=(*items, ItemContent(name="备注", column="remark", type="M")))
    house.desk.publish(house.entry)
    house.desk.confirm(house.entry)

    followed = services.follow_entry(table=house.table.pk, by=house.keeper, now=utc_now())

    assert [column.column for column in queries.columns_of(followed)][-1] == "remark"
    house.apply(house.check("number,holder,capital,issued,valid,remark\nA2,一个比十个字更长的持证单位名称,2,2026-01-02,否,新\n"))
    assert len(house.rows()) == 2
    house.desk.edit(house.entry, items=(*(replace(item, is_key=True) for item in items[:2]), *items[2:]))
    house.desk.publish(house.entry)
    house.desk.confirm(house.entry)
    with pytest.raises(WrongState, match="另建托管表"):
        services.follow_entry(table=house.table.pk, by=house.keeper, now=utc_now())


@pytest.mark.article("CD2016-27")
def test_a_table_that_is_the_source_stays_and_others_do_not_see_it(house: House, desk: Desk):
    with pytest.raises(WrongState, match="改绑"):
        services.remove_table(table=house.table.pk, reason="不再需要", by=house.keeper, now=utc_now())
    for who, role in (("third", Role.RESOURCE_ADMIN), ("authority", Role.AUTHORITY), ("recipient", Role.RESOURCE_ADMIN)):
        with pytest.raises(NotFound):
            queries.own(house.table.pk, by=desk.cast.actor(who, role))


@pytest.mark.article("CD2016-27")
def test_only_the_resource_administrator_of_the_department_makes_tables(desk: Desk, hosting: str):
    entry = desk.published(items=ITEMS)
    for by in (desk.registrar, desk.reviewer, desk.cast.actor("third", Role.RESOURCE_ADMIN), desk.authority):
        with pytest.raises(NotYours):
            services.make_table(entry=entry.pk, by=by, now=desk.now)


@pytest.mark.article("CD2016-27")
def test_a_platform_without_a_hosting_database_says_so(desk: Desk):
    entry = desk.published(items=ITEMS)

    with pytest.raises(Unavailable, match="没有设置托管库"):
        services.make_table(entry=entry.pk, by=desk.actor(Role.RESOURCE_ADMIN), now=desk.now)
