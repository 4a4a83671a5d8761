"""What one SELECT lets out of a source: granted columns, treated, of granted rows; proved at the source's own rights."""

import hashlib
import hmac
from datetime import UTC, date, datetime
from decimal import Decimal

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from govshare.connectors import Column, Condition, Operator, Selection, Treatment
from govshare.connectors.errors import Drift
from govshare.connectors.pads import pads
from govshare.connectors.postgres import Blocks, connect, describe, probe, select
from govshare.connectors.postgres.shape import resolve

KEY = b"k" * 32


def fetch(front, selection, *, key=b""):
    with connect(front.conninfo, hash_key=key) as connection:
        return connection.execute(select(selection)).fetchall()


def one(fronts, column, kind, *values):
    """A table ``t`` of one column ``v``; returns what arrives of it, in the order of the values."""
    fronts.table("t", f"n int, v {kind}", *(f"({n}, {value})" for n, value in enumerate(values)))
    rows = fetch(fronts.provider, fronts.selection("t", "n", column), key=KEY)
    return [value for _, value in sorted(rows)]


@pytest.mark.article("CD2016-34")
def test_only_granted_columns_and_row_conditions_stand_in_the_statement():
    selection = Selection(
        "public",
        "resident",
        (Column("name", "xm"), Column("id_number", "sfz", treatment=Treatment.QUERY_KEY)),
        (Condition("district", Operator.EQ, ("510104",)),),
        ("id_number",),
    )

    text = select(selection, within=Blocks(0, 8)).as_string()

    assert text == (
        'SELECT "name" AS "xm" FROM "public"."resident" WHERE "district" = \'510104\' AND ctid >= \'(0,0)\'::tid AND ctid < \'(8,0)\'::tid'
    )


@pytest.mark.article("CD2016-34")
def test_an_account_with_rights_on_the_granted_columns_alone_is_enough(fronts):
    fronts.provider.run("CREATE TABLE {s}.person (name text, id_number text, secret text, district text)")
    fronts.provider.run("INSERT INTO {s}.person VALUES ('张三', '51', 'x', '510104'), ('李四', '52', 'y', '510105')")
    fronts.provider.readable("person", "name", "district")
    granted = fronts.selection("person", "name", conditions=(Condition("district", Operator.EQ, ("510104",)),))

    rows = fetch(fronts.provider, granted)

    assert rows == [("张三",)]
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        fetch(fronts.provider, fronts.selection("person", "secret"))


@given(name=st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=15))
def test_a_name_is_always_quoted(name):
    text = select(Selection("public", name, (Column(name, "c"),))).as_string()

    assert text == 'SELECT "{0}" AS "c" FROM "public"."{0}"'.format(name.replace('"', '""'))


@pytest.mark.parametrize(
    ("kind", "condition", "found"),
    [
        ("int", (Operator.EQ, (2,)), [2]),
        ("int", (Operator.NE, (2,)), [1, 3]),
        ("int", (Operator.LT, (2,)), [1]),
        ("int", (Operator.LE, (2,)), [1, 2]),
        ("int", (Operator.GT, (2,)), [3]),
        ("int", (Operator.GE, (2,)), [2, 3]),
        ("int", (Operator.IN, (1, 3)), [1, 3]),
        ("int", (Operator.BETWEEN, (2, 3)), [2, 3]),
        ("int", (Operator.IS_NULL, ()), [None]),
        ("int", (Operator.NOT_NULL, ()), [1, 2, 3]),
        ("numeric", (Operator.EQ, (Decimal("2.0"),)), [2]),
    ],
)
def test_every_operator_selects_what_it_says(fronts, kind, condition, found):
    fronts.table("t", f"v {kind}", "(1), (2), (3), (NULL)")

    rows = fetch(fronts.provider, fronts.selection("t", "v", conditions=(Condition("v", *condition),)))

    assert sorted((value for (value,) in rows), key=str) == found


@pytest.mark.parametrize(
    ("kind", "stored", "value"),
    [
        ("date", "'2016-05-26'", date(2016, 5, 26)),
        ("timestamptz", "'2016-05-26 00:00Z'", datetime(2016, 5, 26, tzinfo=UTC)),
        ("boolean", "true", True),
        ("text", "'o''brien \\ %s {} \"'", "o'brien \\ %s {} \""),
    ],
)
def test_values_of_every_type_are_literals_never_text_of_the_statement(fronts, kind, stored, value):
    fronts.table("t", f"v {kind}", f"({stored})")

    rows = fetch(fronts.provider, fronts.selection("t", "v", conditions=(Condition("v", Operator.EQ, (value,)),)))

    assert rows == [(value,)]


def test_a_prefix_is_taken_literally(fronts):
    fronts.table("t", "v text", "('50%_a')", "('50xxa')")

    rows = fetch(fronts.provider, fronts.selection("t", "v", conditions=(Condition("v", Operator.PREFIX, ("50%",)),)))

    assert rows == [("50%_a",)]


@pytest.mark.article("CD2016-25.2")
def test_a_mask_leaves_the_ends_and_hides_short_values_whole(fronts):
    masked = Column("v", "v", treatment=Treatment.MASK, head=3, tail=2)

    arrived = one(fronts, masked, "text", "'510104199001011234'", "'123456'", "'12345'", "'1'", "''", "NULL", "'成都市锦江区政府'")

    assert arrived == ["510*************34", "123*56", "*****", "*", "", None, "成都市***政府"]


@given(value=st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])), head=st.integers(0, 6), tail=st.integers(0, 6))
def test_a_mask_never_shows_a_value_whole(front_databases, value, head, tail):
    provider, _ = front_databases
    column = Column("v", "v", treatment=Treatment.MASK, head=head, tail=tail)
    statement = select(Selection("pg_temp", "t", (column,)))

    with provider.admin.transaction(force_rollback=True):
        provider.admin.execute("CREATE TEMP TABLE t AS SELECT %s::text AS v", [value])
        ((masked,),) = provider.admin.execute(statement).fetchall()

    assert len(masked) == len(value)
    assert masked.count("*") >= (1 if value else 0)
    assert all(shown in {"*", real} for shown, real in zip(masked, value, strict=True))


@pytest.mark.article("CD2016-25.2")
def test_a_keyed_hash_is_hmac_sha_256_of_the_value_and_null_stays_null(fronts):
    hashed = Column("v", "v", treatment=Treatment.KEYED_HASH)

    arrived = one(fronts, hashed, "text", "'510104199001011234'", "''", "'𠮷野家'", "NULL")

    expected = [hmac.new(KEY, value.encode(), hashlib.sha256).hexdigest() for value in ("510104199001011234", "", "𠮷野家")]
    assert arrived == [*expected, None]


@given(key=st.binary(min_size=1, max_size=64), message=st.binary(max_size=200))
def test_the_two_pads_make_an_hmac(key, message):
    inner, outer = pads(key)

    assert hashlib.sha256(outer + hashlib.sha256(inner + message).digest()).digest() == hmac.digest(key, message, "sha256")


@pytest.mark.article("CD2016-34")
def test_the_hash_key_is_in_no_statement_and_not_in_the_session_list(fronts):
    fronts.table("t", "v text", "('a')")
    selection = fronts.selection("t", Column("v", "v", treatment=Treatment.KEYED_HASH))
    secrets = [KEY.hex(), *(pad.hex() for pad in pads(KEY))]

    with connect(fronts.provider.conninfo, name="hashing", hash_key=KEY) as connection:
        connection.execute(select(selection)).fetchall()
        seen = fronts.provider.run("SELECT row_to_json(a)::text FROM pg_stat_activity a WHERE application_name = 'hashing'")

    assert len(seen) == 1
    assert not any(secret in text for secret in secrets for text in (seen[0][0], select(selection).as_string()))


def test_text_made_from_values_is_spelled_the_same_whatever_the_server_is_set_to(fronts):
    fronts.provider.run("ALTER ROLE {a} SET datestyle = 'German'")
    fronts.provider.run("ALTER ROLE {a} SET timezone = 'Asia/Shanghai'")
    try:
        arrived = one(fronts, Column("v", "v", treatment=Treatment.MASK, head=25), "timestamptz", "'2016-05-26 08:00+08'")
    finally:
        fronts.provider.run("ALTER ROLE {a} RESET ALL")

    assert arrived == ["*" * len("2016-05-26 00:00:00+00")]


@pytest.mark.article("CD2016-12.2")
def test_what_no_longer_fits_is_named_before_anything_moves(fronts):
    fronts.provider.run("CREATE TABLE {s}.t (a text, b text, c text)")
    fronts.provider.readable("t", "a", "b")
    selection = fronts.selection(
        "t",
        Column("a", "a", type="N"),
        Column("b", "b", type="T"),
        Column("c", "c"),
        Column("gone", "gone"),
        conditions=(Condition("also_gone", Operator.IS_NULL),),
    )
    typed = fronts.selection("t", Column("a", "a", type="N"), Column("b", "b", type="T"))

    with connect(fronts.provider.conninfo) as connection:
        with pytest.raises(Drift) as absent:
            resolve(connection, selection)
        with pytest.raises(Drift) as mistyped:
            resolve(connection, typed)
        with pytest.raises(Drift) as nothing:
            resolve(connection, fronts.selection("nowhere", "a"))

    assert [fault.place for fault in absent.value.faults] == ["c", "gone", "also_gone"]
    assert [fault.place for fault in mistyped.value.faults] == ["a", "b"]
    assert [fault.place for fault in nothing.value.faults] == [f"{fronts.provider.schema}.nowhere"]


def test_types_that_only_the_source_knows_arrive_as_text_and_money_as_a_number(fronts):
    fronts.provider.run("CREATE TYPE {s}.mood AS ENUM ('好', '坏')")
    fronts.provider.run("CREATE DOMAIN {s}.code AS varchar(18)")
    fronts.table(
        "t", f"a {fronts.provider.schema}.mood, b {fronts.provider.schema}.mood[], c {fronts.provider.schema}.code, d money, e int"
    )
    selection = fronts.selection("t", "a", "b", "c", "d", Column("e", "e", type="C"))

    with connect(fronts.provider.conninfo) as connection:
        shape = resolve(connection, selection)

    assert [field.type for field in shape.fields] == ["text", "text[]", "character varying(18)", "numeric", "text"]


def test_a_key_arrives_only_whole(fronts):
    fronts.table("t", "a int, b int, c int, PRIMARY KEY (a, b)")

    def key(*columns, of=("a", "b")):
        with connect(fronts.provider.conninfo) as connection:
            return resolve(connection, fronts.selection("t", *columns, key=of)).key

    assert key("a", Column("b", "bb")) == ("a", "bb")
    assert key("a", Column("b", "b", treatment=Treatment.KEYED_HASH)) == ("a", "b")
    assert key("a", Column("b", "b", treatment=Treatment.MASK)) == ()
    assert key("a", Column("b", "b", treatment=Treatment.QUERY_KEY)) == ()
    assert key("a", "c") == ()
    assert key("a", "b", of=()) == ()


@pytest.mark.article("CD2016-40(5)")
def test_a_probe_says_what_an_account_could_change(fronts):
    fronts.provider.run("CREATE TABLE {s}.t (a int, b int)")
    before = probe(fronts.provider.conninfo)
    fronts.provider.run("GRANT UPDATE (b) ON {s}.t TO {a}")

    after, recipient, admin = probe(fronts.provider.conninfo), probe(fronts.recipient.conninfo), probe(fronts.provider.admin)

    assert before.read_only
    assert (before.engine, before.database, before.account) == ("postgresql", fronts.provider.database, fronts.provider.account)
    assert after.writable == (f"{fronts.provider.schema}.t",)
    assert not after.read_only
    assert recipient.creatable == (fronts.recipient.schema,)
    assert admin.superuser


@pytest.mark.article("CD2016-12.2")
def test_a_description_holds_what_the_account_may_read_and_no_more(fronts):
    fronts.provider.run("CREATE TABLE {s}.resident (id char(18) PRIMARY KEY, name varchar(50) NOT NULL, secret text)")
    fronts.provider.run("COMMENT ON COLUMN {s}.resident.name IS '姓名'")
    fronts.provider.run("CREATE TABLE {s}.hidden (a int)")
    fronts.provider.run("CREATE VIEW {s}.seen AS SELECT name FROM {s}.resident")
    fronts.provider.run("CREATE TABLE {s}.pair (b int NOT NULL, a int NOT NULL, c int UNIQUE, UNIQUE (b, a))")
    fronts.provider.readable("resident", "id", "name")
    fronts.provider.readable("seen")
    fronts.provider.readable("pair")

    pair, resident, seen = describe(fronts.provider.conninfo, fronts.provider.schema)

    assert [(c.name, c.type, c.nullable, c.comment) for c in resident.columns] == [
        ("id", "character(18)", False, ""),
        ("name", "character varying(50)", False, "姓名"),
    ]
    assert (resident.name, resident.key, resident.kind) == ("resident", ("id",), "table")
    assert (seen.name, seen.key, seen.kind) == ("seen", (), "view")
    assert (pair.name, pair.key) == ("pair", ("b", "a"))
