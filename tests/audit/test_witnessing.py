"""Witnesses: what they cosign and what they refuse; two platforms over real HTTP; a rewritten log and the proof of it."""

import base64
import http.client
import os
import subprocess
import sys
import threading
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings as django_settings
from django.db import connection as database

from govshare.audit import keys, queries, services, verifier
from govshare.audit.log import Log, open_log
from govshare.audit.models import Cosignature, Entry, Objection
from govshare.audit.notes import CosigningKey, NoteKey
from govshare.audit.witness_server import Server, open_witness
from govshare.audit.witnessing import SIZE, Asked, Witness, parse_logs, parse_witnesses
from govshare.kernel.keyring import Keyring
from tests.audit.actors import LAW, NOW, person

SOURCES = Path(__file__).parent.parent.parent / "src"
STRANGER = NoteKey("stranger.example/log", Ed25519PrivateKey.from_private_bytes(bytes(32)))


class Journal:
    """A log outside the platform, as long and as often rewritten as a test wants."""

    def __init__(self, directory, name="city.example/log", kind="ed25519"):
        self.key = NoteKey(name, Keyring(directory / "keys").signing_key(kind=kind))
        self.log = Log(directory / "evidence", self.key)
        self.size = 0

    def grow(self, *words):
        self.size = self.log.tiles.extend(self.size, [self.log.tree.leaf(word.encode()) for word in words])
        return self.head()

    def head(self):
        return self.log.sign(self.size, self.log.tiles.root(self.size))

    def ask(self, old, head=None):
        head = head or self.head()
        return Asked(old, self.log.tiles.consistency_proof(old, head.size) if old <= head.size else [], head.note).body


@pytest.fixture
def journal(tmp_path):
    return Journal(tmp_path / "journal")


def witness_of(tmp_path, *journals):
    key = CosigningKey("witness.example/w1", Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
    return Witness(key, [journal.key.verifier for journal in journals], tmp_path / "seen")


def cosigned(note, line, witness, log_key):
    trust = verifier.Trust((verifier.Era(log_key),), (witness.key.verifier,), 1)
    return verifier.open_checkpoint(note + line, trust).cosigned


@pytest.mark.article("CD2016-26", "PC-106")
def test_a_log_that_only_grows_is_cosigned_again_and_again(tmp_path, journal):
    witness = witness_of(tmp_path, journal)
    old = 0
    for n in range(1, 6):
        head = journal.grow(*[f"{n}-{k}" for k in range(n * 100)])

        answer = witness.add_checkpoint(journal.ask(old), now=NOW + timedelta(minutes=n))

        assert answer.status == 200, answer
        (one,) = cosigned(head.note, answer.body, witness, journal.key.verifier)
        assert (one.name, one.time) == ("witness.example/w1", int((NOW + timedelta(minutes=n)).timestamp()))
        assert witness.last(journal.key.name) == head.note
        old = head.size


@pytest.mark.article("PC-106")
@pytest.mark.parametrize("tree", ["city.example/log", "city.example/log/sm3"])
@pytest.mark.parametrize("kind", ["ed25519", "ecdsa-p256"])
def test_logs_of_every_tree_and_key_are_cosigned(tmp_path, tree, kind):
    journal = Journal(tmp_path / "journal", tree, kind)
    witness = witness_of(tmp_path, journal)

    answers = []
    for old in (0, 3):
        journal.grow(f"{old}", "b", "c")
        answers.append(witness.add_checkpoint(journal.ask(old), now=NOW).status)

    assert answers == [200, 200]


@pytest.mark.article("PC-106")
def test_the_witness_answers_as_c2sp_says(tmp_path, journal):
    other = Journal(tmp_path / "other", "other.example/log")
    witness = witness_of(tmp_path, journal)
    journal.grow("a", "b", "c")
    other.grow("a")
    asked = journal.ask(0)
    assert witness.add_checkpoint(asked, now=NOW).status == 200
    journal.grow("d")
    good = journal.ask(3)
    forged = Asked(
        3, journal.log.tiles.consistency_proof(3, 4), STRANGER.named(journal.key.name).sign(journal.head().note.split("\n\n")[0] + "\n")
    )

    answers = {
        "again": witness.add_checkpoint(asked, now=NOW),
        "unknown log": witness.add_checkpoint(other.ask(0), now=NOW),
        "forged": witness.add_checkpoint(forged.body, now=NOW),
        "old too large": witness.add_checkpoint(good.replace(b"old 3", b"old 5"), now=NOW),
        "no proof": witness.add_checkpoint(b"old 3\n\n" + good.partition(b"\n\n")[2], now=NOW),
        "rubbish": witness.add_checkpoint(b"\xff\n\n", now=NOW),
        "no old": witness.add_checkpoint(good[6:], now=NOW),
        "old spelled otherwise": witness.add_checkpoint(good.replace(b"old 3", b"old 03"), now=NOW),
        "too many steps": witness.add_checkpoint(
            good.replace(b"old 3\n", b"old 3\n" + base64.b64encode(bytes(32)) * 0 + (base64.b64encode(bytes(32)) + b"\n") * 64), now=NOW
        ),
    }

    assert {what: answer.status for what, answer in answers.items()} == {
        "again": 409,
        "unknown log": 404,
        "forged": 403,
        "old too large": 400,
        "no proof": 422,
        "rubbish": 400,
        "no old": 400,
        "old spelled otherwise": 400,
        "too many steps": 400,
    }
    assert (answers["again"].body, answers["again"].kind) == ("3\n", SIZE)
    assert witness.add_checkpoint(good, now=NOW).status == 200
    assert witness.add_checkpoint(journal.ask(4), now=NOW).status == 200


@pytest.mark.article("PC-106")
def test_a_forked_log_is_refused_and_the_two_checkpoints_prove_it(tmp_path, journal):
    fork = Journal(tmp_path / "fork")
    fork.key = journal.key
    fork.log = Log(tmp_path / "fork/evidence", journal.key)
    witness = witness_of(tmp_path, journal)
    head = journal.grow("a", "b", "c")
    other = fork.grow("a", "B", "c")
    assert witness.add_checkpoint(journal.ask(0), now=NOW).status == 200

    same_size = witness.add_checkpoint(fork.ask(3), now=NOW)
    fork.grow("d")
    longer = witness.add_checkpoint(fork.ask(3), now=NOW)

    assert (same_size.status, same_size.body, longer.status) == (409, "3\n", 422)
    assert same_size.contradiction == (head.note, other.note)
    before, after = (note.encode() for note in same_size.contradiction)
    assert verifier.fork(before, after, journal.key.verifier) == "forked"
    assert verifier.fork(before, longer.contradiction[1].encode(), journal.key.verifier) == "open"
    assert witness.last(journal.key.name) == head.note
    journal.grow("d")
    assert witness.add_checkpoint(journal.ask(3), now=NOW).status == 200


def test_of_requests_at_once_none_takes_the_witness_back(tmp_path, journal):
    witness = witness_of(tmp_path, journal)
    requests, old = [], 0
    for n in range(1, 9):
        journal.grow(str(n))
        requests += [journal.ask(old) for _ in range(3)]
        old = journal.size
    answers = []

    def ask(body):
        for _ in range(40):
            answer = witness.add_checkpoint(body, now=NOW)
            answers.append(answer.status)
            if answer.status == 200 or int(answer.body) >= 8:
                return

    threads = [threading.Thread(target=ask, args=[body]) for body in requests]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert set(answers) <= {200, 409}
    assert answers.count(200) >= 1
    last = int(witness.last(journal.key.name).split("\n")[1])
    assert last == sum(1 for status in answers if status == 200)


def test_settings_of_witnesses_are_pairs_of_key_and_address(tmp_path, journal):
    key = witness_of(tmp_path).key.verifier.text

    (read,) = parse_witnesses(f" {key} https://w.example/x/ ")

    assert (read[0].text, read[1]) == (key, "https://w.example/x")
    assert parse_witnesses("") == ()
    assert parse_logs(f"{journal.key.verification_key()},{STRANGER.verification_key()}")[1] == STRANGER.verifier
    for wrong in (key, f"{key} ftp://w", f"{journal.key.verification_key()} https://w", "a b"):
        with pytest.raises(verifier.BadKey):
            parse_witnesses(wrong)
    with pytest.raises(verifier.BadKey):
        parse_logs(key)


# --- the platform and a witness over HTTP ---------------------------------------------------------------------------------


def record(about="A-1"):
    return services.record(action="catalog:entry:publish", basis=LAW, by=person(), now=NOW, about=about)


@pytest.fixture
def keyring(settings, tmp_path):
    settings.GOVSHARE_KEYS = tmp_path / "platform keys"


@contextmanager
def serving(witness):
    with Server(("127.0.0.1", 0), witness) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/w"
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def department(keyring, tmp_path, settings):
    """A department's witness of the platform's log, at work."""
    witness = open_witness(tmp_path / "department", "tax.example/witness", [open_log().verification_key()])
    with serving(witness) as url:
        settings.GOVSHARE_WITNESSES = ((witness.key.verifier, url),)
        yield witness


@pytest.mark.article("CD2016-26", "PC-106")
def test_receipts_carry_the_cosignatures_of_witnesses(own_database, department):
    first = record()
    services.place(now=NOW)

    asked = [services.cosign(now=NOW), services.cosign(now=NOW)]
    second = record("A-2")
    services.place(now=NOW)
    uncosigned = queries.receipt(second.number)
    asked.append(services.cosign(now=NOW))

    trust = verifier.Trust(open_log().trust().eras, (department.key.verifier,), 1)
    proof = verifier.verify(queries.receipt(second.number), trust)
    assert asked == [1, 0, 1]
    assert [one.name for one in proof.checkpoint.cosigned] == ["tax.example/witness"]
    assert verifier.verify(queries.receipt(first.number), trust).index == 0
    assert Cosignature.objects.count() == 2
    with pytest.raises(verifier.Altered, match="要求 1 个"):
        verifier.verify(uncosigned, trust)


@pytest.mark.article("CD2016-26", "PC-106")
def test_any_changed_byte_of_a_cosigned_receipt_is_found_by_who_knows_the_witness(own_database, department):
    promise = record()
    services.place(now=NOW)
    services.cosign(now=NOW)
    receipt = queries.receipt(promise.number)
    trust = verifier.Trust(open_log().trust().eras, (department.key.verifier,), 1)

    def holds(data):
        try:
            verifier.verify(data, trust)
        except verifier.Altered:
            return False
        return True

    start = receipt.index("— tax".encode())
    flipped = [receipt[:n] + bytes([receipt[n] ^ 1 << bit]) + receipt[n + 1 :] for n in range(start, len(receipt)) for bit in range(8)]
    cut = [receipt[:n] for n in range(start, len(receipt))]

    assert holds(receipt)
    assert [one for one in (*flipped, *cut, receipt + receipt[start:]) if holds(one)] == []


@pytest.mark.article("PC-106")
def test_bytes_of_an_unknown_witnesss_line_are_all_that_is_not_authenticated(own_database, department):
    promise = record()
    services.place(now=NOW)
    services.cosign(now=NOW)
    receipt = queries.receipt(promise.number)
    key = open_log().verification_key()
    known = verifier.verify(receipt, key)
    start = receipt.index("— tax".encode())

    noticed = 0
    for n in range(len(receipt)):
        changed = receipt[:n] + bytes([receipt[n] ^ 1]) + receipt[n + 1 :]
        try:
            proof = verifier.verify(changed, key)
        except verifier.Altered:
            noticed += 1
            continue
        assert n >= start
        assert (proof.body, proof.index, proof.checkpoint) == (known.body, known.index, known.checkpoint)
        assert proof.checkpoint.cosigned == ()

    assert noticed >= start
    assert known.checkpoint.strangers == ("tax.example/witness",)


@pytest.mark.article("PC-106", "PC-64")
def test_a_witness_that_saw_more_raises_the_alarm_once(own_database, department, evidence):
    for n in range(3):
        record(f"A-{n}")
    services.place(now=NOW)
    assert services.cosign(now=NOW) == 1
    database.close()
    with psycopg.connect(own_database("admin"), autocommit=True) as admin:
        admin.execute("SET session_replication_role = replica")
        admin.execute("TRUNCATE audit_cosignature, audit_checkpoint, audit_placement, audit_entry, audit_batch, audit_unplaced CASCADE")
    for path in (evidence / "checkpoint", *(path for path in (evidence / "tile").rglob("*") if path.is_file())):
        path.unlink()
    record("another history")
    services.place(now=NOW)

    answers = [services.cosign(now=NOW + timedelta(minutes=n)) for n in range(3)]

    alarm = Entry.objects.get(action="audit:checkpoint:doubt")
    assert answers == [0, 0, 0]
    assert alarm.outcome == "refused"
    assert Objection.objects.get().answer == "409 3"
    assert verifier.open_checkpoint(department.last(keys.origin()), open_log().trust()).size == 3


@pytest.mark.article("PC-106")
def test_a_witness_that_cannot_be_reached_is_asked_again_and_holds_nothing_up(own_database, keyring, settings, department):
    reachable = settings.GOVSHARE_WITNESSES
    settings.GOVSHARE_WITNESSES = ((department.key.verifier, "http://127.0.0.1:9/w"),)
    promise = record()
    services.place(now=NOW)

    lost = services.cosign(now=NOW)
    receipt = queries.receipt(promise.number)
    settings.GOVSHARE_WITNESSES = reachable

    assert (lost, services.cosign(now=NOW)) == (0, 1)
    assert verifier.verify(receipt, open_log().trust()).stage == 2
    assert not Objection.objects.exists()


@pytest.mark.article("PC-106")
def test_a_witness_that_signs_wrongly_is_not_believed(own_database, keyring, settings, tmp_path):
    witness = open_witness(tmp_path / "department", "tax.example/witness", [open_log().verification_key()])
    other = open_witness(tmp_path / "another", "tax.example/witness", [open_log().verification_key()])
    record()
    services.place(now=NOW)

    with serving(witness) as url:
        settings.GOVSHARE_WITNESSES = ((other.key.verifier, url),)
        assert services.cosign(now=NOW) == 0

    assert not Cosignature.objects.exists()


@pytest.mark.article("CD2016-26", "PC-106")
def test_a_department_runs_a_witness_as_a_program_of_its_own(tmp_path, journal):
    state = tmp_path / "state"
    environment = {**os.environ, "PYTHONPATH": str(SOURCES)}
    command = [sys.executable, "-m", "govshare.cli", "witness"]
    key = subprocess.run(
        [*command, "key", "--state", state, "--name", "tax.example/w"], env=environment, capture_output=True, text=True, check=True
    )
    serve = [
        *command,
        "serve",
        "--state",
        state,
        "--name",
        "tax.example/w",
        "--log",
        journal.key.verification_key(),
        "--listen",
        "127.0.0.1:0",
    ]

    def ask(old):
        with subprocess.Popen(serve, env={**environment, "PYTHONUNBUFFERED": "1"}, stdout=subprocess.PIPE, text=True) as process:
            try:
                assert key.stdout.strip() in process.stdout.readline()
                port = int(process.stdout.readline().rpartition(":")[2])
                with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=20)) as connection:
                    connection.request("POST", "/x/add-checkpoint", body=journal.ask(old))
                    answer = connection.getresponse()
                    return answer.status, answer.read().decode()
            finally:
                process.kill()

    head = journal.grow("a", "b")
    first = ask(0)
    journal.grow("c")
    after_a_crash = ask(0)
    second = ask(2)

    assert first[0] == 200
    assert cosigned(head.note, first[1], Witness(_Named(key.stdout.strip()), [], state), journal.key.verifier)
    assert after_a_crash == (409, "2\n")
    assert second[0] == 200


class _Named:
    def __init__(self, text):
        self.verifier = verifier.parse_key(text)


@pytest.mark.django_db
@pytest.mark.article("PC-106")
def test_the_platform_as_witness_records_a_log_that_contradicts_itself_once(keyring, settings, journal, tmp_path):
    settings.GOVSHARE_WITNESSED_LOGS = (journal.key.verifier,)
    fork = Journal(tmp_path / "fork")
    fork.log = Log(tmp_path / "fork/evidence", journal.key)
    journal.grow("a", "b")
    fork.grow("a", "B")

    good = services.witness(body=journal.ask(0), now=NOW)
    bad = [services.witness(body=fork.ask(2), now=NOW) for _ in range(3)]

    assert (good.status, [answer.status for answer in bad]) == (200, [409] * 3)
    entry = Entry.objects.get(action="audit:log:contradict")
    assert (entry.about, entry.outcome) == ("city.example/log 2", "refused")
    assert Path(django_settings.GOVSHARE_EVIDENCE, "witnessed").is_dir()


@pytest.mark.article("PC-106")
def test_a_witness_that_has_cosigned_already_is_no_alarm_when_its_answer_was_lost(own_database, department):
    record()
    services.place(now=NOW)
    services.cosign(now=NOW)
    database.close()
    with psycopg.connect(own_database("admin"), autocommit=True) as admin:
        admin.execute("SET session_replication_role = replica")
        admin.execute("TRUNCATE audit_cosignature")

    assert services.cosign(now=NOW) == 1

    assert Cosignature.objects.count() == 1
    assert not Objection.objects.exists()
