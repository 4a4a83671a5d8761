"""The sealed files are an Iceberg table."""

import duckdb
import pytest

from govshare.archive import catalog, layout
from govshare.archive import services as archive
from govshare.audit.models import Entry
from tests.archive.sealed import record, sealed
from tests.audit.actors import NOW

pytestmark = pytest.mark.article("CD2016-26")


@pytest.mark.parametrize("place", ["folder", "bucket"])
def test_every_sealed_entry_is_in_the_table_once(own_database, request, place):
    if place == "bucket":
        request.getfixturevalue("bucket")
    sealed(600, largest=256)

    added = catalog.register()
    again = catalog.register()
    record(300)
    archive.seal(now=NOW, everything=True)
    later = catalog.register()

    table = catalog.open_catalog().load_table(catalog.TABLE)
    rows = table.scan(selected_fields=("index", "about", "outcome")).to_arrow()
    kept = [entry.about for entry in Entry.objects.order_by("batch", "ordinal")][: len(rows)]
    assert (len(added), again, len(later)) == (2, [], 1)
    assert sorted(rows.column("index").to_pylist()) == list(range(len(rows)))
    assert [row["about"] for row in sorted(rows.to_pylist(), key=lambda row: row["index"])] == kept
    assert [field.field_id for field in table.schema().fields][:3] == [1, 2, 3]
    assert table.scan(row_filter="about = 'A-7'").to_arrow().num_rows == kept.count("A-7")


def test_the_files_it_lists_are_read_by_others(own_database):
    sealed(300)
    catalog.register()

    listed = [file.removeprefix("file://") for file in catalog.files(catalog.open_catalog().load_table(catalog.TABLE))]

    assert duckdb.sql(f"SELECT count(*), max(index) FROM read_parquet({layout.listed(listed)})").fetchall() == [(256, 255)]
