"""What every act on an entry has in common: lock and look, whose it is, keep secrets out, one record and one step of history."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from govshare.audit import services as audit
from govshare.catalog.models import Entry, Step
from govshare.catalog.rules.shape import storable
from govshare.kernel.actor import Actor
from govshare.kernel.errors import Basis, Fault, Invalid, NotFound, NotYours, WrongState
from govshare.organizations import queries as organizations
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


def need_authority(by: Actor, entry: Entry, *, basis: Basis) -> None:
    """The authority of the provider's own tier, not just any."""
    if by.organization != authority_of(entry):
        raise NotYours("只有提供部门同级的信息化主管部门可以办理", basis=basis)


def authority_of(entry: Entry) -> str:
    return str(organizations.authority_for(entry.provider_id).id)


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
        digests=digests,
        detail={"revision": str(revision), **(detail or {})},
    )
    return Step.objects.create(
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
