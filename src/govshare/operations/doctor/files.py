"""What lies outside the database: keys, evidence, the server's own certificate."""

import json
import os
import stat
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key
from django.conf import settings

from govshare.audit.keys import identifier_file
from govshare.audit.models import Batch, Entry
from govshare.audit.rules import sealed_month
from govshare.kernel.keyring import FILES, Keyring
from govshare.operations.doctor.findings import Finding, bad, nearest, ok, warn
from govshare.sources.models import FrontDatabase

RENEW_BEFORE = timedelta(days=30)


def keys(_now: datetime) -> Iterator[Finding]:
    """Present and for this account's eyes only. Most are made at first use; a lost one is restored, never made again."""
    directory: Path = settings.GOVSHARE_KEYS
    if not directory.is_dir():
        yield bad(
            f"没有密钥目录 {directory}",
            "no key directory",
            mend=("新装：执行 govshare init。旧装：从备份恢复", "a new platform: govshare init; an old one: restore it from the backup"),
        )
        return
    missing = [name for name in FILES if not (directory / name).exists()]
    loose = [path for path in (directory, *directory.rglob("*")) if _open_to_others(path)]
    if missing:
        yield warn(
            f"缺少密钥 {'、'.join(missing)}",
            "keys are missing",
            mend=(
                "新装的平台首次使用时会生成；已有数据的平台请立即从备份恢复，切勿让它重新生成",
                "a new platform makes them at first use; with data present restore them from the backup before anything else",
            ),
        )
    if loose:
        yield bad(
            f"他人可读密钥：{'、'.join(path.name for path in loose)}",
            "keys are readable by others",
            mend=(f"chmod 700 '{directory}' && chmod 600 '{directory}'/*", "then consider whether the keys must be changed"),
        )
    if not missing and not loose:
        yield ok(
            f"密钥齐全，仅本账户可读（{directory}）；请确认它在异地备份之列", "keys complete and private; keep them in the off-site backup"
        )


def lost_keys(_now: datetime) -> Iterator[Finding]:
    """A key that data depend on is never made again: a new one would sign another log, find no subject, open no password."""
    needed = {
        "log-signing.pem": Batch.objects.exists(),
        "subject.key": Entry.objects.exclude(subject="").exists(),
        "credentials.key": FrontDatabase.objects.exists(),
        **_key_of_the_last_month(),
    }
    lost = [name for name, used in needed.items() if used and not (settings.GOVSHARE_KEYS / name).exists()]
    if lost:
        yield bad(
            f"已有数据依赖的密钥不见了：{'、'.join(lost)}",
            "keys that the data depend on are lost",
            mend=("请停止服务，从备份恢复密钥目录，再启动", "stop the services, restore the key directory from the backup, then start"),
        )


def _key_of_the_last_month() -> dict[str, bool]:
    """The key that encrypted the newest identifier; needed unless it was destroyed on order."""
    newest = Entry.objects.exclude(subject="").order_by("-batch", "-ordinal").first()
    month = sealed_month(json.loads(newest.body).get("identifier", "")) if newest else ""
    name = identifier_file(month)
    return {name: not Keyring(settings.GOVSHARE_KEYS).destroyed(name)} if month else {}


def evidence(_now: datetime) -> Iterator[Finding]:
    directory: Path = settings.GOVSHARE_EVIDENCE
    place = nearest(directory)
    if not os.access(place, os.W_OK | os.X_OK):
        yield bad(
            f"存证目录 {directory} 不可写",
            "the evidence directory is not writable",
            mend=(f"请将 '{place}' 交给运行平台的用户", "give it to the user who runs the platform"),
        )
    else:
        yield ok(f"存证目录 {directory} 可写", "the evidence directory is writable")


def tls(now: datetime) -> Iterator[Finding]:
    chain, key = settings.GOVSHARE_TLS_CERTIFICATE, settings.GOVSHARE_TLS_KEY
    try:
        certificate = x509.load_pem_x509_certificates(chain.read_bytes())[0]
        private = load_pem_private_key(key.read_bytes(), password=None)
    except (OSError, ValueError, TypeError) as error:
        yield bad(
            f"服务器证书或私钥不能使用（{type(error).__name__}）：{chain}，{key}",
            "the server's certificate or key cannot be used",
            mend=(
                "请放好 PEM 格式的证书链与私钥，或用 GOVSHARE_TLS_CERTIFICATE、GOVSHARE_TLS_KEY 指明",
                "put both there in PEM form, or name them",
            ),
        )
        return
    spki = (Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    if certificate.public_key().public_bytes(*spki) != private.public_key().public_bytes(*spki):
        yield bad(
            "服务器证书与私钥不是一对", "certificate and key do not match", mend=("请换上配对的私钥", "put the key that belongs to it")
        )
    if _open_to_others(key):
        yield bad(
            f"他人可读服务器私钥 {key}", "the server's key is readable by others", mend=(f"chmod 600 '{key}'", "and renew the certificate")
        )
    yield _validity(certificate, now)
    yield from _names(certificate)


def _validity(certificate: x509.Certificate, now: datetime) -> Finding:
    until = certificate.not_valid_after_utc
    renew = ("请向证书签发机构换发", "have it renewed")
    if not certificate.not_valid_before_utc <= now < until:
        return bad(f"服务器证书不在有效期内（至 {until:%Y-%m-%d}）", "the server's certificate is not valid now", mend=renew)
    if until - now < RENEW_BEFORE:
        return warn(f"服务器证书将于 {until:%Y-%m-%d} 到期", "the server's certificate expires soon", mend=renew)
    return ok(f"服务器证书有效至 {until:%Y-%m-%d}", "the server's certificate is valid")


def _names(certificate: x509.Certificate) -> Iterator[Finding]:
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        covered = {*names.get_values_for_type(x509.DNSName), *map(str, names.get_values_for_type(x509.IPAddress))}
    except x509.ExtensionNotFound:
        covered = set()
    hosts = [name for name in settings.ALLOWED_HOSTS if name not in {"localhost", "127.0.0.1", "::1"}]
    if not hosts and not settings.GOVSHARE_DEMO:
        yield bad(
            "没有设置平台的访问名称",
            "the platform has no name",
            mend=("请在 GOVSHARE_HOSTNAMES 中写明，如 gx.chengdu.gov.cn", "say it in GOVSHARE_HOSTNAMES"),
        )
    foreign = [name for name in hosts if name not in covered and f"*.{name.partition('.')[2]}" not in covered]
    if foreign:
        yield bad(
            f"服务器证书不含名称 {'、'.join(foreign)}",
            "the server's certificate does not name them",
            mend=("请换发含这些名称的证书，或更正 GOVSHARE_HOSTNAMES", "have it reissued with these names, or correct GOVSHARE_HOSTNAMES"),
        )


def _open_to_others(path: Path) -> bool:
    return bool(stat.S_IMODE(path.stat().st_mode) & 0o077)
