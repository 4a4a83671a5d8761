"""Running numbers of demands and grants (PC-49): by day, never twice."""

from datetime import datetime
from typing import Literal

from django.db import connection

from govshare.kernel.clock import local_date

_NEXT = """
    INSERT INTO sharing_number (prefix, day, last) VALUES (%s, %s, 1)
    ON CONFLICT (prefix, day) DO UPDATE SET last = sharing_number.last + 1 RETURNING last
"""


def allocate(prefix: Literal["SQ", "SQS"], *, now: datetime) -> str:
    """``SQ-20261123-0001``, in the caller's transaction: what is rolled back was never given out."""
    day = local_date(now)
    with connection.cursor() as cursor:
        cursor.execute(_NEXT, [prefix, day])
        (last,) = cursor.fetchone()
    return f"{prefix}-{day:%Y%m%d}-{last:04d}"
