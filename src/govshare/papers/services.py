"""Issuing papers 「文书」 and taking their sealed scans in (PC-65 to PC-68)."""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Max

from govshare.audit import services as audit
from govshare.duties import queries as duties
from govshare.kernel.actor import Actor
from govshare.kernel.clock import local_date
from govshare.kernel.errors import Fault, Invalid
from govshare.papers import queries
from govshare.papers.models import Paper, SealedScan
from govshare.papers.queries import SHELF
from govshare.papers.rules import kinds
from govshare.papers.rules.forms import Form
from govshare.papers.rules.kinds import SCAN_COUNT, SCAN_SIZE, SCANS, PaperKind
from govshare.regulation.files import Readable

_BOOK = 2016_6500  # PostgreSQL advisory lock of the number books


@transaction.atomic
def issue(*, kind: PaperKind, about: str, form: Form, parties: Iterable[str], resource: str = "", by: Actor, now: datetime) -> Paper:
    """Number ``form`` and keep it as it is now. What was issued with the very same content before is that paper, not a new one.

    ``about`` is the id of the matter, ``parties`` ids of the organizations that may see the paper; the caller knows that
    ``by`` may see the matter.
    """
    basis = kinds.BASES[kind]
    by.need(*sorted(kinds.ISSUERS[kind]), basis=basis)
    seen_by = sorted({*map(str, parties), by.organization})
    content = form.canonical()
    digest = hashlib.sha256(content).hexdigest()
    _hold_books()
    same = Paper.objects.filter(kind=kind, about=about, digest=digest, parties=seen_by).first()
    if same:
        return same
    year = local_date(now).year
    ordinal = (Paper.objects.filter(kind=kind, year=year).aggregate(last=Max("ordinal"))["last"] or 0) + 1
    number = kinds.number(kind, year, ordinal)
    promise = audit.record(
        action="papers:paper:issue",
        basis=basis,
        by=by,
        now=now,
        about=number,
        resource=resource,
        parties=seen_by,
        digests={"content": f"sha256:{digest}"},
        detail={"kind": kind, "matter": about, "title": form.subject},
    )
    return Paper.objects.create(
        kind=kind,
        year=year,
        ordinal=ordinal,
        number=number,
        about=about,
        title=form.subject,
        content=content.decode(),
        digest=digest,
        organization=by.organization,
        organization_name=by.organization_name,
        parties=seen_by,
        receipt=promise.number,
        issued_at=now,
        issued_by=by.id,
        issued_by_name=by.name,
    )


@transaction.atomic
def attach_scan(*, paper: UUID, name: str, content: Readable, standing_for: Iterable[str] = (), by: Actor, now: datetime) -> SealedScan:
    """Take in the scan of a paper signed and sealed. The same content twice is the same scan; nothing is ever replaced."""
    found = queries.get(paper, by=by, standing_for=standing_for)
    by.need(*sorted(kinds.ISSUERS[found.kind]), basis=kinds.BASES[found.kind])
    data = SCANS.read(content, megabytes=duties.parameter(str(SCAN_SIZE)))
    shown, kind = SCANS.judge(name, data)
    _hold_scans(found)
    digest = SHELF.put(data)
    same = found.scans.filter(digest=digest).first()
    if same:
        return same
    if found.scans.count() >= duties.parameter(str(SCAN_COUNT)):
        raise Invalid("盖章件份数已达上限", basis=SCAN_COUNT, faults=[Fault("file", "盖章件份数已达上限")])
    promise = audit.record(
        action="papers:scan:attach",
        basis=kinds.BASES[found.kind],
        by=by,
        now=now,
        about=found.number,
        parties=found.parties,
        counts={"bytes": len(data)},
        digests={"content": f"sha256:{digest}", "paper": f"sha256:{found.digest}"},
        detail={"name": shown},
    )
    return SealedScan.objects.create(
        paper=found,
        name=shown,
        type=kind,
        size=len(data),
        digest=digest,
        receipt=promise.number,
        added_at=now,
        added_by=by.id,
        added_by_name=by.name,
        organization_name=by.organization_name,
    )


def sweep(*, now: datetime) -> int:
    """Remove contents that no scan stands for, left behind where an act came to nothing a day ago or earlier; tells how many."""
    return SHELF.sweep(held=lambda digest: SealedScan.objects.filter(digest=digest).exists(), now=now)


def _hold_books() -> None:
    """One number at a time, until the transaction ends: what is rolled back was never given out."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_BOOK])


def _hold_scans(paper: Paper) -> None:
    """One scan of a paper at a time; the row itself cannot be locked by who may not change it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, %s))", [str(paper.pk), _BOOK])
