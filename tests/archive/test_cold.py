"""What is sealed is found as what is hot: the same rows in the same order, the same counts, whatever is asked."""

import random
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from govshare.archive import layout
from govshare.archive import services as archive
from govshare.archive.search import cold, engine, merged, shelf
from govshare.archive.search.criteria import Criteria, before
from govshare.archive.services import subject_of
from govshare.audit import services as audit
from tests.audit.actors import AUDITOR, CIVIL_AFFAIRS, HOUSING, LAW, NOW, TAX, person

PEOPLE = ("51010419900101001X", "510104199202020028", "91510100MA61RKQX1T")
BODIES = (CIVIL_AFFAIRS, HOUSING, TAX)
ABOUTS = ("A-1", "'; DROP TABLE x; --", 'quo"te', "百分%", "back\\slash", "long" * 60)


def write(n, seed=5):
    """``n`` entries of every kind, in batches of every size, and a few that have no place yet."""
    chance, left = random.Random(seed), n  # noqa: S311 - the same log every time
    while left:
        size = min(left, chance.choice((1, 2, 7, 60, 300)))
        audit.record_many([_entry(chance, n - left + place) for place in range(size)])
        left -= size
    while audit.place(now=NOW):
        pass


def _entry(chance, place):
    return audit.entry(
        action=chance.choice(("exchange:query:answer", "exchange:chunk:commit", "exchanged:x:y", "catalog:entry:publish")),
        basis=LAW,
        by=person(chance.choice(BODIES)),
        now=NOW + timedelta(hours=place),
        outcome=chance.choice(("allowed", "allowed", "refused")),
        about=chance.choice(ABOUTS),
        resource=chance.choice(("", "306001/000001", "306001/000002")),
        grant=chance.choice(("", "SQ-1", "SQ-2", "SQ-3")),
        parties=[chance.choice(BODIES)],
        subject=chance.choice(("", *PEOPLE)),
    )


def questions(n, seed=7):
    chance = random.Random(seed)  # noqa: S311 - the same questions every time

    def maybe(*values):
        return chance.choice(values) if chance.random() < 0.25 else None

    for _ in range(n):
        since = maybe(*(NOW + timedelta(hours=h) for h in (0, 200, 600)))
        asked = {
            "party": maybe(*BODIES),
            "subject": maybe(*map(subject_of, PEOPLE)),
            "actors": maybe((person(HOUSING).id,), (person(TAX).id, person().id)),
            "organization": maybe(*BODIES),
            "about": maybe(*(about[:200] for about in ABOUTS)),
            "resource": maybe("306001/000001"),
            "grant": maybe("SQ-1"),
            "grants": maybe(("SQ-1", "SQ-3"), ()),
            "action": maybe("exchange:", "exchange:chunk:commit", "exchanged:"),
            "outcome": maybe("refused"),
            "since": since,
            "until": since and since + timedelta(hours=150),
            "of_somebody": maybe(True),
        }
        yield Criteria(**{name: value for name, value in asked.items() if value is not None})


def answers(segments, n, limit=50):
    """Every page of every question, and the counts."""
    found = []
    for criteria in questions(n):
        pages, start = [], None
        while True:
            page = merged.page(criteria, segments, start=start, limit=limit)
            pages.append([(row.number, row.index, row.body) for row in page.rows])
            start = before(page.next)
            if start is None:
                break
        counts = merged.counts(criteria, segments)
        found.append((pages, *(counts.by(name) for name in ("action", "outcome", "organization", "day"))))
    return found


@pytest.mark.article("CD2016-26", "PC-110")
@pytest.mark.parametrize(("place", "n"), [("folder", 30), ("bucket", 6)], ids=["folder", "bucket"])
def test_what_is_sealed_gives_the_answers_it_gave_when_it_was_hot(own_database, request, place, n):
    if place == "bucket":
        request.getfixturevalue("bucket")
    write(1400)
    archive.seal(now=NOW, everything=True, largest=512)

    hot, sealed = answers((), n), answers(shelf.segments(), n)

    assert [segment.end for segment in shelf.segments()] == [512, 1024, 1280]
    assert sealed == hot
    assert sum(len(page) for answer in hot for page in answer[0]) > 50 * n, "the questions are worth asking"


@pytest.mark.article("CD2016-26")
def test_a_page_crosses_from_what_waits_to_what_is_hot_and_to_what_is_sealed(own_database):
    write(600)
    archive.seal(now=NOW, everything=True)
    while audit.place(now=NOW):
        pass
    late = audit.record(action="catalog:entry:publish", basis=LAW, by=person(), now=NOW)

    found = archive.search(criteria=Criteria(), by=AUDITOR, now=NOW, limit=50)
    pages, rows = [found], list(found.rows)
    while pages[-1].next:
        pages.append(archive.search(criteria=Criteria(), by=AUDITOR, now=NOW, start=pages[-1].next))
        rows += pages[-1].rows

    assert rows[0].number == late.number and rows[0].index is None
    assert [row.index for row in rows[1:]] == list(reversed(range(601))), "sealing is in the log, too"
    assert found.counts.total == 601 and found.counts.complete


def test_only_the_segments_of_the_time_that_is_asked_for_are_looked_into(own_database):
    write(1400)
    archive.seal(now=NOW, everything=True, largest=512)
    first, *others = shelf.segments()
    for segment in others:
        Path(segment.entries).unlink()

    found = merged.page(Criteria(until=NOW + timedelta(hours=300)), shelf.segments(), start=before("i9999"))

    assert found.rows[0].index == 299 and first.until > NOW + timedelta(hours=299)


def test_very_many_sealed_hits_are_counted_by_whole_segments_from_the_newest_on(own_database):
    write(1400)
    archive.seal(now=NOW, everything=True, largest=512)

    counts = merged.counts(Criteria(), shelf.segments(), most=200)

    assert counts.complete is False
    assert 200 <= counts.total < 1400


@settings(max_examples=100, deadline=None)
@given(st.text())
def test_a_literal_says_exactly_its_text(text):
    typed = text.replace("\0", "").encode("utf-8", "ignore").decode()

    assert duckdb.sql(f"SELECT {layout.quoted(typed)}").fetchall() == [(typed,)]


def test_the_searching_engine_reads_the_archive_and_nothing_else(own_database, tmp_path):
    outside = tmp_path / "secret.csv"
    outside.write_text("a\n1\n")

    with engine.cursor() as database:
        with pytest.raises(duckdb.PermissionException):
            database.execute(f"SELECT * FROM read_csv({layout.quoted(str(outside))})").fetchall()
        with pytest.raises(duckdb.Error, match="locked"):
            database.execute("SET enable_external_access = true")
        with pytest.raises(duckdb.PermissionException):
            database.execute(f"COPY (SELECT 1) TO {layout.quoted(str(tmp_path / 'out.csv'))}")


def test_where_nothing_is_sealed_nothing_is_read(own_database):
    assert cold.placed(Criteria(), (), start=before("i9"), limit=9) == []
    assert cold.tally(Criteria(), (), most=9) == ([], True)
