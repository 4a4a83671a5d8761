"""Handing out what a search found as one signed file."""

from datetime import datetime
from tempfile import SpooledTemporaryFile
from typing import IO

import structlog
from django.db import transaction

from govshare.archive import packages
from govshare.archive.search.criteria import Criteria
from govshare.archive.services import searching
from govshare.audit.log import LogRewound, open_log
from govshare.audit.tiles import TileAltered
from govshare.kernel.actor import Actor
from govshare.kernel.errors import NotFound, Unavailable
from govshare.regulation.conventions import convention

PACKAGE = convention("PC-121")
NOT_REWOUND = convention("PC-64")
_IN_MEMORY = 4 * 1024 * 1024  # bytes; a larger package lies on disk while it is made and sent

log = structlog.get_logger(__name__)


@transaction.atomic
def package(*, criteria: Criteria, by: Actor, now: datetime) -> IO[bytes]:
    """The signed package of all that ``search`` would leaf through, at its beginning; recorded as an export.

    ``Invalid`` when it would be too large, ``NotFound`` when there is nothing, ``Unavailable`` while the log does not hold together.
    """
    rows = searching.export(criteria=criteria, by=by, now=now, form=searching.PACKAGE)
    if not rows:
        raise NotFound("没有符合条件的记录，请放宽条件后再导出", basis=PACKAGE)
    target: IO[bytes] = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - whoever sends it closes it
    try:
        packages.write(target, rows, log=open_log(), now=now)
    except (LogRewound, TileAltered) as rewound:
        target.close()
        log.critical("audit.log_rewound", problem=str(rewound))
        raise Unavailable("日志正在核查，暂时不能给出证明，请稍后再导出；已告知运维", basis=NOT_REWOUND) from rewound
    except BaseException:
        target.close()
        raise
    target.seek(0)
    return target
