"""What was being typed when a session ended or the line was lost, kept for its writer alone (PC-81).

Sealed with AES-256-GCM under ``drafts.key`` of the key directory, the row's id as associated data: what people type may
hold personal data, and the database's backups shall not. Losing that key loses unfinished forms and nothing else.
"""

import json
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import transaction

from govshare.duties.queries import parameter
from govshare.kernel.actor import Actor
from govshare.kernel.errors import Fault, Invalid
from govshare.kernel.keyring import Keyring
from govshare.portal.desk import whose
from govshare.portal.models import KeptForm
from govshare.regulation.conventions import convention
from govshare.regulation.secrecy import refuse_secret

KEPT = convention("PC-81")
LARGEST = 512 * 1024  # bytes of all that was typed
MOST = 50  # forms of one person; the oldest makes way
_NONCE = 12
NOT_KEPT = re.compile(r"csrfmiddlewaretoken|.*(?:password|secret).*", re.IGNORECASE)

Typed = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Kept:
    """``fields``: every value by the name of its field, in order."""

    page: str
    fields: dict[str, list[str]]
    kept_at: datetime


@transaction.atomic
def keep(*, page: str, fields: Typed, by: Actor, now: datetime) -> KeptForm:
    """Keep what was typed at ``page``, in place of what was kept of it before. Marks of state secrets are refused, not kept."""
    typed = {name: [str(value) for value in values] for name, values in fields.items() if not NOT_KEPT.fullmatch(name)}
    refuse_secret({name: "\n".join(values) for name, values in typed.items()})
    plain = json.dumps(typed, ensure_ascii=False).encode("utf-8", "surrogatepass")
    if len(plain) > LARGEST or not page.startswith("/") or len(page) > 500 or "\0" in page:
        raise Invalid("填写的内容过多，未能保管", basis=KEPT, faults=[Fault("page", f"最多 {LARGEST // 1024} KB")])
    person = whose.person(by)
    KeptForm.objects.filter(person=person, page=page).delete()
    outdated = KeptForm.objects.filter(person=person).order_by("-kept_at")[MOST - 1 :]
    KeptForm.objects.filter(pk__in=[row.pk for row in outdated]).delete()
    row = KeptForm(person=person, page=page, kept_at=now, kept_by=by.id)
    row.sealed = _seal(plain, row)
    row.save(force_insert=True)
    return row


@transaction.atomic
def drop(*, page: str, by: Actor, now: datetime) -> bool:  # noqa: ARG001 - a service says when
    """Forget what was kept of the form at ``page``: it was sent, or is not wanted. Whether there was anything."""
    removed, _ = KeptForm.objects.filter(person=whose.key(by), page=page).delete()
    return bool(removed)


@transaction.atomic
def sweep(*, now: datetime) -> int:
    """Delete what has lain too long; return how many."""
    removed, _ = KeptForm.objects.filter(kept_at__lt=now - timedelta(days=parameter(str(KEPT)))).delete()
    return removed


def kept(page: str, *, by: Actor) -> Kept | None:
    """What ``by`` was typing at ``page``; None when nothing is kept, or it can no longer be opened."""
    row = KeptForm.objects.filter(person=whose.key(by), page=page).first()
    return _opened(row) if row else None


def pages(by: Actor) -> list[tuple[str, datetime]]:
    """Where ``by`` left something unfinished, and when; the newest first."""
    rows = KeptForm.objects.filter(person=whose.key(by))
    return list(rows.order_by("-kept_at").values_list("page", "kept_at"))


def _cipher() -> AESGCM:
    return AESGCM(Keyring(settings.GOVSHARE_KEYS).secret("drafts.key"))


def _seal(plain: bytes, row: KeptForm) -> bytes:
    nonce = secrets.token_bytes(_NONCE)
    return nonce + _cipher().encrypt(nonce, plain, row.pk.bytes + row.page.encode())


def _opened(row: KeptForm) -> Kept | None:
    sealed = bytes(row.sealed)
    try:
        plain = _cipher().decrypt(sealed[:_NONCE], sealed[_NONCE:], row.pk.bytes + row.page.encode())
    except InvalidTag:
        return None
    return Kept(page=row.page, fields=json.loads(plain.decode("utf-8", "surrogatepass")), kept_at=row.kept_at)
