"""Verify receipts 「回执」 and exports of GovShare 锦享 offline: this file, Python 3.9 or newer and ``cryptography``. Nothing else.

    python verifier.py FILE... --key KEY [--handover FILE] [--witness KEY]... [--quorum N]
    python verifier.py --fork A B --key KEY

FILE is a receipt, a ZIP or a folder of receipts, a signed package or sealed segments. KEY is the log's public key,
``name+hash+key`` (a C2SP verification key), or a file that holds it; get it from a place you trust, and the witnesses' keys too.
The exit code is 0 when everything holds, 1 when something does not (``--fork``: when the log was forked), 2 when the question
could not be asked. The format is described byte by byte in ``docs/reference/evidence-format.md``.

Stage one is the promise: the platform signed that it recorded this entry and puts it into the log within a minute. Stage two
is the proof: the entry stands in the log at this index, under a checkpoint the platform signed and witnesses cosigned.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import errno
import hashlib
import json
import re
import struct
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import IO, Union

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key

PROOF = "c2sp.org/tlog-proof@v1"
PROMISE = "govshare/promise@v1"
HANDOVER = "govshare/handover@v1"
SEGMENT = "govshare/segment@v1"
PACKAGE = "govshare/package@v1"
ENTRIES = ("govshare/entry@v1", "govshare/entry@v2")

ED25519, ECDSA, COSIGNATURE = 1, 2, 4  # signature types, c2sp.org/signed-note
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
GRACE = timedelta(seconds=60)  # for what was being signed while keys were handed over
SIGNATURES = 64  # lines below one checkpoint
LARGEST_TEXT = 32 * 1024 * 1024  # bytes of a receipt, manifest or package statement
LARGEST_ZIP = 2 * 1024 * 1024 * 1024  # bytes of all members, unpacked
MOST_MEMBERS = 100_000
_NUMBER = re.compile(r"0|[1-9][0-9]{0,18}")
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z")
_SIGNATURE = re.compile(r"— ([^\s+]+) ([A-Za-z0-9+/]+=*)")
_RECEIPT_NAME = re.compile(r"(?:.*/)?(HZ-[1-9][0-9]{0,18}-(?:0|[1-9][0-9]{0,8}))\.(tlog-proof|promise)")


class Altered(Exception):
    """The receipt is not what the platform signed. Says where, in Chinese and English."""

    def __init__(self, chinese: str, english: str) -> None:
        super().__init__(f"{chinese} / {english}")
        self.chinese = chinese
        self.english = english


class BadKey(Exception):
    """The public key cannot be read."""


# --- the tree's hash ------------------------------------------------------------------------------------------------------


def _sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def _sm3(data: bytes) -> bytes:
    digest = hashes.Hash(hashes.SM3())
    digest.update(data)
    return digest.finalize()


@dataclass(frozen=True)
class Tree:
    """How a log hashes leaves and nodes; ``name`` ends the name of every structure that depends on it."""

    name: str
    hash: Callable[[bytes], bytes] = field(repr=False)

    def leaf(self, body: bytes) -> bytes:
        return self.hash(b"\x00" + body)

    def node(self, left: bytes, right: bytes) -> bytes:
        return self.hash(b"\x01" + left + right)

    @property
    def empty(self) -> bytes:
        """The root of no leaves."""
        return self.hash(b"")


SHA256 = Tree("sha256", _sha256)
SM3 = Tree("sm3", _sm3)  # GB/T 32905


def tree_of(origin: str) -> Tree:
    """The origin says how its log hashes: one that ends in ``/sm3`` with SM3, every other with SHA-256."""
    return SM3 if origin.endswith("/sm3") else SHA256


def leaf_hash(body: bytes) -> bytes:
    """Of a SHA-256 log."""
    return SHA256.leaf(body)


def node_hash(left: bytes, right: bytes) -> bytes:
    """Of a SHA-256 log."""
    return SHA256.node(left, right)


# --- keys -----------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Key:
    """A public key under a name: 32 bytes of Ed25519, or the SubjectPublicKeyInfo (DER) of ECDSA P-256."""

    name: str
    public: bytes
    kind: int = ED25519

    @property
    def id(self) -> bytes:
        """What signature lines begin with."""
        if self.kind == ECDSA:
            return _sha256(self.public)[:4]
        return _sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.public)[:4]

    def named(self, name: str) -> Key:
        return Key(name, self.public, self.kind)

    @property
    def text(self) -> str:
        """``name+hash+key``."""
        return f"{self.name}+{self.id.hex()}+{base64.b64encode(bytes([self.kind]) + self.public).decode()}"

    def signed(self, signature: bytes, text: bytes) -> bool:
        """Whether ``signature`` (without the key id) is this key's over ``text``; there is one valid spelling of it."""
        try:
            if self.kind == ECDSA:
                r, s = decode_dss_signature(signature)
                if s > P256_ORDER // 2 or encode_dss_signature(r, s) != signature:
                    return False
                _p256(self.public).verify(signature, text, ec.ECDSA(hashes.SHA256()))
            else:
                Ed25519PublicKey.from_public_bytes(self.public).verify(signature, text)
        except (InvalidSignature, ValueError):
            return False
        return True


def parse_key(text: str) -> Key:
    """Read ``name+hash+key``."""
    parsed = re.fullmatch(r"([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+=*)", text.strip())
    try:
        data = _base64(parsed.group(3), "key") if parsed else b""
    except Altered:
        data = b""
    key = Key(parsed.group(1) if parsed else "", data[1:], data[0] if data else 0)
    if parsed is None or not _is_key(key) or key.id.hex() != parsed.group(2):
        raise BadKey("公钥应形如 名称+八位十六进制+Base64 / a public key reads name+hash+key")
    return key


def _is_key(key: Key) -> bool:
    if key.kind == ECDSA:
        try:
            return _p256(key.public).public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo) == key.public
        except ValueError:
            return False
    return key.kind in (ED25519, COSIGNATURE) and len(key.public) == 32


def _p256(public: bytes) -> ec.EllipticCurvePublicKey:
    try:
        key = load_der_public_key(public)
    except UnsupportedAlgorithm:
        raise ValueError("an unknown kind of key") from None
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise ValueError("not a P-256 key")  # noqa: TRY004 - what other unreadable keys raise
    return key


# --- whom to trust --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Era:
    """The time of one key: it signs checkpoints of sizes ``first`` .. ``last``; ``until`` is when it was handed over."""

    key: Key
    first: int = 0
    last: int = 2**63
    until: str = ""

    def over(self, moment: str) -> bool:
        """Whether the key had been handed over by ``moment``, with a minute's grace."""
        return bool(self.until) and _time(moment) > _time(self.until) + GRACE


@dataclass(frozen=True)
class Trust:
    """The keys of one log in their order, and the witnesses of whom ``quorum`` must have cosigned."""

    eras: tuple[Era, ...]
    witnesses: tuple[Key, ...] = ()
    quorum: int = 0

    @property
    def origin(self) -> str:
        return self.eras[0].key.name

    @property
    def tree(self) -> Tree:
        return tree_of(self.origin)

    def era(self, name: str, key_id: bytes) -> Era | None:
        """The era whose key signs under ``name`` with this id."""
        return next((era for era in self.eras if era.key.named(name).id == key_id), None)


Trusted = Union[Key, Trust]


def trust_in(trusted: Trusted) -> Trust:
    """A key alone is trusted for the whole log."""
    return trusted if isinstance(trusted, Trust) else Trust((Era(trusted),))


def follow(data: bytes, anchor: Key) -> Trust:
    """The keys of a log from its file of hand-overs, of which ``anchor`` must be one; a link that does not hold is ``Altered``."""
    links = handovers(data, anchor.name)
    if not links:
        return trust_in(anchor)
    eras = [Era(links[0].old, 0, links[0].size, links[0].at)]
    for n, link in enumerate(links):
        following = links[n + 1] if n + 1 < len(links) else None
        if link.old != eras[-1].key or link.new in [era.key for era in eras]:
            raise Altered("密钥交接不相衔接", "a hand-over does not continue the one before")
        if following and (following.size < link.size or _time(following.at) <= _time(link.at)):
            raise Altered("密钥交接的次序不对", "hand-overs are not in order")
        eras.append(Era(link.new, link.size, following.size if following else 2**63, following.at if following else ""))
    if anchor not in [era.key for era in eras]:
        raise Altered("密钥交接与所给公钥无关", "the hand-overs are not of the given key")
    return Trust(tuple(eras))


@dataclass(frozen=True)
class Handover:
    """The old key says with which key the log goes on from ``size`` on, and the new key says so too."""

    old: Key
    new: Key
    size: int
    root: bytes
    at: str
    note: str = field(compare=False, repr=False)


def handovers(data: bytes, origin: str) -> list[Handover]:
    """Each hand-over in the file, signed by its two keys; whether they follow each other is not looked at."""
    lines = as_text(data).split("\n")
    if lines.pop() != "" or len(lines) % 10:
        raise Altered("密钥交接文件缺行或多行", "the file of hand-overs lacks lines or has too many")
    return [_handover("\n".join(lines[n : n + 10]) + "\n", origin) for n in range(0, len(lines), 10)]


def _handover(note: str, origin: str) -> Handover:
    name = f"{origin}/handover"
    text, lines = split_note(note)
    said = text.split("\n")
    if len(said) != 8 or said[0] != name or said[1] != f"{HANDOVER}+{tree_of(origin).name}" or len(lines) != 2:
        raise Altered("密钥交接的行数、名称或版本不对", "a hand-over has the wrong lines, name or version")
    try:
        old, new = parse_key(_field(said[4], "from")), parse_key(_field(said[5], "to"))
    except BadKey:
        raise Altered("密钥交接中的公钥读不懂", "a key in the hand-over cannot be read") from None
    kept = (old.text, new.text) == (said[4][5:], said[5][3:])
    if not kept or {old.name, new.name} != {origin} or COSIGNATURE in (old.kind, new.kind) or old == new:
        raise Altered("密钥交接中的公钥不对", "a key in the hand-over is wrong")
    _check(text, lines[0], old.named(name))
    _check(text, lines[1], new.named(name))
    size, root = _number(_field(said[2], "size"), "size"), _hash(_field(said[3], "root"), "root")
    return Handover(old, new, size, root, _moment(_field(said[6], "at")), note)


# --- signed notes -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, order=True)
class Line:
    """One signature line."""

    name: str
    signature: bytes  # key id, then what the key made

    @property
    def id(self) -> bytes:
        return self.signature[:4]


def split_note(note: str) -> tuple[str, list[Line]]:
    """The text (with its final newline) and the signature lines of a note; nothing is verified yet."""
    text, blank, below = note.rpartition("\n\n")
    lines = below.split("\n")
    if not blank or not text or len(lines) < 2 or lines.pop() != "":
        raise Altered("缺少签名", "there is no signature")
    if len(lines) > SIGNATURES:
        raise Altered("签名行太多", "there are too many signature lines")
    signatures = []
    for line in lines:
        parsed = _SIGNATURE.fullmatch(line)
        if parsed is None:
            raise Altered("签名行的写法不对", "a signature line is written wrongly")
        signatures.append(Line(parsed.group(1), _base64(parsed.group(2), "signature")))
    return text + "\n", signatures


def open_note(note: str, key: Key) -> str:
    """Return the signed text of a note that carries exactly one signature, by ``key``."""
    text, lines = split_note(note)
    _check(text, _only(lines), key)
    return text


def open_statement(note: str, name: str, trust: Trust) -> tuple[str, Era]:
    """A note that one of the log's keys signed under ``name``: its text, and the era of that key."""
    text, lines = split_note(note)
    line = _only(lines)
    era = trust.era(name, line.id) or trust.eras[-1]
    _check(text, line, era.key.named(name))
    return text, era


def _only(lines: list[Line]) -> Line:
    if len(lines) != 1:
        raise Altered("签名应恰好一行", "there must be exactly one signature line")
    return lines[0]


def _check(text: str, line: Line, key: Key) -> None:
    if line.name != key.name or line.id != key.id:
        raise Altered(
            f"签名行不属于所给公钥（{key.name}）：签名行被改动，或公钥不是这份日志的",
            f"the signature line is not of the given key ({key.name}): it was altered, or this is not the log's key",
        )
    if not key.signed(line.signature[4:], text.encode()):
        raise Altered("签名不成立：所签文字或签名被改动", "the signature does not hold: the signed text or the signature was altered")


@dataclass(frozen=True)
class Cosigned:
    """A witness saw this checkpoint, consistent with all it saw of the log before, at ``time`` (seconds since 1970)."""

    name: str
    time: int

    @property
    def at(self) -> str:
        return f"{datetime.fromtimestamp(self.time, timezone.utc):%Y-%m-%dT%H:%M:%SZ}"


@dataclass(frozen=True)
class Checkpoint:
    """A signed tree head: the first ``size`` entries of log ``origin`` have this ``root``. ``strangers`` signed, too; not verified."""

    origin: str
    size: int
    root: bytes
    cosigned: tuple[Cosigned, ...] = field(default=(), compare=False)
    strangers: tuple[str, ...] = field(default=(), compare=False)


def open_checkpoint(note: str, trusted: Trusted) -> Checkpoint:
    """Return the tree head a checkpoint states: signed first by the log, then by witnesses, of whom the trusted ones are verified."""
    trust = trust_in(trusted)
    text, (first, *others) = split_note(note)
    era = trust.era(trust.origin, first.id) or trust.eras[-1]
    _check(text, first, era.key)
    said = text.split("\n")
    if len(said) != 4 or said[3] != "" or said[0] != trust.origin:
        raise Altered("检查点的行数或日志名称不对", "the checkpoint has the wrong lines or is of another log")
    size, root = _number(said[1], "size"), _hash(said[2], "root")
    if not era.first <= size <= era.last:
        raise Altered("签名用的密钥不属于检查点的时期", "the checkpoint is signed with a key of another time")
    if others != sorted({*others} - {line for line in others if trust.era(line.name, line.id) and line.name == trust.origin}):
        raise Altered("见证签名的次序不对或重复", "cosignatures are repeated or not in order")
    cosigned = tuple(filter(None, (_cosigned(text, line, trust.witnesses) for line in others)))
    if len(cosigned) < trust.quorum:
        raise Altered(
            f"所给见证方中只有 {len(cosigned)} 个的签名成立，要求 {trust.quorum} 个",
            f"{len(cosigned)} of the given witnesses cosigned, {trust.quorum} are required",
        )
    known = {witness.name for witness in cosigned}
    return Checkpoint(trust.origin, size, root, cosigned, tuple(line.name for line in others if line.name not in known))


def open_cosignatures(note: str, lines: str, trust: Trust) -> tuple[Cosigned, ...]:
    """Those of ``trust``'s witnesses whose ``lines`` hold below the checkpoint ``note``; one that does not hold is ``Altered``."""
    text, below = split_note(note.rpartition("\n\n")[0] + "\n\n" + lines)
    cosigned = tuple(filter(None, (_cosigned(text, line, trust.witnesses) for line in below)))
    if len(cosigned) < trust.quorum:
        raise Altered("没有所给见证方的签名", "there is no cosignature of the given witnesses")
    return cosigned


def with_cosignatures(note: str, lines: Iterable[str]) -> str:
    """A checkpoint that the log signed, with the witnesses' lines below in their order."""
    return note + "".join(sorted(lines, key=lambda line: split_note(f"x\n\n{line}")[1][0]))


def _cosigned(text: str, line: Line, witnesses: Iterable[Key]) -> Cosigned | None:
    """A trusted witness's line must hold; others are passed over, as C2SP wants it."""
    key = next((key for key in witnesses if (key.name, key.id) == (line.name, line.id)), None)
    if key is None:
        return None
    stamped = line.signature[4:]
    time = struct.unpack(">Q", stamped[:8])[0] if len(stamped) == 72 else 2**64
    if time >= 2**40 or not key.signed(stamped[8:], cosigned_text(time, text)):
        raise Altered(f"见证方 {line.name} 的签名不成立", f"the cosignature of {line.name} does not hold")
    return Cosigned(line.name, time)


def cosigned_text(time: int, text: str) -> bytes:
    """What a witness signs (c2sp.org/tlog-cosignature, Ed25519)."""
    return f"cosignature/v1\ntime {time}\n{text}".encode()


# --- receipts ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Verified:
    """What holds. A promise has no ``index`` and no ``size``; a proof has no ``number`` and no ``by``."""

    stage: int
    entry: dict[str, object]
    leaf: bytes
    body: bytes = field(repr=False)
    number: str = ""
    by: str = ""
    index: int = -1
    size: int = -1
    checkpoint: Checkpoint | None = None


def verify(receipt: bytes, trusted: Trusted) -> Verified:
    """Return what the receipt proves; raise ``Altered`` when any byte is not as it was given out."""
    trust = trust_in(trusted)
    text = as_text(receipt)
    first, _, rest = text.partition("\n")
    if first == PROOF:
        return _verify_proof(rest, trust)
    if first == f"{trust.origin}/promise":
        return _verify_promise(text, trust)
    raise Altered("第一行既不是本日志的承诺，也不是证明", "the first line is neither this log's promise nor a proof")


def _verify_proof(rest: str, trust: Trust) -> Verified:
    head, blank, note = rest.partition("\n\n")
    lines = head.split("\n")
    if not blank or len(lines) < 2:
        raise Altered("回执缺行", "lines are missing")
    body = _base64(_field(lines[0], "extra"), "entry")
    index = _number(_field(lines[1], "index"), "index")
    path = [_hash(line, f"hash {n}") for n, line in enumerate(lines[2:], 1)]
    checkpoint = open_checkpoint(note, trust)
    leaf = trust.tree.leaf(body)
    if root_of_inclusion(leaf, index, checkpoint.size, path, trust.tree) != checkpoint.root:
        raise Altered(
            "检查点的签名成立，但记录内容、序号或证明路径与它不符：其中有字节被改动",
            "the checkpoint's signature holds, but entry, index or proof do not lead to it: one of them was altered",
        )
    entry = _entry(body, trust.tree)
    return Verified(2, entry, leaf, body, index=index, size=checkpoint.size, checkpoint=checkpoint)


def _verify_promise(note: str, trust: Trust) -> Verified:
    text, era = open_statement(note, f"{trust.origin}/promise", trust)
    lines = text.split("\n")
    if len(lines) != 9 or lines[8] != "" or lines[1] != f"{PROMISE}+{trust.tree.name}":
        raise Altered("承诺的行数或版本不对", "the promise has the wrong lines or version")
    batch = _number(_field(lines[2], "batch"), "batch")
    ordinal = _number(_field(lines[3], "ordinal"), "ordinal")
    leaf = _hash(_field(lines[4], "leaf"), "leaf")
    at = _moment(_field(lines[5], "at"))
    by = _moment(_field(lines[6], "by"))
    body = _base64(_field(lines[7], "entry"), "entry")
    if trust.tree.leaf(body) != leaf:
        raise Altered("承诺中的记录与叶哈希不符", "the promised entry does not have the promised leaf hash")
    if era.over(at):
        raise Altered("承诺是用交接之后的旧密钥签的", "the promise is signed with a key that had been handed over")
    return Verified(1, _entry(body, trust.tree), leaf, body, number=f"HZ-{batch}-{ordinal}", by=by)


def _entry(body: bytes, tree: Tree) -> dict[str, object]:
    try:
        entry = json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError):
        raise Altered("记录内容不是 JSON", "the entry is not JSON") from None
    if not isinstance(entry, dict) or entry.get("v") not in [f"{version}+{tree.name}" for version in ENTRIES]:
        raise Altered("记录的版本不认识，请用更新的核验程序", "unknown version of entry; use a newer verifier")
    return entry


# --- the Merkle tree, RFC 6962 and RFC 9162 -----------------------------------------------------------------------------


def root_of_inclusion(leaf: bytes, index: int, size: int, path: list[bytes], tree: Tree = SHA256) -> bytes:
    """The root that a proof leads to (RFC 9162, 2.1.3.2); a proof of the wrong length is ``Altered``."""
    if not 0 <= index < size:
        raise Altered("序号不在检查点之内", "the index is not below the checkpoint's size")
    first, last, root = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            raise Altered("证明路径多了哈希", "the proof has too many hashes")
        if first & 1 or first == last:
            root = tree.node(sibling, root)
            while first and not first & 1:
                first, last = first >> 1, last >> 1
        else:
            root = tree.node(root, sibling)
        first, last = first >> 1, last >> 1
    if last:
        raise Altered("证明路径缺哈希", "the proof lacks hashes")
    return root


def is_consistent(old: Checkpoint, new: Checkpoint, path: list[bytes], tree: Tree = SHA256) -> bool:
    """Whether the proof shows that ``new`` only appended to ``old`` (RFC 9162, 2.1.4.2)."""
    if old.size == new.size:
        return old.root == new.root and not path
    if old.size == 0:
        return not path
    if old.size > new.size or not path:
        return False
    steps = [old.root, *path] if old.size & (old.size - 1) == 0 else list(path)
    first, last = old.size - 1, new.size - 1
    while first & 1:
        first, last = first >> 1, last >> 1
    old_root = new_root = steps[0]
    for sibling in steps[1:]:
        if last == 0:
            return False
        if first & 1 or first == last:
            old_root, new_root = tree.node(sibling, old_root), tree.node(sibling, new_root)
            while first and not first & 1:
                first, last = first >> 1, last >> 1
        else:
            new_root = tree.node(new_root, sibling)
        first, last = first >> 1, last >> 1
    return last == 0 and old_root == old.root and new_root == new.root


class Growing:
    """The root of leaves that come one after the other, after ``size`` whose perfect subtrees are ``edge`` (largest first)."""

    def __init__(self, tree: Tree, size: int = 0, edge: Sequence[bytes] = ()) -> None:
        self.tree, self.size, self.edge = tree, size, list(edge)

    def append(self, leaf: bytes) -> None:
        size, hashed = self.size, leaf
        while size & 1:
            hashed = self.tree.node(self.edge.pop(), hashed)
            size >>= 1
        self.edge.append(hashed)
        self.size += 1

    def root(self) -> bytes:
        if not self.edge:
            return self.tree.empty
        *left, hashed = self.edge
        for subtree in reversed(left):
            hashed = self.tree.node(subtree, hashed)
        return hashed


# --- strict reading: every value has one spelling -------------------------------------------------------------------------


def as_text(data: bytes) -> str:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise Altered("不是 UTF-8 文字", "it is not UTF-8 text") from None
    if any(character < " " and character != "\n" for character in text):
        raise Altered("含有控制字符", "it contains control characters")
    return text


def _field(line: str, name: str) -> str:
    if not line.startswith(name + " "):
        raise Altered(f"应有“{name}”一行", f"a line '{name}' is missing")
    return line[len(name) + 1 :]


def _number(text: str, name: str) -> int:
    if not _NUMBER.fullmatch(text):
        raise Altered(f"“{name}”不是规范的数", f"'{name}' is not a plain number")
    return int(text)


def _moment(text: str) -> str:
    _time(text)
    return text


def _time(text: str) -> datetime:
    try:
        if _MOMENT.fullmatch(text):
            return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=timezone.utc)
    except ValueError:
        pass
    raise Altered("时间写法不对", "a time is written wrongly")


def _base64(text: str, name: str) -> bytes:
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except (ValueError, binascii.Error):
        raise Altered(f"“{name}”不是 Base64", f"'{name}' is not base64") from None
    if base64.b64encode(data).decode() != text:
        raise Altered(f"“{name}”的 Base64 写法不规范", f"'{name}' is not canonical base64")
    return data


def _hash(text: str, name: str) -> bytes:
    data = _base64(text, name)
    if len(data) != 32:
        raise Altered(f"“{name}”不是 32 字节的哈希", f"'{name}' is not a hash of 32 bytes")
    return data


# --- folders and ZIP files ------------------------------------------------------------------------------------------------


class Folder:
    """Files below a directory, by their relative names."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.names = sorted(one.relative_to(path).as_posix() for one in path.rglob("*") if one.is_file())

    def open(self, name: str) -> IO[bytes]:
        return (self.path / name).open("rb")


class Zip:
    """Members of a ZIP file; one that would unpack to too much, or hides something, is ``Altered``."""

    def __init__(self, path: Path) -> None:
        with _reading(path.name):
            self.file = zipfile.ZipFile(path)
        members = self.file.infolist()
        self.names = sorted(member.filename for member in members if not member.is_dir())
        plain = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
        if len(members) > MOST_MEMBERS or sum(member.file_size for member in members) > LARGEST_ZIP:
            raise Altered("ZIP 文件展开后过大", "the ZIP file unpacks to too much")
        if len(set(self.names)) != len(self.names) or any(one.flag_bits & 1 or one.compress_type not in plain for one in members):
            raise Altered(
                "ZIP 文件有重名、加密或压缩方式不明的成员", "the ZIP file has members of one name, encrypted, or packed otherwise"
            )

    def open(self, name: str) -> IO[bytes]:
        return self.file.open(name)


Members = Union[Folder, Zip]


def read(members: Members, name: str, largest: int = LARGEST_TEXT) -> bytes:
    """All of a member that is to be held in memory."""
    if name not in members.names:
        raise Altered(f"缺少文件 {name}", f"the file {name} is missing")
    with _reading(name), members.open(name) as file:
        data = file.read(largest + 1)
    if len(data) > largest:
        raise Altered(f"文件 {name} 过大", f"the file {name} is too large")
    return data


def _pieces(members: Members, name: str, size: int) -> Iterator[bytes]:
    """A member in pieces of ``size`` bytes, the last may be shorter."""
    if name not in members.names:
        raise Altered(f"缺少文件 {name}", f"the file {name} is missing")
    with _reading(name), members.open(name) as file:
        while True:
            piece = file.read(size)
            if not piece:
                return
            yield piece


def _is_damage(problem: BaseException) -> bool:
    """What reading a ZIP raises when its bytes are not what they were; other files' troubles are the machine's."""
    damages = (zipfile.BadZipFile, EOFError, NotImplementedError, ValueError, OverflowError, MemoryError, struct.error, zlib.error)
    return isinstance(problem, damages) or (isinstance(problem, OSError) and problem.errno == errno.EINVAL)


class _reading:  # noqa: N801 - used like a function
    """What a damaged ZIP says while it is read is said as ``Altered``."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type[BaseException] | None, problem: BaseException | None, trace: object) -> None:
        if problem is not None and _is_damage(problem):
            raise Altered(f"文件 {self.name} 损坏", f"the file {self.name} is damaged") from None


def _digest(members: Members, name: str) -> bytes:
    digest = hashlib.sha256()
    for piece in _pieces(members, name, 1 << 20):
        digest.update(piece)
    return digest.digest()


def _check_files(members: Members, stated: dict[str, bytes], folder: str = "") -> None:
    """Every file stated is there with its digest."""
    for name, digest in stated.items():
        if _digest(members, folder + name) != digest:
            raise Altered(f"文件 {folder + name} 被改动", f"the file {folder + name} was altered")


def _stated(lines: Iterable[str], word: str) -> dict[str, bytes]:
    """Lines ``word name digest``, sorted by name."""
    stated: dict[str, bytes] = {}
    before = ""
    for line in lines:
        name, _, digest = _field(line, word).rpartition(" ")
        if name <= before:
            raise Altered("文件清单的次序不对或重复", "files are listed twice or not in order")
        stated[name] = _hash(digest, word)
        before = name
    return stated


# --- sealed segments and signed packages ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Segment:
    """What a manifest states: the entries ``first`` .. ``end`` - 1 of the log, sealed."""

    first: int
    end: int
    root: bytes  # of the log's first ``end`` entries
    edge: tuple[bytes, ...]  # perfect subtrees of the log's first ``first`` entries, largest first
    consistency: tuple[bytes, ...]  # from ``end`` to the checkpoint
    files: dict[str, bytes]
    earliest: str
    latest: str


SEGMENT_FILES = {"checkpoint", "leaves.bin", "nodes.bin"}  # beside what holds the entries


def open_manifest(note: bytes, trusted: Trusted) -> Segment:
    """A sealed segment's manifest, signed by one of the log's keys."""
    trust = trust_in(trusted)
    name = f"{trust.origin}/segment"
    text, _ = open_statement(as_text(note), name, trust)
    lines = text.split("\n")
    if lines.pop() != "" or len(lines) < 9 or lines[:2] != [name, f"{SEGMENT}+{trust.tree.name}"]:
        raise Altered("清单的行数、名称或版本不对", "the manifest has the wrong lines, name or version")
    first, end = _number(_field(lines[2], "first"), "first"), _number(_field(lines[3], "end"), "end")
    count = _number(_field(lines[-1], "entries"), "entries")
    if not first < end or count != end - first or first % 256 or end % 256:
        raise Altered("清单的范围与条数不符", "range and number of entries in the manifest do not agree")
    rest = lines[5:-3]
    edge = [_hash(line[7:], "before") for line in rest if line.startswith("before ")]
    path = [_hash(line[12:], "consistency") for line in rest if line.startswith("consistency ")]
    files = _stated(rest[len(edge) + len(path) :], "file")
    ordered = [line.split(" ")[0] for line in rest] == ["before"] * len(edge) + ["consistency"] * len(path) + ["file"] * len(files)
    if not ordered or not set(files) > SEGMENT_FILES or len(edge) != bin(first).count("1"):
        raise Altered("清单缺行、多行或次序不对", "the manifest lacks lines, has too many, or they are not in order")
    root = _hash(_field(lines[4], "root"), "root")
    earliest, latest = _moment(_field(lines[-3], "earliest")), _moment(_field(lines[-2], "latest"))
    return Segment(first, end, root, tuple(edge), tuple(path), files, earliest, latest)


def verify_segment(members: Members, trusted: Trusted, folder: str = "") -> Segment:
    """A sealed segment whole: its files, its leaves up to the root, and the root under the log's checkpoint.

    That the rows of ``entries.parquet`` are the leaves' entries is for ``govshare audit verify``, which can read Parquet; here
    the file is bound by its digest in the signed manifest.
    """
    trust = trust_in(trusted)
    segment = open_manifest(read(members, f"{folder}manifest"), trust)
    extra = [name for name in members.names if name.startswith(folder) and name[len(folder) :] not in {*segment.files, "manifest"}]
    if extra:
        raise Altered(f"多出文件 {extra[0]}", f"there is an additional file {extra[0]}")
    _check_files(members, segment.files, folder)
    checkpoint = open_checkpoint(as_text(read(members, f"{folder}checkpoint")), trust)
    if not is_consistent(Checkpoint(trust.origin, segment.end, segment.root), checkpoint, list(segment.consistency), trust.tree):
        raise Altered("分段的根与检查点不相延续", "the segment's root is not consistent with the checkpoint")
    growing = Growing(trust.tree, segment.first, segment.edge)
    nodes = _pieces(members, f"{folder}nodes.bin", 32)
    for tile in _pieces(members, f"{folder}leaves.bin", 256 * 32):
        part = Growing(trust.tree)
        for leaf in (tile[n : n + 32] for n in range(0, len(tile), 32)):
            part.append(leaf)
            growing.append(leaf)
        if len(tile) == 256 * 32 and part.root() != next(nodes, b""):
            raise Altered(f"{folder}nodes.bin 与叶哈希不符", f"{folder}nodes.bin does not fit the leaves")
    if next(nodes, None) is not None or (growing.size, growing.root()) != (segment.end, segment.root):
        raise Altered(f"{folder}leaves.bin 的叶哈希推不出清单所签的根", f"the leaves in {folder}leaves.bin do not lead to the signed root")
    return segment


@dataclass(frozen=True)
class Package:
    """What a signed package holds: every receipt verified, every file as stated, every line of the list with its receipt."""

    at: str
    receipts: int
    files: int
    promised: int = 0  # of the receipts, those of stage one


def verify_package(members: Members, trusted: Trusted) -> Package:
    """A folder or ZIP with a statement ``package`` signed by the log."""
    trust = trust_in(trusted)
    name = f"{trust.origin}/package"
    text, era = open_statement(as_text(read(members, "package")), name, trust)
    lines = text.split("\n")
    if lines.pop() != "" or len(lines) < 4 or lines[:2] != [name, f"{PACKAGE}+{trust.tree.name}"]:
        raise Altered("包清单的行数、名称或版本不对", "the package's statement has the wrong lines, name or version")
    at, count = _moment(_field(lines[2], "at")), _number(_field(lines[3], "entries"), "entries")
    stated = _stated(lines[4:], "file")
    if era.over(at):
        raise Altered("包清单是用交接之后的旧密钥签的", "the package is signed with a key that had been handed over")
    extra = set(members.names) - set(stated) - {"package"}
    if extra:
        raise Altered(f"多出文件 {min(extra)}", f"there is an additional file {min(extra)}")
    _check_files(members, stated)
    bodies, promised = _receipts(members, trust)
    if len(bodies) != count:
        raise Altered("回执份数与包清单不符", "the number of receipts is not the stated one")
    if "list.jsonl" in stated:
        _check_list(members, bodies)
    return Package(at, count, len(stated), promised)


def _receipts(members: Members, trust: Trust) -> tuple[list[bytes], int]:
    """The digests of the entries in the receipts, and how many of them are promises."""
    bodies, promised = [], 0
    for name in members.names:
        parsed = _RECEIPT_NAME.fullmatch(name)
        if not parsed:
            continue
        try:
            holds = verify(read(members, name), trust)
        except Altered as altered:
            raise Altered(f"{name}：{altered.chinese}", f"{name}: {altered.english}") from None
        if holds.stage != {"tlog-proof": 2, "promise": 1}[parsed.group(2)] or holds.number not in ("", parsed.group(1)):
            raise Altered(f"{name} 的名称与内容不符", f"the name of {name} is not what it holds")
        bodies.append(_sha256(holds.body))
        promised += holds.stage == 1
    return bodies, promised


def _check_list(members: Members, bodies: list[bytes]) -> None:
    """Every line of ``list.jsonl`` is the entry of one receipt."""
    digest, listed, ended = hashlib.sha256(), [], True
    for piece in _pieces(members, "list.jsonl", 1 << 20):
        *whole, last = piece.split(b"\n")
        for line in whole:
            digest.update(line)
            listed.append(digest.digest())
            digest = hashlib.sha256()
        digest.update(last)
        ended = last == b""
    if not ended or sorted(listed) != sorted(bodies):
        raise Altered("list.jsonl 的各行与回执不一一对应", "the lines of list.jsonl are not the entries of the receipts")


def checkpoint_in(receipt: bytes) -> str:
    """The checkpoint at the end of a receipt, or the receipt itself when it is one; not verified."""
    text = as_text(receipt)
    return text.partition("\n\n")[2] if text.startswith(f"{PROOF}\n") else text


# --- a forked log -----------------------------------------------------------------------------------------------------------


def fork(one: bytes, other: bytes, trusted: Trusted) -> str:
    """``forked`` when the log signed both and they contradict each other, ``same`` when they cannot, ``open`` when two sizes differ.

    Each is a checkpoint or a receipt (two receipts of one index with different entries contradict each other at any size) or a
    file of hand-overs (two hand-overs by one key).
    """
    trust = trust_in(trusted)
    if one.startswith(f"{trust.origin}/handover\n".encode()):
        links = [_handover(as_text(data), trust.origin) for data in (one, other)]
        if links[0].old not in [era.key for era in trust.eras] or links[0].old != links[1].old:
            raise Altered("两份密钥交接不是同一把密钥签的", "the two hand-overs are not by one of the log's keys")
        return "same" if links[0] == links[1] else "forked"
    heads, leaves = [], []
    for data in (one, other):
        text = as_text(data)
        if text.startswith(f"{PROOF}\n"):
            holds = verify(data, trust)
            leaves.append((holds.index, holds.leaf))
            text = checkpoint_in(data)
        heads.append(open_checkpoint(text, trust))
    if heads[0].size == heads[1].size:
        return "same" if heads[0].root == heads[1].root else "forked"
    if len(leaves) == 2 and leaves[0][0] == leaves[1][0] and leaves[0][1] != leaves[1][1]:
        return "forked"
    return "open"


# --- the command ----------------------------------------------------------------------------------------------------------


def describe(holds: Verified) -> list[str]:
    """What holds, in lines for people."""
    entry = holds.entry
    actor = entry.get("actor")
    who = f"{actor.get('organization_name', '')} {actor.get('name', '')}".strip() if isinstance(actor, dict) else ""
    lines = [
        "成立：每个字节都与签出时相同。 / It holds: every byte is as it was signed.",
        f"  时间 at        {entry.get('at')}",
        f"  事项 action    {entry.get('action')}  {entry.get('about')}".rstrip(),
        f"  结果 outcome   {entry.get('outcome')}  {entry.get('reason')}".rstrip(),
        f"  经办 actor     {who}",
        f"  依据 basis     {entry.get('basis')}  ({entry.get('rule_set')})",
        f"  叶哈希 leaf    {holds.leaf.hex()}",
    ]
    if holds.checkpoint is None:
        lines.append(f"第一阶段 承诺：回执号 {holds.number}，平台承诺至迟 {holds.by} 入日志。请届时换取第二阶段回执。")
        lines.append(f"Stage 1, promise: {holds.number}, to be in the log by {holds.by}. Fetch stage 2 then.")
    else:
        lines += _cosigners(holds.checkpoint)
        lines.append(f"第二阶段 证明：该记录是日志的第 {holds.index} 条（从 0 起），检查点共 {holds.size} 条。")
        lines.append(f"Stage 2, proof: entry {holds.index} (from 0) under a checkpoint of {holds.size} entries.")
    return lines


def _cosigners(checkpoint: Checkpoint) -> list[str]:
    lines = [f"  见证 witness   {one.name} 于 {one.at}" for one in checkpoint.cosigned]
    lines += [f"  未核 unknown   {name}（没有给出它的公钥，未核验 / its key was not given, not verified）" for name in checkpoint.strangers]
    return lines


def load_key(argument: str) -> Key:
    """``argument`` is the key itself or a file that holds it."""
    try:
        return parse_key(argument)
    except BadKey:
        path = Path(argument)
        if not path.is_file():
            raise
        return parse_key(path.read_text("utf-8"))


def examine(path: Path, trust: Trust) -> list[str]:
    """Verify whatever ``path`` is; return what holds, in lines for people."""
    if path.is_dir():
        return _examine_members(Folder(path), trust)
    with path.open("rb") as file:
        start = file.read(4)
    if start == b"PK\x03\x04":
        return _examine_members(Zip(path), trust)
    data = path.read_bytes()
    first = data.partition(b"\n")[0].decode("utf-8", "replace")
    if first == trust.origin:
        checkpoint = open_checkpoint(as_text(data), trust)
        return [f"检查点成立：{checkpoint.size} 条。 / The checkpoint holds: {checkpoint.size} entries.", *_cosigners(checkpoint)]
    if first == f"{trust.origin}/handover":
        return _eras(follow(data, trust.eras[0].key))
    return describe(verify(data, trust))


def _examine_members(members: Members, trust: Trust) -> list[str]:
    if "handover" in members.names and len(trust.eras) == 1:
        known = follow(read(members, "handover"), trust.eras[0].key)
        trust = Trust(known.eras, trust.witnesses, trust.quorum)
    if "package" in members.names:
        package = verify_package(members, trust)
        return [
            f"签名包成立：{package.receipts} 条记录各有回执（其中 {package.promised} 份为承诺），{package.files} 个文件均与签名清单相符，"
            f"签于 {package.at}。",
            f"The package holds: {package.receipts} receipts ({package.promised} promises), {package.files} files, signed at {package.at}.",
        ]
    folders = sorted(name[: -len("manifest")] for name in members.names if name == "manifest" or name.endswith("/manifest"))
    if folders:
        return _examine_segments(members, trust, folders)
    return _examine_receipts(members, trust)


def _examine_receipts(members: Members, trust: Trust) -> list[str]:
    bodies, promised = _receipts(members, trust)
    others = [name for name in members.names if name != "handover" and not name.endswith(".tsr") and not _RECEIPT_NAME.fullmatch(name)]
    if not bodies:
        raise Altered("其中没有回执", "there is no receipt in it")
    if others and isinstance(members, Zip):
        raise Altered(f"没有签名清单，{others[0]} 无从核验", f"without a signed list {others[0]} cannot be verified")
    return [
        *(f"未核 not verified  {name}" for name in others),
        f"成立：{len(bodies)} 份回执（其中 {promised} 份为承诺）。 / {len(bodies)} receipts hold, {promised} of them promises.",
        "没有签名清单，看不出是否缺少回执。 / There is no signed list: a missing receipt would not be seen.",
    ]


def _examine_segments(members: Members, trust: Trust, folders: list[str]) -> list[str]:
    said, last = [], None
    for folder in folders:
        segment = verify_segment(members, trust, folder)
        said.append(
            f"分段成立：第 {segment.first} 至 {segment.end - 1} 条，{segment.earliest} 至 {segment.latest}。"
            f" / Segment {segment.first} to {segment.end - 1} holds."
        )
        if last and segment.first == last.end and _edge_root(segment, trust.tree) != last.root:
            raise Altered(f"{folder} 与前一分段不相延续", f"{folder} does not continue the segment before")
        if last and segment.first != last.end:
            said.append(f"注意：缺少第 {last.end} 至 {segment.first - 1} 条。 / Note: {last.end} to {segment.first - 1} are not here.")
        last = segment
    return said


def _edge_root(segment: Segment, tree: Tree) -> bytes:
    return Growing(tree, segment.first, segment.edge).root()


def _eras(trust: Trust) -> list[str]:
    lines = ["密钥交接成立。 / The hand-overs hold."]
    lines += [f"  {era.key.text}  自第 {era.first} 条起 / from entry {era.first}" for era in trust.eras]
    return lines


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="verifier", description="核验锦享回执和签名包（离线）。/ Verify GovShare receipts and packages, offline."
    )
    parser.add_argument("receipts", nargs="+", metavar="RECEIPT", help="回执文件、ZIP 或文件夹 / receipt, ZIP or folder")
    parser.add_argument("--key", required=True, help="日志公钥，或存放它的文件 / the log's public key, or a file that holds it")
    parser.add_argument("--handover", help="密钥交接文件 / the log's file of hand-overs, where its key was changed")
    parser.add_argument("--witness", action="append", default=[], help="见证方公钥，可多次 / a witness's public key; repeatable")
    parser.add_argument("--quorum", type=int, help="至少几个见证方，默认为所给的全部 / how many must have cosigned; all given")
    parser.add_argument("--fork", action="store_true", help="比较两个检查点或回执：日志是否分叉 / do two checkpoints show a fork?")
    return parser


def _trust(arguments: argparse.Namespace) -> Trust:
    key = load_key(arguments.key)
    witnesses = tuple(load_key(witness) for witness in arguments.witness)
    quorum = len(witnesses) if arguments.quorum is None else arguments.quorum
    if key.kind == COSIGNATURE or any(witness.kind != COSIGNATURE for witness in witnesses) or not 0 <= quorum <= len(witnesses):
        raise BadKey(
            "日志公钥与见证方公钥不能混用，要求的见证数不能多于所给 / log and witness keys are mixed up, or the quorum is too large"
        )
    known = follow(Path(arguments.handover).read_bytes(), key) if arguments.handover else trust_in(key)
    return Trust(known.eras, witnesses, quorum)


def main(argv: list[str] | None = None, beside: Callable[[Path], list[str]] | None = None) -> int:
    """``beside`` may add lines to what holds about a file."""
    arguments = _parser().parse_args(argv)
    try:
        trust = _trust(arguments)
        paths = [Path(name) for name in arguments.receipts]
        for path in paths:
            path.stat()
    except (BadKey, OSError, UnicodeDecodeError) as problem:
        print(f"无法核验 / cannot verify: {problem}", file=sys.stderr)
        return 2
    except Altered as altered:
        print(f"密钥交接不成立：{altered.chinese}。\nThe hand-over does not hold: {altered.english}.")
        return 1
    if arguments.fork:
        return _fork(paths, trust)
    return max(_one(path, trust, beside) for path in paths)


def _one(path: Path, trust: Trust, beside: Callable[[Path], list[str]] | None) -> int:
    try:
        print(f"{path}\n" + "\n".join([*examine(path, trust), *(beside(path) if beside else [])]))
    except Altered as altered:
        print(f"{path}\n不成立：{altered.chinese}。\nDoes not hold: {altered.english}.")
        return 1
    except OSError as problem:
        print(f"无法核验 / cannot verify: {problem}", file=sys.stderr)
        return 2
    return 0


def _fork(paths: list[Path], trust: Trust) -> int:
    if len(paths) != 2:
        print("--fork 需要两个文件 / --fork takes two files", file=sys.stderr)
        return 2
    try:
        found = fork(paths[0].read_bytes(), paths[1].read_bytes(), trust)
    except Altered as altered:
        print(f"不能作为证据：{altered.chinese}。\nNot evidence: {altered.english}.")
        return 2
    said = {
        "forked": "日志分叉：同一日志签出了互相矛盾的两份。 / The log was forked: it signed two things that contradict each other.",
        "same": "两个检查点相同，没有分叉。 / The two checkpoints are the same.",
        "open": "两个检查点条数不同，仅凭它们不能断定；请向平台索取一致性证明。 / The sizes differ: ask the log for a consistency proof.",
    }
    print(said[found])
    return {"forked": 1, "same": 0, "open": 2}[found]


if __name__ == "__main__":
    sys.exit(main())
