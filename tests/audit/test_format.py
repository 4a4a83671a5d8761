"""The documented format is the one that runs: vectors are regenerated, and read back by code written from the text alone."""

import base64
import hashlib
import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from govshare.audit import verifier
from govshare.audit.rules import ENTRY_FORMAT
from tests.audit.vectors import AT, DIRECTORY, entries, vectors

FIRST_FORMAT = DIRECTORY / "v1"  # receipts of entries without `identifier`, as they were handed out; nobody makes them any more
PAGE = DIRECTORY.with_suffix(".md")


@pytest.mark.article("CD2016-26")
def test_the_documented_vectors_are_what_the_program_writes():
    files = (path for path in DIRECTORY.rglob("*") if path.is_file() and FIRST_FORMAT not in path.parents)
    written = {str(path.relative_to(DIRECTORY)): path.read_bytes() for path in files}

    assert written == vectors()


def test_the_documented_receipts_verify_under_the_documented_key():
    key = verifier.load_key(str(DIRECTORY / "log.vkey"))

    promise = verifier.verify((DIRECTORY / "promise").read_bytes(), key)
    proof = verifier.verify((DIRECTORY / "receipt.tlog-proof").read_bytes(), key)

    assert (promise.stage, promise.number) == (1, "HZ-7-1")
    assert (proof.stage, proof.index, proof.size) == (2, 1, 300)
    assert promise.entry == proof.entry


@pytest.mark.article("CD2016-26")
def test_receipts_of_the_first_format_verify_for_ever():
    key = verifier.load_key(str(FIRST_FORMAT / "log.vkey"))

    promise = verifier.verify((FIRST_FORMAT / "promise").read_bytes(), key)
    proof = verifier.verify((FIRST_FORMAT / "receipt.tlog-proof").read_bytes(), key)

    assert promise.entry == proof.entry == json.loads((FIRST_FORMAT / "entry-1.json").read_bytes())
    assert proof.entry["v"] == "govshare/entry@v1+sha256"
    assert (promise.number, proof.index, proof.size) == ("HZ-7-1", 1, 300)


def test_the_documented_identifier_opens_under_the_documented_key_of_its_month():
    """Written from the page: AES-SIV with two pieces of associated data."""
    numbers = json.loads((DIRECTORY / "vectors.json").read_bytes())
    _, month, sealed = json.loads((DIRECTORY / "entry-1.json").read_bytes())["identifier"].split(":")

    key = bytes.fromhex(numbers[f"identifier_key_{month}"])
    identifier = AESSIV(key).decrypt(base64.b64decode(sealed), [b"govshare/identifier@v1", month.encode()])

    assert identifier == b"11010519491231002X"


def test_every_field_of_an_entry_is_documented_in_its_order_of_meaning():
    page = PAGE.read_text("utf-8")
    body = json.loads(entries()[1].canonical())

    undocumented = [name for name in [*body, *body["actor"]] if f"| `{name}` |" not in page and f"| `actor.{name}` |" not in page]

    assert undocumented == []
    assert ENTRY_FORMAT in page


def test_a_reader_who_has_only_the_text_arrives_at_the_signed_root():
    """Written from docs/reference/evidence-format.md, with nothing of the program's own code."""
    bodies = (DIRECTORY / "entries.jsonl").read_bytes().splitlines()
    name, key_id, key = (DIRECTORY / "log.vkey").read_text().strip().split("+", 2)
    public = base64.b64decode(key)[1:]

    def mth(leaves):
        if len(leaves) == 1:
            return hashlib.sha256(b"\x00" + leaves[0]).digest()
        k = 1
        while k * 2 < len(leaves):
            k *= 2
        return hashlib.sha256(b"\x01" + mth(leaves[:k]) + mth(leaves[k:])).digest()

    origin, size, root, blank, signature, end = (DIRECTORY / "checkpoint").read_text("utf-8").split("\n")
    blob = base64.b64decode(signature.split(" ")[2])
    Ed25519PublicKey.from_public_bytes(public).verify(blob[4:], f"{origin}\n{size}\n{root}\n".encode())

    assert (origin, int(size), blank, end) == (name, len(bodies), "", "")
    assert blob[:4].hex() == key_id == hashlib.sha256(name.encode() + b"\n\x01" + public).hexdigest()[:8]
    assert base64.b64decode(root) == mth(bodies)
    assert json.loads(bodies[0])["at"] == AT.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def test_every_folder_of_vectors_is_on_the_page():
    folders = {path.relative_to(DIRECTORY).parts[0] for path in DIRECTORY.rglob("*") if path.parent != DIRECTORY}
    page = PAGE.read_text("utf-8")

    assert [folder for folder in folders if f"`{folder}/" not in page] == []
