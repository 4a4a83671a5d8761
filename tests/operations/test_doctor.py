"""Each test takes a sound installation, breaks one thing, and expects to be told."""

import datetime as dt
import ipaddress
import socket
import ssl
import threading

import psycopg
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from govshare.audit import services as audit
from govshare.audit.keys import identifier_file
from govshare.audit.rules import identifier_month
from govshare.duties import services as duties
from govshare.duties.models import WorkYear
from govshare.kernel.actor import PLATFORM
from govshare.kernel.clock import utc_now
from govshare.kernel.keyring import FILES, Keyring
from govshare.operations.doctor import examine, files, machine
from govshare.organizations.models import RevocationList, TrustAnchor
from govshare.regulation.articles import cite
from tests.operations.children import NOBODY, Child

DAY, HOUR = dt.timedelta(days=1), dt.timedelta(hours=1)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def put_certificate(settings, *, begins=-1000 * DAY, ends=365 * DAY, names=("gx.example.gov.cn",)):
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "gx")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(utc_now() + begins)
        .not_valid_after(utc_now() + ends)
        .add_extension(
            x509.SubjectAlternativeName([*map(x509.DNSName, names), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    settings.GOVSHARE_TLS_CERTIFICATE.write_bytes(certificate.public_bytes(Encoding.PEM))
    settings.GOVSHARE_TLS_KEY.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    settings.GOVSHARE_TLS_KEY.chmod(0o600)


def withdraw_anchor():
    TrustAnchor.objects.update(withdrawn_at=utc_now(), withdrawn_by="platform")


def put_anchor(*, ends=3650 * DAY, list_ends=DAY):
    now, fingerprint = utc_now(), f"{TrustAnchor.objects.count():064x}"
    anchor = TrustAnchor.objects.create(
        name="成都政务CA", der=b"-", fingerprint=fingerprint, serial="1", algorithm="SM2", not_before=now - 5000 * DAY,
        not_after=now + ends,
        added_at=now, added_by="platform",
    )  # fmt: skip
    if list_ends is not None:
        RevocationList.objects.create(
            anchor=anchor, der=b"-", fingerprint="e" * 64, this_update=now - 30 * DAY, next_update=now + list_ends, current=True,
            loaded_at=now, loaded_by="platform",
        )  # fmt: skip


@pytest.fixture
def sound(request, settings, tmp_path):
    """An installation nothing is wrong with, but that no service runs. Yields ``findings(level)``: what is found now.

    Rolled back at the end; a test that needs other connections asks for ``own_database``.
    """
    request.getfixturevalue("own_database" if "own_database" in request.fixturenames else "db")
    settings.GOVSHARE_DEMO = False
    settings.GOVSHARE_PRIVATE_DATABASE = False
    settings.GOVSHARE_HOME, settings.GOVSHARE_KEYS = tmp_path, tmp_path / "keys"
    settings.GOVSHARE_EVIDENCE, settings.GOVSHARE_UPLOADS = tmp_path / "evidence", tmp_path / "uploads"
    settings.GOVSHARE_TLS_CERTIFICATE, settings.GOVSHARE_TLS_KEY = tmp_path / "server.pem", tmp_path / "server.key"
    settings.ALLOWED_HOSTS = ["gx.example.gov.cn", "127.0.0.1"]
    settings.GOVSHARE_BIND = "127.0.0.1"
    for name in ("PORTAL", "GATEWAY", "SIGNIN"):
        setattr(settings, f"GOVSHARE_{name}_PORT", free_port())
    keyring = Keyring(settings.GOVSHARE_KEYS)
    for name in FILES:
        keyring.signing_key(name) if name.endswith(".pem") else keyring.secret(name)
    put_certificate(settings)
    put_anchor()
    duties.load_known(by=PLATFORM, now=utc_now())

    def findings(level, **options):
        return [f"{found.what} → {found.mend}" for found in examine(**options) if found.level == level]

    yield findings


def told(findings, *words):
    """Whether one finding says all of ``words``."""
    return any(all(word in finding for word in words) for finding in findings)


@pytest.mark.article("CD2016-33", "CD2016-34")
def test_a_sound_installation_is_found_sound(sound):
    in_a_known_year = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)

    right, wrong = sound("ok", now=in_a_known_year), sound("bad", now=in_a_known_year)

    assert told(right, "不能改写存证")
    assert told(right, "工作日历已载入")
    of_the_test_bed = ("后台进程没有运行", "fsync=off", "磁盘")  # no services, a cluster that may lose, whatever room there is
    assert not [finding for finding in wrong if not any(words in finding for words in of_the_test_bed)]


def test_every_finding_that_is_not_ok_says_how_to_mend_it(sound, settings):
    settings.GOVSHARE_TLS_KEY.unlink()
    settings.GOVSHARE_KEYS.chmod(0o755)

    findings = examine()

    assert [found for found in findings if found.level != "ok"]
    for found in findings:
        assert " / " in found.what or found.level == "ok"
        assert bool(found.mend) == (found.level != "ok"), found.what


@pytest.mark.article("CD2016-33")
def test_keys_that_others_can_read_are_found(sound, settings):
    (settings.GOVSHARE_KEYS / "subject.key").chmod(0o644)

    assert told(sound("bad"), "他人可读密钥", "subject.key", "chmod")


def test_a_missing_key_is_found_and_not_made_anew(sound, settings):
    (settings.GOVSHARE_KEYS / "credentials.key").unlink()

    assert told(sound("warn"), "credentials.key", "从备份恢复")
    assert not (settings.GOVSHARE_KEYS / "credentials.key").exists()


@pytest.mark.article("CD2016-26")
def test_a_key_that_data_depend_on_is_missed_badly(sound, settings):
    audit.record(action="test:thing:do", basis=cite("CD2016-26"), by=PLATFORM, now=utc_now(), subject="510104199001011234")

    (settings.GOVSHARE_KEYS / "subject.key").unlink()

    assert told(sound("bad"), "已有数据依赖的密钥不见了：subject.key", "从备份恢复")


@pytest.mark.article("CD2016-39", "PC-100")
def test_a_lost_key_of_a_month_is_missed_badly_and_a_destroyed_one_is_not(sound, settings):
    now = utc_now()
    audit.record(action="test:thing:do", basis=cite("CD2016-26"), by=PLATFORM, now=now, subject="510104199001011234")
    name = identifier_file(identifier_month(now))
    kept = (settings.GOVSHARE_KEYS / name).read_bytes()

    (settings.GOVSHARE_KEYS / name).unlink()
    lost = sound("bad")
    (settings.GOVSHARE_KEYS / name).write_bytes(kept)
    (settings.GOVSHARE_KEYS / name).chmod(0o644)
    loose = sound("bad")
    Keyring(settings.GOVSHARE_KEYS).destroy(name, b"by order")
    destroyed = sound("bad")

    assert told(lost, f"已有数据依赖的密钥不见了：{name}", "从备份恢复")
    assert told(loose, "他人可读密钥", f"{identifier_month(now)}.key")
    assert not told(destroyed, "密钥")


@pytest.mark.parametrize(
    ("certificate", "level", "words"),
    [
        ({"ends": 10 * DAY}, "warn", "到期"),
        ({"begins": -9 * DAY, "ends": -DAY}, "bad", "不在有效期内"),
        ({"begins": DAY}, "bad", "不在有效期内"),
        ({"names": ("other.example",)}, "bad", "不含名称 gx.example.gov.cn"),
        ({"names": ("*.example.gov.cn",)}, "ok", "服务器证书有效至"),
    ],
)
def test_a_server_certificate_that_will_not_do_is_found(sound, settings, certificate, level, words):
    put_certificate(settings, **certificate)

    assert told(sound(level), words)
    assert told(sound("bad"), "不含名称") == (words.startswith("不含名称"))


def test_a_key_that_belongs_to_another_certificate_is_found(sound, settings):
    other = settings.GOVSHARE_TLS_CERTIFICATE.read_bytes()
    put_certificate(settings)
    settings.GOVSHARE_TLS_CERTIFICATE.write_bytes(other)

    assert told(sound("bad"), "不是一对")


@pytest.mark.parametrize("broken", ["GOVSHARE_TLS_CERTIFICATE", "GOVSHARE_TLS_KEY"])
def test_certificate_files_that_hold_something_else_are_found(sound, settings, broken):
    getattr(settings, broken).write_text("not PEM")

    assert told(sound("bad"), "不能使用", "PEM")


def test_a_database_that_does_not_answer_is_found_and_ends_the_questions_to_it(sound, own_database):
    from django.db import connection

    connection.close()
    connection.settings_dict["NAME"] = "gone"

    assert told(sound("bad"), "连不上数据库", "GOVSHARE_DATABASE_URL")
    assert not told(sound("bad"), "后台进程")


def test_tables_of_an_older_release_are_found(sound, own_database):
    with psycopg.connect(own_database("owner")) as owner:
        owner.execute("DELETE FROM django_migrations WHERE app = 'sharing'")

    assert told(sound("bad"), "未升级", "govshare migrate")


def test_tables_of_a_newer_release_are_found(sound, own_database):
    with psycopg.connect(own_database("owner")) as owner:
        owner.execute("INSERT INTO django_migrations (app, name, applied) VALUES ('catalog', '9999_later', now())")

    assert told(sound("warn"), "catalog.9999_later")


@pytest.mark.article("CD2016-26", "CD2016-33")
def test_a_program_that_could_rewrite_evidence_is_found(sound, own_database):
    with psycopg.connect(own_database("owner")) as owner:
        owner.execute("GRANT UPDATE (body) ON audit_entry TO govshare_app")

    assert told(sound("bad"), "能改写存证表", "audit_entry")


@pytest.mark.article("CD2016-33")
def test_a_program_connected_as_the_owner_is_found(sound, own_database):
    from django.db import connection

    connection.close()
    connection.settings_dict.update(USER="govshare_owner", PASSWORD="owner")

    assert told(sound("bad"), "超级用户或属主")


def test_a_database_that_may_lose_a_commit_is_found(sound, own_database):
    from django.db import connection

    connection.close()
    connection.settings_dict["OPTIONS"] = {"options": "-c synchronous_commit=off"}

    assert told(sound("bad"), "synchronous_commit=off", "回执不能丢")


@pytest.mark.article("CD2016-35")
def test_no_trust_anchor_means_nobody_gets_in(sound):
    withdraw_anchor()

    assert told(sound("bad"), "没有信任锚", "govshare init")


@pytest.mark.parametrize(
    ("anchor", "level", "words"),
    [
        ({"ends": 20 * DAY}, "warn", "将于"),
        ({"ends": -DAY}, "bad", "已过期"),
        ({"list_ends": None}, "warn", "没有吊销列表"),
        ({"list_ends": -HOUR}, "warn", "吊销列表已过期"),
        ({"list_ends": -9 * DAY}, "bad", "吊销列表已过期，其证书已被拒绝"),
    ],
)
@pytest.mark.article("CD2016-35")
def test_a_stale_anchor_or_revocation_list_is_found(sound, anchor, level, words):
    withdraw_anchor()
    put_anchor(**anchor)

    assert told(sound(level), words, "成都政务CA")


def test_a_year_without_a_calendar_is_found(sound):
    first_unknown = WorkYear.objects.order_by("-year").first().year + 1

    assert told(sound("bad", now=dt.datetime(first_unknown, 6, 1, tzinfo=dt.UTC)), f"没有 {first_unknown} 年的工作日历")
    assert told(sound("warn", now=dt.datetime(first_unknown - 1, 12, 9, tzinfo=dt.UTC)), f"没有 {first_unknown} 年的工作日历")


@pytest.mark.article("CD2016-42")
def test_a_lapsed_text_without_a_prolonging_act_is_found(sound):
    assert told(sound("warn"), "演示/试行", "延续或替代文件")
    assert told(sound("ok", now=dt.datetime(2017, 6, 1, tzinfo=dt.UTC)), "现行有效")


@pytest.mark.article("CD2016-26")
def test_evidence_that_waits_too_long_for_its_place_is_found(sound, own_database):
    audit.record(action="test:thing:do", basis=cite("CD2016-26"), by=PLATFORM, now=utc_now())

    assert told(sound("bad", now=utc_now() + dt.timedelta(minutes=2)), "未排入日志", "govshare worker")
    assert told(sound("ok"), "按时排入")


@pytest.mark.article("CD2016-26")
def test_an_evidence_directory_older_than_the_database_is_found(sound, own_database, settings):
    audit.record(action="test:thing:do", basis=cite("CD2016-26"), by=PLATFORM, now=utc_now())
    audit.place(now=utc_now())
    signed = sound("ok")

    (settings.GOVSHARE_EVIDENCE / "checkpoint").unlink()
    lost = sound("bad")
    (settings.GOVSHARE_EVIDENCE / "checkpoint").write_text("made up")
    forged = sound("bad")

    assert told(signed, "存证日志已签名 1 条")
    assert told(lost, "只记得 0 条", "已签到 1 条", "恢复")
    assert told(forged, "存证日志不能继续签名", "检查点")


def test_a_worker_is_alive_while_its_heart_beats(sound, own_database):
    with psycopg.connect(own_database("owner")) as owner:
        owner.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now())")

    assert told(sound("ok"), "后台进程正在运行")
    assert told(sound("bad", now=utc_now() + dt.timedelta(minutes=2)), "没有动静")


def test_failed_jobs_are_counted(sound, own_database):
    with psycopg.connect(own_database("owner")) as owner:
        owner.execute("INSERT INTO procrastinate_jobs (queue_name, task_name, status) VALUES ('transfer', 'exchange.run', 'failed')")

    assert told(sound("warn"), "1 个后台任务失败")


def test_an_address_somebody_else_uses_is_found(sound, settings):
    with socket.create_server(("127.0.0.1", 0)) as other:
        settings.GOVSHARE_PORTAL_PORT = other.getsockname()[1]

        def hang_up():
            other.accept()[0].close()

        answering = threading.Thread(target=hang_up)
        answering.start()

        findings = sound("bad")
        answering.join()

    assert told(findings, f"{settings.GOVSHARE_PORTAL_PORT} 被别的程序占用", "ss -ltnp")


def test_an_address_that_shows_our_certificate_is_our_service(sound, settings):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(settings.GOVSHARE_TLS_CERTIFICATE, settings.GOVSHARE_TLS_KEY)

    def serve():
        connection, _ = server.accept()
        with context.wrap_socket(connection, server_side=True) as secured:
            secured.recv(1)

    with socket.create_server(("127.0.0.1", 0)) as server:
        settings.GOVSHARE_GATEWAY_PORT = server.getsockname()[1]
        serving = threading.Thread(target=serve)
        serving.start()

        findings = sound("ok")
        serving.join()

    assert told(findings, f"{settings.GOVSHARE_GATEWAY_PORT} 正在服务")


def test_an_address_this_machine_does_not_have_is_found(sound, settings):
    settings.GOVSHARE_BIND = "192.0.2.1"

    assert told(sound("bad"), "本机没有地址 192.0.2.1", "GOVSHARE_BIND")


def test_a_full_disk_is_found_before_it_is_full(sound, monkeypatch):
    import shutil

    usage = shutil.disk_usage("/")
    room = lambda free: lambda _: usage._replace(total=1000 * machine.GIB, free=free * machine.GIB)  # noqa: E731

    monkeypatch.setattr("govshare.operations.doctor.machine.shutil.disk_usage", room(5))
    full = sound("bad")
    monkeypatch.setattr("govshare.operations.doctor.machine.shutil.disk_usage", room(40))
    filling = sound("warn")

    assert told(full, "剩余 5.0 GiB", "拒绝一切业务")
    assert told(filling, "剩余 40.0 GiB")


def test_a_clock_behind_the_signed_checkpoints_is_found(sound, own_database):
    with psycopg.connect(own_database("owner")) as owner:
        owner.execute(
            "INSERT INTO audit_checkpoint (size, root, note, tree, at) VALUES (1, %s, 'note', 'rfc6962+sha256', now() + interval '1 hour')",
            [b"\0" * 32],
        )

    assert told(sound("bad"), "在未来", "chrony")


def test_a_private_cluster_that_does_not_run_is_found_with_its_programs(sound, own_database, settings, monkeypatch):
    from django.db import connection

    settings.GOVSHARE_PRIVATE_DATABASE = True
    connection.close()
    connection.settings_dict["NAME"] = "gone"

    assert told(sound("ok"), "PostgreSQL", "程序在")
    assert told(sound("bad"), "连不上数据库", "govshare database start")

    monkeypatch.setenv("GOVSHARE_POSTGRES_BIN", "/nowhere")
    assert told(sound("bad"), "没有合适的 PostgreSQL 程序", "GOVSHARE_POSTGRES_BIN")


def test_an_evidence_directory_that_cannot_be_written_is_found(sound, settings):
    settings.GOVSHARE_EVIDENCE.mkdir(mode=0o555)

    def work():
        assert [found.level for found in files.evidence(utc_now())] == ["bad"]

    Child(work, user=NOBODY).finish()


def test_a_check_that_fails_itself_does_not_hide_the_others(sound, settings):
    settings.GOVSHARE_KEYS = None

    assert told(sound("bad"), "files.keys 未能完成")
    assert told(sound("ok"), "服务器证书有效至")
