"""Transfers 「直接数据交换」, their runs, and the chunks a run has committed (CD2016-24, 40(5))."""

from django.db import models
from django.db.models import F, Q

from govshare.exchange.rules import OPEN, Asked, Phase, RunStatus, TransferStatus, Way
from govshare.kernel.ids import new_id
from govshare.organizations.models import Organization
from govshare.sharing.models import Grant
from govshare.sources.models import FrontDatabase


class Transfer(models.Model):
    """A grant's table on its way to one table of the recipient's landing schema, as often as it is run."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.CharField("传输编号", max_length=40, unique=True)
    grant = models.ForeignKey(Grant, on_delete=models.PROTECT, related_name="+")
    grant_number = models.CharField(max_length=30)
    entry_code = models.CharField(max_length=80)
    entry_name = models.CharField(max_length=200)
    provider = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    recipient = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    target = models.ForeignKey(FrontDatabase, on_delete=models.PROTECT, related_name="+")
    table = models.CharField("目标表", max_length=63)
    mode = models.CharField("传输方式", max_length=12, choices=Way.choices, default=Way.FULL)
    watermark = models.CharField("水位字段", max_length=63, blank=True)  # the source's column; of an increment only
    overlap = models.PositiveIntegerField("重叠", null=True)  # minutes, or numbers of an integer; none: PC-58
    status = models.CharField(max_length=12, choices=TransferStatus.choices, default=TransferStatus.ACTIVE)
    ordered_at = models.DateTimeField()
    ordered_by = models.CharField(max_length=64)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=64, blank=True)
    closed_reason = models.CharField(max_length=500, blank=True)
    receipt_number = models.CharField(max_length=60)

    class Meta:
        db_table = "exchange_transfer"
        ordering = ["-ordered_at"]
        constraints = [
            models.CheckConstraint(name="exchange_transfer_status_known", condition=Q(status__in=TransferStatus.values)),
            models.CheckConstraint(name="exchange_transfer_mode_known", condition=Q(mode__in=Way.values)),
            models.CheckConstraint(
                name="exchange_transfer_watermark_of_increment",
                condition=(Q(mode=Way.INCREMENT) & ~Q(watermark="")) | (~Q(mode=Way.INCREMENT) & Q(watermark="", overlap=None)),
            ),
            models.CheckConstraint(name="exchange_transfer_has_table", condition=~Q(table="") & ~Q(table__startswith="govshare_")),
            models.CheckConstraint(
                name="exchange_transfer_closed_is_whole",
                condition=Q(status=TransferStatus.ACTIVE, closed_at=None, closed_by="", closed_reason="")
                | (Q(status=TransferStatus.CLOSED, closed_at__isnull=False) & ~Q(closed_by="") & ~Q(closed_reason="")),
            ),
            models.UniqueConstraint(name="exchange_table_once", fields=["target", "table"], condition=Q(status=TransferStatus.ACTIVE)),
        ]

    def __str__(self) -> str:
        return self.number


class Run(models.Model):
    """One delivery of a transfer, in as many attempts as it takes; ``token`` is the fencing token of the current attempt.

    The fields from ``phase`` on are rewritten while it runs. ``fields`` is what arrives: name, type, whether part of the key.
    ``mode`` is the transfer's, or ``difference`` for a comparison in between; ``applied`` how rows were applied in place.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    transfer = models.ForeignKey(Transfer, on_delete=models.PROTECT, related_name="runs")
    number = models.PositiveIntegerField()  # counted per transfer
    mode = models.CharField(max_length=12, choices=Way.choices, default=Way.FULL)
    status = models.CharField(max_length=12, choices=RunStatus.choices, default=RunStatus.QUEUED)
    attempt = models.PositiveIntegerField(default=1)
    recoveries = models.PositiveIntegerField(default=0)  # since a person last had a hand in it
    token = models.PositiveBigIntegerField()  # rises over all runs of the transfer
    job = models.BigIntegerField(null=True)  # the queue's number of the attempt that runs
    lease_until = models.DateTimeField(null=True)
    asked = models.CharField(max_length=8, choices=Asked.choices, blank=True)
    accepted_rows = models.PositiveBigIntegerField(null=True)  # confirmed by a person
    accepted_types = models.BooleanField(default=False)
    reason = models.CharField(max_length=2000, blank=True)
    requested_at = models.DateTimeField()
    requested_by = models.CharField(max_length=64)
    started_at = models.DateTimeField(null=True)  # the current attempt
    started_by = models.CharField(max_length=64, blank=True)
    finished_at = models.DateTimeField(null=True)
    finished_by = models.CharField(max_length=64, blank=True)

    phase = models.CharField(max_length=12, choices=Phase.choices, blank=True)
    snapshot = models.CharField(max_length=200, blank=True)
    rows_expected = models.PositiveBigIntegerField(default=0)
    rows_done = models.PositiveBigIntegerField(default=0)
    bytes_done = models.PositiveBigIntegerField(default=0)
    share = models.FloatField(default=0.0)

    chunks_done = models.PositiveIntegerField(default=0)
    source_digest = models.CharField(max_length=120, blank=True)
    target_digest = models.CharField(max_length=120, blank=True)
    chain = models.CharField(max_length=64, blank=True)
    fields = models.JSONField(default=list)
    applied = models.JSONField(default=dict)
    start_receipt = models.CharField(max_length=60)
    finish_receipt = models.CharField(max_length=60, blank=True)

    class Meta:
        db_table = "exchange_run"
        ordering = ["-requested_at"]
        constraints = [
            models.CheckConstraint(name="exchange_run_status_known", condition=Q(status__in=RunStatus.values)),
            models.CheckConstraint(name="exchange_run_mode_known", condition=Q(mode__in=Way.values)),
            models.CheckConstraint(
                name="exchange_run_finished_is_whole",
                condition=Q(status__in=OPEN, finished_at=None, finished_by="")
                | (~Q(status__in=OPEN) & Q(finished_at__isnull=False) & ~Q(finished_by="")),
            ),
            models.CheckConstraint(
                name="exchange_run_running_has_lease", condition=~Q(status=RunStatus.RUNNING) | Q(lease_until__isnull=False)
            ),
            models.CheckConstraint(
                name="exchange_run_delivered_is_equal",
                condition=~Q(status=RunStatus.DELIVERED)
                | (Q(source_digest=F("target_digest")) & ~Q(source_digest="") & ~Q(snapshot="") & ~Q(chain="") & ~Q(finish_receipt="")),
            ),
            models.CheckConstraint(
                name="exchange_run_says_why",
                condition=~Q(status__in=[RunStatus.AWAITING, RunStatus.FAILED, RunStatus.STOPPED, RunStatus.CANCELLED]) | ~Q(reason=""),
            ),
            models.UniqueConstraint(name="exchange_run_number_once", fields=["transfer", "number"]),
            models.UniqueConstraint(name="exchange_run_one_open", fields=["transfer"], condition=Q(status__in=OPEN)),
        ]

    def __str__(self) -> str:
        return f"{self.transfer.number}-{self.number}"


class Chunk(models.Model):
    """One line of the ledger in the recipient's database, as it was told here; the chain links it to all before. Append-only."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="chunks")
    token = models.PositiveBigIntegerField()
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=12)
    snapshot = models.CharField(max_length=200)
    rows = models.PositiveBigIntegerField()
    bytes = models.PositiveBigIntegerField()
    digest = models.CharField(max_length=64)
    chain = models.CharField(max_length=64)

    class Meta:
        db_table = "exchange_chunk"
        ordering = ["token", "number"]
        constraints = [models.UniqueConstraint(name="exchange_chunk_once", fields=["run", "token", "number"])]
