"""What can be said to a source, and what cannot even be said."""

from datetime import date
from decimal import Decimal

import pytest

from govshare.connectors import Column, Condition, Operator, Probe, Selection, Treatment


@pytest.mark.parametrize(
    ("operator", "values"),
    [
        (Operator.EQ, ()),
        (Operator.EQ, ("a", "b")),
        (Operator.IS_NULL, ("a",)),
        (Operator.BETWEEN, (1,)),
        (Operator.BETWEEN, (1, "2")),
        (Operator.IN, ()),
        (Operator.IN, tuple(range(1001))),
        (Operator.PREFIX, (1,)),
        (Operator.PREFIX, ("",)),
        (Operator.EQ, (1.5,)),
        (Operator.EQ, (None,)),
        (Operator.EQ, ("a\0b",)),
        (Operator.EQ, (Decimal("NaN"),)),
    ],
)
def test_a_condition_outside_the_closed_vocabulary_cannot_be_made(operator, values):
    with pytest.raises(ValueError, match=r"\w"):
        Condition("region", operator, values)


def test_an_operator_that_is_not_in_the_vocabulary_cannot_be_made():
    with pytest.raises(ValueError, match="is not a valid"):
        Condition("region", "like", ("%",))


def test_a_condition_holds_typed_values():
    condition = Condition("born_on", Operator.BETWEEN, (date(1950, 1, 1), date(1960, 1, 1)))

    assert condition.values == (date(1950, 1, 1), date(1960, 1, 1))


@pytest.mark.parametrize(
    "column",
    [
        {"source": "", "target": "a"},
        {"source": "a", "target": "名" * 22},
        {"source": "a\0", "target": "a"},
        {"source": "a", "target": "a", "type": "X"},
        {"source": "a", "target": "a", "treatment": "encrypt"},
        {"source": "a", "target": "a", "head": 1},
        {"source": "a", "target": "a", "treatment": Treatment.MASK, "head": -1},
    ],
)
def test_a_column_that_means_nothing_cannot_be_made(column):
    with pytest.raises(ValueError, match=r"\w"):
        Column(**column)


def test_two_columns_cannot_arrive_under_one_name():
    with pytest.raises(ValueError, match="target"):
        Selection("public", "t", (Column("a", "x"), Column("b", "x")))


def test_a_column_granted_only_as_query_key_is_not_delivered():
    selection = Selection("public", "t", (Column("a", "a"), Column("b", "b", treatment=Treatment.QUERY_KEY)))

    assert [column.source for column in selection.delivered] == ["a"]
    assert selection.column("b") == Column("b", "b", treatment=Treatment.QUERY_KEY)


@pytest.mark.parametrize("power", [{"superuser": True}, {"writable": ("public.t",)}, {"creatable": ("public",)}])
def test_an_account_that_could_change_anything_is_not_read_only(power):
    nothing = {"engine": "postgresql", "version": "15", "database": "d", "account": "a", "encrypted": True, "superuser": False}

    assert Probe(**nothing).read_only
    assert not Probe(**(nothing | power)).read_only
