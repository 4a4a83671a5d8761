"""Running numbers, the state of the world that plans are compiled in, and notices."""

from django.db import models
from django.db.models import Q

from govshare.kernel.ids import new_id
from govshare.organizations.models import Organization
from govshare.sharing.models.demands import Demand
from govshare.sharing.models.grants import Grant
from govshare.sharing.rules.grants import NoticeKind


class NumberBook(models.Model):
    """Last number given out under ``prefix`` on ``day`` (PC-49). Only rises; the row is locked while one is taken."""

    prefix = models.CharField(max_length=6)
    day = models.DateField()
    last = models.PositiveIntegerField()

    class Meta:
        db_table = "sharing_number"
        constraints = [models.UniqueConstraint(fields=["prefix", "day"], name="sharing_number_once")]


class PlanEpoch(models.Model):
    """One row whose ``epoch`` rises with every transaction that changes what a plan may be compiled from.

    ``followed`` is the epoch up to which the holders of grants have been told of such changes.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    epoch = models.PositiveBigIntegerField(default=1)
    followed = models.PositiveBigIntegerField(default=0)

    class Meta:
        db_table = "sharing_plan_epoch"
        constraints = [models.CheckConstraint(condition=Q(id=1), name="sharing_plan_epoch_single")]


class Notice(models.Model):
    """What the platform tells a department about a demand or a grant; once for each ``key``."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=NoticeKind.choices)
    demand = models.ForeignKey(Demand, on_delete=models.PROTECT, related_name="notices")
    grant = models.ForeignKey(Grant, on_delete=models.PROTECT, null=True, related_name="notices")
    text = models.CharField(max_length=1000)
    key = models.CharField(max_length=64)  # what makes it a new thing to tell: a date, a revision, a digest
    sent_at = models.DateTimeField()
    sent_by = models.CharField(max_length=64)

    class Meta:
        db_table = "sharing_notice"
        ordering = ["-id"]
        indexes = [models.Index(fields=["organization", "-id"], name="sharing_notice_organization")]
        constraints = [
            models.UniqueConstraint(fields=["organization", "kind", "demand", "key"], name="sharing_notice_once"),
            models.CheckConstraint(condition=Q(kind__in=NoticeKind.values), name="sharing_notice_kind"),
        ]
