"""The made-up tables: always the same, valid where validity can be checked, nobody's where somebody could be meant."""

import re
from itertools import islice

import psycopg
import pytest
from stdnum.cn import ric, uscc

from govshare.catalog.rules.choices import ItemType, Sensitivity
from govshare.demo.data import words
from govshare.demo.data.business import HOUSING_FUND, REAL_ESTATE, SOCIAL_INSURANCE
from govshare.demo.data.divisions import DIVISIONS
from govshare.demo.data.legal_entities import LEGAL_ENTITIES
from govshare.demo.data.residents import RESIDENTS
from govshare.demo.data.tables import create

TABLES = (LEGAL_ENTITIES, RESIDENTS, DIVISIONS, SOCIAL_INSURANCE, HOUSING_FUND, REAL_ESTATE)


@pytest.fixture
def scratch(cluster):
    """A schema that nobody sees, gone afterwards."""
    with psycopg.connect(cluster) as connection:
        connection.execute("CREATE SCHEMA made_up")
        yield connection
        connection.rollback()


def test_every_firm_has_a_valid_credit_code_that_was_never_issued():
    rows = list(LEGAL_ENTITIES.rows(2_000))

    codes = [row[0] for row in rows]

    assert [code for code in codes if not uscc.is_valid(code)] == []
    assert all(code[8:10] == "XN" for code in codes)
    assert len(set(codes)) == 2_000


def test_credit_codes_do_not_repeat_in_two_hundred_thousand_firms():
    codes = {row[0] for row in LEGAL_ENTITIES.rows(200_000)}

    assert len(codes) == 200_000


def test_every_resident_has_a_valid_check_digit_and_no_real_region():
    numbers = [row[0] for row in RESIDENTS.rows(50_000)]

    assert [number for number in numbers if number[-1] != ric.calc_check_digit(number)] == []
    assert all(number.startswith("9901") and not ric.is_valid(number) for number in numbers[:200])
    assert len(set(numbers)) == 50_000


def test_identity_numbers_agree_with_birthday_and_sex():
    for number, _, sex, _, born, *_ in RESIDENTS.rows(3_000):
        assert number[6:14] == born.replace("-", "")
        assert (int(number[16]) % 2 == 1) == (sex == "男")


def test_nobody_bears_these_names_and_nobody_answers_these_numbers():
    for row in RESIDENTS.rows(3_000):
        assert row[1][0] in words.FAMILY_NAMES
        assert row[9].startswith("100")
    for row in LEGAL_ENTITIES.rows(3_000):
        assert row[3][0] in words.FAMILY_NAMES
        assert row[12].startswith("028-00")


def test_the_same_rows_come_every_time():
    for table in TABLES:
        assert list(islice(table.rows(500), 500)) == list(islice(table.rows(500), 500))
        assert list(islice(table.rows(1_000), 500)) == list(islice(table.rows(500), 500))


def test_the_real_table_knows_the_citys_districts():
    in_force = {row[0]: row for row in DIVISIONS.rows(0) if row[6] == "t"}

    assert in_force["510104"][1] == "锦江区"
    assert in_force["510116"][1:4] == ("双流区", "县级", "510100")
    assert in_force["510100"][1:4] == ("成都市", "地级", "510000")
    assert in_force["510000"][1:3] == ("四川省", "省级")
    assert len(in_force) > 3_000


def test_a_former_county_keeps_its_name_and_its_years():
    former = [row for row in DIVISIONS.rows(0) if row[0] == "510122"]

    assert former == [("510122", "双流县", "县级", "510100", "0", "2015", "f")]


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_tables_arrive_whole_with_key_and_comments(scratch, table):
    written = create(scratch, table, schema="made_up", rows=1_500)

    counted = scratch.execute(f"SELECT count(*) FROM made_up.{table.name}").fetchone()
    commented = scratch.execute(
        "SELECT count(*) FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND col_description(attrelid, attnum) <> ''",
        [f"made_up.{table.name}"],
    ).fetchone()
    assert counted == (written,)
    assert commented == (len(table.fields),)
    assert written == 1_500 or table is DIVISIONS


def test_business_tables_name_persons_and_firms_that_are_registered(scratch):
    for table in (RESIDENTS, SOCIAL_INSURANCE, HOUSING_FUND):
        create(scratch, table, schema="made_up")
    create(scratch, LEGAL_ENTITIES, schema="made_up")

    for table in (SOCIAL_INSURANCE, HOUSING_FUND):
        strangers = scratch.execute(
            f"SELECT count(*) FROM made_up.{table.name} b WHERE NOT EXISTS (SELECT FROM made_up.resident r WHERE r.id_number = b.id_number)"
            " OR NOT EXISTS (SELECT FROM made_up.legal_entity e WHERE e.uscc = b.employer)"
        ).fetchone()
        assert strangers == (0,)


def test_fields_use_the_catalogs_words():
    for table in TABLES:
        names = [field.name for field in table.fields]
        assert set(table.key) <= set(names)
        assert all(re.fullmatch(r"[a-z][a-z_]*", name) for name in names)
        assert {field.type for field in table.fields} <= set(ItemType.values)
        assert {field.sensitivity for field in table.fields} <= set(Sensitivity.values)
