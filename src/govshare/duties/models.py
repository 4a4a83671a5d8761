"""Work calendar, parameters in force, duties with stored due dates, acts that carry the rule set on."""

from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from govshare.duties.rules import Act, Effect
from govshare.kernel.ids import new_id


class WorkYear(models.Model):
    """A year whose holiday arrangement 「节假日安排」 has been announced by the State Council and loaded here."""

    year = models.PositiveSmallIntegerField(primary_key=True)
    source = models.CharField("公布文件", max_length=200)
    loaded_at = models.DateTimeField()
    loaded_by = models.CharField(max_length=64)

    class Meta:
        db_table = "duties_work_year"
        constraints: ClassVar = [models.CheckConstraint(name="duties_work_year_has_source", condition=~Q(source=""))]


class WorkDay(models.Model):
    """A day that differs from its weekday: a holiday, or a working Saturday or Sunday 「调休上班」."""

    date = models.DateField(primary_key=True)
    year = models.ForeignKey(WorkYear, on_delete=models.PROTECT, related_name="days", db_column="year")  # whose announcement says so
    is_workday = models.BooleanField()
    name = models.CharField(max_length=40)

    class Meta:
        db_table = "duties_work_day"


class Parameter(models.Model):
    """One value of a convention's number, in force since ``since`` until the next row. Append-only."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.CharField(max_length=8)
    value = models.PositiveIntegerField()
    since = models.DateTimeField()
    by = models.CharField(max_length=64)
    reason = models.CharField(max_length=500)

    class Meta:
        db_table = "duties_parameter"
        constraints: ClassVar = [
            models.UniqueConstraint(name="duties_parameter_once", fields=["number", "since"]),
            models.CheckConstraint(name="duties_parameter_has_reason", condition=~Q(reason="")),
        ]


class Duty(models.Model):
    """Something ``owner`` owes by ``due_on``. Owner and clock change only through a ``DutyChange`` (a trigger sees to it).

    ``counted_from`` and ``counted_days`` say how ``due_on`` was counted; none: the day itself was set, by an extension.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=60)  # room:what, as the room that starts it names it
    about = models.CharField(max_length=100)  # id or number of the thing it is about
    title = models.CharField(max_length=300)
    owner = models.CharField(max_length=64)  # id of the organization that owes it
    basis = models.CharField(max_length=40)
    rule_set = models.CharField(max_length=40)
    working_days = models.PositiveSmallIntegerField()
    started_on = models.DateField()
    started_at = models.DateTimeField()
    started_by = models.CharField(max_length=64)

    due_on = models.DateField()
    provisional = models.BooleanField("暂定", default=False)
    counted_from = models.DateField()
    counted_days = models.PositiveSmallIntegerField()
    suspended_on = models.DateField(null=True)
    remaining = models.PositiveSmallIntegerField(null=True)  # working days left when it was suspended

    kept_at = models.DateTimeField(null=True)
    kept_by = models.CharField(max_length=64, blank=True)
    late = models.BooleanField(default=False)
    dropped_at = models.DateTimeField(null=True)
    dropped_by = models.CharField(max_length=64, blank=True)
    dropped_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        db_table = "duties_duty"
        indexes: ClassVar = [
            models.Index(name="duties_duty_open", fields=["owner", "due_on"], condition=Q(kept_at=None, dropped_at=None)),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(name="duties_duty_open_once", fields=["kind", "about"], condition=Q(kept_at=None, dropped_at=None)),
            models.CheckConstraint(name="duties_duty_says_what_and_whose", condition=~Q(kind="") & ~Q(about="") & ~Q(owner="")),
            models.CheckConstraint(name="duties_duty_due_after_start", condition=Q(due_on__gte=F("started_on"))),
            models.CheckConstraint(name="duties_duty_kept_or_dropped", condition=Q(kept_at=None) | Q(dropped_at=None)),
            models.CheckConstraint(
                name="duties_duty_kept_by", condition=Q(kept_at=None, kept_by="", late=False) | ~Q(kept_at=None) & ~Q(kept_by="")
            ),
            models.CheckConstraint(
                name="duties_duty_dropped_by",
                condition=Q(dropped_at=None, dropped_by="", dropped_reason="")
                | ~Q(dropped_at=None) & ~Q(dropped_by="") & ~Q(dropped_reason=""),
            ),
            models.CheckConstraint(
                name="duties_duty_suspended", condition=Q(suspended_on=None, remaining=None) | ~Q(suspended_on=None) & ~Q(remaining=None)
            ),
        ]

    @property
    def open(self) -> bool:
        return self.kept_at is None and self.dropped_at is None

    @property
    def suspended(self) -> bool:
        return self.suspended_on is not None

    def overdue(self, today: date) -> bool:
        """Open, not suspended, and its day has passed."""
        return self.open and not self.suspended and self.due_on < today


class DutyChange(models.Model):
    """The recorded act that changes a due date or who owes: from, to, why, who, when. Writing it changes the duty. Append-only."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    duty = models.ForeignKey(Duty, on_delete=models.PROTECT, related_name="changes")
    act = models.CharField(max_length=10, choices=Act.choices)
    owner = models.CharField(max_length=64)  # who owes from now on
    owner_before = models.CharField(max_length=64)
    reason = models.CharField(max_length=500)
    changed_at = models.DateTimeField()
    changed_by = models.CharField(max_length=64)
    due_before = models.DateField()
    due_after = models.DateField()
    provisional = models.BooleanField()
    counted_from = models.DateField()
    counted_days = models.PositiveSmallIntegerField()
    suspended_on = models.DateField(null=True)
    remaining = models.PositiveSmallIntegerField(null=True)

    class Meta:
        db_table = "duties_duty_change"
        constraints: ClassVar = [models.CheckConstraint(name="duties_duty_change_has_reason", condition=~Q(reason=""))]


class RuleSetAct(models.Model):
    """An act of the issuer that prolongs or replaces a rule set, on file with its number 「文号」 (CD2016-42)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    rule_set = models.CharField(max_length=20)
    issuer = models.CharField("制发机关", max_length=100)
    number = models.CharField("文号", max_length=60)
    title = models.CharField(max_length=200)
    effect = models.CharField(max_length=8, choices=Effect.choices)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)  # the last day; none: until further notice
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=64)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.CharField(max_length=64, blank=True)
    withdrawn_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        db_table = "duties_rule_set_act"
        constraints: ClassVar = [
            models.UniqueConstraint(name="duties_rule_set_act_once", fields=["rule_set", "number"], condition=Q(withdrawn_at=None)),
            models.CheckConstraint(name="duties_rule_set_act_span", condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from"))),
            models.CheckConstraint(
                name="duties_rule_set_act_withdrawn_by",
                condition=Q(withdrawn_at=None, withdrawn_by="", withdrawn_reason="")
                | ~Q(withdrawn_at=None) & ~Q(withdrawn_by="") & ~Q(withdrawn_reason=""),
            ),
        ]
