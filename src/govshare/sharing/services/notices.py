"""What the platform tells departments; each thing once."""

from collections.abc import Iterable
from datetime import datetime

from govshare.kernel.actor import PLATFORM
from govshare.kernel.clock import local_date
from govshare.sharing.models import Demand, Grant, Notice
from govshare.sharing.rules import NoticeKind


def tell(
    organizations: Iterable[str],
    kind: NoticeKind,
    demand: Demand,
    *,
    text: str,
    now: datetime,
    grant: Grant | None = None,
    key: str = "",
) -> None:
    """Put a notice before each organization; what was told already under the same ``key`` (else: today) is not told again."""
    Notice.objects.bulk_create(
        [
            Notice(
                organization_id=organization,
                kind=kind,
                demand=demand,
                grant=grant,
                text=text,
                key=key or local_date(now).isoformat(),
                sent_at=now,
                sent_by=PLATFORM.id,
            )
            for organization in dict.fromkeys(organizations)
        ],
        ignore_conflicts=True,
    )
