"""Where the log stands: its head, who cosigned it, what waits, what the checks found."""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import get_language

from govshare.audit import log as log_
from govshare.audit import queries, services
from govshare.audit.log import LogRewound, open_log
from govshare.audit.models import Checkpoint, Entry, Objection, Timestamp
from govshare.audit.rules import receipt_number


@dataclass(frozen=True, slots=True)
class Head:
    """The newest checkpoint, as it was signed."""

    size: int
    root: str
    note: str
    signed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Standing:
    """``trouble``: why there is no head, in the reader's language. ``cosigned_size``: up to which entry witnesses have cosigned.

    ``witnesses`` are those whose signatures on it hold; ``objections`` are witnesses that found the log inconsistent with what they saw.
    """

    head: Head | None
    trouble: str
    origin: str
    tree: str
    key: str
    placed: int
    waits: bool
    checking: bool
    cosigned_size: int
    witnesses: tuple[tuple[str, datetime], ...]
    stamped: Timestamp | None
    objections: tuple[Objection, ...]


def standing() -> Standing:
    log = open_log()
    head, cosigned, trouble = None, None, ""
    try:
        found = log.head()
        head = _head(found) if found else None
        cosigned = queries.cosigned(log) if found else None
    except LogRewound as rewound:
        trouble = rewound.english if get_language() == "en" else rewound.chinese
    return Standing(
        head=head,
        trouble=trouble,
        origin=log.origin,
        tree=log.tree.name,
        key=queries.verification_key(),
        placed=queries.placed(),
        waits=queries.anything_waits(),
        checking=services.running(),
        cosigned_size=cosigned.size if cosigned else 0,
        witnesses=tuple((each.name, datetime.fromisoformat(each.at)) for each in cosigned.checkpoint.cosigned) if cosigned else (),
        stamped=Timestamp.objects.order_by("-size").first(),
        objections=tuple(Objection.objects.order_by("-number")[:5]),
    )


def _head(found: log_.Head) -> Head:
    row = Checkpoint.objects.filter(size=found.size).first()
    return Head(size=found.size, root=base64.b64encode(found.root).decode(), note=found.note, signed_at=row.at if row else None)


@dataclass(frozen=True, slots=True)
class Outcome:
    """One check of everything. ``asked`` is the receipt of whoever asked; empty: the clock."""

    at: datetime
    began: datetime
    who: str
    asked: str
    sound: bool
    entries: int
    checkpoints: int
    findings: int
    named: tuple[str, ...]
    receipt: str


def outcomes(limit: int = 10) -> list[Outcome]:
    """The latest checks, the newest first, from the log itself."""
    rows = list(Entry.objects.filter(action="audit:log:check").order_by("-batch", "-ordinal")[:limit])
    bodies = [(row, json.loads(row.body)) for row in rows]
    askers = _askers([body["about"] for _row, body in bodies if body["about"]])
    return [_outcome(row, body, askers) for row, body in bodies]


def _outcome(row: Entry, body: dict[str, Any], askers: dict[str, str]) -> Outcome:
    counts, detail = body["counts"], body["detail"]
    return Outcome(
        at=row.at,
        began=datetime.fromisoformat(detail["began"]) if "began" in detail else row.at,
        who=askers.get(body["about"], body["actor"]["name"]),
        asked=body["about"],
        sound=not int(counts["findings"]),
        entries=int(counts["entries"]),
        checkpoints=int(counts["checkpoints"]),
        findings=int(counts["findings"]),
        named=tuple(text for name, text in sorted(detail.items()) if name.startswith("finding ")),
        receipt=receipt_number(row.batch, row.ordinal),
    )


def _askers(numbers: Sequence[str]) -> dict[str, str]:
    """Who asked, by receipt number."""
    if not numbers:
        return {}
    rows = Entry.objects.filter(action="audit:log:ask-check").order_by("-batch")[:200]
    told = {receipt_number(row.batch, row.ordinal): json.loads(row.body)["actor"] for row in rows}
    return {number: f"{told[number]['organization_name']} {told[number]['name']}" for number in numbers if number in told}
