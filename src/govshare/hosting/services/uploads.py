"""Files into a hosted table: looked at row by row, shown, then taken over as a whole or not at all (PC-152, 153, 156, 157)."""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from typing import BinaryIO
from uuid import UUID

from django.db import transaction

from govshare.duties import queries as duties
from govshare.hosting import files, queries, rules
from govshare.hosting.files.refusing import refused
from govshare.hosting.models import HostedTable, Upload
from govshare.hosting.rules import UPLOAD, UploadStatus, header, values
from govshare.hosting.rules.columns import HostedColumn
from govshare.hosting.services import acts
from govshare.hosting.store import bad as quarantine
from govshare.hosting.store import staging
from govshare.hosting.store.link import Link, session
from govshare.hosting.store.staging import BadRow, Difference, Place
from govshare.kernel.actor import Actor
from govshare.kernel.errors import Invalid, WrongState
from govshare.kernel.ids import new_id
from govshare.regulation.files import safe_name
from govshare.regulation.secrecy import refuse_secret

_MOST_BAD_KEPT = 20_000  # bad rows of one file; with more, nobody mends them one by one
_PIECE = 1024 * 1024


@transaction.atomic
def check_upload(*, table: UUID, name: str, file: BinaryIO, by: Actor, now: datetime) -> Upload:
    """Read a file against the table: good rows wait beside it, bad ones are kept out. With too many bad ones it is stopped here."""
    by.need(rules.KEEPER, basis=rules.LOOK_FIRST)
    found = queries.own(table, by=by)
    _need_none_waiting(found)
    refuse_secret({"filename": name})
    size, digest = _measured(file)
    place = Place(found.space.schema, found.name, new_id(), queries.columns_of(found))
    with session() as link:
        reading = _read(link, place, name, file)
        difference = staging.compare(link, place)
        stopped = reading.cut_short or rules.too_many_bad(len(reading.bad), reading.rows, percent=_percent())
        if stopped:
            staging.forget(link, place, bad=False)
        staging.quarantine(link, hosted=found.pk, upload=place.upload, rows=reading.bad)
        found = _locked_unchanged(found, by=by)
        made = _entered(found, place, reading, difference, name=safe_name(name), digest=digest, size=size, by=by, now=now)
        if stopped:
            _stop(made, reading, by=by, now=now)
    return made


@transaction.atomic
def apply_upload(*, upload: UUID, table: UUID, by: Actor, now: datetime) -> Upload:
    """Add and change all good rows at once; the bad ones wait in quarantine. The same file a second time changes nothing."""
    found = acts.locked(table, basis=rules.LOOK_FIRST, by=by)
    made = queries.upload(found, upload)
    move = UPLOAD.check("apply", status=made.status, roles=by.roles)
    if made.version != found.version:
        raise WrongState("核对之后表已有改动，请放弃这次上传，重新上传核对", basis=rules.LOOK_FIRST)
    place = queries.place(made)
    with acts.acting(found, move.action, basis=move.basis, by=by, now=now, nothing_is_fine=True) as doing:
        if staging.count(doing.link, place) != made.good:
            raise WrongState("核对过的内容已不在，请放弃这次上传，重新上传核对", basis=rules.LOOK_FIRST)
        staging.apply(doing.link, place)
        staging.forget(doing.link, place, bad=False)
        keys = [column.column for column in place.key]
        mended = quarantine.close_by_key(
            doing.link, hosted=found.pk, act=doing.act, columns=[column.column for column in place.columns], keys=keys
        )
        doing.counts = {"rows": made.good + made.bad, "bad": made.bad, "mended": mended}
        doing.digests = {"file": made.file_digest}
        doing.detail = {"upload": str(made.pk), "file": made.file_name}
    _ended(made, move.target, receipt=found.receipt_number, by=by, now=now)
    acts.try_route(found, by=by, now=now)
    return made


@transaction.atomic
def discard_upload(*, upload: UUID, table: UUID, by: Actor, now: datetime) -> Upload:
    """Throw away what was uploaded and not taken over, bad rows included."""
    found = acts.locked(table, basis=rules.LOOK_FIRST, by=by)
    made = queries.upload(found, upload)
    move = UPLOAD.check("discard", status=made.status, roles=by.roles)
    with session() as link:
        staging.forget(link, queries.place(made), bad=True)
    acts.note(found, move.action, basis=move.basis, by=by, now=now, detail={"upload": str(made.pk)}, counts={"rows": made.good + made.bad})
    return _ended(made, move.target, receipt=found.receipt_number, by=by, now=now)


@dataclass(slots=True)
class _Reading:
    """What came of a file: rows read, and those that are kept out."""

    rows: int = 0
    bad: list[BadRow] = field(default_factory=list)
    cut_short: bool = False


def _read(link: Link, place: Place, name: str, file: BinaryIO) -> _Reading:
    """Stream the file through the checks into the staging table."""
    reading = _Reading()
    with closing(files.opened(name, file)) as numbered:
        order = _order(place.columns, next(numbered, None))
        with staging.copying(link, place) as copy:
            for row in numbered:
                reading.rows += 1
                read, bad = _judged(place.columns, row, order)
                if bad is None:
                    copy.write_row([row.number, *read])
                    continue
                reading.bad.append(bad)
                if len(reading.bad) > _MOST_BAD_KEPT:
                    reading.cut_short = True
                    break
    if not reading.rows:
        raise refused("表头下面没有数据")
    reading.bad += staging.part_doubles(link, place)
    reading.bad.sort(key=lambda each: each.number)
    return reading


def _order(columns: Sequence[HostedColumn], first: files.Row | None) -> list[int]:
    if first is None:
        raise refused("是空的")
    order, faults = header.places(columns, [values.shown(cell) for cell in first.cells])
    if faults:
        message = f"上传的文件表头有 {len(faults)} 处与目录的信息项不符，没有收下；请按下载的模板填写"
        raise Invalid(message, basis=rules.FROM_CATALOG, faults=faults)
    return order


def _judged(columns: Sequence[HostedColumn], row: files.Row, order: Sequence[int]) -> tuple[list[str | None], BadRow | None]:
    """The row's values; or what keeps it out."""
    cells, faults = _ordered(row.cells, order)
    if _may_be_marked(cells):
        refuse_secret({"file": "\n".join(values.shown(cell) for cell in cells)})
    read, wrong = values.checked(columns, cells)
    faults += [(fault.place, fault.message) for fault in wrong]
    return read, BadRow(row.number, [values.shown(cell) for cell in cells], faults) if faults else None


def _ordered(cells: Sequence[values.Cell], order: Sequence[int]) -> tuple[list[values.Cell], list[tuple[str, str]]]:
    """The row's cells in the order of the columns; cells beyond the header belong to nothing."""
    beyond = sum(1 for cell in cells[max(order) + 1 :] if cell)
    faults = [("", f"比表头多出 {beyond} 格，请核对逗号和引号")] if beyond else []
    return [cells[place] if place < len(cells) else "" for place in order], faults


def _may_be_marked(cells: Sequence[values.Cell]) -> bool:
    """Every secrecy marking holds this character: without it a row need not be searched."""
    return any("密" in (cell.text if isinstance(cell, values.Odd) else cell) for cell in cells)


def _measured(file: BinaryIO) -> tuple[int, str]:
    """Size and SHA-256 of the file, read in pieces; refused when it is larger than allowed."""
    most = duties.parameter(str(rules.MOST_FILE))
    digest, size = hashlib.sha256(), 0
    for piece in _pieces(file):
        size += len(piece)
        if size > most * rules.MEGABYTE:
            raise refused(f"超过 {most} MB，请分成几个文件上传")
        digest.update(piece)
    return size, digest.hexdigest()


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    file.seek(0)
    while piece := file.read(_PIECE):
        yield piece


def _percent() -> int:
    return duties.parameter(str(rules.MOST_BAD))


def _need_none_waiting(table: HostedTable) -> None:
    if table.removed_at:
        raise WrongState("这张托管表已撤销", basis=rules.HOSTING)
    if queries.waiting_upload(table):
        raise WrongState("已有一份上传待确认，请先确认入库或放弃", basis=rules.LOOK_FIRST)


def _locked_unchanged(seen: HostedTable, *, by: Actor) -> HostedTable:
    """Locked only now: reading a file takes long."""
    found = acts.locked(seen.pk, basis=rules.LOOK_FIRST, by=by)
    _need_none_waiting(found)
    if found.version != seen.version:
        raise WrongState("核对期间表已有改动，请重新上传", basis=rules.LOOK_FIRST)
    return found


def _entered(
    found: HostedTable,
    place: Place,
    reading: _Reading,
    difference: Difference,
    *,
    name: str,
    digest: str,
    size: int,
    by: Actor,
    now: datetime,
) -> Upload:
    counts = {"added": difference.added, "changed": difference.changed, "unchanged": difference.unchanged, "bad": len(reading.bad)}
    number = acts.note(
        found,
        "hosting:upload:check",
        basis=rules.LOOK_FIRST,
        by=by,
        now=now,
        counts={"rows": reading.rows, **counts},
        digests={"file": digest},
        detail={"upload": str(place.upload), "file": name},
    )
    return Upload.objects.create(
        id=place.upload,
        table=found,
        file_name=name,
        file_digest=digest,
        bytes=size,
        status=UploadStatus.CHECKED,
        version=found.version,
        good=reading.rows - len(reading.bad),
        **counts,
        uploaded_at=now,
        uploaded_by=by.id,
        receipt_number=number,
    )


def _stop(made: Upload, reading: _Reading, *, by: Actor, now: datetime) -> None:
    move = UPLOAD.check("stop", status=made.status, roles=by.roles)
    counts = {"rows": reading.rows, "bad": len(reading.bad), "percent_allowed": _percent()}
    acts.note(made.table, move.action, basis=move.basis, by=by, now=now, counts=counts, detail={"upload": str(made.pk)})
    _ended(made, move.target, receipt=made.table.receipt_number, by=by, now=now)


def _ended(made: Upload, status: str, *, receipt: str, by: Actor, now: datetime) -> Upload:
    made.status, made.ended_at, made.ended_by, made.receipt_number = status, now, by.id, receipt
    made.save(update_fields=["status", "ended_at", "ended_by", "receipt_number"])
    return made
