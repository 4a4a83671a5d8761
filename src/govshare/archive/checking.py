"""The check of a sealed segment: its files are downloaded, every entry is rebuilt and hashed, and what differs is named.

The tree decides what is right. Its levels above the leaves stay in the evidence directory for ever and lead to signed roots, so every
256 leaves of a segment must lead to the hash that stands there; then every entry must lead to its leaf.
"""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pyarrow as pa
from django.conf import settings

from govshare.archive import layout, parquet
from govshare.archive.store import Store
from govshare.audit import merkle, verifier
from govshare.audit.log import Log
from govshare.audit.services.fsck import Finding
from govshare.audit.tiles import HASH, WIDTH, TileAltered
from govshare.audit.verifier import Altered, Tree
from govshare.kernel import durable

MOST = 1000  # findings listed of one segment
_EMPTY = bytes(HASH)


@dataclass
class Checked:
    """What came of it. Without a readable manifest there is nothing else to be said."""

    findings: list[Finding] = field(default_factory=list)
    manifest: verifier.Segment = None  # type: ignore[assignment]
    least_batch: int = 0
    most_batch: int = 0

    def add(self, kind: str, place: str, message: str, index: int = -1) -> None:
        if len(self.findings) < MOST:
            self.findings.append(Finding(kind, "archive", place, message, index))


def check(log: Log, store: Store, name: str, note: str) -> Checked:
    """Check segment ``name``, whose manifest is known to be ``note``; its files are downloaded below ``GOVSHARE_SEALING`` meanwhile."""
    done = Checked()
    try:
        done.manifest = verifier.open_manifest(note.encode(), log.trust())
    except Altered as altered:
        done.add("altered", f"{name}/{layout.MANIFEST}", f"封存清单不成立：{altered.chinese}")
        return done
    durable.make_directory(Path(settings.GOVSHARE_SEALING))
    with TemporaryDirectory(dir=settings.GOVSHARE_SEALING, prefix="check-") as directory:
        work = Path(directory)
        there = _files(done, store, name, note, work)
        _tree(done, log, name)
        if layout.LEAVES in there and layout.ENTRIES in there:
            _entries(done, log, name, work)
        if layout.BATCHES in there:
            _batches(done, name, work)
    return done


def digest(path: Path) -> bytes:
    """SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()


def _files(done: Checked, store: Store, name: str, note: str, work: Path) -> set[str]:
    """Download what is there and can be read; every file that is missing, too much, or not what the manifest says is named."""
    there = {path.removeprefix(f"{name}/") for path in store.sizes(name)}
    expected = dict(done.manifest.files)
    for extra in sorted(there - {*expected, layout.MANIFEST}):
        done.add("inserted", f"{name}/{extra}", "归档中多出清单上没有的文件")
    if layout.MANIFEST not in there:
        done.add("missing", f"{name}/{layout.MANIFEST}", "封存清单文件不见了")
    elif store.read(f"{name}/{layout.MANIFEST}").decode("utf-8", "replace") != note:
        done.add("altered", f"{name}/{layout.MANIFEST}", "归档中的封存清单不是封存时登记的那一份")
    for file, signed in expected.items():
        if file not in there:
            done.add("missing", f"{name}/{file}", "归档文件不见了")
            continue
        store.get(f"{name}/{file}", work / file)
        if digest(work / file) != signed:
            done.add("altered", f"{name}/{file}", "归档文件的摘要与封存清单不符")
    return there & set(expected)


def _tree(done: Checked, log: Log, name: str) -> None:
    """The manifest's root stands in the tree of the log, and leads to a checkpoint that was signed."""
    manifest = done.manifest
    head = log.head()
    if head is None or head.size < manifest.end:
        done.add("missing", str(log.checkpoint_path), f"签出的检查点不含封存的 {manifest.end} 条", manifest.end)
        return
    subtrees = log.tiles.subtrees(head.size)
    try:
        own = tuple(merkle.edge(manifest.first, subtrees)) == manifest.edge and merkle.root(manifest.end, subtrees) == manifest.root
        signed = merkle.root(head.size, subtrees) == head.root
    except TileAltered as altered:
        done.add("missing", str(altered.path), str(altered), manifest.first)
        return
    if not signed:
        done.add("altered", str(log.tiles.directory), "瓦片算不出已签出的检查点", head.size)
    elif not own:
        done.add("altered", f"{name}/{layout.MANIFEST}", "封存清单的根与日志的树不符：封存的不是本日志的记录", manifest.first)


def _entries(done: Checked, log: Log, name: str, work: Path) -> None:
    """Every entry leads to its leaf, every 256 leaves to their node in the tree."""
    first, count = done.manifest.first, done.manifest.end - done.manifest.first
    derived = bytearray(count * HASH)  # hashes of the rebuilt bodies, in the order of the log
    try:
        for index, leaf in _hashed(work / layout.ENTRIES, log.tree):
            place = (index - first) * HASH
            if not 0 <= place < len(derived):
                done.add("inserted", f"{name}/{layout.ENTRIES}", f"有序号不属于本段的记录：{index}", index)
            elif derived[place : place + HASH] != _EMPTY:
                done.add("inserted", f"{name}/{layout.ENTRIES}", f"第 {index} 条出现了不止一次", index)
            else:
                derived[place : place + HASH] = leaf
    except (duckdb.Error, pa.ArrowException, OSError) as error:
        done.add("altered", f"{name}/{layout.ENTRIES}", f"归档文件读不出来：{type(error).__name__}")
        return
    node = _nodes(log)
    with (work / layout.LEAVES).open("rb") as leaves:
        for tile in range(count // WIDTH):
            low = tile * WIDTH * HASH
            at = _Tile(done, name, log.tree, node(first // WIDTH + tile), first + tile * WIDTH)
            at.compare(leaves.read(WIDTH * HASH), bytes(derived[low : low + WIDTH * HASH]))


@dataclass(frozen=True)
class _Tile:
    """256 leaves as kept and as derived from the entries; the side that leads to the tree's node is right."""

    done: Checked
    name: str
    tree: Tree
    node: bytes
    index: int

    def compare(self, leaves: bytes, derived: bytes) -> None:
        kept_holds = self._holds(leaves)
        if kept_holds and leaves == derived:
            return
        if not kept_holds and self._holds(derived):
            for offset in _differing(leaves, derived):
                self._add("altered", layout.LEAVES, "叶哈希文件被改动，而记录与日志的树相符", offset)
            return
        if not kept_holds:
            self._add("altered", layout.LEAVES, "叶哈希和记录都与日志的树不符", 0)
        for offset in _differing(leaves, derived):
            if derived[offset * HASH : (offset + 1) * HASH] == _EMPTY:
                self._add("missing", layout.ENTRIES, "记录不见了", offset)
            else:
                self._add("altered", layout.ENTRIES, "记录内容被改动，或换到了别的序号", offset)

    def _holds(self, leaves: bytes) -> bool:
        hashes = [leaves[n : n + HASH] for n in range(0, len(leaves), HASH)]
        return len(leaves) == WIDTH * HASH and merkle.perfect_root(hashes, self.tree) == self.node

    def _add(self, kind: str, file: str, message: str, offset: int) -> None:
        self.done.add(kind, f"{self.name}/{file}", message, self.index + offset)


def _differing(one: bytes, other: bytes) -> Iterator[int]:
    return (n for n in range(WIDTH) if one[n * HASH : (n + 1) * HASH] != other[n * HASH : (n + 1) * HASH])


def _nodes(log: Log) -> Callable[[int], bytes]:
    """The tree's hash of the 256 leaves of a tile; nothing where that cannot be read."""
    head = log.head()
    subtrees = log.tiles.subtrees(head.size if head else 0)

    def node(tile: int) -> bytes:
        try:
            return subtrees(8, tile)
        except (TileAltered, IndexError):
            return b""

    return node


def _hashed(entries: Path, tree: Tree) -> Iterator[tuple[int, bytes]]:
    for indexes, bodies in parquet.bodies([str(entries)]):
        yield from zip(indexes, map(tree.leaf, bodies), strict=True)


def _batches(done: Checked, name: str, work: Path) -> None:
    """The batches cover the segment without gap."""
    first, end = done.manifest.first, done.manifest.end
    asked = f"SELECT first_index, n, batch FROM read_parquet({layout.quoted(str(work / layout.BATCHES))}) ORDER BY first_index"
    try:
        with parquet.engine() as database:
            rows = database.sql(asked).fetchall()
    except (duckdb.Error, pa.ArrowException, OSError) as error:
        done.add("altered", f"{name}/{layout.BATCHES}", f"归档文件读不出来：{type(error).__name__}")
        return
    due = first
    for index, n, _ in rows:
        if (index > due) or (index < due and due != first) or index + n <= due:
            done.add("altered", f"{name}/{layout.BATCHES}", "批次之间有缺口或重叠", due)
            break
        due = index + n
    if due < end and not any(finding.place.endswith(layout.BATCHES) for finding in done.findings):
        done.add("missing", f"{name}/{layout.BATCHES}", "批次不足", due)
    done.least_batch, done.most_batch = min((b for *_, b in rows), default=0), max((b for *_, b in rows), default=0)
