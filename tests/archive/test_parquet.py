"""An archived entry is the entry, byte for byte, whatever stands in it."""

import hashlib
from datetime import UTC, datetime, timedelta
from uuid import UUID

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from govshare.archive import layout, parquet
from govshare.audit.merkle import perfect_root
from govshare.audit.rules import Entry, leaf_hash
from govshare.kernel.actor import Actor
from tests.audit.actors import NOW, person
from tests.audit.vectors import DIRECTORY

texts = st.text(max_size=30)
maps = st.dictionaries(texts, texts, max_size=3)
actors = st.builds(
    Actor,
    kind=st.sampled_from(["person", "system", "platform"]),
    id=texts,
    name=texts,
    organization=texts,
    organization_name=texts,
    certificate=texts,
    standing_in_for=texts,
)
entries = st.builds(
    Entry,
    at=st.datetimes(min_value=datetime(1900, 1, 1), max_value=datetime(2199, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - the zone is the strategy's
    action=st.sampled_from(["catalog:entry:publish", "gateway:person:query"]),
    basis=st.just("CD2016-26"),
    rule_set=st.just("CD2016/1"),
    by=actors,
    outcome=texts,
    reason=texts,
    about=texts,
    resource=texts,
    grant=texts,
    purpose=texts,
    case=texts,
    subject=texts,
    identifier=texts,
    request_id=st.one_of(texts, st.uuids().map(str), st.uuids(version=4).map(lambda u: str(UUID(int=(u.int & ~(0xF << 76)) | (7 << 76))))),
    parties=st.frozensets(texts, max_size=3),
    counts=st.dictionaries(texts, st.integers(-(2**70), 2**70), max_size=3),
    digests=maps,
    detail=maps,
)


def rows(bodies, *, batch=1, per_batch=3):
    """Bodies as a writer is given them: batches of ``per_batch``."""
    numbers = [divmod(place, per_batch) for place in range(len(bodies))]
    return pa.table(
        {
            "batch": [batch + number for number, _ in numbers],
            "ordinal": [ordinal for _, ordinal in numbers],
            "n": [per_batch] * len(bodies),
            "recorded_at": [NOW + timedelta(milliseconds=number) for number, _ in numbers],
            "body": [body.decode() for body in bodies],
        },
        schema=layout.ROW_SCHEMA,
    )


def read(directory):
    found = {}
    for indexes, bodies in parquet.bodies([str(directory / layout.ENTRIES)]):
        found.update(zip(indexes, bodies, strict=True))
    return found


@pytest.mark.article("CD2016-26")
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(written=st.lists(entries, min_size=1, max_size=12))
def test_any_entry_is_rebuilt_from_its_columns_byte_for_byte(tmp_path_factory, written):
    bodies = [entry.canonical() for entry in written]
    directory = tmp_path_factory.mktemp("segment")

    parquet.write(directory, first=512, rows=[rows(bodies)])

    assert read(directory) == dict(enumerate(bodies, start=512))


def test_what_is_no_entry_at_all_is_kept_as_it_is(tmp_path):
    odd = [b"{}", b'{"at":"yesterday"}', b'{"actor":7,"at":"2026-03-02T01:02:03.456789Z"}', b'{"v":1.50,"parties":"all"}', b"[]"]

    parquet.write(tmp_path, first=0, rows=[rows(odd)])

    assert read(tmp_path) == dict(enumerate(odd))


def test_entries_of_the_first_version_are_rebuilt_too(tmp_path):
    bodies = (DIRECTORY / "entries.jsonl").read_bytes().splitlines()
    bodies += [body.replace(b"govshare/entry@v2", b"govshare/entry@v1").replace(b'"identifier":"",', b"") for body in bodies[:3]]

    parquet.write(tmp_path, first=0, rows=[rows(bodies)])

    assert read(tmp_path) == dict(enumerate(bodies))
    assert pq.read_table(tmp_path / layout.ENTRIES, columns=["body"]).column("body").null_count >= len(bodies) - 6


def published(place):
    return Entry(at=NOW + timedelta(seconds=place), action="a:b:c", basis="CD2016-26", rule_set="CD2016/1", by=person(), about=f"A-{place}")


def test_the_files_are_sorted_by_subject_and_their_hashes_by_index(tmp_path):
    bodies = [
        Entry(
            at=NOW + timedelta(seconds=place),
            action="gateway:person:query",
            basis="CD2016-24",
            rule_set="CD2016/1",
            by=person(),
            subject=f"hmac-sha256:{hashlib.sha256(bytes([place * 7 % 50])).hexdigest()}",
        ).canonical()
        for place in range(600)
    ]

    written = parquet.write(tmp_path, first=256, rows=[rows(bodies[:300], per_batch=10), rows(bodies[300:], batch=31, per_batch=10)])

    assert (written.first, written.end, written.since, written.until) == (256, 856, NOW, NOW + timedelta(seconds=599))
    table = pq.read_table(tmp_path / layout.ENTRIES, columns=["subject", "at", "index"])
    order = list(zip(*(column.to_pylist() for column in table.columns), strict=True))
    assert order == sorted(order)
    leaves = [leaf_hash(body) for body in bodies]
    assert (tmp_path / layout.LEAVES).read_bytes() == b"".join(leaves)
    assert (tmp_path / layout.NODES).read_bytes() == perfect_root(leaves[:256]) + perfect_root(leaves[256:512])


def test_every_row_knows_its_batch_though_it_be_cut_by_the_segments_edge(tmp_path):
    bodies = [published(place).canonical() for place in range(100)]
    given = rows(bodies, batch=7, per_batch=9)

    parquet.write(tmp_path, first=36, rows=[given.slice(40, 33), given.slice(73)])

    asked = layout.numbered_sql(layout.entries_sql([str(tmp_path / layout.ENTRIES)]), [str(tmp_path / layout.BATCHES)])
    with parquet.engine() as database:
        found = database.sql(f"SELECT index, batch, ordinal, epoch_us(recorded_at), about FROM ({asked}) ORDER BY index").fetchall()
    expected = [(index - 4, 7 + index // 9, index % 9, f"A-{index}") for index in range(40, 100)]
    assert [(index, batch, ordinal, about) for index, batch, ordinal, _, about in found] == expected
    assert [parquet.moment(recorded) for *_, recorded, _ in found] == given.column("recorded_at").to_pylist()[40:]


def test_a_readers_filter_prunes_what_is_sorted(tmp_path):
    bodies = [published(place).canonical() for place in range(10)]
    parquet.write(tmp_path, first=0, rows=[rows(bodies)])

    metadata = pq.read_metadata(tmp_path / layout.ENTRIES)

    columns = {metadata.row_group(0).column(n).path_in_schema: metadata.row_group(0).column(n) for n in range(metadata.num_columns)}
    assert columns["subject"].bloom_filter_offset is not None
    assert columns["subject"].has_column_index
    assert {columns[name].physical_type for name in ("index", "request_b")} == {"INT64"}
    assert columns["at"].statistics.min == NOW


def test_text_of_a_user_stays_text_in_sql():
    value = "x' OR '1'='1"

    assert duckdb.sql(f"SELECT {layout.quoted(value)}").fetchall() == [(value,)]
