"""The archive as an Apache Iceberg table, so that Spark, Trino and others read it: the sealed Parquet files themselves, registered.

The table only points at files; it proves nothing and can be made anew from the segments at any time. Its catalog is a SQLite file
beside the sealing directory, its metadata lie below ``iceberg`` in the archive.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings

from govshare.archive import layout, queries
from govshare.kernel import durable

if TYPE_CHECKING:  # pyiceberg is a third of what every process and command would wait for at its start, and few need it
    from pyiceberg.catalog.sql import SqlCatalog
    from pyiceberg.table import Table

NAMESPACE = "govshare"
TABLE = f"{NAMESPACE}.entries"


def open_catalog() -> "SqlCatalog":
    """The catalog of the platform's own archive."""
    from pyiceberg.catalog.sql import SqlCatalog

    directory = Path(settings.GOVSHARE_SEALING)
    durable.make_directory(directory)
    place = str(settings.GOVSHARE_ARCHIVE)
    words: dict[str, Any] = {"uri": f"sqlite:///{directory / 'iceberg.db'}", "warehouse": f"{_root()}/iceberg"}
    if place.startswith("s3://"):
        words |= {
            "s3.endpoint": settings.GOVSHARE_ARCHIVE_ENDPOINT,
            "s3.region": settings.GOVSHARE_ARCHIVE_REGION,
            "s3.access-key-id": settings.GOVSHARE_ARCHIVE_ACCESS_KEY,
            "s3.secret-access-key": settings.GOVSHARE_ARCHIVE_SECRET_KEY,
        }
    return SqlCatalog("govshare", **{name: value for name, value in words.items() if value})


def register() -> list[str]:
    """Bring the table up to date with the segments; return the files added. Doing it again adds none."""
    catalog = open_catalog()
    catalog.create_namespace_if_not_exists(NAMESPACE)
    due = [f"{_root()}/{segment.name}/{layout.ENTRIES}" for segment in queries.kept()]
    table = _table(catalog)
    there = files(table)
    if there - set(due):  # something was disposed of: the table is only a list of files, so it is made anew
        catalog.drop_table(TABLE)
        table, there = _table(catalog), set()
    added = [file for file in due if file not in there]
    if added:
        table.add_files(added)
    return added


def files(table: "Table") -> set[str]:
    """The Parquet files a table lists."""
    return {task.file.file_path for task in table.scan().plan_files()}


def _table(catalog: "SqlCatalog") -> "Table":
    from pyiceberg.exceptions import NoSuchTableError

    try:
        return catalog.load_table(TABLE)
    except NoSuchTableError:
        return catalog.create_table(TABLE, schema=layout.ENTRY_SCHEMA)


def _root() -> str:
    place = str(settings.GOVSHARE_ARCHIVE).rstrip("/")
    return place if place.startswith("s3://") else f"file://{Path(place).absolute()}"
