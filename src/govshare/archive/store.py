"""Where sealed segments lie: a folder, or a bucket of an S3-compatible store. A file is whole or absent, and never overwritten."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Protocol
from urllib.parse import urlsplit

import fsspec
import pyarrow.fs as pafs
from django.conf import settings
from fsspec.implementations.arrow import ArrowFSWrapper

from govshare.kernel import durable

_STEP = 8 * 1024 * 1024
SCHEME = "govshare-archive"  # under which DuckDB reads a bucket


class StoreUnavailable(Exception):
    """Mend the archive's store, then repeat: nothing half-done is left in it."""


class Store(Protocol):
    """Files by name, ``segments/…/entries.parquet``. ``url`` is what DuckDB and Iceberg read them by."""

    def put(self, name: str, source: Path) -> None: ...
    def get(self, name: str, target: Path) -> None: ...
    def read(self, name: str, start: int = 0, length: int | None = None) -> bytes: ...
    def sizes(self, prefix: str) -> dict[str, int]: ...
    def remove(self, prefix: str) -> None: ...
    def remove_file(self, name: str) -> None: ...
    def url(self, name: str) -> str: ...
    def filesystem(self) -> fsspec.AbstractFileSystem | None: ...


class Folder:
    """A local or mounted directory; every write is synced."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def put(self, name: str, source: Path) -> None:
        target = self.directory / name
        with _in_words(self.directory):
            durable.make_directory(target.parent)
            draft = target.with_name(f"{target.name}.draft")
            try:
                shutil.copyfile(source, draft)
                with draft.open("rb+") as file:
                    os.fsync(file.fileno())
                draft.replace(target)
            finally:
                draft.unlink(missing_ok=True)
            durable.sync_directory(target.parent)

    def get(self, name: str, target: Path) -> None:
        with _in_words(self.directory):
            shutil.copyfile(self.directory / name, target)

    def read(self, name: str, start: int = 0, length: int | None = None) -> bytes:
        with _in_words(self.directory), (self.directory / name).open("rb") as file:
            file.seek(start)
            return file.read(-1 if length is None else length)

    def sizes(self, prefix: str) -> dict[str, int]:
        """Every file below ``prefix``, with its size; drafts of a killed writer count, too."""
        below = self.directory / prefix
        return {path.relative_to(self.directory).as_posix(): path.stat().st_size for path in sorted(below.rglob("*")) if path.is_file()}

    def remove(self, prefix: str) -> None:
        with _in_words(self.directory):
            shutil.rmtree(self.directory / prefix, ignore_errors=True)
            if (self.directory / prefix).parent.is_dir():
                durable.sync_directory((self.directory / prefix).parent)

    def remove_file(self, name: str) -> None:
        with _in_words(self.directory):
            (self.directory / name).unlink(missing_ok=True)
            durable.sync_directory((self.directory / name).parent)

    def url(self, name: str) -> str:
        return str(self.directory / name)

    def filesystem(self) -> None:
        return None


class Bucket:
    """A bucket of an S3-compatible store, and a prefix in it. An object appears when it is complete."""

    def __init__(self, root: str, filesystem: pafs.FileSystem) -> None:
        self.root = root
        self._files = filesystem

    def put(self, name: str, source: Path) -> None:
        with _in_words(self.root), source.open("rb") as file, self._files.open_output_stream(self._path(name)) as target:
            while data := file.read(_STEP):
                target.write(data)

    def get(self, name: str, target: Path) -> None:
        with _in_words(self.root), self._files.open_input_stream(self._path(name)) as source, target.open("wb") as file:
            while data := source.read(_STEP):
                file.write(data)

    def read(self, name: str, start: int = 0, length: int | None = None) -> bytes:
        with _in_words(self.root), self._files.open_input_file(self._path(name)) as file:
            file.seek(start)
            return bytes(file.read(length))

    def sizes(self, prefix: str) -> dict[str, int]:
        with _in_words(self.root):
            selector = pafs.FileSelector(self._path(prefix), recursive=True, allow_not_found=True)
            found = [one for one in self._files.get_file_info(selector) if one.type == pafs.FileType.File]
        return {str(PurePosixPath(one.path).relative_to(self.root)): one.size for one in sorted(found, key=lambda one: one.path)}

    def remove(self, prefix: str) -> None:
        with _in_words(self.root):
            for name in self.sizes(prefix):
                self.remove_file(name)

    def remove_file(self, name: str) -> None:
        with _in_words(self.root):
            self._files.delete_file(self._path(name))

    def url(self, name: str) -> str:
        return f"{SCHEME}://{self._path(name)}"

    def filesystem(self) -> fsspec.AbstractFileSystem:
        return _reader(self._files)

    def _path(self, name: str) -> str:
        return f"{self.root}/{name}".rstrip("/")


class _ArchiveFiles(ArrowFSWrapper):  # type: ignore[misc]
    """What DuckDB reads a bucket through; its own S3 reader is an extension that is not there."""

    protocol = SCHEME

    @classmethod
    def _strip_protocol(cls, path: str) -> str:
        return path.removeprefix(f"{SCHEME}://")


def _reader(files: pafs.FileSystem) -> fsspec.AbstractFileSystem:
    return _ArchiveFiles(files, skip_instance_cache=True)


@contextmanager
def _in_words(where: object) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        raise
    except OSError as error:
        raise StoreUnavailable(
            f"归档存储 {where} 不可用：{error.strerror or type(error).__name__}。请检查空间、网络和凭证后重试，已有的封存不受影响"
            f" / the archive's store does not answer; mend space, network or credentials and repeat"
        ) from error


def open_store() -> Store:
    """The platform's archive, as ``GOVSHARE_ARCHIVE`` names it."""
    place = str(settings.GOVSHARE_ARCHIVE)
    if not place.startswith("s3://"):
        return Folder(Path(place))
    return _bucket(
        place.removeprefix("s3://").rstrip("/"),
        settings.GOVSHARE_ARCHIVE_ENDPOINT,
        settings.GOVSHARE_ARCHIVE_REGION,
        settings.GOVSHARE_ARCHIVE_ACCESS_KEY,
        settings.GOVSHARE_ARCHIVE_SECRET_KEY,
    )


@lru_cache(maxsize=8)
def _bucket(root: str, endpoint: str, region: str, access_key: str, secret_key: str) -> Bucket:
    address = urlsplit(endpoint)
    files = pafs.S3FileSystem(
        access_key=access_key or None,  # neither: the machine's own credentials, as the AWS libraries find them
        secret_key=secret_key or None,
        region=region,
        endpoint_override=address.netloc or None,
        scheme=address.scheme or "https",
        background_writes=False,
    )
    return Bucket(root, files)
