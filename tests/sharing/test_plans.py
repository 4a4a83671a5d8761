"""A grant compiles to what was granted and to nothing else (CD2016-24, 31, 34)."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from govshare.connectors import Column, Condition, Operator, Selection, Treatment
from govshare.kernel.errors import Unavailable, WrongState
from govshare.sharing.rules import RowCondition
from govshare.sharing.rules.plans import AccessPlan, compile_plan, grant_hash_key
from tests.sharing.worlds import CAPITAL, CODE, ENTRY, GRANT, NAME, OTHER, OWNER_ID, RECIPIENT, TODAY, granted, item

KEY = b"k" * 32


def compiled(grant=GRANT, listed=ENTRY, today: date = TODAY) -> AccessPlan:
    return compile_plan(grant, listed, hash_key=KEY, today=today, epoch=1)


@pytest.mark.article("CD2016-34")
def test_a_plan_holds_the_granted_columns_with_their_treatment_and_no_other():
    assert compiled().selection == Selection(
        "share",
        "legal_entity",
        (Column("src_uscc", "uscc", "C"), Column("src_owner_id", "owner_id", "C", Treatment.MASK, head=6, tail=0)),
        (),
        ("src_uscc",),
    )


@pytest.mark.article("CD2016-34")
def test_an_item_that_only_a_row_condition_looks_at_is_not_given():
    grant = replace(GRANT, items=(granted(CODE), granted(CAPITAL, "condition")), conditions=(RowCondition(CAPITAL, "ge", ("100",)),))

    selection = compiled(grant).selection

    assert [column.source for column in selection.columns] == ["src_uscc"]
    assert selection.conditions == (Condition("src_capital", Operator.GE, (Decimal(100),)),)


def test_the_hash_key_is_derived_differs_by_grant_and_does_not_show():
    first, second = grant_hash_key(b"master", UUID(int=1)), grant_hash_key(b"master", UUID(int=2))

    assert len(first) == 32
    assert first != second
    assert first == grant_hash_key(b"master", UUID(int=1))
    assert "kkkk" not in repr(compiled())


@pytest.mark.article("CD2016-29.1")
def test_the_last_day_is_included_and_the_next_is_refused():
    assert compiled(today=GRANT.ends_on).ends_on == GRANT.ends_on
    with pytest.raises(WrongState, match="到期"):
        compiled(today=GRANT.ends_on + timedelta(days=1))
    with pytest.raises(WrongState, match="起生效"):
        compiled(today=TODAY - timedelta(days=1))


@pytest.mark.parametrize("status", ["ended", "superseded"])
def test_a_grant_that_ended_gives_no_plan(status):
    with pytest.raises(WrongState) as refusal:
        compiled(replace(GRANT, status=status))

    assert str(refusal.value.basis) == "CD2016-31"


@pytest.mark.article("CD2016-19")
def test_without_an_access_route_there_is_no_plan_and_the_provider_owes_one():
    with pytest.raises(Unavailable, match="接口未提供") as refusal:
        compiled(listed=replace(ENTRY, route=None))

    assert str(refusal.value.basis) == "CD2016-19"


@pytest.mark.article("CD2016-19")
def test_two_items_bound_to_one_column_are_the_providers_to_mend():
    grant = replace(GRANT, items=(granted(CODE, column=""), granted(NAME, column="")))
    listed = changed(NAME, column="src_uscc")

    with pytest.raises(Unavailable, match="绑定有误"):
        compiled(grant, listed)


@pytest.mark.article("CD2016-17", "PC-44")
def test_a_new_revision_that_leaves_the_granted_items_alone_keeps_the_grant():
    reworked = replace(
        ENTRY,
        revision=4,
        name="法人单位登记信息",
        terms="另行约定",
        items=(*(each for each in ENTRY.items if each.id != CAPITAL), item(UUID(int=77), "行业", "src_trade")),
        route=replace(ENTRY.route, table="legal_entity_v2"),
    )

    plan = compiled(listed=reworked)

    assert plan.entry_revision == 4
    assert plan.selection.table == "legal_entity_v2"
    assert [column.source for column in plan.selection.columns] == ["src_uscc", "src_owner_id"]


def changed(number: UUID, **what: object):
    return replace(ENTRY, items=tuple(replace(each, **what) if each.id == number else each for each in ENTRY.items))


@pytest.mark.article("PC-44")
@pytest.mark.parametrize("what", [{"column": "src_phone"}, {"type": "N"}, {"length": 60}, {"sensitivity": "commercial_secret"}])
def test_a_changed_granted_item_waits_for_the_providers_word(what):
    with pytest.raises(WrongState, match="提供部门确认") as refusal:
        compiled(listed=changed(OWNER_ID, **what))

    assert str(refusal.value.basis) == "PC-44"
    assert compiled(listed=changed(NAME, **what)).grant == GRANT.id  # an item that was not granted may change


def test_an_item_granted_before_there_was_a_route_takes_its_first_column():
    grant = replace(GRANT, items=(granted(CODE, column=""),))

    assert compiled(grant).selection.columns[0].source == "src_uscc"


@pytest.mark.article("PC-44")
@pytest.mark.parametrize(
    ("grant", "listed", "reason"),
    [
        (GRANT, replace(ENTRY, organization=OTHER), "提供单位"),
        (GRANT, replace(ENTRY, modes=frozenset({"query"})), "不再以直接数据交换方式提供"),
        (GRANT, replace(ENTRY, share_type="none"), "不予共享"),
        (GRANT, replace(ENTRY, items=tuple(each for each in ENTRY.items if each.id != OWNER_ID)), "法定代表人证件号"),
        (GRANT, replace(ENTRY, for_all=False, scope=frozenset({OTHER})), "共享范围"),
        (
            replace(GRANT, items=(granted(CAPITAL),), conditions=(RowCondition(CAPITAL, "ge", ("abc",)),)),
            ENTRY,
            "记录条件不再适用",
        ),
        (replace(GRANT, way="at_once"), ENTRY, "由无条件共享改为条件共享"),
        (replace(GRANT, way="statutory"), replace(ENTRY, share_type="none"), "法律不再指明"),
    ],
)
def test_what_the_entry_no_longer_allows_must_be_demanded_anew(grant, listed, reason):
    with pytest.raises(WrongState, match=reason) as refusal:
        compiled(grant, listed)

    assert "重新申请" in str(refusal.value)


@pytest.mark.article("CD2016-5.5")
def test_a_statutory_grant_outlives_the_class():
    listed = replace(ENTRY, share_type="none", modes=frozenset(), statutory=frozenset({RECIPIENT}))

    assert compiled(replace(GRANT, way="statutory"), listed).recipient == RECIPIENT


def test_a_grant_given_outside_the_scope_does_not_end_for_being_outside():
    listed = replace(ENTRY, for_all=False, scope=frozenset({OTHER}))

    assert compiled(replace(GRANT, within_scope=False), listed).grant_number == GRANT.number
