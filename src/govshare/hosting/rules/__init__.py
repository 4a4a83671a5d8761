"""Rules of hosting 「托管」: on what it rests, how a table is named, what an upload may become. Pure (CD2016-27; PC-150 to PC-158)."""

import re
from uuid import UUID

from govshare.kernel.choices import TextChoices
from govshare.kernel.roles import Role
from govshare.kernel.workflow import Move, Workflow
from govshare.regulation.articles import cite
from govshare.regulation.conventions import convention

HOSTING = cite("CD2016-27")
MOST_ROWS = convention("PC-150")
MOST_BYTES = convention("PC-151")
MOST_FILE = convention("PC-152")
MOST_BAD = convention("PC-153")
FROM_CATALOG = convention("PC-154")
READ_ONLY = convention("PC-155")
LOOK_FIRST = convention("PC-156")
QUARANTINE = convention("PC-157")
HISTORY = convention("PC-158")

KEEPER = Role.RESOURCE_ADMIN
#: Who of the department looks in; only the first of them fills.
LOOKERS = (KEEPER, Role.REGISTRAR, Role.REVIEWER, Role.LEADER)

MEGABYTE = 1024 * 1024


class UploadStatus(TextChoices):
    """Of one uploaded file."""

    CHECKED = "checked", "已核对，待确认"
    APPLIED = "applied", "已入库"
    STOPPED = "stopped", "坏行过多，已停止"
    DISCARDED = "discarded", "已放弃"


UPLOAD = Workflow(
    "hosting:upload",
    dict(UploadStatus.choices),
    Move(
        verb="apply",
        label="确认入库",
        source=frozenset({UploadStatus.CHECKED}),
        target=UploadStatus.APPLIED,
        actors=frozenset({KEEPER}),
        basis=LOOK_FIRST,
        action="hosting:upload:apply",
    ),
    Move(
        verb="discard",
        label="放弃上传",
        source=frozenset({UploadStatus.CHECKED, UploadStatus.STOPPED}),
        target=UploadStatus.DISCARDED,
        actors=frozenset({KEEPER, Role.PLATFORM}),
        basis=LOOK_FIRST,
        action="hosting:upload:discard",
    ),
    Move(
        verb="stop",
        label="停止上传",
        source=frozenset({UploadStatus.CHECKED}),
        target=UploadStatus.STOPPED,
        actors=frozenset({KEEPER}),
        basis=MOST_BAD,
        action="hosting:upload:stop",
    ),
)


def schema_of(organization: UUID) -> str:
    """The schema of a department: the random half of its id, so that no two are alike and a renamed department keeps it."""
    return f"h_{organization.hex[-12:]}"


def reader_of(schema: str) -> str:
    """The account that can read this schema and do nothing else."""
    return f"govshare_{schema}_read"


def table_of(code: str) -> str:
    """Name of the table of the entry with this code: ``306001/000127`` is ``r306001_000127``."""
    return "r" + re.sub(r"\W", "_", code)[:60]


def too_many_bad(bad: int, read: int, *, percent: int) -> bool:
    """Whether an upload is stopped as a whole: more than ``percent`` of its rows are bad, or all of them."""
    return bad > 0 and (bad == read or bad * 100 > read * percent)
