"""Access routes, bound to and tested on a real front-end database (CD2016-12.2, 19)."""

from dataclasses import replace
from uuid import UUID

import pytest

from govshare.catalog import queries, services
from govshare.catalog.models import Entry, Route
from govshare.duties import queries as duties
from govshare.kernel.clock import local_date
from govshare.kernel.errors import Invalid, NotFound, NotYours, Refused, WrongState
from govshare.kernel.roles import Role
from govshare.sources import services as sources
from govshare.sources.models import FrontDatabase
from tests.catalog.world import ITEMS, Desk, item_id, version
from tests.sources.conftest import FrontEnd

pytestmark = pytest.mark.django_db
FIRM = (
    replace(ITEMS[0], column="uscc"),
    replace(ITEMS[1], column="name"),
    replace(ITEMS[3], column="capital"),
)


@pytest.fixture
def front(provided: FrontDatabase, desk: Desk) -> FrontDatabase:
    return sources.test(front_database=provided.pk, by=desk.actor(Role.RESOURCE_ADMIN), now=desk.now)


def bind(desk: Desk, entry: Entry, front: FrontDatabase, **over: object) -> Route:
    values = {"table": "firm", "key": ["uscc"], "expected_version": version(entry), "by": desk.registrar}
    return services.bind_route(entry=entry.pk, front_database=front.pk, now=desk.now, **values | over)


def checked(desk: Desk, entry: Entry) -> Route:
    return services.test_route(entry=entry.pk, by=desk.registrar, now=desk.now)


@pytest.mark.article("CD2016-19", "PC-22")
def test_a_tested_route_takes_the_mark_away_and_keeps_the_duty(desk: Desk, front: FrontDatabase):
    entry = desk.listed(items=FIRM)
    bind(desk, entry, front)
    assert queries.listed(entry.pk).route.works is False
    assert duties.find("catalog:access-route", entry.code).open

    route = checked(desk, entry)

    listed = queries.listed(entry.pk)
    assert (route.test_passed, route.test_message) == (True, "测试通过：各信息项均可读取")
    assert (listed.route.front_database, listed.route.schema, listed.route.table) == (front.pk, "share", "firm")
    assert (listed.route.key, listed.route.works) == (("uscc",), True)
    assert duties.find("catalog:access-route", entry.code).kept_at == desk.now
    assert queries.entry(entry.pk, by=desk.reviewer, today=local_date(desk.now)).missing_interface is None
    assert queries.search(has_route=True).total == 1


@pytest.mark.article("CD2016-19")
def test_a_route_tested_before_listing_owes_nothing(desk: Desk, front: FrontDatabase):
    entry = desk.published(items=FIRM)
    bind(desk, entry, front)
    checked(desk, entry)

    desk.confirm(entry)

    assert duties.find("catalog:access-route", entry.code) is None
    assert queries.search(has_route=True).total == 1


@pytest.mark.article("CD2016-19")
def test_items_are_read_from_the_columns_named_for_them(desk: Desk, front: FrontDatabase):
    items = (FIRM[0], replace(FIRM[1], column="full_name"))
    entry = desk.listed(items=items)

    bind(desk, entry, front, columns={item_id(entry, "uscc"): "uscc", item_id(entry, "full_name"): "name"})
    checked(desk, entry)

    assert [(item.column, item.field) for item in queries.listed(entry.pk).items] == [("uscc", "uscc"), ("name", "full_name")]


@pytest.mark.article("CD2016-12.2", "CD2016-19")
def test_binding_names_everything_that_has_drifted(desk: Desk, front: FrontDatabase):
    items = (FIRM[0], replace(FIRM[1], column="full_name"), replace(FIRM[2], name="成立日期", type="D"))
    entry = desk.listed(items=items)

    with pytest.raises(Invalid) as refusal:
        bind(desk, entry, front, key=["number"], columns={item_id(entry, "full_name"): "absent", item_id(entry, "capital"): "capital"})

    faults = {fault.place: fault.message for fault in refusal.value.faults}
    assert set(faults) == {"items.1", "items.2", "items.3", "key"}
    assert "没有对应的列" in faults["items.1"]
    assert "“absent”" in faults["items.2"]
    assert "numeric(18,2)" in faults["items.3"]
    assert not Route.objects.exists()


@pytest.mark.article("CD2016-12.2", "CD2016-19")
def test_what_drifts_later_is_found_by_the_next_test_and_brings_the_mark_back(desk: Desk, front: FrontDatabase, front_end: FrontEnd):
    entry = desk.listed(items=FIRM)
    bind(desk, entry, front)
    checked(desk, entry)
    front_end.run("ALTER TABLE share.firm RENAME COLUMN capital TO registered_capital")

    route = checked(desk, entry)

    assert route.test_passed is False
    assert "“capital”" in route.test_message
    assert duties.find("catalog:access-route", entry.code).open
    assert queries.search(has_route=False).total == 1
    front_end.run("ALTER TABLE share.firm RENAME COLUMN registered_capital TO capital")
    assert checked(desk, entry).test_passed


@pytest.mark.article("CD2016-19")
@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("DROP TABLE share.firm", "已没有可读的表"),
        ("REVOKE SELECT ON share.firm FROM reader", "已没有可读的表"),
        ("DELETE FROM share.firm", "还没有数据"),
        ("ALTER ROLE reader PASSWORD 'changed'", "口令不对"),
    ],
)
def test_a_route_that_cannot_be_read_says_why(desk: Desk, front: FrontDatabase, front_end: FrontEnd, statement: str, words: str):
    entry = desk.listed(items=FIRM)
    bind(desk, entry, front)
    front_end.run(statement)

    route = checked(desk, entry)

    assert route.test_passed is False
    assert words in route.test_message


@pytest.mark.article("CD2016-19")
def test_a_new_item_in_the_listing_needs_a_column_before_the_mark_goes(desk: Desk, front: FrontDatabase, front_end: FrontEnd):
    entry = desk.listed(items=FIRM[:2])
    bind(desk, entry, front)
    checked(desk, entry)
    desk.edit(entry, items=FIRM)
    desk.publish(entry)

    desk.confirm(entry)

    assert duties.find("catalog:access-route", entry.code).open
    bind(desk, entry, front)
    checked(desk, entry)
    assert not duties.find("catalog:access-route", entry.code).open


@pytest.mark.article("CD2016-19")
def test_binding_anew_replaces_the_route_and_keeps_the_former_for_the_record(desk: Desk, front: FrontDatabase):
    entry = desk.listed(items=FIRM)
    first = bind(desk, entry, front)
    checked(desk, entry)

    second = bind(desk, entry, front, document="按主键逐行读取。")

    first.refresh_from_db()
    assert first.replaced_at == desk.now
    assert queries.listed(entry.pk).route.works is False
    assert (second.document, second.test_passed) == ("按主键逐行读取。", None)


@pytest.mark.article("CD2016-19")
def test_a_route_is_bound_by_the_department_to_its_own_providing_database(desk: Desk, front: FrontDatabase, receiving: FrontDatabase):
    entry = desk.listed(items=FIRM)
    other = Desk(desk.cast, "recipient")
    theirs = other.listed(items=FIRM)

    with pytest.raises(NotYours):
        bind(desk, entry, front, by=other.registrar)
    with pytest.raises(NotYours):
        bind(other, theirs, front, by=other.registrar)
    with pytest.raises(WrongState):
        bind(desk, entry, receiving)
    with pytest.raises(NotFound):
        bind(desk, entry, front, table="absent")
    with pytest.raises(NotFound):
        services.test_route(entry=entry.pk, by=desk.registrar, now=desk.now)
    with pytest.raises(Invalid):
        bind(desk, entry, front, columns={UUID(int=1): "uscc"})
    assert not Route.objects.exists()


@pytest.mark.article("CD2016-5.4")
def test_an_interface_specification_that_is_marked_is_refused(desk: Desk, front: FrontDatabase):
    entry = desk.listed(items=FIRM)

    with pytest.raises(Refused) as refusal:
        bind(desk, entry, front, document="密级：机密")

    assert str(refusal.value.basis) == "CD2016-5.4"
