"""Filing 「备案」 of resource administrators with the authority of the tier (CD2016-29.2)."""

from django.db import models
from django.db.models import Q

from govshare.kernel.choices import TextChoices
from govshare.kernel.ids import new_id
from govshare.organizations.models.bodies import Organization
from govshare.organizations.models.people import Person


class FilingStatus(TextChoices):
    FILED = "filed", "已报备"
    ACKNOWLEDGED = "acknowledged", "已备案"
    RETURNED = "returned", "已退回"


class FilingChange(TextChoices):
    APPOINTED = "appointed", "确定"
    CORRECTED = "corrected", "信息变动"
    STANDS_IN = "stands_in", "代岗"
    LEFT = "left", "不再担任"


class Filing(models.Model):
    """What an organization told its authority about one resource administrator 「信息资源管理员」, as it was then.

    Rows are the history: a change is a new row, never an edit. ``name``, ``duty`` and ``phone`` are copies.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="filings")
    authority = models.ForeignKey(Organization, models.PROTECT, related_name="filings_received")
    person = models.ForeignKey(Person, models.PROTECT, related_name="filings")
    change = models.CharField(max_length=12, choices=FilingChange.choices)
    effective_on = models.DateField()
    name = models.CharField(max_length=60)
    duty = models.CharField(max_length=60, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    status = models.CharField(max_length=14, choices=FilingStatus.choices, default=FilingStatus.FILED)
    filed_at = models.DateTimeField()
    filed_by = models.CharField(max_length=64)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.CharField(max_length=64, blank=True)
    answer = models.CharField(max_length=400, blank=True)
    receipt = models.CharField(max_length=64, blank=True)

    class Meta:
        db_table = "organizations_filing"
        ordering = ["filed_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status="filed", answered_at=None) | (~Q(status="filed") & Q(answered_at__isnull=False)),
                name="organizations_filing_answered",
            ),
        ]
