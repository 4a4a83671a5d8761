"""Answers about transfers and their runs."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from govshare.exchange.models import Chunk, Run, Transfer
from govshare.exchange.rules import EXCHANGE, OPEN, Progress, RunStatus, Way, pace
from govshare.kernel.actor import Actor
from govshare.kernel.errors import NotFound
from govshare.kernel.roles import Role
from govshare.organizations import queries as organizations
from govshare.sharing.queries import parties


def visible(by: Actor) -> QuerySet[Transfer]:
    """The transfers an actor may see: those its organization gives or takes, as it stands now; an authority and its 审计管理员
    those of the departments under it; the platform and the authority that runs it, all."""
    if Role.PLATFORM in by.roles:
        return Transfer.objects.all()
    own = parties.houses(by.organization)
    if by.is_one_of({Role.AUTHORITY, Role.AUDIT_ADMIN}):
        runs_it = organizations.operator()
        if runs_it is not None and str(runs_it.pk) == by.organization:
            return Transfer.objects.all()
        own |= {UUID(each) for each in organizations.area(by.organization)}
    return Transfer.objects.filter(Q(provider__in=own) | Q(recipient__in=own))


def transfer(transfer_id: UUID | str, *, by: Actor) -> Transfer:
    """Raises ``NotFound`` for what is not there and for what ``by`` may not see."""
    found = visible(by).filter(pk=_uuid(transfer_id)).first()
    if found is None:
        raise NotFound("没有这项传输，或者您无权查看，请核对编号", basis=EXCHANGE)
    return found


def run(run_id: UUID | str, *, by: Actor) -> Run:
    """Raises ``NotFound`` as ``transfer`` does."""
    found = Run.objects.filter(transfer__in=visible(by), pk=_uuid(run_id)).select_related("transfer").first()
    if found is None:
        raise NotFound("没有这次传输，或者您无权查看，请核对编号", basis=EXCHANGE)
    return found


def _uuid(text: UUID | str) -> UUID:
    """What is no UUID names nothing."""
    try:
        return UUID(str(text))
    except ValueError:
        return UUID(int=0)


def sides(of: Transfer) -> tuple[str, str]:
    """Ids, as text, of the organizations that answer now for giving and for taking."""
    return parties.answering(of.provider_id, of.grant_id), parties.answering(of.recipient_id, of.grant_id)


def last_delivery(of: Transfer) -> Run | None:
    return of.runs.filter(status=RunStatus.DELIVERED).order_by("-number").first()


def last_whole(of: Transfer) -> Run | None:
    """The last delivery that counted every row of the table; one by increment counts only what it brought."""
    counted = of.runs.filter(status=RunStatus.DELIVERED).exclude(Q(mode=Way.INCREMENT) & ~Q(applied__whole=True))
    return counted.order_by("-number").first()


def open_run(of: Transfer) -> Run | None:
    return of.runs.filter(status__in=OPEN).first()


def progress(run_id: UUID | str, *, now: datetime) -> Progress:
    """Where a run stands, its pace since the attempt began, and the time that is left at that pace."""
    found = Run.objects.filter(pk=_uuid(run_id)).first()
    if found is None:
        raise NotFound("没有这次传输，请核对编号", basis=EXCHANGE)
    end = found.finished_at or now
    speed, left = pace(rows=found.rows_done, share=found.share, elapsed=end - (found.started_at or end))
    return Progress(
        status=found.status,
        phase=found.phase,
        rows=found.rows_done,
        expected_rows=found.rows_expected,
        bytes=found.bytes_done,
        share=found.share,
        rows_per_second=speed,
        seconds_left=left if found.status == RunStatus.RUNNING else None,
    )


def known_chunks(of: Run) -> set[tuple[int, int]]:
    """(token, number) of the chunks already told here."""
    return set(Chunk.objects.filter(run=of).values_list("token", "number"))


def lost(*, now: datetime) -> Iterable[UUID]:
    """Runs whose worker has not renewed its lease in time."""
    return list(Run.objects.filter(status=RunStatus.RUNNING, lease_until__lt=now).values_list("id", flat=True))
