"""The sequencer: gives committed batches their places, grows the tree, signs.

Every step can be repeated, and each is durable before the next: places (database) → tiles (files) → checkpoint (file) →
history (database). A process killed between any two is followed by one that takes up where the last signed checkpoint stands.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime

from django.db import Error, connection, transaction

from govshare.audit import queries, verifier
from govshare.audit.log import Head, Log, LogRewound, open_log
from govshare.audit.tiles import WIDTH, TileAltered

LOCK = 0x676F765F6C6F67  # "gov_log", the advisory lock of the sequencer
BATCHES = 10_000  # placed in one step
LEAVES = 65_536  # read at a time

_PLACE = """
    INSERT INTO audit_placement (batch, first_index, n)
    SELECT batch, %s + sum(n) OVER (ORDER BY batch) - n, n
    FROM (SELECT u.batch, b.n FROM audit_unplaced u JOIN audit_batch b USING (batch) ORDER BY u.batch LIMIT %s) AS waiting
    ORDER BY batch
"""


def place(*, now: datetime) -> int:
    """One step: place what is unplaced, extend the tree, sign; return how many entries came under the new checkpoint.

    Two at once are safe, the second waits. Raises ``LogRewound`` when database or files do not continue what was signed last.
    """
    log = open_log()
    with log.alone(), sequencer():
        try:
            return _step(log, now)
        except TileAltered as altered:
            raise LogRewound(f"{altered}。请从备份恢复该文件", "restore that file from the backup") from altered


@contextmanager
def sequencer() -> Iterator[None]:
    """The only one on this database, across machines; the lock ends with the connection."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
    try:
        yield
    finally:
        with suppress(Error), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


def _step(log: Log, now: datetime) -> int:
    signed, history = check_memory(log)
    before = signed.size if signed else 0
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute(_PLACE, [queries.placed(), BATCHES])
    size = queries.placed()
    if signed and (history is None or history.size < signed.size):
        _remember(signed, now)
    if size == before:
        return 0
    log.tiles.extend(before, _leaves(before, size))
    head = log.sign(size, log.tiles.root(size))
    for known in (signed, history):
        if known:
            _check_consistent(log, known, head)
    log.publish(head)
    if history is None or history.size < size:
        _remember(head, now)
    return size - before


def check_memory(log: Log) -> tuple[Head | None, Head | None]:
    """Refuse a database or files that are older than what was signed, before anything is written; what each remembers."""
    signed, history = log.head(), queries.last_checkpoint(log)
    _check_handovers(log)
    if history and not signed:
        raise LogRewound(
            f"检查点文件 {log.checkpoint_path} 不见了，而数据库记着 {history.size} 条的检查点。请从备份恢复证据目录",
            "the checkpoint file is gone while the database remembers one. Restore the evidence directory from the backup",
        )
    placed = queries.placed()
    for known in filter(None, (signed, history)):
        if known.size > placed:
            raise LogRewound(
                f"数据库只有 {placed} 条已入日志，而已签出的检查点有 {known.size} 条：数据库被恢复到了更早的备份。"
                "请恢复到不早于该检查点的备份（或其预写日志）",
                f"the database has {placed} placed entries, a signed checkpoint has {known.size}: the database was restored from an older "
                "backup. Restore one that is not older than the checkpoint, with its write-ahead log",
            )
    if signed:
        _check_edge(log, signed)
    return signed, history


def _check_handovers(log: Log) -> None:
    """The file of hand-overs is no older than the database's."""
    if not log.handovers().startswith("".join(queries.handover_notes()).encode()):
        raise LogRewound(
            f"密钥交接文件 {log.handover_path} 缺少数据库记着的交接。请从备份恢复证据目录",
            "the file of hand-overs lacks some that the database remembers. Restore the evidence directory from the backup",
        )


def _check_edge(log: Log, signed: Head) -> None:
    """The tiles still lead to the signed root, and the database still has the last leaves under it."""
    if log.tiles.root(signed.size) != signed.root:
        raise LogRewound(
            f"证据瓦片算出的根与已签出的检查点（{signed.size} 条）不符：瓦片被改动。请从备份恢复 {log.tiles.directory}",
            "the tiles do not lead to the signed root: they were altered. Restore them from the backup",
        )
    first = (signed.size - 1) // WIDTH * WIDTH
    if list(_leaves(first, signed.size)) != log.tiles.read(0, first // WIDTH, signed.size - first):
        raise LogRewound(
            f"数据库中第 {first} 至 {signed.size - 1} 条记录与已签出的瓦片不符：数据库被改动，或不是签出时的那一个。"
            "请运行核查（fsck），并恢复数据库",
            "the database's last entries are not those that were signed. Run fsck and restore the database",
        )


def _check_consistent(log: Log, old: Head, new: Head) -> None:
    """The new tree only appends to the old one (RFC 6962, 2.1.2)."""
    proof = log.tiles.consistency_proof(old.size, new.size) if old.size <= new.size else []
    if not verifier.is_consistent(old.checkpoint, new.checkpoint, proof, log.tree):
        raise LogRewound(
            f"新的树（{new.size} 条）不是已签出检查点（{old.size} 条）的延续，拒绝签名。请运行核查（fsck），从备份恢复被改动的部分",
            "the new tree does not continue a signed checkpoint; not signing. Run fsck and restore what was altered",
        )


def _leaves(first: int, end: int) -> Iterator[bytes]:
    """Leaf hashes of placed entries ``first`` .. ``end`` - 1, in the order of the log."""
    for low in range(first, end, LEAVES):
        high = min(low + LEAVES, end)
        leaves = queries.leaf_hashes(low, high)
        if len(leaves) != high - low:
            raise LogRewound(
                f"第 {low} 至 {high - 1} 条之间缺少已入日志的记录，拒绝签名。请运行核查（fsck），并恢复数据库",
                "placed entries are missing; not signing. Run fsck and restore the database",
            )
        yield from leaves


def _remember(head: Head, now: datetime) -> None:
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO audit_checkpoint (size, root, note, tree, at) VALUES (%s, %s, %s, %s, %s) ON CONFLICT (size) DO NOTHING",
            [head.size, head.root, head.note, f"rfc6962+{verifier.tree_of(head.checkpoint.origin).name}", now],
        )
