"""Time stamps over checkpoints, from a real authority: OpenSSL's, behind a small HTTP server."""

import os
import subprocess
import sys
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from govshare.audit import queries, services, timestamps, verifier
from govshare.audit.log import open_log
from govshare.audit.models import Checkpoint, Timestamp
from govshare.kernel.clock import utc_now
from tests.audit.actors import LAW, NOW, person

SOURCES = Path(__file__).parent.parent.parent / "src"
CONFIGURATION = """
[tsa]
default_tsa = one
[one]
serial = {directory}/serial
crypto_device = builtin
signer_cert = {directory}/tsa.pem
signer_key = {directory}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha384, sha512
accuracy = secs:1
ess_cert_id_chain = no
ess_cert_id_alg = sha256
"""
EXTENSIONS = "basicConstraints=critical,CA:false\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=critical,timeStamping\n"


def openssl(*words, cwd, **how):
    return subprocess.run(["openssl", *words], cwd=cwd, capture_output=True, check=True, **how).stdout


class Authority:
    """Keys and certificates of one time-stamp authority, and what it answers."""

    def __init__(self, directory: Path):
        directory.mkdir()
        self.directory = directory
        self.asked = 0
        self.spoil = lambda answer: answer
        (directory / "tsa.cnf").write_text(CONFIGURATION.format(directory=directory))
        (directory / "extensions").write_text(EXTENSIONS)
        (directory / "serial").write_text("01\n")
        root = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30"]
        openssl(*root, "-subj", "/CN=root", "-keyout", "root.key", "-out", "root.pem", cwd=directory)
        openssl(*root[:1], *root[2:7], "-subj", "/CN=tsa", "-keyout", "tsa.key", "-out", "tsa.csr", cwd=directory)
        sign = ["x509", "-req", "-in", "tsa.csr", "-CA", "root.pem", "-CAkey", "root.key", "-CAcreateserial", "-days", "30"]
        openssl(*sign, "-extfile", "extensions", "-out", "tsa.pem", cwd=directory)

    def answer(self, query: bytes) -> bytes:
        self.asked += 1
        (self.directory / "query").write_bytes(query)
        openssl("ts", "-reply", "-config", "tsa.cnf", "-section", "one", "-queryfile", "query", "-out", "reply", cwd=self.directory)
        return self.spoil((self.directory / "reply").read_bytes())


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority") / "one")


@pytest.fixture
def authority(made, settings):
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = made.answer(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments):
            pass

    made.asked, made.spoil = 0, lambda answer: answer
    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        settings.GOVSHARE_TSA_URL = f"http://127.0.0.1:{server.server_port}/tsa"
        settings.GOVSHARE_TSA_CERTIFICATE = str(made.directory / "root.pem")
        yield made
        server.shutdown()
        thread.join()


def grow():
    services.record(action="catalog:entry:publish", basis=LAW, by=person(), now=NOW)
    services.place(now=NOW)


@pytest.mark.article("CD2016-26", "PC-107")
def test_a_checkpoint_is_stamped_once_and_the_stamp_holds(own_database, authority):
    grow()
    stamped = [services.stamp(now=NOW), services.stamp(now=NOW)]
    grow()
    stamped.append(services.stamp(now=NOW))

    head = open_log().head()
    kept = queries.stamped(0)
    token = bytes(Timestamp.objects.get(size=2).token)
    at = timestamps.stamped_at(head.note, token, authority=authority.directory / "root.pem")
    assert stamped == [1, 0, 1]
    assert authority.asked == 2
    assert (kept.size, queries.stamped(1).size, queries.stamped(2)) == (1, 2, None)
    assert abs(utc_now() - at) < timedelta(hours=1)
    assert Timestamp.objects.get(size=2).at == at


@pytest.mark.article("PC-107")
def test_openssl_itself_verifies_the_token_that_is_kept(own_database, authority, tmp_path):
    grow()
    services.stamp(now=NOW)
    (tmp_path / "checkpoint").write_bytes(timestamps.stamped(open_log().head().note))
    (tmp_path / "token.tsr").write_bytes(bytes(Timestamp.objects.get().token))

    said = openssl(
        "ts",
        "-verify",
        "-data",
        "checkpoint",
        "-in",
        "token.tsr",
        "-CAfile",
        str(authority.directory / "root.pem"),
        cwd=tmp_path,
        text=True,
    )

    assert "OK" in said


@pytest.mark.article("PC-107")
def test_a_stamp_of_another_checkpoint_or_authority_is_not_believed(own_database, authority, tmp_path):
    grow()
    services.stamp(now=NOW)
    token = bytes(Timestamp.objects.get().token)
    grow()
    stranger = Authority(tmp_path / "stranger")

    with pytest.raises(timestamps.NotStamped):
        timestamps.stamped_at(open_log().head().note, token, authority=authority.directory / "root.pem")
    note = Checkpoint.objects.get(size=1).note
    with pytest.raises(timestamps.NotStamped):
        timestamps.stamped_at(note, token, authority=stranger.directory / "root.pem")


@pytest.mark.article("PC-107")
@pytest.mark.parametrize("spoil", [lambda _reply: b"", lambda reply: reply[:-40], lambda reply: reply[:-1] + bytes([reply[-1] ^ 1])])
def test_an_answer_that_does_not_hold_is_not_kept_and_holds_nothing_up(own_database, authority, spoil):
    authority.spoil = spoil
    grow()

    assert services.stamp(now=NOW) == 0

    assert not Timestamp.objects.exists()
    authority.spoil = lambda answer: answer
    assert services.stamp(now=NOW) == 1


def test_no_authority_is_asked_unless_one_is_set(own_database, authority, settings):
    settings.GOVSHARE_TSA_URL = ""
    grow()

    assert services.stamp(now=NOW) == 0
    assert authority.asked == 0


def test_an_authority_that_cannot_be_reached_holds_nothing_up(own_database, authority, settings):
    settings.GOVSHARE_TSA_URL = "http://127.0.0.1:9/"
    grow()

    assert services.stamp(now=NOW) == 0


@pytest.mark.article("PC-107")
def test_a_receipt_is_under_the_stamped_checkpoint_and_verify_names_the_time(own_database, authority, tmp_path):
    promise = services.record(action="catalog:entry:publish", basis=LAW, by=person(), now=NOW)
    services.place(now=NOW)
    services.stamp(now=NOW)
    grow()
    receipt = queries.receipt(promise.number)
    (tmp_path / "HZ.tlog-proof").write_bytes(receipt)
    (tmp_path / "HZ.tsr").write_bytes(bytes(queries.time_stamp(1).token))
    words = ["verify", "HZ.tlog-proof", "--key", queries.verification_key()]

    def run(*more):
        environment = {**os.environ, "PYTHONPATH": str(SOURCES)}
        command = [sys.executable, "-m", "govshare.cli", *words, *map(str, more)]
        return subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)

    named, unnamed = run("--tsa-certificate", authority.directory / "root.pem"), run()
    (tmp_path / "HZ.tsr").write_bytes(b"no token")
    spoilt = run("--tsa-certificate", authority.directory / "root.pem")

    assert verifier.verify(receipt, open_log().trust()).size == 1
    assert (named.returncode, unnamed.returncode, spoilt.returncode) == (0, 0, 1), named.stderr
    assert f"时间戳 stamped {queries.time_stamp(1).at:%Y-%m-%dT%H:%M:%SZ}" in named.stdout
    assert "未核 时间戳" in unnamed.stdout
    assert "不成立" in spoilt.stdout
