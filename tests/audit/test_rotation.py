"""The log's key is handed over; who trusts any one of its keys verifies what any of them signed."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings as django_settings

from govshare.audit import keys, queries, services, statements, verifier
from govshare.audit.log import open_log
from govshare.audit.models import Entry, Handover
from govshare.audit.notes import NoteKey
from govshare.kernel.actor import PLATFORM
from govshare.kernel.clock import utc_now
from govshare.kernel.errors import Invalid
from govshare.kernel.keyring import Keyring
from tests.audit.actors import LAW, NOW, person
from tests.steps import dying


@pytest.fixture(autouse=True)
def _keys(settings, tmp_path):
    settings.GOVSHARE_KEYS = tmp_path / "keys"


def record(about="A-1"):
    promise = services.record(action="catalog:entry:publish", basis=LAW, by=person(), now=NOW, about=about)
    return promise


def placed(about="A-1"):
    promise = record(about)
    services.place(now=NOW)
    return queries.receipt(promise.number)


def rotate(kind="ed25519", days=1):
    return services.rotate_key(kind=kind, by=PLATFORM, now=NOW + timedelta(days=days))


def chain():
    return open_log().handovers()


@pytest.mark.article("CD2016-26", "PC-105")
def test_receipts_from_before_and_after_a_hand_over_verify_from_any_one_key(own_database):
    anchors = [open_log().verification_key()]
    receipts = [placed("first")]
    for days, kind in enumerate(("ecdsa-p256", "ed25519"), 1):
        rotate(kind, days)
        anchors.append(open_log().verification_key())
        receipts.append(placed(kind))

    assert [anchor.kind for anchor in anchors] == [verifier.ED25519, verifier.ECDSA, verifier.ED25519]
    for anchor in anchors:
        trust = verifier.follow(chain(), anchor)
        assert [verifier.verify(receipt, trust).stage for receipt in receipts] == [2, 2, 2]
    for receipt in receipts[1:]:
        with pytest.raises(verifier.Altered, match="不属于所给公钥"):
            verifier.verify(receipt, anchors[0])
    assert services.fsck().sound


@pytest.mark.article("PC-105")
def test_a_hand_over_is_recorded_kept_and_the_old_key_put_aside(own_database):
    placed()
    old = open_log().verification_key()

    link = rotate()

    entry = Entry.objects.get(action="audit:key:rotate")
    kept = Handover.objects.get()
    assert (link.old, link.new, link.size) == (old, open_log().verification_key(), 1)
    assert entry.about == link.new.id.hex()
    assert (kept.note, kept.old_key, kept.new_key) == (chain().decode(), old.text, link.new.text)
    aside = Path(django_settings.GOVSHARE_KEYS) / f"retired/log-signing-{old.id.hex()}.pem"
    assert NoteKey(old.name, Keyring(aside.parent).signing_key(aside.name)).verifier == old
    assert aside.stat().st_mode & 0o777 == 0o600
    assert not (Path(django_settings.GOVSHARE_KEYS) / keys.NEXT).exists()


def test_an_empty_log_can_be_handed_over(own_database):
    assert rotate().size == 0
    assert verifier.verify(placed(), verifier.follow(chain(), open_log().verification_key())).stage == 2


def test_a_clock_that_went_back_hands_nothing_over(own_database):
    rotate(days=2)
    before = chain()

    with pytest.raises(Invalid, match="校准时钟"):
        rotate(days=1)

    assert chain() == before
    assert services.place(now=NOW) == 1


def test_only_known_kinds_of_key_are_made(own_database):
    with pytest.raises(Invalid, match="ecdsa-p256"):
        rotate("rsa")
    assert chain() == b""


@pytest.fixture
def era(own_database):
    """Old key, new key, the chain, and an entry's receipts in both times."""
    directory = Path(django_settings.GOVSHARE_KEYS)
    before = placed("before")
    old = open_log().key
    rotate()
    after = placed("after")
    yield old, open_log().key, before, after
    shutil.rmtree(directory, ignore_errors=True)


def altered(data, anchor):
    try:
        verifier.follow(data, anchor)
    except verifier.Altered:
        return True
    return False


@pytest.mark.article("PC-105")
def test_any_changed_byte_of_a_hand_over_is_found(era):
    old, new, *_ = era
    data = chain()

    flipped = [data[:n] + bytes([data[n] ^ 1 << bit]) + data[n + 1 :] for n in range(len(data)) for bit in range(0, 8, 3)]
    shorter = [data[:n] for n in range(1, len(data))]
    lines = data.splitlines(keepends=True)
    without = [b"".join(lines[:n] + lines[n + 1 :]) for n in range(len(lines))]
    swapped = [b"".join([*lines[:n], lines[n + 1], lines[n], *lines[n + 2 :]]) for n in range(len(lines) - 1)]

    for anchor in (old.verifier, new.verifier):
        assert not altered(data, anchor)
        unnoticed = [one for one in (*flipped, *shorter, *without, *swapped, data + data, data + b"\n") if not altered(one, anchor)]
        assert unnoticed == []


@pytest.mark.article("PC-105")
def test_a_hand_over_that_the_old_key_did_not_sign_leads_nowhere(era, tmp_path):
    old, new, *_ = era
    stranger = NoteKey(old.name, Keyring(tmp_path / "strangers").signing_key())
    link = verifier.handovers(chain(), old.name)[0]
    at = NOW + timedelta(days=1)
    forged = statements.handover(old=stranger, new=new, size=link.size, root=link.root, at=at)
    halves = forged.splitlines(keepends=True)
    honest = link.note.splitlines(keepends=True)
    mixed = "".join([*honest[:8], halves[8], honest[9]])

    assert altered(forged.encode(), old.verifier)
    assert altered(mixed.encode(), old.verifier)
    assert altered(chain(), stranger.verifier)


@pytest.mark.article("PC-105")
def test_two_hand_overs_by_one_key_are_refused_and_prove_a_fork(era, tmp_path):
    old, *_ = era
    other = NoteKey(old.name, Keyring(tmp_path / "others").signing_key())
    link = verifier.handovers(chain(), old.name)[0]
    forked = statements.handover(old=old, new=other, size=link.size, root=link.root, at=NOW + timedelta(days=2)).encode()

    assert altered(chain() + forked, old.verifier)
    assert verifier.fork(chain(), forked, old.verifier) == "forked"
    assert verifier.fork(chain(), chain(), old.verifier) == "same"


@pytest.mark.article("PC-105")
def test_a_key_signs_for_its_own_time_only(era):
    old, new, before, _ = era
    log = open_log()
    trust = log.trust()
    head = log.head()
    late = old.sign(head.note.partition("\n\n")[0] + "\n")
    early = new.sign(before.decode().partition("\n\n")[2].partition("\n\n")[0] + "\n")
    size_before = verifier.verify(before, trust).size

    promise = verifier.verify(queries.receipt(record("late").number), trust)
    body = promise.body
    from govshare.audit.receipts import Promise

    def promised(key, at):
        return Promise(
            batch=99, ordinal=0, at=at, leaf_hash=trust.tree.leaf(body), body=body, key=key.named(f"{key.name}/promise")
        ).text.encode()

    handed_over = NOW + timedelta(days=1)
    assert (size_before, head.size) == (1, 3)
    with pytest.raises(verifier.Altered, match="时期"):
        verifier.open_checkpoint(late, trust)
    assert verifier.open_checkpoint(early, trust).size == 1
    assert verifier.verify(promised(old, handed_over), trust).stage == 1
    with pytest.raises(verifier.Altered, match="旧密钥"):
        verifier.verify(promised(old, handed_over + timedelta(seconds=61)), trust)


@pytest.mark.article("PC-64", "PC-105")
def test_nothing_is_signed_when_the_hand_overs_are_lost(own_database, evidence):
    placed()
    rotate()
    (evidence / "handover").unlink()
    record()

    with pytest.raises(services.LogRewound):
        services.place(now=NOW)


@pytest.mark.article("PC-105")
def test_the_check_finds_hand_overs_that_are_altered_missing_or_of_another_root(own_database, evidence):
    placed()
    rotate()
    old_pem = next((Path(django_settings.GOVSHARE_KEYS) / "retired").iterdir())
    data, log = chain(), open_log()
    old = NoteKey(log.origin, Keyring(old_pem.parent).signing_key(old_pem.name))
    forged = statements.handover(old=old, new=log.key, size=1, root=bytes(32), at=NOW).encode()

    found = {}
    for what, content in {"whole": data, "altered": data.replace(b"size 1", b"size 2"), "missing": b"", "another root": forged}.items():
        (evidence / "handover").write_bytes(content)
        found[what] = {(one.kind, Path(one.place).name) for one in services.fsck().findings}

    assert found["whole"] == set()
    assert ("altered", "handover") in found["altered"]
    assert ("missing", "handover") in found["missing"]
    assert ("forged", "handover") in found["another root"]


@pytest.mark.article("CD2016-26", "PC-105")
def test_a_hand_over_killed_at_any_step_is_taken_up(own_database, evidence):
    database = own_database("app")
    first = open_log().verification_key()
    receipts = [placed()]
    outcomes = []

    with dying("tests.audit.crash_sequencer", database, "rotate") as run_until:
        for step in range(1, 60):
            outcomes.append(run_until(step))
            before = len(verifier.handovers(chain(), first.name))
            if outcomes[-1] != "killed":
                break
            services.rotate_key(kind="ed25519", by=PLATFORM, now=utc_now())
            receipts.append(placed(f"step {step}"))
            assert len(verifier.handovers(chain(), first.name)) >= before

    trust = verifier.follow(chain(), first)
    assert outcomes[-1] == "finished 0"
    assert outcomes.count("killed") >= 10
    assert [verifier.verify(receipt, trust).stage for receipt in receipts] == [2] * len(receipts)
    assert [row.note for row in Handover.objects.order_by("number")] == [link.note for link in verifier.handovers(chain(), first.name)]
    assert services.fsck().sound
