"""Between two engines: every value arrives as it left, every row has the same digest on both sides, or the load says why not."""

import os
import signal
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from govshare.connectors import Column, Condition, Operator, Treatment
from govshare.connectors.digest import Digest, Form
from govshare.connectors.errors import Broken, Drift, DuplicateKey, Fenced, TransferFailed
from govshare.connectors.full import abandon, full_load
from tests.fronts import Fronts
from tests.processes import forked, wait

SMALL = 4096  # bytes of the source per chunk


@pytest.fixture
def pg_my(fronts, my_recipient):
    return Fronts(fronts.provider, my_recipient)


@pytest.fixture
def my_pg(my_provider, fronts):
    return Fronts(my_provider, fronts.recipient)


@pytest.fixture
def my_my(my_provider, my_recipient):
    return Fronts(my_provider, my_recipient)


@pytest.fixture(params=["pg_my", "my_pg", "my_my"])
def pair(request):
    return request.getfixturevalue(request.param)


def is_pg(front):
    return not hasattr(front, "server")


TEXT = "a\tb\nc\rd\\e\\N\f\v\b'\"\x1a%s 长 𠮷野家😀  "


@pytest.mark.article("CD2016-24")
def test_texts_arrive_as_they_left_whatever_is_in_them(pair):
    pair.table("t", "n int PRIMARY KEY, v varchar(100), w text")
    values = [TEXT, "", "\\N", "\\", " ", "\uff10", "007", None, "null", "\\t"]
    for n, value in enumerate(values):
        pair.provider.run("INSERT INTO {s}.t VALUES (%s, %s, %s)", [n, value, value])

    delivery = pair.deliver(pair.selection("t", "n", "v", "w", key=("n",)))

    assert pair.recipient.rows("t", "v, w", "n") == [(value, value) for value in values]
    assert delivery.source == delivery.target
    assert str(delivery.source).startswith("line1-sha256-sum:10:")


FROM_MARIADB = [
    ("tinyint", ["-128", "127"], "smallint", [-128, 127]),
    ("boolean", ["true", "false"], "smallint", [1, 0]),
    ("int(6) zerofill", ["42"], "bigint", [42]),
    ("bigint", ["-9223372036854775808"], "bigint", [-(2**63)]),
    ("bigint unsigned", ["18446744073709551615"], "numeric(20,0)", [Decimal(2**64 - 1)]),
    ("decimal(38,10)", ["12345678901234567890123456.0123456789", "-0.5", "0"], "numeric(38,10)", None),
    ("decimal(65,30)", ["0.000000000000000000000000000001"], "numeric(65,30)", [Decimal("1E-30")]),
    ("double", ["0.1", "5e-324", "1.7976931348623157e308", "-1.5e-10", "1e15", "123456789"], "double precision", None),
    ("float", ["0.1", "1e15"], "double precision", [0.10000000149011612, 999999986991104.0]),
    ("double(10,2)", ["0.1", "99999999.99"], "double precision", [0.1, 99999999.99]),
    ("char(18)", ["'05101041990010112X'", "'5  '"], "character varying(18)", ["05101041990010112X", "5"]),
    ("varchar(10) CHARACTER SET latin1", ["'é'"], "character varying(10)", ["é"]),
    ("varchar(10) CHARACTER SET gbk", ["'锦享'"], "character varying(10)", ["锦享"]),
    ("enum('甲','乙')", ["'乙'"], "text", ["乙"]),
    ("longtext", ["REPEAT('长', 40000)"], "text", ["长" * 40000]),
    ("json", ['\'{"b": 1,  "a": "\\\\\\\\"}\''], "text", ['{"b": 1,  "a": "\\\\"}']),
    ("varbinary(10)", ["x'00ff5c0a'", "''"], "bytea", [b"\0\xff\\\n", b""]),
    ("longblob", ["REPEAT(x'ab', 30000)"], "bytea", [b"\xab" * 30000]),
    ("bit(10)", ["5"], "bit(10)", ["0000000101"]),
    ("date", ["'2016-06-25'", "'9999-12-31'", "'0001-01-01'"], "date", [date(2016, 6, 25), date.max, date.min]),
    ("time(3)", ["'23:59:59.125'", "'00:00:00'"], "time(3) without time zone", [time(23, 59, 59, 125000), time(0)]),
    ("datetime", ["'2016-06-25 08:00:00'"], "timestamp(0) without time zone", [datetime(2016, 6, 25, 8)]),  # noqa: DTZ001
    ("datetime(6)", ["'2016-06-25 08:00:00.100000'"], "timestamp(6) without time zone", None),
    ("timestamp(6) NULL", ["'2016-06-25 00:00:00.5'"], "timestamp(6) with time zone", None),
    ("year", ["2016", "0000"], "smallint", [2016, 0]),
]


@pytest.mark.article("CD2016-24")
@pytest.mark.parametrize(("kind", "values", "arrives", "expected"), FROM_MARIADB, ids=[each[0] for each in FROM_MARIADB])
def test_what_mariadb_holds_arrives_in_postgresql_with_its_value(my_pg, kind, values, arrives, expected):
    my_pg.provider.run("SET time_zone = '+00:00'")
    my_pg.table("t", f"n int PRIMARY KEY, v {kind}", *(f"({n}, {value})" for n, value in enumerate([*values, "NULL"])))

    delivery = my_pg.deliver(my_pg.selection("t", "n", "v", key=("n",)))

    arrived = my_pg.recipient.run("SELECT v FROM {s}.t ORDER BY n")
    assert my_pg.recipient.run(
        "SELECT format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = '{s}.t'::regclass AND attname = 'v'"
    ) == [(arrives,)]
    assert arrived[-1] == (None,)
    if expected is not None:
        assert [value for (value,) in arrived[:-1]] == expected
    else:
        there = my_pg.provider.run("SELECT v FROM {s}.t ORDER BY n")
        assert [_naive(value) for (value,) in arrived] == [value for (value,) in there]
    assert delivery.source == delivery.target
    assert delivery.source.rows == len(values) + 1


def _naive(value):
    return value.replace(tzinfo=None) if isinstance(value, datetime) else value


STOPPED_AT_POSTGRESQL = [
    ("date", "'0000-00-00'", "v"),
    ("date", "'2016-00-00'", "v"),
    ("datetime", "'0000-00-00 00:00:00'", "v"),
    ("time", "'838:59:59'", "v"),
    ("time", "'-01:00:00'", "v"),
    ("varchar(10)", "_utf8mb4 x'610062'", "NUL"),
]


@pytest.mark.article("CD2016-24")
@pytest.mark.parametrize(("kind", "value", "names"), STOPPED_AT_POSTGRESQL)
def test_what_postgresql_cannot_hold_stops_the_load_and_is_named_without_its_value(my_pg, kind, value, names):
    my_pg.provider.run("SET sql_mode = ''")
    my_pg.table("t", f"n int PRIMARY KEY, v {kind}", f"(1, {value})")

    with pytest.raises(Broken, match=names) as broken:
        my_pg.deliver(my_pg.selection("t", "n", "v", key=("n",)))

    assert "接收方" in str(broken.value)
    assert "838" not in str(broken.value)
    assert not broken.value.passing
    assert my_pg.recipient.run("SELECT to_regclass('{s}.t') IS NULL") == [(True,)]


FROM_POSTGRESQL = [
    ("smallint", ["-32768"], "smallint(6)", [-32768]),
    ("boolean", ["true", "false"], "smallint(6)", [1, 0]),
    ("bigint", ["9223372036854775807"], "bigint(20)", [2**63 - 1]),
    ("numeric(38,10)", ["12345678901234567890123456.0123456789", "-0.0000000001"], "decimal(38,10)", None),
    ("float8", ["0.1", "5e-324", "1.7976931348623157e308", "-1.5e-10", "1e15", "123456789", "0"], "double", None),
    ("real", ["0.1", "3.4028235e38"], "double", [0.10000000149011612, 3.4028234663852886e38]),
    ("char(18)", ["'510104199001011X'", "'5   '"], "varchar(18)", ["510104199001011X", "5"]),
    ("varchar(18)", ["'051010419900101123'", "'5  '", "''"], "varchar(18)", ["051010419900101123", "5  ", ""]),
    ("text", ["repeat('长', 40000)", "'😀'"], "longtext", ["长" * 40000, "😀"]),
    ("bytea", ["'\\x00ff5c0a'", "''"], "longblob", [b"\0\xff\\\n", b""]),
    ("date", ["'2016-06-25'"], "date", [date(2016, 6, 25)]),
    ("time(6)", ["'24:00'", "'23:59:59.999999'"], "time(6)", [timedelta(hours=24), timedelta(days=1) - timedelta(microseconds=1)]),
    ("timestamp", ["'2016-06-25 00:00'", "'2016-06-25 00:00:00.1'"], "datetime(6)", None),
    ("timestamptz", ["'2016-05-26 08:00+08'"], "datetime(6)", [datetime(2016, 5, 26)]),  # noqa: DTZ001
    ("jsonb", ['\'{"b": 1.0, "a": [null, "\\u0001"]}\''], "longtext", ['{"a": [null, "\\u0001"], "b": 1.0}']),
    ("text[]", ["ARRAY['', NULL, 'a,b']"], "longtext", ['{"",NULL,"a,b"}']),
    ("uuid", ["'00000000-0000-0000-0000-000000000001'"], "longtext", ["00000000-0000-0000-0000-000000000001"]),
    ("interval", ["'1 year 2 days 03:04:05.6'"], "longtext", ["1 year 2 days 03:04:05.6"]),
    ("bit varying(12)", ["B'0001'"], "longtext", ["0001"]),
    ("inet", ["'fe80::1/64'"], "longtext", ["fe80::1/64"]),
    ("timetz", ["'24:00+08'"], "longtext", ["24:00:00+08"]),
]


@pytest.mark.article("CD2016-24")
@pytest.mark.parametrize(("kind", "values", "arrives", "expected"), FROM_POSTGRESQL, ids=[each[0] for each in FROM_POSTGRESQL])
def test_what_postgresql_holds_arrives_in_mariadb_with_its_value(pg_my, kind, values, arrives, expected):
    pg_my.table("t", f"n int PRIMARY KEY, v {kind}", *(f"({n}, {value})" for n, value in enumerate([*values, "NULL"])))

    delivery = pg_my.deliver(pg_my.selection("t", "n", "v", key=("n",)))

    arrived = pg_my.recipient.run("SELECT v FROM {s}.t ORDER BY n")
    assert pg_my.recipient.run(
        "SELECT column_type FROM information_schema.columns WHERE table_schema = '{s}' AND table_name = 't' AND column_name = 'v'"
    ) == [(arrives,)]
    assert arrived[-1] == (None,)
    there = pg_my.provider.run("SELECT v FROM {s}.t ORDER BY n") if expected is None else [(value,) for value in [*expected, None]]
    assert arrived == there
    assert delivery.source == delivery.target


STOPPED_AT_MARIADB = [
    ("numeric(38,10)", "'NaN'"),
    ("float8", "'NaN'"),
    ("float8", "'Infinity'"),
    ("date", "'infinity'"),
    ("date", "'4713-01-01 BC'"),
    ("date", "'10000-01-01'"),
    ("timestamp", "'infinity'"),
    ("timestamptz", "'294276-12-31 23:59:59+00'"),
]


@pytest.mark.article("CD2016-24")
@pytest.mark.parametrize(("kind", "value"), STOPPED_AT_MARIADB)
def test_what_mariadb_cannot_hold_stops_the_load_and_is_named_without_its_value(pg_my, kind, value):
    pg_my.table("t", f"n int PRIMARY KEY, v {kind}", f"(1, {value})")

    with pytest.raises(Broken, match=r"接收方.* v$") as broken:
        pg_my.deliver(pg_my.selection("t", "n", "v", key=("n",)))

    assert value.strip("'") not in str(broken.value)
    assert not broken.value.passing
    assert pg_my.recipient.run("SHOW TABLES FROM {s} LIKE 't'") == []


@pytest.mark.parametrize("kind", ["numeric", "numeric(80,2)", "numeric(50,40)", "money"])
def test_a_number_that_mariadb_has_no_type_for_is_named_before_anything_moves(pg_my, kind):
    pg_my.table("t", f"n int PRIMARY KEY, v {kind}", "(1, 1)" if kind != "numeric(50,40)" else "(1, 0)")

    with pytest.raises(Drift) as drift:
        pg_my.deliver(pg_my.selection("t", "n", "v", key=("n",)))

    assert [fault.place for fault in drift.value.faults] == ["v"]
    assert pg_my.watched == []


def test_between_two_mariadb_databases_a_table_keeps_its_types_and_odd_values(my_my):
    my_my.provider.run("SET sql_mode = '', time_zone = '+00:00'")
    columns = (
        "n int PRIMARY KEY, a bigint unsigned, b time(6), c date, d datetime(3), e bit(5), f year, g decimal(65,30),"
        " h varbinary(9), i float, j tinyint(1), k enum('x','y'), l timestamp(6) NULL"
    )
    my_my.table(
        "t",
        columns,
        "(1, 18446744073709551615, '-838:59:59', '0000-00-00', '2016-06-31 25:00:00', b'101', 0, 1, x'00', 0.1,"
        " 1, 'y', '2016-06-25 00:00:00.5')",
        "(2, 0, '838:59:59.000001', '2016-00-00', '2016-06-25 00:00:00.5', b'0', 2016, 0, '', 1e15, -1, 'x', NULL)",
    )
    names = [*"nabcdefghijkl"]

    delivery = my_my.deliver(my_my.selection("t", *names, key=("n",)))

    shown = ", ".join(f"CAST({name} AS CHAR)" for name in names)
    assert my_my.recipient.rows("t", shown) == my_my.provider.rows("t", shown)
    assert delivery.source == delivery.target
    kinds = "SELECT column_type FROM information_schema.columns WHERE table_schema = '{s}' AND column_name IN ('a', 'e', 'f')"
    assert my_my.recipient.run(kinds) == my_my.provider.run(kinds)


def hard_rows():
    texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=12)
    numbers = st.decimals(-(10**20), 10**20, places=8)
    return st.lists(
        st.tuples(
            st.none() | texts,
            st.none() | numbers,
            st.none() | st.binary(max_size=12),
            st.none() | st.floats(allow_nan=False, allow_infinity=False),
            st.none() | st.datetimes(),
        ),
        max_size=25,
    )


@pytest.mark.article("CD2016-24")
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=hard_rows())
def test_whatever_rows_there_are_arrive_as_they_are(pair, rows):
    pg = is_pg(pair.provider)
    for front in (pair.provider, pair.recipient):
        front.run("DROP TABLE IF EXISTS {s}.t")
    kinds = (
        ("text", "numeric(30,8)", "bytea", "float8", "timestamp")
        if pg
        else ("longtext", "decimal(30,8)", "longblob", "double", "datetime(6)")
    )
    pair.table("t", "n int PRIMARY KEY, " + ", ".join(f"{name} {kind}" for name, kind in zip("abcde", kinds, strict=True)))
    for n, row in enumerate(rows):
        pair.provider.run("INSERT INTO {s}.t VALUES (%s, %s, %s, %s, %s, %s)", [n, *row])

    delivery = pair.deliver(pair.selection("t", "n", *"abcde", key=("n",)), watch=lambda _: None, chunk=SMALL)

    assert pair.recipient.rows("t") == pair.provider.rows("t")
    assert delivery.source == delivery.target
    assert delivery.source.rows == len(rows)


def fill(front, first, last, step=1):
    for n in range(first, last + 1, step):
        front.run("INSERT INTO {s}.t VALUES (%s, %s, %s)", [n, "x" * (n % 190), n % 7])


@pytest.fixture
def filled(pair):
    """The pair with a table of many chunks at the source."""
    pair.table("t", "n int PRIMARY KEY, v varchar(200), w int")
    fill(pair.provider, 1, 400)
    return pair


def selected(pair, **more):
    return pair.selection("t", "n", "v", "w", key=("n",), **more)


def tables(front):
    """What stands in the landing schema."""
    if is_pg(front):
        return front.run("SELECT relname FROM pg_class WHERE relnamespace = '{s}'::regnamespace AND relkind = 'r' ORDER BY 1")
    return front.run("SELECT table_name FROM information_schema.tables WHERE table_schema = '{s}' ORDER BY 1")


@pytest.mark.article("CD2016-24")
def test_a_table_of_many_chunks_arrives_whole_with_a_ledger_that_adds_up(filled):
    run = uuid4()

    delivery = filled.deliver(selected(filled), run=run, chunk=SMALL)

    lines = filled.recipient.run(
        "SELECT kind, v, `rows` FROM {s}.govshare_ledger ORDER BY chunk".replace("`", '"' if is_pg(filled.recipient) else "`")
    )
    assert delivery.chunks >= 5
    assert filled.recipient.rows("t") == filled.provider.rows("t")
    assert [line[:2] for line in lines] == [("load", 2)] * delivery.chunks + [("deliver", 2)]
    assert sum(line[2] for line in lines[:-1]) == lines[-1][2] == 400
    assert tables(filled.recipient) == [("govshare_applied",), ("govshare_landing",), ("govshare_ledger",), ("t",)]


@pytest.mark.article("CD2016-24")
def test_an_empty_table_arrives_empty(pair):
    pair.table("t", "n int PRIMARY KEY, v varchar(200), w int")

    delivery = pair.deliver(selected(pair))

    assert (delivery.source, pair.recipient.rows("t")) == (Digest(form=Form.TEXT), [])


@pytest.mark.article("CD2016-24")
def test_rows_changed_while_a_load_runs_do_not_reach_it(filled):
    before = filled.provider.rows("t")

    def change(progress):
        if progress.line and progress.line.chunk == 2:
            filled.provider.run("DELETE FROM {s}.t WHERE mod(n, 3) = 0")
            filled.provider.run("UPDATE {s}.t SET v = 'changed'")

    filled.deliver(selected(filled), watch=change, chunk=SMALL)

    assert filled.recipient.rows("t") == before


@pytest.mark.article("CD2016-24", "CD2016-34")
def test_every_step_of_a_load_can_be_the_last_one_and_nothing_is_lost_or_doubled(filled):
    steps = []
    first = filled.load(selected(filled), chunk=SMALL)
    full_load(first, steps.append)
    chosen = range(1, len(steps) + 1, max(len(steps) // 6, 1))

    for attempt, step in enumerate(chosen, 2):
        run = replace(first, run=uuid4(), token=2 * attempt)
        wait(forked(lambda run=run, step=step: full_load(run, die_at(step))))
        fill(filled.provider, 400 + 10 * attempt, 400 + 10 * attempt + 3)
        filled.provider.run(f"DELETE FROM {{s}}.t WHERE n = {attempt * 7}")
        filled.provider.run(f"UPDATE {{s}}.t SET w = w + 1 WHERE n = {attempt * 5}")
        delivery = full_load(replace(run, token=2 * attempt + 1), lambda _: None)

        assert filled.recipient.rows("t") == filled.provider.rows("t"), f"killed at step {step} of {len(steps)}"
        assert delivery.source == delivery.target
        assert tables(filled.recipient) == [("govshare_applied",), ("govshare_landing",), ("govshare_ledger",), ("t",)]


def die_at(step):
    """A watch that kills its process the ``step``-th time it is called."""
    calls = iter(range(1, step + 1))

    def watch(_):
        if next(calls) == step:
            os.kill(os.getpid(), signal.SIGKILL)

    return watch


@pytest.mark.article("CD2016-24")
def test_after_a_crash_only_what_differs_is_fetched_again(filled):
    first = filled.load(selected(filled), chunk=SMALL)
    wait(forked(lambda: full_load(first, lambda at: os.kill(os.getpid(), signal.SIGKILL) if at.line and at.line.chunk == 3 else None)))
    filled.provider.run("UPDATE {s}.t SET w = 99 WHERE n IN (3, 300)")
    filled.provider.run("DELETE FROM {s}.t WHERE n = 5")

    delivery = full_load(replace(first, token=2), filled.watched.append)

    kinds = [kind for (kind,) in filled.recipient.run("SELECT kind FROM {s}.govshare_ledger ORDER BY chunk")]
    assert kinds[:4] == ["load", "load", "load", "reconcile"]
    assert filled.recipient.rows("t") == filled.provider.rows("t")
    assert delivery.source.rows == 399


@pytest.mark.article("CD2016-34")
def test_a_worker_that_was_replaced_cannot_commit_another_chunk(filled):
    load = filled.load(selected(filled), chunk=SMALL)
    delivered = []

    def overtake(progress):
        if progress.line and progress.line.chunk == 2 and not delivered:
            delivered.append(full_load(replace(load, token=2), filled.watched.append))

    with pytest.raises((Fenced, Broken)):
        full_load(load, overtake)

    assert filled.recipient.rows("t") == filled.provider.rows("t")
    assert filled.recipient.run("SELECT token FROM {s}.govshare_ledger WHERE kind = 'deliver'") == [(2,)]


def test_a_worker_killed_after_the_delivery_does_not_deliver_twice(filled):
    load = filled.load(selected(filled), chunk=SMALL)
    first = full_load(load, lambda _: None)
    filled.provider.run("DELETE FROM {s}.t")

    again = full_load(replace(load, token=2), lambda _: None)

    assert (again.snapshot, again.source, again.chain, again.chunks) == (first.snapshot, first.source, first.chain, first.chunks)
    assert len(filled.recipient.rows("t")) == 400


def test_what_is_abandoned_leaves_nothing_but_what_was_delivered_before(filled):
    load = filled.load(selected(filled), chunk=SMALL)
    delivered = full_load(load, lambda _: None)
    second = replace(load, run=uuid4(), token=2, least=1000)
    with pytest.raises(TransferFailed):
        full_load(second, lambda _: None)
    place = {"target": load.target, "schema": load.schema, "table": load.table, "transfer": load.transfer}

    nothing = abandon(**place, run=second.run, token=3)
    too_late = abandon(**place, run=load.run, token=4)

    assert nothing is None
    assert (too_late.snapshot, too_late.chain) == (delivered.snapshot, delivered.chain)
    assert tables(filled.recipient) == [("govshare_applied",), ("govshare_landing",), ("govshare_ledger",), ("t",)]


def test_a_key_the_source_holds_twice_delivers_nothing(pair):
    pair.table("t", "n int NOT NULL, v varchar(9), w int", "(1, 'a', 1)", "(1, 'b', 1)")

    with pytest.raises(DuplicateKey):
        pair.deliver(selected(pair))

    assert ("t",) not in tables(pair.recipient)


@pytest.mark.article("CD2016-12.2")
def test_a_table_that_is_not_ours_is_not_replaced(filled):
    filled.recipient.run("CREATE TABLE {s}.t (v varchar(9))")
    filled.recipient.run("INSERT INTO {s}.t VALUES ('own')")

    with pytest.raises(Drift, match="不是平台交付的"):
        filled.deliver(selected(filled))

    assert filled.recipient.rows("t") == [("own",)]


def test_a_table_without_a_key_arrives_whole(pair):
    pair.table("t", "n int, v varchar(200), w int", "(1, 'a', 1)", "(1, 'a', 1)", "(NULL, NULL, NULL)")

    delivery = pair.deliver(pair.selection("t", "n", "v", "w"))

    assert sorted(map(str, pair.recipient.rows("t"))) == sorted(map(str, pair.provider.rows("t")))
    assert delivery.source.rows == 3


def test_keys_that_differ_only_in_case_width_or_trailing_spaces_stay_apart(pg_my):
    keys = ["a", "A", "a ", "\uff41", "á"]
    pg_my.table("t", "k varchar(20) PRIMARY KEY, v int")
    for n, key in enumerate(keys):
        pg_my.provider.run("INSERT INTO {s}.t VALUES (%s, %s)", [key, n])

    pg_my.deliver(pg_my.selection("t", "k", "v", key=("k",)))

    assert pg_my.recipient.rows("t", "k", "v") == [(key,) for key in keys]


def test_a_key_of_any_texts_is_bounded_and_a_longer_value_stops_the_load(pg_my):
    pg_my.table("t", "a text, b varchar(1000), v int, PRIMARY KEY (a, b)")
    pg_my.provider.run("INSERT INTO {s}.t VALUES ('x', 'y', 1)")
    first = pg_my.deliver(pg_my.selection("t", "a", "b", "v", key=("a", "b")))
    pg_my.provider.run("INSERT INTO {s}.t VALUES (repeat('x', 256), 'y', 1)")

    with pytest.raises(Broken, match=r"放不下.* a$"):
        pg_my.deliver(pg_my.selection("t", "a", "b", "v", key=("a", "b")))

    assert [field.type for field in first.fields] == ["varchar(255)", "varchar(255)", "int"]
    assert pg_my.recipient.rows("t") == [("x", "y", 1)]


def test_many_long_texts_do_not_break_the_limit_of_a_row(pg_my):
    pg_my.table("t", "n int PRIMARY KEY, " + ", ".join(f"c{n} varchar(4000)" for n in range(12)))
    pg_my.provider.run("INSERT INTO {s}.t (n, c0, c11) VALUES (1, repeat('长', 4000), repeat('长', 4000))")

    delivery = pg_my.deliver(pg_my.selection("t", "n", *(f"c{n}" for n in range(12)), key=("n",)))

    assert delivery.source == delivery.target
    assert pg_my.recipient.rows("t", "CHAR_LENGTH(c0), CHAR_LENGTH(c11)") == [(4000, 4000)]


@pytest.mark.article("CD2016-34")
def test_masks_hashes_and_conditions_mean_the_same_in_both_engines(fronts, my_pg):
    rows = [
        ("ab", "510104199001011237", 1),
        ("张三丰", "5", 2),
        ("😀😀😀😀", None, 3),
        ("", "x" * 18, 4),
        (None, "\\", 5),
        ("d1", "D1", 6),
        ("D1 ", "d1", 7),
    ]
    for front in (fronts.provider, my_pg.provider):
        front.run("CREATE TABLE {s}.t (name varchar(20), id_number varchar(18), n int)")
        front.readable("t")
        for row in rows:
            front.run("INSERT INTO {s}.t VALUES (%s, %s, %s)", list(row))
    columns = (
        Column("name", "masked", treatment=Treatment.MASK, head=1, tail=1),
        Column("id_number", "hashed", treatment=Treatment.KEYED_HASH),
        Column("n", "n"),
    )
    every = [
        (),
        (Condition("name", Operator.EQ, ("d1",)),),
        (Condition("name", Operator.NE, ("d1",)),),
        (Condition("name", Operator.IN, ("D1 ", "张三丰", "")),),
        (Condition("name", Operator.PREFIX, ("张",)),),
        (Condition("name", Operator.PREFIX, ("D",)),),
        (Condition("name", Operator.IS_NULL),),
        (Condition("n", Operator.BETWEEN, (2, 4)), Condition("id_number", Operator.NOT_NULL)),
        (Condition("n", Operator.GE, (Decimal("5.0"),)),),
        (Condition("id_number", Operator.EQ, ("' OR 1=1 -- \\",)),),
        (Condition("id_number", Operator.EQ, ("\\",)),),
    ]
    for number, conditions in enumerate(every):
        arrived = []
        for source in (fronts.provider, my_pg.provider):
            pair = Fronts(source, fronts.recipient)
            table = f"t{number}_{len(arrived)}"
            pair.deliver(pair.selection("t", *columns, conditions=conditions), hash_key=bytes(range(32)), table=table)
            arrived.append(fronts.recipient.rows(table, "masked, hashed, n", "n"))

        assert arrived[0] == arrived[1], conditions
