"""Folders, ZIP files, packages and segments, verified by the single file alone: what is whole, what is not, what would fill the disk."""

import os
import shutil
import subprocess
import sys
import textwrap
import zipfile
from pathlib import Path

import pytest

from govshare.audit import verifier
from tests.audit.vectors import DIRECTORY

SOURCE = Path(verifier.__file__)
KEY = verifier.load_key(str(DIRECTORY / "log.vkey"))
TRUST = verifier.trust_in(KEY)


def folder(name):
    return {str(path.relative_to(DIRECTORY / name)): path.read_bytes() for path in (DIRECTORY / name).rglob("*") if path.is_file()}


def zipped(path, files, **how):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, **how) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


def refused(path):
    with pytest.raises(verifier.Altered) as altered:
        verifier.examine(path, TRUST)
    return str(altered.value)


@pytest.mark.article("CD2016-26")
def test_a_package_holds_as_a_folder_and_as_a_zip(tmp_path):
    as_zip = zipped(tmp_path / "package.zip", folder("package"))

    assert verifier.examine(DIRECTORY / "package", TRUST) == verifier.examine(as_zip, TRUST)
    assert "2 条记录各有回执（其中 1 份为承诺）" in verifier.examine(as_zip, TRUST)[0]


@pytest.mark.article("CD2016-26")
def test_receipts_in_a_zip_or_folder_hold_without_a_statement_and_it_says_what_is_not_seen(tmp_path):
    files = {name: data for name, data in folder("package").items() if name.startswith("receipts/")}
    as_zip = zipped(tmp_path / "receipts.zip", files)

    said = verifier.examine(as_zip, TRUST)
    without_its_statement = {name: data for name, data in folder("package").items() if name != "package"}

    assert "list.jsonl" in refused(zipped(tmp_path / "without.zip", without_its_statement))
    assert "2 份回执（其中 1 份为承诺）" in said[0]
    assert "看不出是否缺少回执" in said[1]
    assert "没有回执" in refused(zipped(tmp_path / "empty.zip", {"readme": b""}))


@pytest.mark.article("CD2016-26")
def test_a_zip_brings_the_hand_overs_that_its_receipts_need(tmp_path):
    files = {f"HZ-{n}-1.tlog-proof": (DIRECTORY / f"handover/receipt-{n}.tlog-proof").read_bytes() for n in (1, 2, 3)}
    chain = (DIRECTORY / "handover/handover").read_bytes()

    with_chain = zipped(tmp_path / "with.zip", {**files, "handover": chain})
    without = zipped(tmp_path / "without.zip", files)

    assert "3 份回执" in verifier.examine(with_chain, TRUST)[0]
    assert "HZ-2-1" in refused(without)


def test_segments_one_after_the_other_must_continue_each_other(tmp_path):
    shutil.copytree(DIRECTORY / "segment", tmp_path / "segments/000000000000256-000000000000512")

    said = verifier.examine(tmp_path, TRUST)

    assert "第 256 至 511 条" in said[0]
    (tmp_path / "segments/000000000000256-000000000000512/notes.txt").write_text("not stated")
    assert "notes.txt" in refused(tmp_path)


def changed(what, files):
    name = "receipts/HZ-7-1.tlog-proof"
    match what:
        case "receipt altered":
            return {**files, name: files[name].replace(b"index 1\n", b"index 2\n")}
        case "receipt missing":
            return {one: data for one, data in files.items() if one != name}
        case "receipt renamed":
            return {("receipts/HZ-7-2.tlog-proof" if one == name else one): data for one, data in files.items()}
        case "file added":
            return {**files, "receipts/HZ-8-0.tlog-proof": files[name]}
        case "list altered":
            return {**files, "list.jsonl": files["list.jsonl"].replace("市民政局".encode(), "市住建局".encode())}
        case "statement of another":
            return {**files, "package": (DIRECTORY / "promise").read_bytes()}


@pytest.mark.article("CD2016-26")
@pytest.mark.parametrize(
    "what", ["receipt altered", "receipt missing", "receipt renamed", "file added", "list altered", "statement of another"]
)
def test_a_package_with_anything_changed_is_refused(tmp_path, what):
    files = changed(what, folder("package"))

    assert files != folder("package")
    assert refused(zipped(tmp_path / "package.zip", files))


def test_a_zip_that_would_unpack_to_too_much_is_refused_unread(tmp_path):
    bomb = tmp_path / "bomb.zip"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("list.jsonl", bytes(8 << 20))
    data = bytearray(bomb.read_bytes())
    central = data.rindex(b"PK\x01\x02")
    data[central + 24 : central + 28] = (0xFFFFFFFE).to_bytes(4, "little")  # says that it unpacks to 4 GiB
    bomb.write_bytes(data)
    many = tmp_path / "many.zip"
    with zipfile.ZipFile(many, "w") as archive:
        for n in range(verifier.MOST_MEMBERS + 1):
            archive.writestr(str(n), b"")

    assert "过大" in refused(bomb)
    assert "过大" in refused(many)


def test_a_member_larger_than_a_receipt_can_be_is_not_read_into_memory(tmp_path, monkeypatch):
    monkeypatch.setattr(verifier, "LARGEST_TEXT", 1000)

    with pytest.raises(verifier.Altered, match="过大"):
        verifier.read(verifier.Folder(DIRECTORY), "entries.jsonl", 1000)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_zips_with_hidden_encrypted_or_damaged_members_are_refused(tmp_path):
    files = folder("package")
    twice = tmp_path / "twice.zip"
    with zipfile.ZipFile(twice, "w") as archive:
        for name, data in [*files.items(), ("list.jsonl", b"{}\n")]:
            archive.writestr(name, data)
    packed = tmp_path / "packed.zip"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_BZIP2) as archive:
        archive.writestr("package", files["package"])
    whole = zipped(tmp_path / "whole.zip", files).read_bytes()
    cut = tmp_path / "cut.zip"
    cut.write_bytes(whole[: len(whole) // 2])
    spoilt = tmp_path / "spoilt.zip"
    place = whole.index(b"receipts/") + 60
    spoilt.write_bytes(whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :])

    for path in (twice, packed, cut, spoilt):
        assert refused(path)


def test_any_changed_byte_of_a_packed_package_is_refused_or_changes_nothing_that_is_signed(tmp_path):
    whole = zipped(tmp_path / "whole.zip", folder("package")).read_bytes()
    path, unnoticed = tmp_path / "changed.zip", 0

    for place in range(0, len(whole), 3):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1 << place % 8]) + whole[place + 1 :])
        try:
            verifier.examine(path, TRUST)
        except verifier.Altered:
            continue
        with zipfile.ZipFile(path) as archive:
            assert {name: archive.read(name) for name in archive.namelist()} == folder("package")
        unnoticed += 1

    assert unnoticed < len(whole) // 3


# --- the command ------------------------------------------------------------------------------------------------------------


def run(*arguments, cwd):
    """As somebody runs it who has this one file, bare Python and cryptography: nothing of govshare can be imported."""
    alone = cwd / "alone"
    alone.mkdir(exist_ok=True)
    shutil.copy(SOURCE, alone / "verifier.py")
    packages = Path(__import__("cryptography").__file__).parent.parent
    bare = alone / "packages"
    if not bare.exists():
        bare.mkdir()
        for name in ("cryptography", "cffi", "_cffi_backend", "pycparser"):
            for found in packages.glob(f"{name}*"):
                if found.suffix != ".dist-info":
                    (bare / found.name).symlink_to(found)
    program = textwrap.dedent(f"""
        import sys
        sys.path.insert(0, {str(bare)!r})
        sys.argv[0] = "verifier.py"
        import runpy
        try:
            import govshare
        except ImportError:
            pass
        else:
            raise SystemExit("govshare is there")
        runpy.run_path({str(alone / "verifier.py")!r}, run_name="__main__")
    """)
    environment = {"PATH": os.environ["PATH"], "PYTHONIOENCODING": "utf-8"}
    return subprocess.run(
        [sys.executable, "-S", "-E", "-s", "-c", program, *map(str, arguments)],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.article("CD2016-26")
def test_the_single_file_verifies_everything_alone(tmp_path):
    asked = {
        "package": run(DIRECTORY / "package", "--key", DIRECTORY / "log.vkey", cwd=tmp_path),
        "segment": run(DIRECTORY / "segment", "--key", DIRECTORY / "log.vkey", cwd=tmp_path),
        "sm3": run(DIRECTORY / "sm3/receipt.tlog-proof", "--key", DIRECTORY / "sm3/log.vkey", cwd=tmp_path),
        "ecdsa": run(DIRECTORY / "ecdsa/promise", "--key", DIRECTORY / "ecdsa/log.vkey", cwd=tmp_path),
        "later key": run(
            DIRECTORY / "handover/receipt-3.tlog-proof",
            "--key",
            DIRECTORY / "handover/key-1.vkey",
            "--handover",
            DIRECTORY / "handover/handover",
            cwd=tmp_path,
        ),
        "cosigned": run(
            DIRECTORY / "cosigned/receipt.tlog-proof",
            "--key",
            DIRECTORY / "log.vkey",
            "--witness",
            DIRECTORY / "cosigned/tax.vkey",
            "--witness",
            DIRECTORY / "cosigned/district.vkey",
            cwd=tmp_path,
        ),
    }

    assert {name: (done.returncode, done.stderr) for name, done in asked.items()} == dict.fromkeys(asked, (0, ""))
    assert asked["cosigned"].stdout.count("见证 witness") == 2


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["receipt.tlog-proof", "--witness", "cosigned/tax.vkey"], 1, "要求 1 个"),
        (["cosigned/receipt.tlog-proof", "--witness", "cosigned/tax.vkey", "--quorum", "2"], 2, "quorum is too large"),
        (["receipt.tlog-proof", "--witness", "log.vkey"], 2, "混用"),
        (["handover/receipt-3.tlog-proof"], 1, "不属于所给公钥"),
        (["handover/receipt-3.tlog-proof", "--handover", "promise"], 1, "交接"),
        (["receipt.tlog-proof", "--handover", "missing"], 2, "missing"),
        (["missing"], 2, "missing"),
        (["checkpoint", "checkpoint", "--fork"], 0, "没有分叉"),
        (["checkpoint", "handover/receipt-1.tlog-proof", "--fork"], 2, "一致性证明"),
        (["checkpoint", "--fork"], 2, "两个文件"),
        (["checkpoint", "sm3/checkpoint", "--fork"], 2, "不能作为证据"),
    ],
)
def test_the_command_says_what_is_missing(arguments, code, said, capsys, monkeypatch):
    monkeypatch.chdir(DIRECTORY)

    returned = verifier.main([*arguments, "--key", "log.vkey"])

    output = capsys.readouterr()
    assert returned == code
    assert said in output.out + output.err


def test_a_fork_is_proved_by_two_checkpoints_or_by_two_receipts_of_one_place(tmp_path, capsys):
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from govshare.audit.notes import NoteKey
    from tests.audit.vector_kinds import Sample
    from tests.audit.vectors import SEED, entries

    bodies = [entry.canonical() for entry in entries()[:20]]
    key = NoteKey(KEY.name, Ed25519PrivateKey.from_private_bytes(SEED))
    honest, other = Sample(tmp_path / "a", key, bodies), Sample(tmp_path / "b", key, [*bodies[:3], bodies[9], *bodies[4:]])
    files = {
        "head": honest.note(10),
        "forked head": other.note(10),
        "receipt": honest.proof(3, honest.note(10)).decode(),
        "forked receipt": other.proof(3, other.note(20)).decode(),
    }
    for name, content in files.items():
        (tmp_path / name).write_text(content)

    def compare(one, two):
        return verifier.main(["--fork", str(tmp_path / one), str(tmp_path / two), "--key", KEY.text])

    assert compare("head", "forked head") == 1
    assert compare("receipt", "forked receipt") == 1
    assert compare("head", "forked receipt") == 2
    assert compare("head", "receipt") == 0
    assert "日志分叉" in capsys.readouterr().out
