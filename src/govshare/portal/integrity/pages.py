"""Pages of integrity: the head live, checks in the background, proofs and consistency drawn, the verifier to take along."""

import hashlib
from functools import cache
from pathlib import Path as File
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from govshare.audit import queries, services, verifier
from govshare.audit.log import LogRewound, open_log
from govshare.audit.models import Checkpoint
from govshare.audit.rules import parse_receipt_number, receipt_number
from govshare.audit.tiles import TileAltered
from govshare.kernel.clock import utc_now
from govshare.kernel.errors import Invalid, NotFound, Unavailable
from govshare.kernel.roles import Role
from govshare.portal.frame.answers import done, render
from govshare.portal.frame.lists import Column, listing
from govshare.portal.frame.pages import act, page
from govshare.portal.frame.visitor import Request
from govshare.portal.integrity import path, standing
from govshare.portal.receipts import reading
from govshare.regulation.articles import cite
from govshare.regulation.conventions import convention

EVIDENCE = cite("CD2016-26")
CHECKED = convention("PC-62")
NOT_REWOUND = convention("PC-64")
AUDITOR = (Role.AUDIT_ADMIN,)
PROVERS = (Role.REGISTRAR, Role.REVIEWER, Role.RESOURCE_ADMIN, Role.LEADER, Role.AUTHORITY, Role.AUDIT_ADMIN)
_LATEST = 8


@page("integrity/", title=gettext_lazy("完整性校验"), basis=CHECKED, roles=AUDITOR)
def integrity(request: Request) -> HttpResponse:
    """The head of the log, live; the latest checkpoints; the checks of everything; the way to prove any entry."""
    return render(
        request, "portal/integrity/integrity.html", now=utc_now(), latest=list(Checkpoint.objects.order_by("-size")[:_LATEST]), **_live()
    )


@page("integrity/live/", title=gettext_lazy("日志现状"), basis=CHECKED, roles=AUDITOR)
def integrity_live(request: Request) -> HttpResponse:
    """The live part alone, asked for every few seconds."""
    return render(request, "portal/integrity/live.html", now=utc_now(), **_live())


def _live() -> dict[str, Any]:
    return {"log": standing.standing(), "outcomes": standing.outcomes()}


@act("integrity/check/", title=gettext_lazy("现在校验"), basis=CHECKED, roles=AUDITOR)
def integrity_check(request: Request) -> HttpResponse:
    """A worker derives every root again; the outcome is an entry and turns up on the page by itself."""
    promise = services.ask_check(by=request.actor, now=utc_now())
    return done(request, _("已交后台校验，结果出来后显示在下面，离开本页也不影响"), to=reverse("integrity"), receipt=promise.number)


@page("integrity/proof/", title=gettext_lazy("逐步证明一条记录"), basis=EVIDENCE, roles=PROVERS)
def integrity_proof(request: Request) -> HttpResponse:
    """By receipt number or place in the log: every hash from the entry to the signed root, computed again before the reader's eyes."""
    asked = request.GET.get("entry", "").strip()
    context: dict[str, Any] = {"asked": asked, "key": queries.verification_key(), "verifier": _verifier()[1]}
    if not asked:
        return render(request, "portal/integrity/proof.html", **context)
    number = _number(asked)
    file = services.read_receipt(number=number, by=request.actor, now=utc_now())
    log = open_log()
    try:
        verified = verifier.verify(file, log.trust())
    except (verifier.Altered, LogRewound) as problem:
        raise Unavailable(_("这条记录的证明不成立，请立即告知系统管理员核查日志"), basis=NOT_REWOUND) from problem
    drawn = path.drawn(file, verified, log.tree) if verified.stage == 2 else None
    note = file.decode().partition("\n\n")[2] if drawn else ""
    return render(
        request,
        "portal/integrity/proof.html",
        number=number,
        path=drawn,
        promised_by=verified.by,
        note=note,
        told=reading.told(verified.entry),
        body=verified.body.decode(),
        leaf=verified.leaf.hex(),
        **context,
    )


def _number(asked: str) -> str:
    """The receipt number that was typed, or that of the entry at the place that was typed."""
    if parse_receipt_number(asked):
        return asked.upper()
    if asked.isascii() and asked.isdigit() and len(asked) < 19:
        found = queries.at_index(int(asked))
        return receipt_number(found.batch, found.ordinal)
    raise NotFound(_("请输入回执号（形如 HZ-128-0）或记录在日志中的序号"), basis=EVIDENCE)


COLUMNS = (
    Column("size", gettext_lazy("条数"), lambda row: row.size, cell="portal/integrity/cells/size.html", css="ra"),
    Column("root", gettext_lazy("根哈希"), lambda row: path.parts(row.note)[2], css="mono"),
    Column("at", gettext_lazy("签出时间"), lambda row: row.at, cell="portal/integrity/cells/moment.html", css="nowrap"),
    Column("tree", gettext_lazy("哈希树"), lambda row: row.tree, css="mono"),
    Column("note", gettext_lazy("检查点原文"), lambda row: row.note, only_export=True),
)


@page("integrity/checkpoints/", title=gettext_lazy("检查点"), basis=CHECKED, roles=AUDITOR, lists=True)
def integrity_checkpoints(request: Request) -> HttpResponse:
    """Every signed checkpoint, the newest first."""
    rows = Checkpoint.objects.order_by("-size")
    return listing(request, "portal/integrity/checkpoints.html", title=_("检查点"), columns=COLUMNS, rows=rows)


@page("integrity/consistency/", title=gettext_lazy("两个检查点是否相延续"), basis=CHECKED, roles=AUDITOR)
def integrity_consistency(request: Request) -> HttpResponse:
    """Whether the newer of two checkpoints only appended to the older: the proof, computed again; without sizes the latest two."""
    latest = list(Checkpoint.objects.order_by("-size").values_list("size", flat=True)[:2])
    sizes = [_size(request, "old", latest[-1] if latest else 0), _size(request, "new", latest[0] if latest else 0)]
    old, new = (Checkpoint.objects.filter(size=size).first() for size in sorted(sizes))
    context: dict[str, Any] = {"old": old, "new": new, "sizes": sizes}
    if old is None or new is None:
        return render(request, "portal/integrity/consistency.html", missing=bool(latest), status=404 if latest else 200, **context)
    log = open_log()
    try:
        first, second = (log.read(row.note, where=f"audit_checkpoint size={row.size}") for row in (old, new))
        proof = log.tiles.consistency_proof(old.size, new.size)
    except (LogRewound, TileAltered) as problem:
        raise Unavailable(str(problem), basis=NOT_REWOUND) from problem
    holds = verifier.is_consistent(first.checkpoint, second.checkpoint, proof, log.tree)
    return render(
        request,
        "portal/integrity/consistency.html",
        proof=[each.hex() for each in proof],
        holds=holds,
        share=100 * old.size // max(new.size, 1),
        added=new.size - old.size,
        tree=log.tree.name,
        **context,
    )


def _size(request: Request, name: str, otherwise: int) -> int:
    text = request.GET.get(name, "").strip()
    if not text:
        return otherwise
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise Invalid(_("条数应为整数"), basis=CHECKED)
    return int(text)


@page("integrity/verifier/", title=gettext_lazy("核验程序"), basis=EVIDENCE)
def integrity_verifier(_request: Request) -> HttpResponse:
    """The verifier as one file: Python and ``cryptography``, nothing of this platform."""
    response = HttpResponse(_verifier()[0], content_type="text/x-python; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="verifier.py"'
    return response


@cache
def _verifier() -> tuple[bytes, str]:
    """The file and its SHA-256."""
    content = File(verifier.__file__).read_bytes()
    return content, hashlib.sha256(content).hexdigest()
