"""A folder and a bucket keep files alike."""

import errno
import shutil

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from govshare.archive.store import Bucket, Folder, StoreUnavailable, open_store


@pytest.fixture(params=["folder", "bucket"])
def store(request):
    if request.param == "bucket":
        request.getfixturevalue("bucket")
    opened = open_store()
    assert isinstance(opened, Bucket if request.param == "bucket" else Folder)
    return opened


def test_what_was_put_is_read_whole_and_in_parts(store, tmp_path):
    content = bytes(range(256)) * 40_000
    (tmp_path / "source").write_bytes(content)

    store.put("segments/a/leaves.bin", tmp_path / "source")

    store.get("segments/a/leaves.bin", tmp_path / "target")
    assert (tmp_path / "target").read_bytes() == content
    assert store.read("segments/a/leaves.bin") == content
    assert store.read("segments/a/leaves.bin", 300, 7) == content[300:307]
    assert store.sizes("segments") == {"segments/a/leaves.bin": len(content)}


def test_removing_takes_only_what_lies_below(store, tmp_path):
    (tmp_path / "source").write_bytes(b"x")
    for name in ("segments/a/one", "segments/a/two", "segments/ab/one"):
        store.put(name, tmp_path / "source")

    store.remove("segments/a")

    assert store.sizes("segments") == {"segments/ab/one": 1}
    assert store.sizes("nowhere") == {}


def test_a_file_that_is_not_there_is_said_to_be_missing(store, tmp_path):
    with pytest.raises(FileNotFoundError):
        store.read("segments/none")
    with pytest.raises(FileNotFoundError):
        store.get("segments/none", tmp_path / "target")


def test_parquet_is_read_where_it_lies(store, tmp_path):
    pq.write_table(pa.table({"n": list(range(1000))}), tmp_path / "source")
    store.put("segments/a/entries.parquet", tmp_path / "source")

    with duckdb.connect() as database:
        if files := store.filesystem():
            database.register_filesystem(files)
        found = database.sql(f"SELECT sum(n) FROM read_parquet('{store.url('segments/a/entries.parquet')}') WHERE n > 990").fetchall()

    assert found == [(sum(range(991, 1000)),)]


def test_a_full_disk_leaves_neither_file_nor_draft(tmp_path, monkeypatch):
    def full(_source, target):
        target.write_bytes(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")

    (tmp_path / "source").write_bytes(b"whole")
    monkeypatch.setattr(shutil, "copyfile", full)
    store = Folder(tmp_path / "archive")

    with pytest.raises(StoreUnavailable, match="No space left"):
        store.put("segments/a/leaves.bin", tmp_path / "source")

    assert store.sizes("") == {}


def test_a_store_that_does_not_answer_says_so_without_its_credentials(settings, tmp_path):
    settings.GOVSHARE_ARCHIVE, settings.GOVSHARE_ARCHIVE_ENDPOINT = "s3://nowhere/log", "http://127.0.0.1:9"
    settings.GOVSHARE_ARCHIVE_ACCESS_KEY, settings.GOVSHARE_ARCHIVE_SECRET_KEY = "key-4711", "secret-4711"
    (tmp_path / "source").write_bytes(b"x")

    with pytest.raises(StoreUnavailable) as problem:
        open_store().put("segments/a/leaves.bin", tmp_path / "source")

    assert "4711" not in str(problem.value)
