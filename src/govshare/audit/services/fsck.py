"""The check of everything: re-derives every root from entries, placements, tiles and checkpoints, and says what is wrong where."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from django.db import connection, transaction

from govshare.audit.differences import Difference, Kept, differences
from govshare.audit.log import Head, Log, LogRewound, open_log
from govshare.audit.merkle import RunningRoot, perfect_root
from govshare.audit.models import Checkpoint, Placement
from govshare.audit.rules import LARGEST_BATCH, receipt_number, searchable
from govshare.audit.tiles import WIDTH, TileAltered, width_at

T = TypeVar("T")

STEP = 16_384  # leaves read at a time

_KEPT = """
    SELECT p.first_index + e.ordinal, e.batch, e.ordinal, e.body, e.leaf_hash,
           e.at, e.action, e.outcome, e.actor, e.organization, e.about, e.resource, e.grant_id, e.subject, e.parties::text
    FROM audit_placement p JOIN audit_entry e ON e.batch = p.batch
    WHERE p.first_index > %(first)s - %(largest)s AND p.first_index < %(end)s
      AND p.first_index + e.ordinal >= %(first)s AND p.first_index + e.ordinal < %(end)s
    ORDER BY p.first_index, e.ordinal
"""

#: Each row is something PostgreSQL itself would have refused: (kind, batch, ordinal, Chinese).
_STRUCTURE = """
    SELECT 'missing', b.batch, o.ordinal, '批次缺少这一条'
    FROM audit_batch b CROSS JOIN LATERAL generate_series(0, b.n - 1) AS o (ordinal)
    WHERE NOT EXISTS (SELECT 1 FROM audit_entry e WHERE e.batch = b.batch AND e.ordinal = o.ordinal)
    UNION ALL
    SELECT 'inserted', e.batch, e.ordinal, '记录不属于任何批次，或超出批次条数'
    FROM audit_entry e LEFT JOIN audit_batch b USING (batch) WHERE b.batch IS NULL OR e.ordinal >= b.n
    UNION ALL
    SELECT 'missing', b.batch, NULL, '批次既未入日志，也不在待入之列'
    FROM audit_batch b LEFT JOIN audit_placement p USING (batch) LEFT JOIN audit_unplaced u USING (batch)
    WHERE p.batch IS NULL AND u.batch IS NULL
    UNION ALL
    SELECT 'missing', coalesce(p.batch, u.batch), NULL, '已登记的批次不见了'
    FROM audit_placement p FULL JOIN audit_unplaced u USING (batch) LEFT JOIN audit_batch b ON b.batch = coalesce(p.batch, u.batch)
    WHERE b.batch IS NULL
    UNION ALL
    SELECT 'altered', p.batch, NULL, '批次条数与其位置的条数不同' FROM audit_placement p JOIN audit_batch b USING (batch) WHERE p.n <> b.n
    UNION ALL
    SELECT CASE WHEN first_index > due THEN 'missing' ELSE 'inserted' END, batch, NULL, '位置之间有缺口或重叠'
    FROM (SELECT batch, first_index, lag(first_index + n, 1, 0::bigint) OVER (ORDER BY first_index) AS due FROM audit_placement) AS p
    WHERE first_index <> due
    UNION ALL
    SELECT 'altered', e.batch, e.ordinal, '尚未入日志的记录，叶哈希列与内容不符'
    FROM audit_unplaced u JOIN audit_entry e USING (batch)
    WHERE e.leaf_hash <> sha256('\\x00'::bytea || convert_to(e.body, 'UTF8'))
    ORDER BY 2, 3 LIMIT 10000
"""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong. ``part`` is database, tile or checkpoint; ``place`` names the row or file; -1 is unknown."""

    kind: str  # missing, altered, inserted, reordered, forged
    part: str
    place: str
    message: str
    index: int = -1
    batch: int = -1
    ordinal: int = -1


@dataclass(frozen=True, slots=True)
class Report:
    """What was checked and what is wrong; no finding means that every root was re-derived from the entries."""

    entries: int  # under the last signed checkpoint
    checkpoints: int
    findings: tuple[Finding, ...]

    @property
    def sound(self) -> bool:
        return not self.findings


def fsck() -> Report:
    """Check the whole log. Reads everything, changes nothing, and may run beside the sequencer."""
    log = open_log()
    with transaction.atomic():
        heads, findings = _heads(log)
        size = max((head.size for head in heads), default=0)
        findings += _structure()
        findings += _leaves(log, heads, size)
        return Report(entries=size, checkpoints=len(heads), findings=tuple(findings))


def _heads(log: Log) -> tuple[list[Head], list[Finding]]:
    """Every checkpoint that the log's key signed, smallest first; and those it did not."""
    heads: dict[int, Head] = {}
    findings = []
    try:
        remembered = log.head()
        if remembered:
            heads[remembered.size] = remembered
        elif Checkpoint.objects.exists():
            findings.append(Finding("missing", "checkpoint", str(log.checkpoint_path), "检查点文件不见了"))
    except LogRewound as problem:
        findings.append(Finding("altered", "checkpoint", str(log.checkpoint_path), str(problem)))
    for row in Checkpoint.objects.order_by("size").iterator():
        place = f"audit_checkpoint size={row.size}"
        try:
            head = log.read(row.note, where=place)
        except LogRewound as problem:
            findings.append(Finding("altered", "checkpoint", place, str(problem)))
            continue
        if (head.size, head.root) != (row.size, bytes(row.root)):
            findings.append(Finding("altered", "checkpoint", place, "检查点的条数或根与所签文字不同"))
        if head.root != heads.setdefault(head.size, head).root:
            findings.append(Finding("forged", "checkpoint", place, "同一条数签出过两个不同的根：日志分叉"))
    return sorted(heads.values(), key=lambda head: head.size), findings


def _structure() -> list[Finding]:
    with connection.cursor() as cursor:
        cursor.execute(_STRUCTURE)
        return [
            Finding(kind, "database", f"batch {batch}", message, batch=batch, ordinal=-1 if ordinal is None else ordinal)
            for kind, batch, ordinal, message in cursor.fetchall()
        ]


def _leaves(log: Log, heads: list[Head], size: int) -> list[Finding]:
    """Entries against tiles against signed roots: the side that leads to the signed roots is right."""
    in_tiles, in_database = _Derivation(heads, log), _Derivation(heads, log)
    columns: list[_Row] = []
    kept = (row.kept for row in in_database.watch(_rows(log, size, columns), lambda row: row.kept.leaf))
    found, more = differences(in_tiles.watch(_tile_leaves(log, size), lambda leaf: leaf), kept)
    findings = _tile_files(log, size)
    if in_tiles.wrong() and not in_database.wrong():
        findings += _in_tiles(log, size, found)
    else:
        findings += [_in_database(one) for one in found]
        findings += [_wrong_root(head) for head in in_tiles.wrong()]
    said = {(one.batch, one.ordinal) for one in findings}
    findings += [
        _finding("altered", row.index, row.kept, "叶哈希或检索用的列与记录内容不符")
        for row in columns
        if (row.kept.batch, row.kept.ordinal) not in said
    ]
    if more:
        findings.append(Finding("altered", "database", "audit_entry", f"另有 {more} 处不同，未逐一列出"))
    return findings


@dataclass(frozen=True, slots=True)
class _Row:
    index: int
    kept: Kept


def _rows(log: Log, size: int, wrong_columns: list[_Row]) -> Iterator[_Row]:
    """Entries in the order of the log, with their leaves hashed anew; rows whose columns say otherwise go to ``wrong_columns``."""
    for first in range(0, size, STEP):
        with connection.cursor() as cursor:
            cursor.execute(_KEPT, {"first": first, "end": min(first + STEP, size), "largest": LARGEST_BATCH})
            rows = cursor.fetchall()
        for index, batch, ordinal, body, *columns in rows:
            row = _Row(index, Kept(log.tree.leaf(body.encode()), batch, ordinal))
            if not _columns_hold(row.kept.leaf, body, columns):
                wrong_columns.append(row)
            yield row


def _columns_hold(leaf: bytes, body: str, columns: list[Any]) -> bool:
    stored, *fields, parties = columns
    try:
        return bytes(stored) == leaf and (*fields, json.loads(parties)) == searchable(body)
    except (ValueError, KeyError, TypeError):  # a body that is no entry any more
        return False


def _tile_leaves(log: Log, size: int) -> Iterator[bytes]:
    """The leaves the tree was built from; a tile that cannot be read gives zeros."""
    for tile in range(-(-size // WIDTH)):
        width = width_at(size, 0, tile)
        try:
            yield from log.tiles.read(0, tile, width)
        except TileAltered:
            yield from [bytes(32)] * width


class _Derivation:
    """Roots derived from leaves that stream by, compared with the signed ones."""

    def __init__(self, heads: list[Head], log: Log) -> None:
        self._running = RunningRoot(log.tree)
        self._due = list(reversed(heads))
        self._wrong: list[Head] = []

    def watch(self, items: Iterable[T], leaf: Callable[[T], bytes]) -> Iterator[T]:
        for item in items:
            self._running.append(leaf(item))
            while self._due and self._due[-1].size == self._running.size:
                head = self._due.pop()
                if head.root != self._running.root():
                    self._wrong.append(head)
            yield item

    def wrong(self) -> list[Head]:
        """Checkpoints the leaves do not lead to, smallest first; ask when all leaves have streamed by."""
        return [*self._wrong, *reversed(self._due)]


def _tile_files(log: Log, size: int) -> list[Finding]:
    """Every tile is there, and every hash above level 0 is the root of the full tile below it."""
    findings, level = [], 0
    while size >> 8 * level:
        for tile in range(-(-(size >> 8 * level) // WIDTH)):
            try:
                hashes = log.tiles.read(level, tile, width_at(size, level, tile))
                if level and hashes != [_root_below(log, level, tile * WIDTH + n) for n in range(len(hashes))]:
                    findings.append(_tile(log, (size, level, tile), "altered", "瓦片与其下一层不符"))
            except TileAltered as problem:
                findings.append(_tile(log, (size, level, tile), "missing", str(problem)))
        level += 1
    return findings


def _root_below(log: Log, level: int, tile: int) -> bytes:
    try:
        return perfect_root(log.tiles.read(level - 1, tile, WIDTH), log.tree)
    except TileAltered:
        return b""


def _tile(log: Log, where: tuple[int, int, int], kind: str, message: str) -> Finding:
    size, level, tile = where
    path = log.tiles.path(level, tile, width_at(size, level, tile))
    return Finding(kind, "tile", str(path.relative_to(log.directory)), message, index=tile << 8 * (level + 1))


def _in_tiles(log: Log, size: int, found: list[Difference]) -> list[Finding]:
    """One finding per level-0 tile: the entries lead to the signed roots, so it is the tile that was changed."""
    first_in_tile = {one.index // WIDTH: one for one in reversed(found)}
    return [
        replace(_tile(log, (size, 0, tile), "altered", "瓦片与记录不符，而记录算出的根与签名相符"), index=one.index)
        for tile, one in sorted(first_in_tile.items())
    ]


_WORDS = {"altered": "记录内容被改动", "missing": "记录不见了", "inserted": "插入了未签入日志的记录", "reordered": "记录的次序被改动"}


def _in_database(one: Difference) -> Finding:
    if one.kept:
        return _finding(one.kind, one.index, one.kept, _WORDS[one.kind])
    placement = (
        Placement.objects.filter(first_index__lte=one.index, first_index__gt=one.index - LARGEST_BATCH).order_by("-first_index").first()
    )
    if placement is None or one.index >= placement.first_index + placement.n:
        return Finding(one.kind, "database", f"index {one.index}", _WORDS[one.kind], index=one.index)
    ordinal = one.index - placement.first_index
    return _finding(one.kind, one.index, Kept(one.signed, placement.batch, ordinal), _WORDS[one.kind])


def _finding(kind: str, index: int, kept: Kept, message: str) -> Finding:
    return Finding(kind, "database", receipt_number(kept.batch, kept.ordinal), message, index, kept.batch, kept.ordinal)


def _wrong_root(head: Head) -> Finding:
    return Finding("altered", "checkpoint", f"size {head.size}", "瓦片算不出该检查点所签的根：瓦片与记录都被改动", index=head.size)
