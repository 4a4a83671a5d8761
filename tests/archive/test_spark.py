"""Spark gives DuckDB's answers: the same rows, the same bodies, in the same order. A test run of its own: ``make test-spark``."""

import os
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from govshare.archive import layout, parquet
from govshare.archive.search import cold
from govshare.archive.search.criteria import Criteria, Placed
from govshare.audit.rules import Entry
from tests.archive.test_parquet import rows
from tests.audit.actors import CIVIL_AFFAIRS, HOUSING, NOW, TAX, person

pytestmark = [
    pytest.mark.spark,
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::ResourceWarning"),
]

ODD = "'; DROP TABLE x; -- \\ \" % 引号\u2028\t"
LONG = "长" * 230
NUMBER = "1" * 200


def written(place):
    """One of three thousand entries of many kinds, none of which is told apart by one field alone."""
    by = person((CIVIL_AFFAIRS, HOUSING, TAX)[place % 3])
    return Entry(
        at=NOW + timedelta(minutes=7 * place, microseconds=place * 977 % 1_000_000),
        action=("gateway:person:query", "gateways:person:query", "exchange:chunk:commit")[place % 7 % 3],
        basis="CD2016-26",
        rule_set="CD2016/1",
        by=replace(by, id=f"{by.id}-{place % 11}"),
        outcome="refused" if place % 13 == 0 else "allowed",
        reason=ODD if place % 17 == 0 else "",
        about=(LONG + str(place % 2), ODD, NUMBER)[place % 5] if place % 5 < 3 else f"A-{place}",
        resource=f"306001/{place % 4:06}",
        grant=f"SQ-{place % 9}" if place % 2 else "",
        subject=f"hmac-sha256:{place % 50:064x}",
        request_id=str(UUID(int=(place << 80) | 7 << 76 | 2 << 62 | place)) if place % 3 else f"request {place}",
        parties=frozenset({TAX} if place % 4 == 0 else ()),
        counts={"rows": place, "bytes": 2**60},
        detail={"第一": ODD, "z": ""},
    )


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    """Three segments; batches of seven, which the segments' edges cut."""
    directory = tmp_path_factory.mktemp("archive")
    given = rows([written(place).canonical() for place in range(3072)], batch=5, per_batch=7)
    segments = []
    for first, end in ((0, 512), (512, 2560), (2560, 3072)):
        folder = directory / layout.segment_name(first, end)
        made = parquet.write(folder, first=first, rows=[given.slice(first, end - first)])
        files = (str(folder / layout.ENTRIES), str(folder / layout.BATCHES))
        segments.append(cold.Segment(made.first, made.end, made.since, made.until, *files))
    return directory, segments


@pytest.fixture(scope="module")
def spark():
    """Two worker processes; the JVM's own messages go where nobody reads them."""
    pytest.importorskip("pyspark", reason="the extra spark is not installed: make test-spark")
    os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
    from govshare.archive import spark as module

    session = module.session()
    session.sparkContext.setLogLevel("ERROR")
    yield session
    session.stop()


QUESTIONS = {
    "everything": Criteria(),
    "subject": Criteria(subject=f"hmac-sha256:{7:064x}"),
    "no subject of ours": Criteria(subject="hmac-sha256:" + "f" * 64),
    "party": Criteria(party=TAX),
    "persons": Criteria(actors=("person-of-1-3", "person-of-3-5", ODD)),
    "department and outcome": Criteria(organization=HOUSING, outcome="refused"),
    "action": Criteria(action="exchange:chunk:commit"),
    "beginning of an action": Criteria(action="gateway:"),
    "grants": Criteria(grants=("SQ-1", "SQ-8"), resource="306001/000001"),
    "grant": Criteria(grant="SQ-3"),
    "time": Criteria(since=NOW + timedelta(days=3), until=NOW + timedelta(days=3, hours=5, microseconds=1)),
    "odd text": Criteria(about=ODD),
    "long text": Criteria(about=LONG),
    "text as long as a column": Criteria(about=NUMBER),
    "all together": Criteria(
        party=CIVIL_AFFAIRS, action="gateway:", outcome="allowed", since=NOW + timedelta(days=2), grants=("SQ-3", "SQ-5")
    ),
}


@pytest.mark.article("CD2016-26")
@pytest.mark.parametrize("asked", QUESTIONS.values(), ids=QUESTIONS)
def test_spark_finds_the_rows_of_the_search_in_the_same_order(archive, spark, settings, asked):
    from govshare.archive import spark as module

    directory, segments = archive
    settings.GOVSHARE_ARCHIVE = str(directory)

    start = Placed(2561)  # inside the newest segment
    assert module.placed(spark, asked, segments, start=start, limit=40) == cold.placed(asked, segments, start=start, limit=40)
    counted, complete = cold.tally(asked, segments, most=10**6)
    expected = Counter({(one.action, one.outcome, one.organization, one.day): 0 for one in counted})
    for one in counted:
        expected[one.action, one.outcome, one.organization, one.day] += one.n
    assert complete
    assert {(one.action, one.outcome, one.organization, one.day): one.n for one in module.tally(spark, asked, segments)} == expected


def test_every_body_is_rebuilt_byte_for_byte(archive, spark):
    from govshare.archive import spark as module

    _, segments = archive

    found = module.placed(spark, Criteria(), segments, start=Placed(2**62), limit=5000)

    assert [row.body.encode() for row in reversed(found)] == [written(place).canonical() for place in range(3072)]
    assert [(row.batch, row.ordinal, row.index) for row in found] == [(5 + place // 7, place % 7, place) for place in reversed(range(3072))]


def test_what_nothing_can_answer_is_not_asked(archive, spark):
    from govshare.archive import spark as module

    _, segments = archive

    assert module.placed(spark, Criteria(actors=()), segments, start=Placed(9), limit=5) == []
    assert module.tally(spark, Criteria(), []) == []
