"""Transfers 「直接数据交换」 and their runs: statuses, who may move them, when a source counts as shrunken. Pure (CD2016-24)."""

from dataclasses import dataclass
from datetime import timedelta

from govshare.kernel.choices import TextChoices
from govshare.kernel.roles import Role
from govshare.kernel.workflow import Move, Workflow
from govshare.regulation.articles import cite
from govshare.regulation.conventions import convention

EXCHANGE = cite("CD2016-24")
ONE_SNAPSHOT = convention("PC-50")
SHRUNKEN = convention("PC-51")
LEASE = convention("PC-52")
SNAPSHOT_AGE = convention("PC-53")
ENDS_WITH_GRANT = convention("PC-54")
LANDING_ONLY = convention("PC-55")
RECOVERIES = convention("PC-56")
WHO = convention("PC-57")
OVERLAP = convention("PC-58")

OWN_NAMES = "govshare_"  # of the platform's tables in a landing schema


class TransferStatus(TextChoices):
    ACTIVE = "active", "可用"
    CLOSED = "closed", "已结束"


class Way(TextChoices):
    """How a transfer's table comes to equal the source; the values are the connectors' modes."""

    FULL = "full", "整表替换"
    INCREMENT = "increment", "按水位增量"
    DIFFERENCE = "difference", "快照比对"


class RunStatus(TextChoices):
    QUEUED = "queued", "排队中"
    RUNNING = "running", "传输中"
    AWAITING = "awaiting", "待确认"
    FAILED = "failed", "失败"
    DELIVERED = "delivered", "已交付"
    STOPPED = "stopped", "因授权结束停止"
    CANCELLED = "cancelled", "已取消"


class Asked(TextChoices):
    """What a person has to say about the source before the delivery."""

    ROWS = "rows", "行数异常减少"
    TYPES = "types", "字段类型变化"


class Phase(TextChoices):
    """What a running transfer is doing."""

    RESUME = "resume", "接续"
    COMPARE = "compare", "核对已到的行"
    LOAD = "load", "传输"
    VERIFY = "verify", "回读核对"
    DELIVER = "deliver", "交付"


OPEN = frozenset({RunStatus.QUEUED, RunStatus.RUNNING, RunStatus.AWAITING, RunStatus.FAILED})

_PEOPLE = frozenset({Role.RESOURCE_ADMIN})
_RECIPIENT = frozenset({Role.RESOURCE_ADMIN, Role.SYSTEM})
_PLATFORM = frozenset({Role.PLATFORM})

TRANSFER = Workflow(
    "exchange:transfer",
    {status.value: str(status.label) for status in TransferStatus},
    Move(
        verb="close",
        label="结束传输",
        source=frozenset({TransferStatus.ACTIVE}),
        target=TransferStatus.CLOSED,
        actors=_PEOPLE | _PLATFORM,
        basis=EXCHANGE,
        action="exchange:transfer:close",
    ),
)

RUN = Workflow(
    "exchange:run",
    {status.value: str(status.label) for status in RunStatus},
    Move(
        verb="begin",
        label="开始传输",
        source=frozenset({RunStatus.QUEUED}),
        target=RunStatus.RUNNING,
        actors=_PLATFORM,
        basis=EXCHANGE,
        action="exchange:run:begin",
    ),
    Move(
        verb="deliver",
        label="交付",
        source=frozenset({RunStatus.RUNNING}),
        target=RunStatus.DELIVERED,
        actors=_PLATFORM,
        basis=ONE_SNAPSHOT,
        action="exchange:run:deliver",
    ),
    Move(
        verb="ask",
        label="请人确认",
        source=frozenset({RunStatus.RUNNING}),
        target=RunStatus.AWAITING,
        actors=_PLATFORM,
        basis=SHRUNKEN,
        action="exchange:run:ask",
    ),
    Move(
        verb="fail",
        label="记为失败",
        source=frozenset({RunStatus.RUNNING}),
        target=RunStatus.FAILED,
        actors=_PLATFORM,
        basis=ONE_SNAPSHOT,
        action="exchange:run:fail",
    ),
    Move(
        verb="stop",
        label="因授权结束停止",
        source=OPEN,
        target=RunStatus.STOPPED,
        actors=_PLATFORM,
        basis=ENDS_WITH_GRANT,
        action="exchange:run:stop",
    ),
    Move(
        verb="recover",
        label="由其他进程接续",
        source=frozenset({RunStatus.RUNNING}),
        target=RunStatus.QUEUED,
        actors=_PLATFORM,
        basis=LEASE,
        action="exchange:run:recover",
    ),
    Move(
        verb="retry",
        label="重试",
        source=frozenset({RunStatus.FAILED}),
        target=RunStatus.QUEUED,
        actors=_RECIPIENT,
        basis=WHO,
        action="exchange:run:retry",
    ),
    Move(
        verb="confirm",
        label="确认并继续",
        source=frozenset({RunStatus.AWAITING}),
        target=RunStatus.QUEUED,
        actors=_PEOPLE,
        basis=SHRUNKEN,
        action="exchange:run:confirm",
    ),
    Move(
        verb="cancel",
        label="取消",
        source=OPEN,
        target=RunStatus.CANCELLED,
        actors=_RECIPIENT,
        basis=WHO,
        action="exchange:run:cancel",
    ),
    Move(
        verb="acknowledge",
        label="补记已完成的交付",
        source=frozenset({RunStatus.CANCELLED, RunStatus.STOPPED}),
        target=RunStatus.DELIVERED,
        actors=_PLATFORM,
        basis=ONE_SNAPSHOT,
        action="exchange:run:acknowledge",
    ),
)


def least_rows(*, before: int | None, accepted: int | None, percent: int) -> int:
    """Fewer rows than this stop before delivery (PC-51): ``before`` were delivered last, ``accepted`` were confirmed by a person."""
    if accepted is not None:
        return accepted * percent // 100
    return 1 if before is None else max(-(-before * percent // 100), 1)


@dataclass(frozen=True, slots=True)
class Progress:
    """What people see of a run. ``share`` is of the source's file, 0 to 1; ``seconds_left`` is None when nothing can be said."""

    status: str
    phase: str
    rows: int
    expected_rows: int
    bytes: int
    share: float
    rows_per_second: float
    seconds_left: float | None


def pace(*, rows: int, share: float, elapsed: timedelta) -> tuple[float, float | None]:
    """Rows per second since the start, and the seconds that are left at that pace."""
    seconds = elapsed.total_seconds()
    if seconds <= 0 or not rows:
        return 0.0, None
    return rows / seconds, seconds * (1 - share) / share if share > 0 else None
