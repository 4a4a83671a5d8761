"""The machine: room on its disks, its addresses, its clock."""

import ctypes
import errno
import hashlib
import shutil
import socket
import ssl
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.conf import settings
from django.db import connection

from govshare.audit.models import Checkpoint
from govshare.kernel.clock import LOCAL, utc_now
from govshare.operations.doctor.findings import Finding, bad, nearest, ok, warn

GIB = 1024**3
LOW, TOO_LOW = (0.10, 50 * GIB), (0.03, 10 * GIB)  # part of the disk, or this much where that is less
DRIFT, TOO_MUCH_DRIFT = timedelta(seconds=2), timedelta(seconds=30)
TIME_ERROR = 5  # adjtimex(2): nobody keeps this clock


def disks(_now: datetime) -> Iterator[Finding]:
    """Each file system once. Uploads stop first, evidence last; so there is time, if somebody looks."""
    seen = set()
    for directory in (settings.GOVSHARE_HOME, settings.GOVSHARE_EVIDENCE, settings.GOVSHARE_UPLOADS):
        place = nearest(directory)
        device = place.stat().st_dev
        if device not in seen:
            seen.add(device)
            yield _room(place)


def _room(place: Path) -> Finding:
    usage = shutil.disk_usage(place)
    said = (f"{place} 所在磁盘剩余 {usage.free / GIB:.1f} GiB", "free disk space")
    mend = ("请扩容或清理；写不下存证时平台会拒绝一切业务", "make room: where evidence cannot be written the platform refuses everything")
    if usage.free < min(TOO_LOW[0] * usage.total, TOO_LOW[1]):
        return bad(*said, mend=mend)
    if usage.free < min(LOW[0] * usage.total, LOW[1]):
        return warn(*said, mend=mend)
    return ok(*said)


def addresses(_now: datetime) -> Iterator[Finding]:
    """Each server's port: ours in service, free, or taken by somebody else."""
    for name, port in (
        ("门户 / portal", settings.GOVSHARE_PORTAL_PORT),
        ("网关 / gateway", settings.GOVSHARE_GATEWAY_PORT),
        ("证书登录 / certificate sign-in", settings.GOVSHARE_SIGNIN_PORT),
    ):
        yield _address(name, settings.GOVSHARE_BIND, port)


def _address(name: str, host: str, port: int) -> Finding:
    where = f"{host}:{port}"
    try:
        with socket.create_server((host, port)):
            return warn(f"{name}：{where} 空闲，服务没有运行", "not running", mend=("请启动相应服务", "start its service"))
    except OSError as error:
        if error.errno == errno.EACCES:
            mend = ("1024 以下的端口请由前置代理接入，或授予 CAP_NET_BIND_SERVICE", "leave ports below 1024 to a proxy in front")
            return bad(f"{name}：无权使用 {where}", "not allowed to listen there", mend=mend)
        if error.errno != errno.EADDRINUSE:
            mend = ("请更正 GOVSHARE_BIND", "correct GOVSHARE_BIND")
            return bad(f"{name}：本机没有地址 {host}", "not an address of this machine", mend=mend)
    if _shows_our_certificate("127.0.0.1" if host in {"0.0.0.0", ""} else host, port):  # noqa: S104 - compared, not listened on
        return ok(f"{name}：{where} 正在服务", "in service")
    mend = ("请用 ss -ltnp 查明占用者，或改用别的端口", "see who with ss -ltnp, or choose another port")
    return bad(f"{name}：{where} 被别的程序占用", "taken by another program", mend=mend)


def _shows_our_certificate(host: str, port: int) -> bool:
    try:
        shown = ssl.PEM_cert_to_DER_cert(ssl.get_server_certificate((host, port), timeout=5))
        ours = x509.load_pem_x509_certificates(settings.GOVSHARE_TLS_CERTIFICATE.read_bytes())[0]
    except (OSError, ValueError):
        return False
    return hashlib.sha256(shown).digest() == hashlib.sha256(ours.public_bytes(Encoding.DER)).digest()


def clock(now: datetime) -> Iterator[Finding]:
    """Against the database's clock and against what has been signed already: time must not run backwards."""
    mend = ("请校准时钟并启用 chrony 或 systemd-timesyncd", "set the clock and run chrony or systemd-timesyncd")
    with connection.cursor() as cursor:
        before = utc_now()
        cursor.execute("SELECT clock_timestamp()")
        (theirs,) = cursor.fetchone()
        drift = max(before - theirs, theirs - utc_now(), timedelta())
    newest = Checkpoint.objects.order_by("-size").values_list("at", flat=True).first()
    if newest and newest > now + DRIFT:
        yield bad(
            f"最近的存证检查点时间 {newest.astimezone(LOCAL):%Y-%m-%d %H:%M:%S} 在未来",
            "the newest checkpoint lies in the future",
            mend=mend,
        )
    if drift > DRIFT:
        seconds = drift.total_seconds()
        level = bad if drift > TOO_MUCH_DRIFT else warn
        yield level(f"本机与数据库的时钟相差 {seconds:.0f} 秒", "the clocks differ", mend=mend)
    elif _unsynchronised():
        yield warn("本机时钟没有与时间源同步", "nothing synchronises this clock", mend=mend)
    else:
        yield ok("时钟正常", "the clock is right")


def _unsynchronised() -> bool:
    status = ctypes.CDLL(None).adjtimex(ctypes.create_string_buffer(512))  # struct timex, all zero: a question
    return bool(status == TIME_ERROR)
