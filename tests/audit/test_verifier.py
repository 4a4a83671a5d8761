import ast
import base64
import re
import subprocess
import sys
from pathlib import Path

import pytest

from govshare.audit import queries, services, verifier
from tests.audit.actors import HOUSING, LAW, NOW, person

SOURCE = Path(verifier.__file__)


def receipts():
    """A promise and a proof of the same entry, in a log of several."""
    for n in range(5):
        services.record(action="catalog:entry:file", basis=LAW, by=person(), now=NOW, about=f"A-{n}")
    promise = services.record(action="catalog:entry:publish", basis=LAW, by=person(), now=NOW, about="A-1", parties=[HOUSING])
    services.record(action="catalog:entry:file", basis=LAW, by=person(), now=NOW, about="A-9")
    services.place(now=NOW)
    return promise.text.encode(), queries.receipt(promise.number)


def is_altered(receipt, key):
    try:
        verifier.verify(receipt, key)
    except verifier.Altered:
        return True
    return False


def mutations(receipt):
    """Every byte with every bit flipped, dropped, doubled; every line dropped, doubled, swapped with the next; things added."""
    for place in range(len(receipt)):
        for bit in range(8):
            yield f"bit {bit} of byte {place}", receipt[:place] + bytes([receipt[place] ^ 1 << bit]) + receipt[place + 1 :]
        yield f"byte {place} dropped", receipt[:place] + receipt[place + 1 :]
        yield f"byte {place} doubled", receipt[:place] + receipt[place : place + 1] * 2 + receipt[place + 1 :]
    lines = receipt.splitlines(keepends=True)
    for n, line in enumerate(lines):
        yield f"line {n} dropped", b"".join(lines[:n] + lines[n + 1 :])
        yield f"line {n} doubled", b"".join([*lines[:n], line, *lines[n:]])
        if n + 1 < len(lines) and line != lines[n + 1]:
            yield f"line {n} swapped", b"".join([*lines[:n], lines[n + 1], line, *lines[n + 2 :]])
        for added in (b"note anything\n", b"\n", b" \n", base64.b64encode(bytes(32)) + b"\n"):
            yield f"{added!r} before line {n}", b"".join([*lines[:n], added, *lines[n:]])
        yield f"line {n} ends with CR", b"".join([*lines[:n], line[:-1] + b"\r\n", *lines[n + 1 :]])
    for length in range(len(receipt)):
        yield f"cut to {length}", receipt[:length]
    for tail in (b"\n", b" ", b"\x00", b"x", lines[-1]):
        yield f"{tail!r} added", receipt + tail
    yield "byte order mark", b"\xef\xbb\xbf" + receipt


@pytest.mark.django_db
@pytest.mark.article("CD2016-26")
@pytest.mark.parametrize("stage", [1, 2])
def test_any_changed_byte_of_a_receipt_is_found(stage):
    receipt = receipts()[stage - 1]
    key = verifier.parse_key(queries.verification_key())

    unnoticed = [what for what, changed in mutations(receipt) if changed != receipt and not is_altered(changed, key)]

    assert verifier.verify(receipt, key).stage == stage
    assert unnoticed == []


@pytest.mark.django_db
@pytest.mark.parametrize("stage", [1, 2])
def test_base64_that_decodes_to_the_same_but_is_spelled_otherwise_is_found(stage):
    receipt = receipts()[stage - 1].decode()
    key = verifier.parse_key(queries.verification_key())
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    respelled = []
    for word in re.findall(r"[A-Za-z0-9+/]{20,}={1,2}", receipt):
        bare = word.rstrip("=")
        other = bare[:-1] + alphabet[alphabet.index(bare[-1]) ^ 1]
        assert base64.b64decode(other + "=" * (len(word) - len(bare))) == base64.b64decode(word)
        respelled += [receipt.replace(word, other + "=" * (len(word) - len(bare))), receipt.replace(word, bare)]

    assert respelled
    assert all(is_altered(text.encode(), key) for text in respelled)


@pytest.mark.django_db
def test_a_proof_under_another_entry_index_or_checkpoint_does_not_hold():
    key = verifier.parse_key(queries.verification_key())
    first = services.record(action="catalog:entry:file", basis=LAW, by=person(), now=NOW, about="A-1")
    services.place(now=NOW)
    second = services.record(action="catalog:entry:file", basis=LAW, by=person(), now=NOW, about="A-2")
    old = queries.receipt(first.number).decode()
    services.place(now=NOW)
    one, two = queries.receipt(first.number).decode(), queries.receipt(second.number).decode()

    spliced = [
        one.split("index")[0] + "index" + two.split("index")[1],
        two.replace("index 1", "index 0"),
        one.partition("\n\n")[0] + "\n\n" + old.partition("\n\n")[2],
        old.partition("\n\n")[0] + "\n\n" + one.partition("\n\n")[2],
    ]

    assert not any(is_altered(text.encode(), key) for text in (old, one, two))
    assert all(is_altered(text.encode(), key) for text in spliced)


@pytest.mark.django_db
def test_a_receipt_signed_by_another_key_or_for_another_log_does_not_hold(settings, tmp_path):
    settings.GOVSHARE_KEYS = tmp_path / "other keys"
    forged = receipts()
    forged_key = verifier.parse_key(queries.verification_key())
    settings.GOVSHARE_KEYS = tmp_path / "keys"
    key = verifier.parse_key(queries.verification_key())

    under_its_own = [verifier.verify(receipt, forged_key).stage for receipt in forged]

    assert under_its_own == [1, 2]
    assert all(is_altered(receipt, key) for receipt in forged)
    assert all(is_altered(receipt, verifier.Key("other.example/log", forged_key.public)) for receipt in forged)


def test_the_verifier_needs_python_3_9_and_cryptography_and_nothing_else():
    tree = ast.parse(SOURCE.read_text("utf-8"), feature_version=(3, 9))

    imported = {
        (node.module if isinstance(node, ast.ImportFrom) else alias.name).split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for alias in node.names
    }

    assert imported - set(sys.stdlib_module_names) == {"cryptography"}


def run(*arguments, cwd):
    return subprocess.run(
        [sys.executable, "-I", str(SOURCE), *arguments], cwd=cwd, capture_output=True, text=True, encoding="utf-8", check=False
    )


@pytest.mark.django_db
def test_the_command_says_in_two_languages_what_holds(tmp_path):
    promise, proof = receipts()
    (tmp_path / "promise").write_bytes(promise)
    (tmp_path / "proof").write_bytes(proof)
    (tmp_path / "altered").write_bytes(proof.replace(b"index 5", b"index 4"))
    (tmp_path / "log.key").write_text(queries.verification_key() + "\n")

    good = run("promise", "proof", "--key", "log.key", cwd=tmp_path)
    bad = run("proof", "altered", "--key", queries.verification_key(), cwd=tmp_path)

    assert (good.returncode, bad.returncode) == (0, 1), good.stderr
    assert good.stdout.count("It holds") == 2
    assert "第一阶段 承诺" in good.stdout
    assert "该记录是日志的第 5 条（从 0 起），检查点共 7 条" in good.stdout
    assert "市民政局 王敏" in good.stdout
    assert "不成立" in bad.stdout
    assert "Does not hold" in bad.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["missing", "--key", "govshare.example/log+00000000+AAAA"], "公钥应形如"),
        (["missing", "--key", "no/such/file"], "公钥应形如"),
        (["missing"], "--key"),
        ([], "RECEIPT"),
    ],
)
def test_a_question_that_cannot_be_asked_ends_with_2(tmp_path, arguments, said):
    asked = run(*arguments, cwd=tmp_path)

    assert asked.returncode == 2
    assert said in asked.stderr


def test_an_unreadable_receipt_ends_with_2(tmp_path):
    asked = run("missing", "--key", queries.verification_key(), cwd=tmp_path)

    assert asked.returncode == 2
    assert "无法核验" in asked.stderr


@pytest.mark.parametrize(
    "change",
    [
        lambda k: k[:-1] + ("B" if k[-1] == "A" else "A"),
        lambda k: "x" + k,
        lambda k: k.replace("+", " "),
        lambda k: k + "A",
        lambda k: k[:0],
        lambda k: k.split("+")[0],
    ],
)
def test_a_mistyped_public_key_is_no_key(change):
    key = queries.verification_key()

    with pytest.raises(verifier.BadKey):
        verifier.parse_key(change(key))
    assert verifier.parse_key(f" {key}\n").name == key.split("+")[0]
