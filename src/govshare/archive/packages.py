"""A signed package 「签名包」: entries, each with its receipt, in one ZIP that is verified without the platform.

``docs/reference/evidence-format.md`` describes it; ``audit.verifier`` reads it.
"""

import hashlib
import io
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import IO, Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from govshare.archive.search.criteria import Row
from govshare.audit import keys, merkle, queries, receipts, statements, verifier
from govshare.audit.log import Head, Log, LogRewound
from govshare.audit.models import Batch
from govshare.kernel.clock import LOCAL

LIST, WORKBOOK, HANDOVER, STATEMENT = "list.jsonl", "list.xlsx", "handover", "package"
_AT_ONCE = 500  # proofs that share the tiles they read
_LONGEST_CELL = 32_000

_COLUMNS = (
    "回执号",
    "序号",
    "时间",
    "动作",
    "结果",
    "理由",
    "经办单位",
    "经办人",
    "事项编号",
    "信息资源",
    "授权",
    "用途",
    "办件编号",
    "依据",
)


def write(target: IO[bytes], rows: Sequence[Row], *, log: Log, now: datetime) -> None:
    """Write the package of ``rows`` into ``target``, member after member; what it names is what was written.

    ``LogRewound`` when a proof does not lead to the signed root.
    """
    digests: dict[str, bytes] = {}
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in _members(rows, log):
            digests[name] = hashlib.sha256(content).digest()
            package.writestr(_member(name, now), content)
        statement = statements.package(key=keys.log_key(), at=now, entries=len(rows), files=digests)
        package.writestr(_member(STATEMENT, now), statement)


def _members(rows: Sequence[Row], log: Log) -> Iterator[tuple[str, bytes]]:
    yield LIST, "".join(f"{row.body}\n" for row in rows).encode()
    yield WORKBOOK, _workbook(rows)
    yield from _receipts(rows, log)
    handovers = log.handovers()
    if handovers:
        yield HANDOVER, handovers


def _receipts(rows: Sequence[Row], log: Log) -> Iterator[tuple[str, bytes]]:
    head, cosigned, last = log.head(), queries.cosigned(log), None
    waiting = [row for row in rows if head is None or row.index is None or row.index >= head.size]
    recorded = dict(Batch.objects.filter(batch__in={row.batch for row in waiting}).values_list("batch", "recorded_at"))
    for place, row in enumerate(rows):
        if head is None or row.index is None or row.index >= head.size:
            yield f"receipts/{row.number}.promise", _promise(row, log, recorded).encode()
            continue
        under = cosigned if cosigned and row.index < cosigned.size else head
        if place % _AT_ONCE == 0 or under is not last:
            subtrees, last = log.tiles.subtrees(under.size), under  # remembers the tiles it read: not those of all rows
        hashes = merkle.inclusion_proof(row.index, under.size, subtrees)
        yield f"receipts/{row.number}.tlog-proof", _proof(row, row.index, hashes, under, log)


def _promise(row: Row, log: Log, recorded: Mapping[int, datetime]) -> str:
    body = row.body.encode()
    leaf = log.tree.leaf(body)
    return receipts.Promise(
        batch=row.batch, ordinal=row.ordinal, at=recorded[row.batch], leaf_hash=leaf, body=body, key=keys.promise_key()
    ).text


def _proof(row: Row, index: int, hashes: list[bytes], head: Head, log: Log) -> bytes:
    """The checkpoint's signature was checked with ``head``; here, that the proof leads to its root."""
    body = row.body.encode()
    if verifier.root_of_inclusion(log.tree.leaf(body), index, head.size, hashes, log.tree) != head.root:
        raise LogRewound(
            f"第 {index} 条记录（{row.number}）的证明推不出检查点的根：记录或瓦片被改动，请运行核查（fsck）",
            f"the proof of entry {index} ({row.number}) does not lead to the checkpoint's root: run fsck",
        )
    return receipts.proof(body=body, index=index, hashes=hashes, checkpoint=head.note)


def _member(name: str, now: datetime) -> zipfile.ZipInfo:
    member = zipfile.ZipInfo(name, now.astimezone(LOCAL).timetuple()[:6])
    member.compress_type = zipfile.ZIP_DEFLATED
    member.external_attr = 0o644 << 16
    return member


def _workbook(rows: Iterable[Row]) -> bytes:
    """The list for people. Every cell is text; nothing in it can become a formula."""
    book = Workbook(write_only=True)
    sheet: Any = book.create_sheet("日志")
    sheet.freeze_panes = "A2"
    for line in (_COLUMNS, *map(_line, rows)):
        sheet.append([_cell(sheet, value) for value in line])
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _line(row: Row) -> tuple[str, ...]:
    entry, actor = row.entry, row.entry["actor"]
    fields = (entry[name] for name in ("about", "resource", "grant", "purpose", "case", "basis"))
    at = row.at.astimezone(LOCAL).isoformat(sep=" ", timespec="seconds")
    index = "" if row.index is None else str(row.index)
    return (row.number, index, at, row.action, row.outcome, entry["reason"], actor["organization_name"], actor["name"], *fields)


def _cell(sheet: Any, value: str) -> Any:
    cell = WriteOnlyCell(sheet)
    cell.value = ILLEGAL_CHARACTERS_RE.sub("", value)[:_LONGEST_CELL]
    cell.data_type = "s"
    return cell
