"""The work that goes on behind: placing of evidence, background jobs."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Max, Min
from procrastinate.contrib.django.models import ProcrastinateJob, ProcrastinateWorker

from govshare.audit.log import LogRewound, open_log
from govshare.audit.models import Batch, Checkpoint, Unplaced
from govshare.audit.rules import PROMISE_WITHIN
from govshare.kernel.clock import LOCAL
from govshare.operations.doctor.findings import Finding, bad, ok, warn

HEARTBEAT = timedelta(seconds=30)  # a worker beats every 10 s


def placing(now: datetime) -> Iterator[Finding]:
    oldest = Batch.objects.filter(batch__in=Unplaced.objects.values("batch")).aggregate(at=Min("recorded_at"))["at"]
    if oldest and now - oldest > PROMISE_WITHIN:
        yield bad(
            f"有存证自 {oldest.astimezone(LOCAL):%Y-%m-%d %H:%M:%S} 起未排入日志，超过承诺的 {PROMISE_WITHIN.seconds} 秒",
            "evidence waits longer for its place than promised",
            mend=("请启动 govshare worker，并查看其日志", "start govshare worker and read its log"),
        )
    else:
        yield ok("存证按时排入日志", "evidence is placed in time")


def signing(_now: datetime) -> Iterator[Finding]:
    """The signer's memory outside the database must be no older than the database's."""
    if not (settings.GOVSHARE_KEYS / "log-signing.pem").exists():  # opening the log would make it
        return
    newest = Checkpoint.objects.aggregate(size=Max("size"))["size"] or 0
    try:
        head = open_log().head()
    except LogRewound as rewound:
        yield Finding("bad", "存证日志不能继续签名 / the evidence log cannot be signed on", str(rewound))
        return
    remembered = head.size if head else 0
    if remembered < newest:
        yield bad(
            f"存证目录只记得 {remembered} 条，数据库里已签到 {newest} 条",
            "the evidence directory is older than the database",
            mend=("请从最近的备份恢复 GOVSHARE_EVIDENCE，再运行 govshare worker", "restore GOVSHARE_EVIDENCE from the newest backup"),
        )
    else:
        yield ok(f"存证日志已签名 {remembered} 条", "the log is signed")


def worker(now: datetime) -> Iterator[Finding]:
    beat = ProcrastinateWorker.objects.aggregate(at=Max("last_heartbeat"))["at"]
    mend = ("请启动 govshare worker", "start govshare worker")
    if beat is None:
        yield bad("后台进程没有运行", "no worker runs", mend=mend)
    elif now - beat > HEARTBEAT:
        yield bad(f"后台进程自 {beat.astimezone(LOCAL):%Y-%m-%d %H:%M:%S} 起没有动静", "no worker has been heard of", mend=mend)
    else:
        yield ok("后台进程正在运行", "a worker runs")
    failed = ProcrastinateJob.objects.filter(status="failed").count()
    if failed:
        yield warn(
            f"有 {failed} 个后台任务失败",
            "background jobs have failed",
            mend=("请查看后台日志，排除原因后重试", "read the worker's log, then retry them"),
        )
