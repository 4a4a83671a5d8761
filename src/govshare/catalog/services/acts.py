"""What every act on an entry has in common: lock and look, whose it is, keep secrets out, one record and one step of history."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

import rfc8785

from govshare.audit import services as audit
from govshare.catalog.models import Entry, PlacedRemark, Revision, Step
from govshare.catalog.queries import contents as saying
from govshare.catalog.queries import moves
from govshare.catalog.rules.remarks import Remark, places, remark_faults
from govshare.catalog.rules.shape import storable
from govshare.kernel.actor import Actor
from govshare.kernel.errors import Basis, Fault, Invalid, NotFound, WrongState
from govshare.regulation.articles import cite
from govshare.regulation.conventions import convention
from govshare.regulation.secrecy import refuse_secret

TOLD = cite("CD2016-15")
SEEN = convention("PC-24")


def locked(entry: UUID, *, expected_version: int | None = None) -> Entry:
    """The entry, locked for this transaction; refused when someone has acted on it since the caller looked (PC-24)."""
    unlocked(entry)
    found = Entry.objects.select_for_update(of=("self",)).select_related("provider").get(pk=entry)
    if expected_version is not None and found.version != expected_version:
        raise WrongState(f"“{found.code}”在您打开之后已被他人改动，请重新打开核对后再办", basis=SEEN)
    return found


def unlocked(entry: UUID) -> Entry:
    """The entry, to look at only."""
    found = Entry.objects.select_related("provider").filter(pk=entry).first()
    if found is None:
        raise NotFound("没有这条信息资源，请核对代码", basis=cite("CD2016-14"))
    return found


def need_provider(by: Actor, entry: Entry, *, basis: Basis) -> None:
    by.need_own(entry.provider_id, basis=basis)


def authority_of(entry: Entry) -> str:
    return moves.authority_of(entry)


def keep_secrets_out(texts: Mapping[str, str], *, classification: str = "") -> None:
    """Refuse what bears a secrecy marking before anything is stored (CD2016-5.4)."""
    refuse_secret(texts, classification=classification)


def stated(text: str, *, what: str, basis: Basis) -> str:
    """A reason or opinion that must be given: trimmed, at most 2000 characters, no secret."""
    text = remark(text, basis=basis)
    if not text:
        raise Invalid(f"请写明{what}", basis=basis, faults=[Fault("reason", f"请写明{what}")])
    return text


def remark(text: str, *, basis: Basis) -> str:
    """A reason or opinion that may be left out: trimmed, at most 2000 characters, no secret."""
    text = text.strip()
    keep_secrets_out({"reason": text})
    if len(text) > 2000 or not storable(text):
        raise Invalid("意见或理由不能保存", basis=basis, faults=[Fault("reason", "最多 2000 字，不含无法保存的字符")])
    return text


def returned(reason: str, remarks: Sequence[Remark], *, sent_back: Revision, what: str, basis: Basis) -> tuple[str, tuple[Remark, ...]]:
    """Reason and remarks of a return, checked; with remarks the reason may be left out and then says how many there are."""
    remarks = tuple(Remark(each.place, each.text.strip()) for each in remarks)
    keep_secrets_out({f"remarks.{position}": each.text for position, each in enumerate(remarks, 1)})
    standing = saying.published(sent_back.entry)
    known = places(saying.snapshot(sent_back)) | (places(saying.snapshot(standing)) if standing else frozenset())
    faults = list(remark_faults(remarks, known)) if remarks else []
    if faults:
        raise Invalid(f"逐处意见有 {len(faults)} 处须改正", basis=basis, faults=faults)
    if remarks and not reason.strip():
        reason = f"有 {len(remarks)} 处须修改，见逐处意见"
    return stated(reason, what=what, basis=basis), remarks


def note(
    entry: Entry,
    *,
    revision: int,
    action: str,
    basis: Basis,
    by: Actor,
    now: datetime,
    reason: str = "",
    parties: Iterable[str] = (),
    digests: Mapping[str, str] | None = None,
    detail: Mapping[str, str] | None = None,
    remarks: Sequence[Remark] = (),
) -> Step:
    """Write the one record of this act, add it to the entry's history, and let everybody who looked before look again."""
    entry.version += 1
    entry.save(update_fields=["version", "last_revision"])
    promise = audit.record(
        action=action,
        basis=basis,
        by=by,
        now=now,
        reason=reason,
        about=entry.code,
        resource=entry.code,
        parties=parties,
        digests={**(digests or {}), **({"remarks": _digest(remarks)} if remarks else {})},
        detail={"revision": str(revision), **({"remarks": str(len(remarks))} if remarks else {}), **(detail or {})},
    )
    step = Step.objects.create(
        entry=entry,
        revision=revision,
        action=action,
        basis=str(basis),
        reason=reason,
        taken_at=now,
        taken_by=by.id,
        taken_by_name=by.name,
        organization=by.organization,
        receipt=promise.number,
    )
    PlacedRemark.objects.bulk_create(
        PlacedRemark(step=step, position=position, place=each.place, text=each.text) for position, each in enumerate(remarks, 1)
    )
    return step


def _digest(remarks: Sequence[Remark]) -> str:
    """SHA-256, lower-case hex, over the canonical JSON (RFC 8785) of places and texts."""
    return hashlib.sha256(rfc8785.dumps([[each.place, each.text] for each in remarks])).hexdigest()
