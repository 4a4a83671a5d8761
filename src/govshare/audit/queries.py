"""Reading the log: receipts, narrow search, and what the sequencer needs to know."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from govshare.audit import archived, keys, receipts, verifier
from govshare.audit.archived import Archived
from govshare.audit.log import Head, Log, LogRewound, open_log
from govshare.audit.models import Batch, Checkpoint, Cosignature, Dropped, Entry, Handover, Placement, Timestamp, Unplaced
from govshare.audit.rules import LARGEST_BATCH, LARGEST_COLUMN, parse_receipt_number, receipt_number, searchable
from govshare.kernel.errors import NotFound
from govshare.regulation.articles import cite

LAW = cite("CD2016-26")
PAGE = 100
RECENT = 100  # cosignatures looked at for the best cosigned checkpoint
#: The columns that ``searchable`` fills.
SEARCHED = ("at", "action", "outcome", "actor", "organization", "about", "resource", "grant_id", "subject", "parties")

_LEAVES = """
    SELECT p.first_index + e.ordinal, e.leaf_hash
    FROM audit_placement p JOIN audit_entry e ON e.batch = p.batch
    WHERE p.first_index > %(first)s - %(largest)s AND p.first_index < %(end)s
      AND p.first_index + e.ordinal >= %(first)s AND p.first_index + e.ordinal < %(end)s
    ORDER BY p.first_index, e.ordinal
"""


def verification_key() -> str:
    """The log's public key, ``name+hash+key``: what everybody needs to verify receipts."""
    return keys.log_key().verification_key()


def witness_key() -> str:
    """The key with which this platform cosigns the logs of others."""
    return keys.witness_key().verifier.text


def receipt(number: str, *, for_organization: str | None = None) -> bytes:
    """The receipt ``HZ-…``: the proof once its entry is under a signed checkpoint, the signed promise before.

    With ``for_organization``, only what that organization may see. Raises ``NotFound``.
    """
    kept, index = _located(number, for_organization)
    body = kept.body.encode()
    log = open_log()
    head = log.head()
    if head and index is not None and index < head.size:
        return _proof(log, _best(log, index) or head, body, index)
    recorded_at = Batch.objects.get(batch=kept.batch).recorded_at
    promise = receipts.Promise(
        batch=kept.batch, ordinal=kept.ordinal, at=recorded_at, leaf_hash=log.tree.leaf(body), body=body, key=keys.promise_key()
    )
    return promise.text.encode()


def find(number: str, *, for_organization: str | None = None) -> Entry:
    """The entry a receipt number names; ``NotFound`` when there is none, or none that ``for_organization`` may see."""
    return _located(number, for_organization)[0]


def _located(number: str, for_organization: str | None) -> tuple[Entry, int | None]:
    """The entry, from the database or the archive, and its place in the log, if it has one."""
    parsed = parse_receipt_number(number)
    kept = Entry.objects.filter(batch=parsed[0], ordinal=parsed[1]).first() if parsed else None
    index = None
    if kept:
        place = Placement.objects.filter(batch=kept.batch).first()
        index = place.first_index + kept.ordinal if place else None
    elif parsed and (sealed := archived.entry(*parsed)):
        kept, index = _unsealed(sealed), sealed.index
    if kept is None or (for_organization is not None and for_organization not in kept.parties):
        raise NotFound("没有这个回执号，或它与本部门无关；请核对号码", basis=LAW)
    return kept, index


def at_index(index: int) -> Entry:
    """The entry with the place ``index`` in the log; ``NotFound`` when there is none."""
    place = Placement.objects.filter(first_index__lte=index).order_by("-first_index").first()
    kept = Entry.objects.filter(batch=place.batch, ordinal=index - place.first_index).first() if place else None
    if kept is None and (sealed := archived.at(index)):
        return _unsealed(sealed)
    if kept is None:
        raise NotFound("日志中没有这个序号，请核对", basis=LAW)
    return kept


def _unsealed(sealed: Archived) -> Entry:
    """An archived entry with the columns it had in the database."""
    values = dict(zip(SEARCHED, searchable(sealed.body), strict=True))
    leaf = keys.tree().leaf(sealed.body.encode())
    return Entry(batch=sealed.batch, ordinal=sealed.ordinal, leaf_hash=leaf, body=sealed.body, **values)


def _proof(log: Log, head: Head, body: bytes, index: int) -> bytes:
    """A proof is checked before it is handed out; one that does not hold is ``LogRewound``."""
    hashes = log.tiles.inclusion_proof(index, head.size)
    file = receipts.proof(body=body, index=index, hashes=hashes, checkpoint=head.note)
    try:
        verifier.verify(file, log.trust())
    except verifier.Altered as altered:
        raise LogRewound(
            f"第 {index} 条记录的证明不成立：{altered.chinese}。记录或瓦片被改动，请运行核查（fsck）",
            f"the proof of entry {index} does not hold: {altered.english}. Run fsck",
        ) from altered
    return file


@dataclass(frozen=True, slots=True)
class Found:
    """One row of a search."""

    number: str
    at: datetime
    action: str
    outcome: str
    actor: str
    organization: str
    about: str
    resource: str
    grant: str
    body: str  # the canonical JSON


@dataclass(frozen=True, slots=True)
class Page:
    """Newest first. ``before`` of the next page is ``next``; empty when there is none."""

    found: tuple[Found, ...]
    next: str = ""


def entries(
    *,
    for_organization: str | None,
    action: str = "",
    about: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
    before: str = "",
    limit: int = PAGE,
) -> Page:
    """Search newest first; ``for_organization`` None sees all. ``action`` may be a prefix that ends in a colon."""
    rows = Entry.objects.order_by("-batch", "-ordinal")
    if for_organization is not None:
        rows = rows.filter(parties__contains=[for_organization])
    if action:
        rows = rows.filter(action__startswith=action) if action.endswith(":") else rows.filter(action=action)
    if about:
        rows = rows.filter(about=about)
    if since:
        rows = rows.filter(at__gte=since)
    if until:
        rows = rows.filter(at__lt=until)
    cursor = parse_receipt_number(before)
    if cursor:
        rows = rows.extra(where=["(batch, ordinal) < (%s, %s)"], params=list(cursor))
    limit = min(max(limit, 1), PAGE)
    kept = list(rows[: limit + 1])
    more = len(kept) > limit
    found = tuple(_found(row) for row in kept[:limit])
    return Page(found=found, next=found[-1].number if more else "")


def _found(row: Entry) -> Found:
    return Found(
        number=receipt_number(row.batch, row.ordinal),
        at=row.at,
        action=row.action,
        outcome=row.outcome,
        actor=row.actor,
        organization=row.organization,
        about=row.about,
        resource=row.resource,
        grant=row.grant_id,
        body=row.body,
    )


def cosigned(log: Log, index: int = -1) -> Head | None:
    """The checkpoint over entry ``index`` that most witnesses cosigned, of the newest; with their signatures."""
    newest = Cosignature.objects.filter(size__gt=index).order_by("-size", "witness")[:RECENT]
    by_size: dict[int, list[Cosignature]] = {}
    for row in newest:
        by_size.setdefault(row.size, []).append(row)
    if not by_size:
        return None
    size = max(by_size, key=lambda size: (len(by_size[size]), size))
    return checkpoint_of(log, size)


def _best(log: Log, index: int) -> Head | None:
    """The stamped checkpoint that covers entry ``index`` first, if it is cosigned or nobody cosigns; else the best cosigned one."""
    stamp, witnessed = stamped(index), cosigned(log, index)
    under = checkpoint_of(log, stamp.size) if stamp else None
    return under if under and (witnessed is None or len(under.note) > len(Checkpoint.objects.get(size=under.size).note)) else witnessed


def checkpoint_of(log: Log, size: int) -> Head:
    """A checkpoint from the history, with the signatures of all who cosigned it."""
    lines = Cosignature.objects.filter(size=size).values_list("line", flat=True)
    return log.read(verifier.with_cosignatures(Checkpoint.objects.get(size=size).note, lines), where="audit_checkpoint")


def stamped(index: int = -1) -> Timestamp | None:
    """The oldest time stamp over a checkpoint that covers entry ``index``: the entry was there by then."""
    return Timestamp.objects.filter(size__gt=index).order_by("size").first()


def time_stamp(size: int) -> Timestamp:
    """The time stamp over the checkpoint of ``size``; ``NotFound`` when there is none."""
    found = Timestamp.objects.filter(size=size).first()
    if found is None:
        raise NotFound("这个检查点没有时间戳", basis=LAW)
    return found


def recorded(*, action: str, about: str) -> bool:
    """Whether there is an entry of this action about this."""
    return Entry.objects.filter(action=action, about=about[:LARGEST_COLUMN]).exists()


def anything_waits() -> bool:
    """Whether a committed batch has no place yet."""
    return Unplaced.objects.exists()


def placed() -> int:
    """How many entries have a place: the size of the log in the database."""
    last = Placement.objects.order_by("-first_index").first()
    dropped = Dropped.objects.order_by("-end_index").first()
    return max(last.first_index + last.n if last else 0, dropped.end_index if dropped else 0)


def last_checkpoint(log: Log) -> Head | None:
    """The newest checkpoint in the history."""
    last = Checkpoint.objects.order_by("-size").first()
    return log.read(last.note, where="audit_checkpoint") if last else None


def handover_notes() -> list[str]:
    """The hand-overs of the log's key that the database remembers, in their order."""
    return list(Handover.objects.order_by("number").values_list("note", flat=True))


def leaf_hashes(first: int, end: int) -> Sequence[bytes]:
    """Leaf hashes of the placed entries ``first`` .. ``end`` - 1, in the order of the log."""
    with connection.cursor() as cursor:
        cursor.execute(_LEAVES, {"first": first, "end": end, "largest": LARGEST_BATCH})
        leaves = {index: bytes(leaf) for index, leaf in cursor.fetchall()}
    if len(leaves) < end - first:
        leaves |= {sealed.index: sealed.leaf for sealed in archived.dropped(first, end)}
    return [leaf for _, leaf in sorted(leaves.items())]
