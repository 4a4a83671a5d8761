"""The newest checkpoint is stamped by a time-stamp authority (RFC 3161), where one is set; off by default."""

from datetime import datetime
from pathlib import Path

import structlog
from django.conf import settings
from django.db import connection

from govshare.audit import queries, timestamps
from govshare.audit.log import open_log
from govshare.audit.models import Timestamp
from govshare.audit.posting import Unreachable

log = structlog.get_logger(__name__)


def stamp(*, now: datetime) -> int:
    """Have the newest checkpoint stamped (PC-107), unless it is; return how many were.

    One that witnesses cosigned is preferred. An answer that does not hold is not kept.
    """
    url, authority = settings.GOVSHARE_TSA_URL, settings.GOVSHARE_TSA_CERTIFICATE
    if not (url and authority):
        return 0
    head = queries.cosigned(open_log()) or queries.last_checkpoint(open_log())
    if head is None or Timestamp.objects.filter(size=head.size).exists():
        return 0
    try:
        token, at = timestamps.stamp(head.note, url=url, authority=Path(authority))
    except Unreachable as problem:
        log.warning("audit.time_stamp_authority_unreachable", problem=str(problem))
        return 0
    except timestamps.NotStamped as problem:
        log.exception("audit.time_stamp_wrong", problem=str(problem), now=now.isoformat())
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO audit_timestamp (size, token, authority, at) VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING",
            [head.size, token, url, at],
        )
    return 1
