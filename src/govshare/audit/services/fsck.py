"""The check of everything: re-derives every root from entries, placements, tiles and checkpoints, and says what is wrong where."""

import json
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from copy import copy
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any, TypeVar

from django.db import connection, transaction

from govshare.audit import queries, verifier
from govshare.audit.differences import Difference, Kept, differences
from govshare.audit.findings import Finding, Report, of_entry
from govshare.audit.log import Head, Log, LogRewound, open_log
from govshare.audit.merkle import RunningRoot, perfect_root
from govshare.audit.models import Checkpoint, Placement
from govshare.audit.rules import LARGEST_BATCH, searchable
from govshare.audit.services import behind, streaming
from govshare.audit.services.structure import structure, waiting
from govshare.audit.strays import strays
from govshare.audit.tiles import HASH, WIDTH, TileAltered, width_at
from govshare.audit.verifier import Tree

__all__ = ["Finding", "Report", "fsck"]

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


def fsck() -> Report:
    """Check the whole log. Reads everything, changes nothing, and may run beside the sequencer."""
    log = open_log()
    with transaction.atomic():
        heads, findings = _heads(log)
        size = max((head.size for head in heads), default=0)
        findings += structure() + waiting(log)
        findings += _leaves(log, heads, size)
        findings += strays(log, size, queries.placed)
        return Report(entries=size, checkpoints=len(heads), findings=tuple(findings))


def _heads(log: Log) -> tuple[list[Head], list[Finding]]:
    """Every checkpoint that the log's key signed, smallest first; and those it did not."""
    heads: dict[int, Head] = {}
    findings = []
    data = log.handovers()  # before the heads, of which each must be one
    newest = Checkpoint.objects.order_by("-size").values_list("size", flat=True).first() or 0  # the file is written before the history
    try:
        remembered = log.head()
        if remembered:
            heads[remembered.size] = remembered
            if remembered.size < newest:
                words = f"检查点文件停在 {remembered.size} 条，而历史已到 {newest} 条：被换成了旧的"
                findings.append(Finding("altered", "checkpoint", str(log.checkpoint_path), words, index=remembered.size))
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
        if (head.size, head.root, f"rfc6962+{log.tree.name}") != (row.size, bytes(row.root), row.tree):
            findings.append(Finding("altered", "checkpoint", place, "检查点的条数、根或算法与所签文字不同"))
        if head.root != heads.setdefault(head.size, head).root:
            findings.append(Finding("forged", "checkpoint", place, "同一条数签出过两个不同的根：日志分叉"))
    findings += _handovers(log, data, heads)
    return sorted(heads.values(), key=lambda head: head.size), findings


def _handovers(log: Log, data: bytes, heads: dict[int, Head]) -> list[Finding]:
    """Where the log's key was handed over, both keys signed the root of a checkpoint; and the database remembers the same."""
    try:
        links = verifier.handovers(data, log.origin)
    except verifier.Altered as altered:
        return [Finding("altered", "checkpoint", str(log.handover_path), altered.chinese)]
    wrong = [link for link in links if link.size and (link.size not in heads or heads[link.size].root != link.root)]
    findings = [Finding("forged", "checkpoint", str(log.handover_path), "密钥交接所签的根不是日志的", index=link.size) for link in wrong]
    if not data.startswith("".join(queries.handover_notes()).encode()):
        findings.append(Finding("missing", "checkpoint", str(log.handover_path), "密钥交接文件缺少数据库记着的交接"))
    return findings


def _leaves(log: Log, heads: list[Head], size: int) -> list[Finding]:
    """Entries against tiles against signed roots: the side that leads to the signed roots is right."""
    columns: list[_Row] = []
    agreed = _agreed(log, heads, size, columns)
    in_tiles, in_database = agreed.derivation, copy(agreed.derivation)
    kept = (row.kept for row in in_database.watch(_rows(log, agreed.size, size, columns), lambda row: row.kept.leaf))
    found, more = differences(in_tiles.watch(_tile_leaves(log, agreed.size, size), lambda leaf: leaf), kept, start=agreed.size)
    findings = _tile_files(log, size, agreed.units)
    if in_tiles.wrong() and not in_database.wrong():
        findings += _in_tiles(log, size, found)
    else:
        findings += [_in_database(one) for one in found]
        findings += [_wrong_root(head) for head in in_tiles.wrong()]
    said = {(one.batch, one.ordinal) for one in findings}
    findings += [
        of_entry("altered", row.index, row.kept, "叶哈希或检索用的列与记录内容不符")
        for row in columns
        if (row.kept.batch, row.kept.ordinal) not in said
    ]
    if more:
        findings.append(Finding("altered", "database", "audit_entry", f"另有 {more} 处不同，未逐一列出"))
    return findings


@dataclass(frozen=True, slots=True)
class _Agreed:
    """The beginning of the log in which database and tiles agree: its length, what follows from it, the roots of its full tiles."""

    size: int
    derivation: "_Derivation"
    units: list[bytes]


def _agreed(log: Log, heads: list[Head], size: int, wrong_columns: list["_Row"]) -> _Agreed:
    derivation = _Derivation(heads, log.tree)
    units: list[bytes] = []
    suspects: list[int] = []
    at = 0
    for leaves in behind.agreeing(log.tiles, size, lambda low, high: [row.kept.leaf for row in _rows(log, low, high, wrong_columns)]):
        roots = [perfect_root(leaves[low : low + WIDTH], log.tree) for low in range(0, len(leaves) - WIDTH + 1, WIDTH)]
        derivation.extend(b"".join(leaves), roots)
        units += roots
        at += len(leaves)
    for checked in streaming.agreeing(log.tiles, log.tree, at, size) if at % WIDTH == 0 else ():
        derivation.extend(checked.leaves, checked.units)
        units += checked.units
        suspects += checked.suspects
        at += len(checked.leaves) // HASH
    for low, high in _stretches(suspects):
        deque(_rows(log, low, high, wrong_columns), maxlen=0)
    return _Agreed(at, derivation, units)


def _stretches(indexes: list[int]) -> Iterator[tuple[int, int]]:
    """Ascending indexes as ranges."""
    for _, run in groupby(enumerate(indexes), lambda each: each[1] - each[0]):
        numbers = [index for _, index in run]
        yield numbers[0], numbers[-1] + 1


@dataclass(frozen=True, slots=True)
class _Row:
    index: int
    kept: Kept


def _rows(log: Log, start: int, end: int, wrong_columns: list[_Row]) -> Iterator[_Row]:
    """Entries in the order of the log, with their leaves hashed anew; rows whose columns say otherwise go to ``wrong_columns``."""
    for first in range(start, end, STEP):
        with connection.cursor() as cursor:
            cursor.execute(_KEPT, {"first": first, "end": min(first + STEP, end), "largest": LARGEST_BATCH})
            rows = cursor.fetchall()
        if len(rows) < min(first + STEP, end) - first:
            rows = behind.with_dropped(rows, first, min(first + STEP, end))
        for index, batch, ordinal, body, *columns in rows:
            if body is None:
                yield _Row(index, Kept(columns[0], batch, ordinal))
                continue
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


def _tile_leaves(log: Log, start: int, size: int) -> Iterator[bytes]:
    """The leaves the tree was built from; a tile that cannot be read gives zeros."""
    for tile in range(start // WIDTH, -(-size // WIDTH)):
        width = width_at(size, 0, tile)
        try:
            leaves = log.tiles.read(0, tile, width)
        except TileAltered:
            leaves = [bytes(32)] * width
        yield from leaves[max(0, start - tile * WIDTH) :]


class _Derivation:
    """Roots derived from leaves that stream by, compared with the signed ones."""

    def __init__(self, heads: list[Head], tree: Tree) -> None:
        self._running = RunningRoot(tree)
        self._due = list(reversed(heads))
        self._wrong: list[Head] = []

    def __copy__(self) -> "_Derivation":
        other = _Derivation([], self._running.tree)
        other._running, other._due, other._wrong = copy(self._running), [*self._due], [*self._wrong]
        other._running.edge = [*self._running.edge]
        return other

    def watch(self, items: Iterable[T], leaf: Callable[[T], bytes]) -> Iterator[T]:
        for item in items:
            self._append(leaf(item))
            yield item

    def extend(self, leaves: bytes, units: Sequence[bytes]) -> None:
        """Take many leaves at once, from a multiple of 256 on; ``units`` are the roots of their full tiles."""
        for tile, low in enumerate(range(0, len(leaves), WIDTH * HASH)):
            within = bool(self._due) and self._due[-1].size < self._running.size + WIDTH
            if tile < len(units) and not within:
                self._running.append_perfect(8, units[tile])
                self._compare()
            else:
                for at in range(low, min(low + WIDTH * HASH, len(leaves)), HASH):
                    self._append(leaves[at : at + HASH])

    def _append(self, leaf: bytes) -> None:
        self._running.append(leaf)
        self._compare()

    def _compare(self) -> None:
        while self._due and self._due[-1].size == self._running.size:
            head = self._due.pop()
            if head.root != self._running.root():
                self._wrong.append(head)

    def wrong(self) -> list[Head]:
        """Checkpoints the leaves do not lead to, smallest first; ask when all leaves have streamed by."""
        return [*self._wrong, *reversed(self._due)]


def _tile_files(log: Log, size: int, units: list[bytes]) -> list[Finding]:
    """Every tile is there, and every hash above level 0 is the root of the full tile below it; ``units`` are the first of them, known."""
    findings, level = [], 0
    while size >> 8 * level:
        for tile in range(0 if level else len(units), -(-(size >> 8 * level) // WIDTH)):
            try:
                hashes = log.tiles.read(level, tile, width_at(size, level, tile))
                if level and hashes != [_root_below(log, level, tile * WIDTH + n, units) for n in range(len(hashes))]:
                    findings.append(_tile(log, (size, level, tile), "altered", "瓦片与其下一层不符"))
            except TileAltered as problem:
                findings.append(_tile(log, (size, level, tile), "missing", str(problem)))
        level += 1
    return findings


def _root_below(log: Log, level: int, tile: int, units: list[bytes]) -> bytes:
    if level == 1 and tile < len(units):
        return units[tile]
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
        return of_entry(one.kind, one.index, one.kept, _WORDS[one.kind])
    placement = (
        Placement.objects.filter(first_index__lte=one.index, first_index__gt=one.index - LARGEST_BATCH).order_by("-first_index").first()
    )
    if placement is None or one.index >= placement.first_index + placement.n:
        return Finding(one.kind, "database", f"index {one.index}", _WORDS[one.kind], index=one.index)
    ordinal = one.index - placement.first_index
    return of_entry(one.kind, one.index, Kept(one.signed, placement.batch, ordinal), _WORDS[one.kind])


def _wrong_root(head: Head) -> Finding:
    return Finding("altered", "checkpoint", f"size {head.size}", "瓦片算不出该检查点所签的根：瓦片与记录都被改动", index=head.size)
