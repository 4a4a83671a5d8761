"""The five elements and what belongs to them (CD2016-29.1)."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from govshare.connectors import Condition, Operator
from govshare.sharing.rules.elements import Elements, RowCondition, faults, storage_faults
from tests.sharing.worlds import CAPITAL, CODE, ELEMENTS, ENTRY, ITEMS, NAME, OPENED, TODAY


def places(elements: Elements) -> list[str]:
    return [fault.place for fault in faults(elements, ENTRY, today=TODAY, longest=1096)]


@pytest.mark.article("CD2016-29.1")
def test_a_demand_with_all_elements_has_no_fault():
    assert places(ELEMENTS) == []


@pytest.mark.article("CD2016-29.1")
@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"application": " "}, "application"),
        ({"users": ()}, "users"),
        ({"users": ("审批岗", " ")}, "users"),
        ({"users": ("审批岗", "审批岗")}, "users"),
        ({"items": ()}, "items"),
        ({"items": (CODE, CODE)}, "items"),
        ({"items": (CODE, UUID(int=5))}, "items[1]"),
        ({"mode": ""}, "mode"),
        ({"mode": "interface"}, "mode"),
        ({"ends_on": None}, "ends_on"),
        ({"ends_on": TODAY}, "ends_on"),
        ({"ends_on": TODAY + timedelta(days=1097)}, "ends_on"),
        ({"duty_basis": ""}, "duty_basis"),
        ({"purpose": "\n"}, "purpose"),
        ({"quota_per_day": 100}, "quota_per_day"),
        ({"mode": "query", "quota_per_day": 0}, "quota_per_day"),
        ({"conditions": (RowCondition(UUID(int=5), "eq", ("x",)),)}, "conditions[0]"),
        ({"conditions": (RowCondition(CODE, "like", ("x",)),)}, "conditions[0]"),
        ({"conditions": (RowCondition(OPENED, "ge", ("去年",)),)}, "conditions[0]"),
        ({"conditions": (RowCondition(CAPITAL, "between", ("1",)),)}, "conditions[0]"),
        ({"conditions": (RowCondition(CAPITAL, "gt", ("NaN",)),)}, "conditions[0]"),
    ],
)
def test_each_missing_or_wrong_element_is_named_at_its_place(change, place):
    assert places(replace(ELEMENTS, **change)) == [place]


def test_what_cannot_be_kept_is_refused_even_in_a_draft():
    too_long = Elements(application="业" * 201, users=("岗",) * 51, purpose="用" * 2001)

    assert [fault.place for fault in storage_faults(too_long)] == ["application", "purpose", "users"]
    assert [fault.place for fault in storage_faults(Elements(mode="post", purpose="a\0b", quota_per_day=0))] == [
        "purpose",
        "mode",
        "quota_per_day",
    ]


@pytest.mark.parametrize(
    ("item", "operator", "values", "typed"),
    [
        (CODE, "prefix", ("91510100",), ("91510100",)),
        (CAPITAL, "between", ("10", "1e6"), (Decimal(10), Decimal("1e6"))),
        (OPENED, "ge", ("2020-01-01",), (date(2020, 1, 1),)),
        (NAME, "not_null", (), ()),
    ],
)
def test_a_row_condition_becomes_typed_values_on_the_sources_column(item, operator, values, typed):
    listed = next(each for each in ITEMS if each.id == item)

    bound = RowCondition(item, operator, values).bound_to(listed, listed.column)

    assert bound == Condition(listed.column, Operator(operator), typed)


def test_a_row_condition_survives_being_stored():
    row = RowCondition(CODE, "in", ("a", "b"))

    assert RowCondition.from_json(row.as_json()) == row
