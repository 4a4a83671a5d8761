"""What was found, what became of it, how far the rules have read. PostgreSQL refuses to change or delete any of it."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from govshare.alerts.rules import Rule, Severity, Status, Subject
from govshare.kernel.ids import new_id


class Pass(models.Model):
    """One reading of the log: the entries at ``first_index`` … ``end_index`` - 1 were looked at, once."""

    first_index = models.BigIntegerField(primary_key=True)
    end_index = models.BigIntegerField(unique=True)
    read_at = models.DateTimeField()
    read_by = models.CharField(max_length=64)

    class Meta:
        db_table = "alerts_pass"
        constraints: ClassVar = [models.CheckConstraint(name="alerts_pass_forward", condition=Q(end_index__gt=F("first_index")))]


class Tally(models.Model):
    """How much of ``what`` on one day, counted up as the log is read: rows by grant; by actor persons looked up, near misses, acts in the
    night that begins and on the free day, and the refusals in a row at the end of what was read.
    """

    pk = models.CompositePrimaryKey("what", "who", "day")
    what = models.CharField(max_length=10)
    who = models.CharField(max_length=200)
    day = models.DateField()
    value = models.BigIntegerField()

    class Meta:
        db_table = "alerts_tally"
        constraints: ClassVar = [models.CheckConstraint(name="alerts_tally_counts", condition=Q(value__gte=0))]


class Pair(models.Model):
    """Somebody asked about somebody on that day. Keyed hashes, kept for as long as the rules look back and then deleted; no evidence."""

    pk = models.CompositePrimaryKey("subject", "day", "actor")
    subject = models.CharField(max_length=80)
    day = models.DateField()
    actor = models.CharField(max_length=200)

    class Meta:
        db_table = "alerts_pair"


class Alert(models.Model):
    """One finding, as it was found. ``entries`` are the receipt numbers behind it; ``status`` moves only by a ``Step`` (a trigger)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.CharField("提示编号", max_length=30, unique=True)
    rule = models.CharField(max_length=10, choices=Rule.choices)
    subject = models.CharField(max_length=10, choices=Subject.choices)
    who = models.CharField(max_length=200)  # grant number, actor's id, or keyed hash
    who_name = models.CharField(max_length=200)
    organization = models.CharField(max_length=64, blank=True)  # the department that takes; empty: none can be named
    organization_name = models.CharField(max_length=200, blank=True)
    resource = models.CharField(max_length=200, blank=True)
    window_start = models.DateTimeField()
    window_end = models.DateTimeField()
    observed = models.BigIntegerField()
    threshold = models.BigIntegerField()
    baseline = models.BigIntegerField(null=True)
    course = models.JSONField()  # [[label, number], …]: the usual days and the day in question, or the hours of the window
    numbers = models.JSONField()  # the conventions' numbers in force when it was found
    severity = models.CharField(max_length=10, choices=Severity.choices)
    entries = models.JSONField()
    entry_count = models.IntegerField()  # may be more than are listed in ``entries``
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.OPEN)
    raised_at = models.DateTimeField()
    raised_by = models.CharField(max_length=64)
    receipt = models.CharField(max_length=60)

    class Meta:
        db_table = "alerts_alert"
        indexes: ClassVar = [
            models.Index(name="alerts_alert_newest", fields=["-raised_at"]),
            models.Index(name="alerts_alert_whose", fields=["organization", "-raised_at"]),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(name="alerts_alert_once", fields=["rule", "who", "window_start"]),
            models.CheckConstraint(name="alerts_alert_rule_known", condition=Q(rule__in=Rule.values)),
            models.CheckConstraint(name="alerts_alert_status_known", condition=Q(status__in=Status.values)),
            models.CheckConstraint(name="alerts_alert_window", condition=Q(window_end__gt=F("window_start"))),
            models.CheckConstraint(name="alerts_alert_has_entries", condition=Q(entry_count__gte=1)),
        ]

    def __str__(self) -> str:
        return self.number


class Step(models.Model):
    """What somebody did about an alert. Writing it moves the alert's status (a trigger), and only that does. Append-only."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    alert = models.ForeignKey(Alert, on_delete=models.PROTECT, related_name="steps")
    verb = models.CharField(max_length=12)
    source = models.CharField(max_length=12, choices=Status.choices)
    target = models.CharField(max_length=12, choices=Status.choices)
    note = models.CharField(max_length=1000)
    taken_at = models.DateTimeField()
    taken_by = models.CharField(max_length=64)
    taken_by_name = models.CharField(max_length=120)
    organization = models.CharField(max_length=64)
    organization_name = models.CharField(max_length=200)
    receipt = models.CharField(max_length=60)

    class Meta:
        db_table = "alerts_step"
        ordering: ClassVar = ["taken_at", "id"]
        constraints: ClassVar = [models.CheckConstraint(name="alerts_step_has_note", condition=~Q(note=""))]
