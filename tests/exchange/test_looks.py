"""Looking before anything moves: what would arrive, and what stands in the way."""

import pytest

from govshare.exchange import services
from govshare.exchange.models import Transfer
from govshare.kernel.clock import utc_now
from govshare.kernel.errors import Invalid, NotYours, Unavailable, WrongState
from govshare.sources import services as sources
from tests.exchange.counter import ROWS, Counter


def look(counter: Counter, table: str = "firm"):
    return services.look(grant=counter.grant.pk, target=counter.taking.pk, table=table, by=counter.office.checker, now=utc_now())


def test_a_look_says_what_would_arrive_and_moves_nothing(counter):
    counter.fronts.provider.run("ANALYZE {s}.legal_entity")

    found = look(counter)

    assert [(each.target, each.type) for each in found.fields] == [
        ("uscc", "character varying(18)"),
        ("name", "character varying(200)"),
        ("legal_person_id", "text"),
        ("capital", "numeric(18,2)"),
    ]
    assert (found.key, found.rows) == (("uscc",), ROWS)
    assert counter.fronts.recipient.run("SELECT count(*) FROM pg_tables WHERE schemaname = '{s}'") == [(0,)]
    assert not Transfer.objects.exists()


def test_a_table_of_others_in_the_way_is_named_before_the_order(counter):
    counter.fronts.recipient.run("CREATE TABLE {s}.firm (x int)")

    with pytest.raises(Invalid) as refusal:
        look(counter)

    assert "已有同名的表" in refusal.value.faults[0].message
    assert look(counter, "firm_2").rows >= 0


def test_a_table_the_platform_delivered_is_not_in_the_way(counter):
    counter.delivered()

    assert look(counter).key == ("uscc",)


def test_a_column_gone_at_the_source_is_named(counter):
    counter.fronts.provider.run("ALTER TABLE {s}.legal_entity DROP COLUMN capital")

    with pytest.raises(Invalid) as refusal:
        look(counter)

    assert refusal.value.faults[0].place == "capital"


def test_a_source_that_does_not_answer_is_said_to_be_away(counter):
    counter.fronts.provider.run("ALTER ROLE {a} NOLOGIN")
    try:
        with pytest.raises(Unavailable, match="提供方前置交换数据库：连接不上"):
            look(counter)
    finally:
        counter.fronts.provider.run("ALTER ROLE {a} LOGIN")


def test_only_who_may_order_may_look_and_only_at_a_usable_place(counter):
    with pytest.raises(NotYours):
        services.look(grant=counter.grant.pk, target=counter.taking.pk, table="firm", by=counter.office.provider, now=utc_now())
    with pytest.raises(Invalid):
        look(counter, "govshare_x")
    sources.retire(front_database=counter.taking.pk, reason="换库", by=counter.office.checker, now=utc_now())
    with pytest.raises(WrongState, match="已停用"):
        look(counter)
