"""Verify a receipt 「回执」 of GovShare 锦享 offline: this file, Python 3.9 or newer, and the ``cryptography`` package. Nothing else.

    python verifier.py RECEIPT... --key KEY

KEY is the log's public key, ``name+hash+key`` (a C2SP verification key), or a file that holds it; get it from a place you
trust. The exit code is 0 when every receipt holds, 1 when one does not, 2 when the question could not be asked.
The format is described byte by byte in ``docs/reference/evidence-format.md``.

Stage one is the promise: the platform signed that it recorded this entry and puts it into the log within a minute. Stage two
is the proof: the entry stands in the log at this index, under a checkpoint the platform signed.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import hashlib
import json
import re
import sys
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

PROOF = "c2sp.org/tlog-proof@v1"
PROMISE = "govshare/promise@v1+sha256"
ENTRIES = ("govshare/entry@v1+sha256", "govshare/entry@v2+sha256")
ED25519 = 1  # signature type, c2sp.org/signed-note
_NUMBER = re.compile(r"0|[1-9][0-9]{0,18}")
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z")


class Altered(Exception):
    """The receipt is not what the platform signed. Says where, in Chinese and English."""

    def __init__(self, chinese: str, english: str) -> None:
        super().__init__(f"{chinese} / {english}")
        self.chinese = chinese
        self.english = english


class BadKey(Exception):
    """The public key cannot be read."""


@dataclass(frozen=True)
class Key:
    """A public key under a name; ``id`` is what signature lines begin with."""

    name: str
    public: bytes

    @property
    def id(self) -> bytes:
        return hashlib.sha256(self.name.encode() + b"\n" + bytes([ED25519]) + self.public).digest()[:4]

    def named(self, name: str) -> Key:
        return Key(name, self.public)


@dataclass(frozen=True)
class Checkpoint:
    """A signed tree head: the first ``size`` entries of log ``origin`` have this ``root``."""

    origin: str
    size: int
    root: bytes


@dataclass(frozen=True)
class Verified:
    """What holds. A promise has no ``index`` and no ``size``; a proof has no ``number`` and no ``by``."""

    stage: int
    entry: dict[str, object]
    leaf: bytes
    number: str = ""
    by: str = ""
    index: int = -1
    size: int = -1


# --- receipts ---------------------------------------------------------------------------------------------------------


def verify(receipt: bytes, key: Key) -> Verified:
    """Return what the receipt proves under the log's ``key``; raise ``Altered`` when any byte is not as it was given out."""
    text = _text(receipt)
    first, _, rest = text.partition("\n")
    if first == PROOF:
        return _verify_proof(rest, key)
    if first == f"{key.name}/promise":
        return _verify_promise(text, key.named(first))
    raise Altered("第一行既不是本日志的承诺，也不是证明", "the first line is neither this log's promise nor a proof")


def _verify_proof(rest: str, key: Key) -> Verified:
    head, blank, note = rest.partition("\n\n")
    lines = head.split("\n")
    if not blank or len(lines) < 2:
        raise Altered("回执缺行", "lines are missing")
    body = _base64(_field(lines[0], "extra"), "entry")
    index = _number(_field(lines[1], "index"), "index")
    hashes = [_hash(line, f"hash {n}") for n, line in enumerate(lines[2:], 1)]
    checkpoint = open_checkpoint(note, key)
    leaf = leaf_hash(body)
    if root_of_inclusion(leaf, index, checkpoint.size, hashes) != checkpoint.root:
        raise Altered(
            "检查点的签名成立，但记录内容、序号或证明路径与它不符：其中有字节被改动",
            "the checkpoint's signature holds, but entry, index or proof do not lead to it: one of them was altered",
        )
    return Verified(stage=2, entry=_entry(body), leaf=leaf, index=index, size=checkpoint.size)


def _verify_promise(note: str, key: Key) -> Verified:
    lines = open_note(note, key).split("\n")
    if len(lines) != 9 or lines[8] != "" or lines[1] != PROMISE:
        raise Altered("承诺的行数或版本不对", "the promise has the wrong lines or version")
    batch = _number(_field(lines[2], "batch"), "batch")
    ordinal = _number(_field(lines[3], "ordinal"), "ordinal")
    leaf = _hash(_field(lines[4], "leaf"), "leaf")
    _moment(_field(lines[5], "at"))
    by = _moment(_field(lines[6], "by"))
    body = _base64(_field(lines[7], "entry"), "entry")
    if leaf_hash(body) != leaf:
        raise Altered("承诺中的记录与叶哈希不符", "the promised entry does not have the promised leaf hash")
    return Verified(stage=1, entry=_entry(body), leaf=leaf, number=f"HZ-{batch}-{ordinal}", by=by)


def _entry(body: bytes) -> dict[str, object]:
    try:
        entry = json.loads(body.decode("utf-8"))
    except ValueError:
        raise Altered("记录内容不是 JSON", "the entry is not JSON") from None
    if not isinstance(entry, dict) or entry.get("v") not in ENTRIES:
        raise Altered("记录的版本不认识，请用更新的核验程序", "unknown version of entry; use a newer verifier")
    return entry


# --- signed notes -----------------------------------------------------------------------------------------------------


def open_note(note: str, key: Key) -> str:
    """Return the signed text (with its final newline) of a note that carries exactly one signature, by ``key``."""
    text, blank, signature_line = note.rpartition("\n\n")
    if not blank:
        raise Altered("缺少签名", "there is no signature")
    text += "\n"
    parsed = re.fullmatch(r"— ([^ \n]+) ([A-Za-z0-9+/=]+)\n", signature_line)
    if parsed is None:
        raise Altered("签名应恰好一行", "there must be exactly one signature line")
    signature = _base64(parsed.group(2), "signature")
    if parsed.group(1) != key.name or signature[:4] != key.id:
        raise Altered(
            f"签名行不属于所给公钥（{key.name}）：签名行被改动，或公钥不是这份日志的",
            f"the signature line is not of the given key ({key.name}): it was altered, or this is not the log's key",
        )
    try:
        Ed25519PublicKey.from_public_bytes(key.public).verify(signature[4:], text.encode())
    except InvalidSignature:
        raise Altered(
            "签名不成立：所签文字或签名被改动", "the signature does not hold: the signed text or the signature was altered"
        ) from None
    return text


def open_checkpoint(note: str, key: Key) -> Checkpoint:
    """Return the tree head a checkpoint states; ``key`` must have signed it, for its own log."""
    lines = open_note(note, key).split("\n")
    if len(lines) != 4 or lines[3] != "" or lines[0] != key.name:
        raise Altered("检查点的行数或日志名称不对", "the checkpoint has the wrong lines or is of another log")
    return Checkpoint(origin=lines[0], size=_number(lines[1], "size"), root=_hash(lines[2], "root"))


def parse_key(text: str) -> Key:
    """Read ``name+hash+key``."""
    parsed = re.fullmatch(r"([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]{44})", text.strip())
    data = base64.b64decode(parsed.group(3)) if parsed else b""
    key = Key(parsed.group(1) if parsed else "", data[1:])
    if parsed is None or data[0] != ED25519 or key.id.hex() != parsed.group(2):
        raise BadKey("公钥应形如 名称+八位十六进制+Base64 / a public key reads name+hash+key")
    return key


# --- the Merkle tree, RFC 6962 and RFC 9162 -----------------------------------------------------------------------------


def leaf_hash(body: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + body).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_of_inclusion(leaf: bytes, index: int, size: int, hashes: list[bytes]) -> bytes:
    """The root that a proof leads to (RFC 9162, 2.1.3.2); a proof of the wrong length is ``Altered``."""
    if not 0 <= index < size:
        raise Altered("序号不在检查点之内", "the index is not below the checkpoint's size")
    first, last, root = index, size - 1, leaf
    for sibling in hashes:
        if last == 0:
            raise Altered("证明路径多了哈希", "the proof has too many hashes")
        if first & 1 or first == last:
            root = node_hash(sibling, root)
            while first and not first & 1:
                first, last = first >> 1, last >> 1
        else:
            root = node_hash(root, sibling)
        first, last = first >> 1, last >> 1
    if last:
        raise Altered("证明路径缺哈希", "the proof lacks hashes")
    return root


def is_consistent(old: Checkpoint, new: Checkpoint, hashes: list[bytes]) -> bool:
    """Whether the proof shows that ``new`` only appended to ``old`` (RFC 9162, 2.1.4.2)."""
    if old.size == new.size:
        return old.root == new.root and not hashes
    if old.size == 0:
        return not hashes
    if old.size > new.size or not hashes:
        return False
    path = [old.root, *hashes] if old.size & (old.size - 1) == 0 else list(hashes)
    first, last = old.size - 1, new.size - 1
    while first & 1:
        first, last = first >> 1, last >> 1
    old_root = new_root = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if first & 1 or first == last:
            old_root, new_root = node_hash(sibling, old_root), node_hash(sibling, new_root)
            while first and not first & 1:
                first, last = first >> 1, last >> 1
        else:
            new_root = node_hash(new_root, sibling)
        first, last = first >> 1, last >> 1
    return last == 0 and old_root == old.root and new_root == new.root


# --- strict reading: every value has one spelling -------------------------------------------------------------------------


def _text(data: bytes) -> str:
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
    if not _MOMENT.fullmatch(text):
        raise Altered("时间写法不对", "a time is written wrongly")
    return text


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
    if holds.stage == 1:
        lines.append(f"第一阶段 承诺：回执号 {holds.number}，平台承诺至迟 {holds.by} 入日志。请届时换取第二阶段回执。")
        lines.append(f"Stage 1, promise: {holds.number}, to be in the log by {holds.by}. Fetch stage 2 then.")
    else:
        lines.append(f"第二阶段 证明：该记录是日志的第 {holds.index} 条（从 0 起），检查点共 {holds.size} 条。")
        lines.append(f"Stage 2, proof: entry {holds.index} (from 0) under a checkpoint of {holds.size} entries.")
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


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="verifier", description="核验锦享回执（离线）。/ Verify GovShare receipts, offline.")
    parser.add_argument("receipts", nargs="+", metavar="RECEIPT", help="回执文件 / receipt file")
    parser.add_argument("--key", required=True, help="日志公钥，或存放它的文件 / the log's public key, or a file that holds it")
    arguments = parser.parse_args(argv)
    try:
        key = load_key(arguments.key)
        receipts = [(name, Path(name).read_bytes()) for name in arguments.receipts]
    except (BadKey, OSError, UnicodeDecodeError) as problem:
        print(f"无法核验 / cannot verify: {problem}", file=sys.stderr)
        return 2
    code = 0
    for name, receipt in receipts:
        try:
            print(f"{name}\n" + "\n".join(describe(verify(receipt, key))))
        except Altered as altered:
            print(f"{name}\n不成立：{altered.chinese}。\nDoes not hold: {altered.english}.")
            code = 1
    return code


if __name__ == "__main__":
    sys.exit(main())
