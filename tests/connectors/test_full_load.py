"""A full load equals one named snapshot of the source, every row of it once, and says so on both sides; or it delivers nothing."""

import threading
from hashlib import sha256
from uuid import uuid4

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg import sql

from govshare.connectors import Column, Condition, Operator, Treatment
from govshare.connectors.digest import Digest, digest, link
from govshare.connectors.errors import Broken, Drift, DuplicateKey, Fenced, Reshaped, Shrunken, TransferFailed
from govshare.connectors.full import abandon, full_load
from govshare.connectors.postgres import connect
from govshare.connectors.postgres.stream import copy_out

BLOCK = 8192  # one block of the source's file per chunk

#: Type, and values that some tool or other changes on the way.
HARD = [
    ("numeric(38,10)", ["12345678901234567890123456.0123456789", "-0.0000000001", "'NaN'"]),
    ("numeric", ["'Infinity'", "'-Infinity'", "'NaN'", "1e400", "0.00", "100"]),
    ("float8", ["'NaN'", "'-Infinity'", "0.1", "5e-324", "'-0'"]),
    ("real", ["'NaN'", "3.4028235e38", "0.1"]),
    ("bigint", ["9223372036854775807", "-9223372036854775808"]),
    ("time", ["'24:00'", "'23:59:59.999999'"]),
    ("timetz", ["'24:00+08'", "'00:00-15:59'"]),
    ("date", ["'infinity'", "'-infinity'", "'4713-01-01 BC'", "'5874897-12-31'"]),
    ("timestamp", ["'infinity'", "'294276-12-31 23:59:59.999999'", "'2016-06-25 00:00'"]),
    ("timestamptz", ["'infinity'", "'2016-05-26 08:00+08'", "'0001-01-01 BC'"]),
    ("interval", ["'1 year 2 months 3 days 04:05:06.789'", "'-178000000 years'"]),
    ("text", ["''", "'𠮷野家😀'", "U&'\\FF10\\FF101'", "E'a\\tb\\nc\\\\d\\\\N'", "' 前后空格 '", "E'\\u200b'", "repeat('长', 40000)"]),
    ("varchar(18)", ["'051010419900101123'", "''"]),
    ("char(18)", ["'510104199001011X'", "'5   '"]),
    ("bytea", ["'\\x00ff00'", "''", "decode(repeat('ab', 30000), 'hex')"]),
    ("jsonb", ['\'{"b": 1.0, "a": [null, "\\u0001"]}\'', "'1e100'"]),
    ("json", ['\'{"b":1,  "b":2}\'']),
    ("text[]", ["ARRAY['', NULL, 'a,b', '{\"x\"}']", "'{}'", "ARRAY[['1','2'],['3','4']]"]),
    ("int[]", ["'[0:2]={1,2,3}'", "ARRAY[NULL]::int[]"]),
    ("uuid", ["'00000000-0000-0000-0000-000000000000'"]),
    ("inet", ["'fe80::1/64'", "'10.0.0.1'"]),
    ("bit varying(12)", ["B'000000000000'", "B''"]),
    ("boolean", ["true", "false"]),
    ("int4range", ["'empty'", "'[1,5)'", "'(,)'"]),
    ("point", ["'(1.5,NaN)'"]),
    ("xml", ["'<甲 a=\"1\"/>'"]),
]


def spelled(front, table, column="v"):
    """Values as their own database writes them, in a way that shows every difference."""
    return front.run(f"SELECT {column}::text, pg_typeof({column})::text, {column} IS NULL FROM {{s}}.{table} ORDER BY n")


@pytest.mark.article("CD2016-24")
@pytest.mark.parametrize(("kind", "values"), HARD, ids=[kind for kind, _ in HARD])
def test_no_value_changes_on_the_way(fronts, kind, values):
    fronts.table("t", f"n int PRIMARY KEY, v {kind}", *(f"({n}, {value})" for n, value in enumerate([*values, "NULL"])))

    delivery = fronts.deliver(fronts.selection("t", "n", "v", key=("n",)))

    assert spelled(fronts.recipient, "t") == spelled(fronts.provider, "t")
    assert delivery.source == delivery.target
    assert delivery.source.rows == len(values) + 1


def test_the_recipients_columns_have_the_sources_types_and_key(fronts):
    fronts.table(
        "t", "a varchar(18) NOT NULL, b numeric(38,10), c timestamptz, d char(2) NOT NULL, PRIMARY KEY (d, a)", "('x', 1, now(), 'y')"
    )

    fronts.deliver(fronts.selection("t", "b", Column("a", "甲"), "c", "d", key=("d", "a")))

    columns = fronts.recipient.run(
        "SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute"
        " WHERE attrelid = '{s}.t'::regclass AND attnum > 0 ORDER BY attnum"
    )
    key = fronts.recipient.run("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = '{s}.t'::regclass AND contype = 'p'")
    assert columns == [
        ("b", "numeric(38,10)"),
        ("甲", "character varying(18)"),
        ("c", "timestamp with time zone"),
        ("d", "character(2)"),
    ]
    assert key == [('PRIMARY KEY (d, "甲")',)]


@pytest.mark.article("CD2016-24")
@pytest.mark.parametrize("key", [(), ("n",)], ids=["no key", "key"])
def test_a_table_of_many_chunks_arrives_whole(fronts, key):
    fronts.table("t", "n int NOT NULL, v text")
    fronts.provider.run("INSERT INTO {s}.t SELECT n % 900, repeat('x', n % 300) FROM generate_series(1, 900) n")

    delivery = fronts.deliver(fronts.selection("t", "n", "v", key=key), chunk=BLOCK)

    assert delivery.chunks > 10
    assert fronts.recipient.rows("t", order="1, 2") == fronts.provider.rows("t", order="1, 2")


def test_an_empty_table_arrives_empty(fronts):
    fronts.table("t", "n int PRIMARY KEY")

    delivery = fronts.deliver(fronts.selection("t", "n", key=("n",)))

    assert (delivery.source, fronts.recipient.rows("t")) == (Digest(), [])


@pytest.mark.parametrize(
    "make",
    [
        "CREATE VIEW {s}.t AS SELECT n, v FROM {s}.base",
        "CREATE MATERIALIZED VIEW {s}.t AS SELECT n, v FROM {s}.base",
        "CREATE TABLE {s}.t (n int, v text) PARTITION BY RANGE (n); CREATE TABLE {s}.t1 PARTITION OF {s}.t FOR VALUES FROM (0) TO (500);"
        " CREATE TABLE {s}.t2 PARTITION OF {s}.t DEFAULT; INSERT INTO {s}.t TABLE {s}.base",
        "CREATE TABLE {s}.t (n int, v text); CREATE TABLE {s}.child () INHERITS ({s}.t); INSERT INTO {s}.child TABLE {s}.base",
    ],
    ids=["view", "materialized view", "partitions", "inheritance"],
)
def test_views_and_divided_tables_arrive_whole_too(fronts, make):
    fronts.table("base", "n int, v text")
    fronts.provider.run("INSERT INTO {s}.base SELECT n, repeat('x', n % 300) FROM generate_series(1, 900) n")
    fronts.provider.run(make)
    fronts.provider.readable("t")

    delivery = fronts.deliver(fronts.selection("t", "n", "v"), chunk=BLOCK)

    assert fronts.recipient.rows("t") == fronts.provider.rows("t")
    assert delivery.source.rows == 900


@pytest.mark.parametrize(("columns", "chunks"), [(("n", "v"), 1), (("ctid", "n", "v"), 20)], ids=["without ctid", "with ctid"])
def test_an_account_with_rights_on_columns_loads_in_chunks_if_it_may_read_ctid(fronts, columns, chunks):
    fronts.provider.run("CREATE TABLE {s}.t (n int, v text, secret text)")
    fronts.provider.run("INSERT INTO {s}.t SELECT n, repeat('x', 150), 's' FROM generate_series(1, 900) n")
    fronts.provider.readable("t", *columns)

    delivery = fronts.deliver(fronts.selection("t", "n", "v"), chunk=BLOCK)

    assert delivery.chunks >= chunks
    assert fronts.recipient.rows("t") == fronts.provider.rows("t", "n, v")


@pytest.mark.article("CD2016-34")
def test_only_what_was_granted_arrives_and_an_account_that_can_read_no_more_is_enough(fronts):
    fronts.provider.run("CREATE TABLE {s}.t (n int PRIMARY KEY, name text, phone text, secret text, district text, id_number text)")
    fronts.provider.run("INSERT INTO {s}.t SELECT n, '居民' || n, '138' || n, 's', 'd' || n % 2, 'i' FROM generate_series(10, 29) n")
    fronts.provider.readable("t", "n", "name", "phone", "district")
    selection = fronts.selection(
        "t",
        "n",
        Column("name", "name", treatment=Treatment.MASK, head=1),
        Column("phone", "phone", treatment=Treatment.KEYED_HASH),
        Column("id_number", "id_number", treatment=Treatment.QUERY_KEY),
        key=("n",),
        conditions=(Condition("district", Operator.EQ, ("d1",)),),
    )

    fronts.deliver(selection, hash_key=b"key")

    arrived = fronts.recipient.rows("t")
    assert [row[0] for row in arrived] == list(range(11, 30, 2))
    assert {row[1] for row in arrived} == {"居***"}
    assert all(len(row) == 3 and len(row[2]) == 64 for row in arrived)


@pytest.mark.article("CD2016-24")
def test_rows_changed_while_a_load_runs_do_not_reach_it(fronts):
    fronts.table("t", "n int PRIMARY KEY, v text")
    fronts.provider.run("INSERT INTO {s}.t SELECT n, repeat('x', 200) FROM generate_series(1, 900) n")
    before = fronts.provider.rows("t")

    def change(progress):
        if progress.line and progress.line.chunk == 3:
            fronts.provider.run("DELETE FROM {s}.t WHERE n % 3 = 0")
            fronts.provider.run("UPDATE {s}.t SET v = 'changed'")
            fronts.provider.run("INSERT INTO {s}.t SELECT n, 'new' FROM generate_series(901, 1500) n")

    fronts.deliver(fronts.selection("t", "n", "v", key=("n",)), watch=change, chunk=BLOCK)

    assert fronts.recipient.rows("t") == before


@pytest.mark.article("CD2016-24")
@pytest.mark.parametrize("columns", [(), ("n",)], ids=["may lock", "may read columns only"])
def test_a_table_emptied_and_filled_again_is_never_taken_for_empty(fronts, columns):
    fronts.provider.run("CREATE TABLE {s}.t (n int)")
    fronts.provider.run("INSERT INTO {s}.t SELECT generate_series(1, 100)")
    fronts.provider.readable("t", *columns)
    deliveries = []
    with psycopg.connect(fronts.provider.admin.info.dsn, password=fronts.provider.admin.info.password) as department:
        department.execute(f"TRUNCATE {fronts.provider.schema}.t")  # type: ignore[arg-type]
        transfer = threading.Thread(target=lambda: deliveries.append(fronts.deliver(fronts.selection("t", "n"))))
        transfer.start()
        _until_waiting(fronts)
        department.execute(f"INSERT INTO {fronts.provider.schema}.t SELECT generate_series(1, 70)")  # type: ignore[arg-type]
        department.commit()
        transfer.join()

    assert deliveries[0].source.rows == 70


def _until_waiting(fronts):
    """Until the platform's session waits for the department's lock."""
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE usename = '{a}' AND wait_event_type = 'Lock'"
    while fronts.provider.run(waiting) == [(0,)]:
        pass


@pytest.mark.article("CD2016-24")
def test_nobody_sees_a_load_before_it_is_delivered_and_readers_keep_their_rights(fronts):
    fronts.table("t", "n int PRIMARY KEY, v text", "(1, 'a')")
    selection = fronts.selection("t", "n", "v", key=("n",))
    transfer = uuid4()
    reader = f"reader_{uuid4().hex[:8]}"
    fronts.recipient.run(f"CREATE ROLE {reader}")
    try:
        fronts.recipient.run(f"GRANT USAGE ON SCHEMA {{s}} TO {reader}")
        fronts.recipient.run(f"ALTER DEFAULT PRIVILEGES FOR ROLE {{a}} IN SCHEMA {{s}} GRANT SELECT ON TABLES TO {reader}")
        fronts.deliver(selection, transfer=transfer)
        fronts.recipient.run(f"GRANT INSERT (n) ON {{s}}.t TO {reader}")
        seen = []

        def look(progress):
            seen.append(fronts.recipient.run(f"SELECT relname FROM pg_class WHERE relnamespace = '{{s}}'::regnamespace AND relkind = 'r'"
                        f" AND relname !~ '^govshare_(la|le|ap)' AND has_table_privilege('{reader}', oid, 'SELECT')"))  # fmt: skip

        fronts.deliver(selection, transfer=transfer, watch=look)

        assert {tuple(tables) for tables in seen} == {(("t",),)}
        rights = f"SELECT has_table_privilege('{reader}', '{{s}}.t', 'SELECT'), has_column_privilege('{reader}', '{{s}}.t', 'n', 'INSERT')"
        assert fronts.recipient.run(rights) == [(True, True)]
    finally:
        fronts.recipient.run(f"DROP OWNED BY {reader}")
        fronts.recipient.run(f"DROP ROLE {reader}")


@pytest.mark.article("CD2016-24")
def test_the_ledger_adds_up_to_what_was_delivered(fronts):
    fronts.table("t", "n int PRIMARY KEY, v text")
    fronts.provider.run("INSERT INTO {s}.t SELECT n, repeat('x', 200) FROM generate_series(1, 900) n")
    run = uuid4()

    delivery = fronts.deliver(fronts.selection("t", "n", "v", key=("n",)), run=run, chunk=BLOCK)

    lines = fronts.recipient.run("SELECT kind, snapshot, rows, digest, chain FROM {s}.govshare_ledger WHERE run = %s ORDER BY chunk", [run])
    total, chain = Digest(), bytes(32)
    for kind, snapshot, rows, row_sum, link_ in lines:
        chunk = Digest(rows, int.from_bytes(row_sum))
        chain = link(chain, snapshot, chunk)
        assert (snapshot, link_) == (delivery.snapshot, chain)
        total = total + chunk if kind == "load" else total
    assert [line[0] for line in lines] == ["load"] * delivery.chunks + ["deliver"]
    assert (total, chain) == (delivery.source, delivery.chain)


def test_a_digest_is_the_same_in_any_order_and_changes_with_any_byte():
    rows = [sha256(bytes([n])).digest() for n in range(100)]

    assert digest(rows) == digest(rows[::-1]) == digest(rows[:40]) + digest(rows[40:])
    assert digest(rows) != digest([*rows, rows[0]])
    assert digest(rows) != digest(rows[1:])
    assert digest(rows) != digest([rows[0][:-1] + b"x", *rows[1:]])
    assert digest([b"ab", b"c"]) != digest([b"a", b"bc"])


@pytest.mark.article("CD2016-12.2")
def test_a_table_that_is_not_ours_is_not_replaced(fronts):
    fronts.table("t", "n int PRIMARY KEY", "(1)")
    fronts.recipient.run("CREATE TABLE {s}.t AS SELECT '本部门自己的表'::text AS v")

    with pytest.raises(Drift, match="不是平台交付的"):
        fronts.deliver(fronts.selection("t", "n", key=("n",)))

    assert fronts.recipient.rows("t") == [("本部门自己的表",)]


def test_a_later_transfer_steps_into_the_place_of_an_earlier_one(fronts):
    fronts.table("t", "n int PRIMARY KEY", "(1)")
    selection = fronts.selection("t", "n", key=("n",))
    fronts.deliver(selection)
    fronts.provider.run("INSERT INTO {s}.t VALUES (2)")

    fronts.deliver(selection)

    assert fronts.recipient.rows("t") == [(1,), (2,)]


def test_what_depends_on_the_delivered_table_is_named_before_anything_moves(fronts):
    fronts.table("t", "n int PRIMARY KEY", "(1)")
    selection, transfer = fronts.selection("t", "n", key=("n",)), uuid4()
    fronts.deliver(selection, transfer=transfer)
    fronts.recipient.run("CREATE VIEW {s}.mine AS SELECT n FROM {s}.t")
    fronts.watched.clear()

    with pytest.raises(Drift) as drift:
        fronts.deliver(selection, transfer=transfer)

    assert [fault.place for fault in drift.value.faults] == [f"{fronts.recipient.schema}.mine"]
    assert fronts.watched == []


def test_a_key_the_source_holds_twice_delivers_nothing(fronts):
    fronts.table("t", "n int, v text", "(1, 'a')", "(1, 'b')")

    with pytest.raises(DuplicateKey):
        fronts.deliver(fronts.selection("t", "n", "v", key=("n",)))

    assert fronts.recipient.run("SELECT to_regclass('{s}.t') IS NULL") == [(True,)]


def test_an_error_names_the_side_and_the_column_and_never_the_value(fronts):
    fronts.table("t", "n int, v text", "(NULL, '绝不外露')")

    with pytest.raises(Broken) as broken:
        fronts.deliver(fronts.selection("t", "n", "v", key=("n",)))

    assert "接收方" in str(broken.value)
    assert "23502" in str(broken.value)
    assert "绝不外露" not in str(broken.value)


def test_a_source_that_shrank_delivers_nothing_and_what_was_loaded_waits(fronts):
    fronts.table("t", "n int PRIMARY KEY", "(1)", "(2)", "(3)")
    selection, transfer = fronts.selection("t", "n", key=("n",)), uuid4()
    fronts.deliver(selection, transfer=transfer)
    fronts.provider.run("DELETE FROM {s}.t WHERE n > 1")
    again = fronts.load(selection, transfer=transfer, token=2, least=2)

    with pytest.raises(Shrunken, match="1 行"):
        full_load(again, fronts.watched.append)
    before = fronts.recipient.rows("t")
    confirmed = full_load(fronts.load(selection, transfer=transfer, run=again.run, token=3), fronts.watched.append)

    assert before == [(1,), (2,), (3,)]
    assert (confirmed.source.rows, fronts.recipient.rows("t")) == (1, [(1,)])


@pytest.mark.article("CD2016-12.2")
def test_a_type_that_changed_since_the_last_delivery_is_named_before_anything_moves(fronts):
    fronts.table("t", "n int PRIMARY KEY, v varchar(10)", "(1, 'a')")
    selection, transfer = fronts.selection("t", "n", "v", key=("n",)), uuid4()
    first = fronts.deliver(selection, transfer=transfer)
    fronts.provider.run("ALTER TABLE {s}.t ALTER v TYPE varchar(50)")

    with pytest.raises(Reshaped, match="由 character varying\\(10\\) 变为 character varying\\(50\\)"):
        fronts.deliver(selection, transfer=transfer, token=2, formerly=first.fields)
    accepted = fronts.deliver(selection, transfer=transfer, token=3)

    assert [field.type for field in accepted.fields] == ["integer", "character varying(50)"]


def test_what_is_abandoned_leaves_nothing_but_what_was_delivered_before(fronts):
    fronts.table("t", "n int PRIMARY KEY", "(1)")
    selection, transfer = fronts.selection("t", "n", key=("n",)), uuid4()
    first = fronts.load(selection, transfer=transfer)
    delivered = full_load(first, fronts.watched.append)
    second = fronts.load(selection, transfer=transfer, token=2, least=5)
    with pytest.raises(Shrunken):
        full_load(second, fronts.watched.append)
    place = {"target": first.target, "schema": first.schema, "table": first.table, "transfer": transfer}

    nothing = abandon(**place, run=second.run, token=3)
    too_late = abandon(**place, run=first.run, token=4)

    assert nothing is None
    assert too_late is not None
    assert (too_late.snapshot, too_late.chain) == (delivered.snapshot, delivered.chain)
    tables = fronts.recipient.run("SELECT relname FROM pg_class WHERE relnamespace = '{s}'::regnamespace AND relkind = 'r' ORDER BY 1")
    assert tables == [("govshare_applied",), ("govshare_landing",), ("govshare_ledger",), ("t",)]


def test_readers_of_the_old_table_are_waited_for(fronts):
    fronts.table("t", "n int PRIMARY KEY", "(1)")
    selection, transfer = fronts.selection("t", "n", key=("n",)), uuid4()
    fronts.deliver(selection, transfer=transfer)
    fronts.provider.run("INSERT INTO {s}.t VALUES (2)")
    with psycopg.connect(fronts.recipient.admin.info.dsn, password=fronts.recipient.admin.info.password) as reader:
        held = reader.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(fronts.recipient.schema, "t"))).fetchone()
        release = threading.Timer(0.5, reader.rollback)

        fronts.deliver(selection, transfer=transfer, watch=lambda p: release.start() if p.phase == "deliver" else None)

    assert held == (1,)
    assert fronts.recipient.rows("t") == [(1,), (2,)]


@pytest.mark.article("CD2016-34")
def test_a_worker_that_was_replaced_cannot_commit_another_chunk(fronts):
    fronts.table("t", "n int PRIMARY KEY, v text")
    fronts.provider.run("INSERT INTO {s}.t SELECT n, repeat('x', 200) FROM generate_series(1, 900) n")
    load = fronts.load(fronts.selection("t", "n", "v", key=("n",)), chunk=BLOCK)
    successor = fronts.load(load.selection, transfer=load.transfer, run=load.run, token=2)
    delivered = []

    def overtake(progress):
        if progress.line and progress.line.chunk == 3 and not delivered:
            delivered.append(full_load(successor, fronts.watched.append))

    with pytest.raises(Fenced):
        full_load(load, overtake)

    assert fronts.recipient.rows("t") == fronts.provider.rows("t")
    assert fronts.recipient.run("SELECT DISTINCT token FROM {s}.govshare_ledger WHERE kind = 'deliver'") == [(2,)]


def test_a_worker_that_hangs_inside_a_chunk_is_ended_by_its_successor(fronts):
    fronts.table("t", "n int PRIMARY KEY", "(1)")
    load = fronts.load(fronts.selection("t", "n", key=("n",)))
    successor = fronts.load(load.selection, transfer=load.transfer, run=load.run, token=2)
    taken_over = threading.Event()

    def hang(progress):
        if progress.phase == "load" and not progress.line:
            thread = threading.Thread(target=lambda: (full_load(successor, fronts.watched.append), taken_over.set()))
            thread.start()
            thread.join()

    with pytest.raises((Broken, Fenced)):
        full_load(load, hang)

    assert taken_over.is_set()
    assert fronts.recipient.rows("t") == [(1,)]


def test_a_load_that_is_told_to_stop_keeps_nothing_of_the_chunk_in_hand(fronts):
    fronts.table("t", "n int PRIMARY KEY, v text")
    fronts.provider.run("INSERT INTO {s}.t SELECT n, repeat('x', 200) FROM generate_series(1, 900) n")
    load = fronts.load(fronts.selection("t", "n", "v", key=("n",)), chunk=BLOCK)

    def stop(progress):
        if progress.line and progress.line.chunk == 3:
            raise TransferFailed("授权已终止")

    with pytest.raises(TransferFailed, match="授权已终止"):
        full_load(load, stop)

    assert fronts.recipient.run("SELECT max(chunk) FROM {s}.govshare_ledger") == [(3,)]
    assert fronts.recipient.run("SELECT to_regclass('{s}.t') IS NULL") == [(True,)]


def test_a_landing_schema_the_account_may_not_write_is_named(fronts):
    fronts.table("t", "n int PRIMARY KEY", "(1)")
    fronts.recipient.run("REVOKE CREATE ON SCHEMA {s} FROM {a}")

    with pytest.raises(Drift, match="无权在其中建表"):
        fronts.deliver(fronts.selection("t", "n", key=("n",)))


texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20)
rows = st.lists(
    st.tuples(st.none() | texts, st.none() | st.decimals(-(10**20), 10**20, places=8), st.none() | st.binary(max_size=20)), max_size=30
)


@pytest.mark.article("CD2016-24")
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=rows)
def test_whatever_rows_there_are_arrive_as_they_are(fronts, rows):
    fronts.provider.run("DROP TABLE IF EXISTS {s}.t")
    fronts.recipient.run("DROP TABLE IF EXISTS {s}.t")
    fronts.table("t", "a text, b numeric, c bytea")
    with fronts.provider.admin.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {fronts.provider.schema}.t VALUES (%s, %s, %s)", rows)

    delivery = fronts.deliver(fronts.selection("t", "a", "b", "c"), chunk=BLOCK)

    order = "1 NULLS FIRST, 2 NULLS FIRST, 3 NULLS FIRST"
    columns = "a, b::text, c"
    assert fronts.recipient.rows("t", columns, order) == fronts.provider.rows("t", columns, order)
    assert delivery.source.rows == len(rows)


def test_a_stream_cut_off_by_an_error_is_an_error_not_an_end(fronts):
    fronts.table("t", "v text", "('1')", "('x')")

    with connect(fronts.provider.conninfo) as connection, pytest.raises(psycopg.errors.InvalidTextRepresentation):
        list(copy_out(connection, sql.SQL("(SELECT v::int FROM {})").format(sql.Identifier(fronts.provider.schema, "t"))))
