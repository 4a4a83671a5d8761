"""The entry, its canonical bytes and its leaf hash. ``docs/reference/evidence-format.md`` is the byte-exact description."""

import base64
import hashlib
import hmac
import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from govshare.kernel.actor import Actor

#: Names the version of the entry's fields; the hash of its leaf follows. A new set of fields or another hash gets a new name.
ENTRY_VERSION = "govshare/entry@v2"
ENTRY_FORMAT = f"{ENTRY_VERSION}+sha256"
#: From the promise to the place in the log (PC-60).
PROMISE_WITHIN = timedelta(seconds=60)
#: Entries that may share one batch, so that the sequencer can bound what it reads.
LARGEST_BATCH = 1000
#: Bytes of one entry: what a C2SP entry bundle can carry.
LARGEST_ENTRY = 65_535

#: Characters of a text that can be searched by; an index holds no longer ones.
LARGEST_COLUMN = 200

_ACTION = re.compile(r"[a-z][a-z0-9_-]*(:[a-z][a-z0-9_-]*){2}")
_NUMBER = re.compile(r"HZ-([1-9][0-9]{0,18})-(0|[1-9][0-9]{0,8})")
_SEALED = "aes-siv"
_SEALED_IDENTIFIER = re.compile(rf"{_SEALED}:([0-9]{{4}}-[0-9]{{2}}):([A-Za-z0-9+/]+={{0,2}})")
_quoted = json.encoder.encode_basestring  # with the escapes that RFC 8785 has
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")  # neither JSON in PostgreSQL nor UTF-8 takes these
_LARGEST_EXACT = 2**53 - 1  # RFC 8785 numbers are doubles


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing that happened, as plain values that can be read in fifteen years. Empty means: does not apply."""

    at: datetime
    action: str  # subject:object:verb
    basis: str  # citation of the article or convention
    rule_set: str
    by: Actor
    outcome: str = "allowed"
    reason: str = ""
    about: str = ""  # number or id of the thing acted on
    resource: str = ""
    grant: str = ""
    purpose: str = ""
    case: str = ""
    subject: str = ""  # subject_hash() of the person or firm asked about
    identifier: str = ""  # the same, encrypted under the key of the entry's month: sealed_identifier()
    request_id: str = ""
    parties: frozenset[str] = frozenset()  # ids of the organizations that may see it
    counts: Mapping[str, int] = field(default_factory=dict)
    digests: Mapping[str, str] = field(default_factory=dict)
    detail: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.at.tzinfo is None:
            raise ValueError("an entry's time needs a time zone")
        if not _ACTION.fullmatch(self.action):
            raise ValueError(f"not subject:object:verb: {self.action}")

    def canonical(self, tree: str = "sha256") -> bytes:
        """The bytes that are hashed and kept, in a log whose tree hashes by ``tree``: JSON by RFC 8785."""
        version = f"{ENTRY_VERSION}+{tree}"
        try:
            body = self._json(version).encode()
        except UnicodeEncodeError:
            body = _NUL
        if _NUL in body:  # it hardly ever occurs
            body = self._storable()._json(version).encode()
        if len(body) > LARGEST_ENTRY:
            raise ValueError(f"an entry of {len(body)} bytes; record a digest of what is long, not its text")
        return body

    def _json(self, version: str) -> str:
        """Every key stands where RFC 8785 sorts it."""
        by = self.by
        parties = sorted({party for party in (*self.parties, by.organization) if party})
        return (
            f'{{"about":{_quoted(self.about)},"action":{_quoted(self.action)},"actor":{{"certificate":{_quoted(by.certificate)}'
            f',"id":{_quoted(by.id)},"kind":{_quoted(by.kind)},"name":{_quoted(by.name)},"organization":{_quoted(by.organization)}'
            f',"organization_name":{_quoted(by.organization_name)},"standing_in_for":{_quoted(by.standing_in_for)}}}'
            f',"at":"{timestamp(self.at)}","basis":{_quoted(self.basis)},"case":{_quoted(self.case)}'
            f',"counts":{_object(self.counts, _number)},"detail":{_object(self.detail)},"digests":{_object(self.digests)}'
            f',"grant":{_quoted(self.grant)},"identifier":{_quoted(self.identifier)},"outcome":{_quoted(self.outcome)}'
            f',"parties":[{",".join(map(_quoted, parties))}],"purpose":{_quoted(self.purpose)},"reason":{_quoted(self.reason)}'
            f',"request_id":{_quoted(self.request_id)},"resource":{_quoted(self.resource)},"rule_set":{_quoted(self.rule_set)}'
            f',"subject":{_quoted(self.subject)},"v":"{version}"}}'
        )

    def _storable(self) -> "Entry":
        """The entry with what no database can store replaced everywhere."""
        return replace(self, **{name: _stored(getattr(self, name)) for name in self.__slots__})


_NUL = b"\\u0000"


def _text(value: str) -> str:
    return _quoted(str(value))


def _number(count: int) -> str:
    kept = exact(count)
    return _text(kept) if isinstance(kept, str) else str(kept)


def _object(values: Mapping[str, Any], written: Callable[[Any], str] = _text) -> str:
    """A JSON object, its names sorted by UTF-16 code units; ASCII sorts the same either way."""
    members: Iterable[tuple[str, Any]] = values.items()
    if len(values) > 1:
        members = sorted(members, key=None if all(map(str.isascii, values)) else _utf16)
    return "{" + ",".join([f"{_quoted(name)}:{written(value)}" for name, value in members]) + "}"


def _stored(value: Any) -> Any:
    """``value`` with what no database can store replaced everywhere."""
    match value:
        case str():
            return storable(value)
        case frozenset():
            return frozenset(map(storable, value))
        case Mapping():
            return {storable(name): _stored(each) for name, each in value.items()}
        case Actor():
            return replace(value, **{name: _stored(getattr(value, name)) for name in value.__slots__})
        case _:
            return value


def _utf16(item: tuple[str, object]) -> bytes:
    return item[0].encode("utf-16-be", "surrogatepass")


def storable(text: str) -> str:
    """``text`` with what cannot be stored (NUL, lone surrogates) shown as U+FFFD."""
    return _UNSTORABLE.sub("\ufffd", text)


def exact(count: int) -> int | str:
    """A number that every JSON reader reads exactly; beyond 2^53 - 1 it is a string of digits."""
    return int(count) if abs(count) <= _LARGEST_EXACT else str(count)


def timestamp(moment: datetime) -> str:
    """RFC 3339 in UTC with microseconds: ``2026-01-02T03:04:05.000006Z``."""
    utc = moment if moment.tzinfo is UTC else moment.astimezone(UTC)
    return utc.isoformat(timespec="microseconds")[:-6] + "Z"


def leaf_hash(body: bytes) -> bytes:
    """RFC 6962, section 2.1: the hash of a leaf."""
    return hashlib.sha256(b"\x00" + body).digest()


def normalized(identifier: str) -> bytes:
    """An identifier as it is hashed and encrypted: blanks, width and letter case do not matter."""
    return "".join(unicodedata.normalize("NFKC", identifier).split()).upper().encode("utf-8", "replace")


def subject_hash(key: bytes, identifier: str) -> str:
    """The keyed hash that stands for a person or firm (PC-63); nothing gives nothing."""
    plain = normalized(identifier)
    return "hmac-sha256:" + hmac.digest(key, plain, "sha256").hex() if plain else ""


def identifier_month(moment: datetime) -> str:
    """The month whose key encrypts the identifiers of this moment, in UTC: ``2026-03``."""
    return f"{moment.astimezone(UTC):%Y-%m}"


def sealed_identifier(key: bytes, month: str, identifier: str) -> str:
    """The identifier, encrypted by AES-SIV (RFC 5297): the same identifier in the same month gives the same text, as its hash does."""
    plain = normalized(identifier)
    if not plain:
        return ""
    return f"{_SEALED}:{month}:{base64.b64encode(AESSIV(key).encrypt(plain, _bound_to(month))).decode()}"


def sealed_month(sealed: str) -> str:
    """The month whose key opens a sealed identifier; empty when it is none."""
    parsed = _SEALED_IDENTIFIER.fullmatch(sealed)
    return parsed[1] if parsed else ""


def opened_identifier(key: bytes, sealed: str) -> str:
    """The normalized identifier in ``sealed``; ``ValueError`` when it is not what that month's key encrypted."""
    parsed = _SEALED_IDENTIFIER.fullmatch(sealed)
    if not parsed:
        raise ValueError("not a sealed identifier")
    try:
        return AESSIV(key).decrypt(base64.b64decode(parsed[2], validate=True), _bound_to(parsed[1])).decode()
    except InvalidTag:
        raise ValueError(f"not sealed under the key of {parsed[1]}") from None


def _bound_to(month: str) -> list[bytes]:
    return [b"govshare/identifier@v1", month.encode()]


def searchable(body: str) -> tuple[Any, ...]:
    """What the columns beside ``body`` must hold: at, action, outcome, actor, organization, about, resource, grant, subject, parties."""
    fields = json.loads(body)
    actor = fields["actor"]
    clipped_fields = (actor["id"], actor["organization"], fields["about"], fields["resource"], fields["grant"])
    return (
        datetime.fromisoformat(fields["at"]),
        fields["action"],
        fields["outcome"],
        *(value[:LARGEST_COLUMN] for value in clipped_fields),
        fields["subject"],
        fields["parties"],
    )


def receipt_number(batch: int, ordinal: int) -> str:
    """What people see and quote 「回执号」."""
    return f"HZ-{batch}-{ordinal}"


def parse_receipt_number(number: str) -> tuple[int, int] | None:
    """Return batch and ordinal, or nothing when it is no receipt number."""
    parsed = _NUMBER.fullmatch(number.strip().upper())
    return (int(parsed[1]), int(parsed[2])) if parsed else None


def clipped(text: str, length: int = 2000) -> str:
    """For words from outside, which may be of any length."""
    return text if len(text) <= length else text[: length - 1] + "…"


def clipped_texts(values: Mapping[str, str], *, most: int = 20) -> dict[str, str]:
    """The first ``most`` of ``values``, each clipped."""
    pairs: Iterable[tuple[str, str]] = list(values.items())[:most]
    return {clipped(name, 100): clipped(str(value), 500) for name, value in pairs}
