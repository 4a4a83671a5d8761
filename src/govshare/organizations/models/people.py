"""People, the posts they hold, who stands in for whom, and the systems that act for a department."""

from django.db import models
from django.db.models import F, Q

from govshare.kernel.ids import new_id
from govshare.kernel.roles import Role
from govshare.organizations.models.bodies import Organization


class Person(models.Model):
    """Somebody who works for one organization. ``number`` is the staff number 「工号」 there."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="people")
    name = models.CharField(max_length=60)
    number = models.CharField("工号", max_length=40)
    duty = models.CharField("职务", max_length=60, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    added_at = models.DateTimeField()
    added_by = models.CharField(max_length=64)
    left_at = models.DateTimeField(null=True, blank=True)
    left_by = models.CharField(max_length=64, blank=True)

    class Meta:
        db_table = "organizations_person"
        constraints = [
            models.UniqueConstraint(fields=["organization", "number"], condition=Q(left_at=None), name="organizations_one_staff_number"),
        ]

    def __str__(self) -> str:
        return self.name


class Appointment(models.Model):
    """A dated post 「任命」: ``ends_on`` is its last day; an ended one (``ended_at``) is over from that moment.

    The database refuses two of the same post at once and two of the 三员 at once (0002_guards).
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="appointments")
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="appointments")
    role = models.CharField(max_length=20, choices=Role.choices)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    document = models.CharField("文号", max_length=120, blank=True)
    appointed_at = models.DateTimeField()
    appointed_by = models.CharField(max_length=64)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=64, blank=True)
    end_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        db_table = "organizations_appointment"
        indexes = [models.Index(fields=["organization", "role"], name="organizations_holders")]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ended_at__isnull=False) | Q(ends_on__gte=F("starts_on")), name="organizations_post_dates"
            ),
            models.CheckConstraint(condition=Q(ended_at=None) | Q(ends_on__isnull=False), name="organizations_ended_post_has_day"),
            models.CheckConstraint(condition=~Q(role__in=[Role.SYSTEM, Role.PLATFORM]), name="organizations_post_for_people"),
        ]


class StandIn(models.Model):
    """``person`` exercises the ``appointment`` of somebody else 「代岗」, between two dates, both included."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    appointment = models.ForeignKey(Appointment, models.PROTECT, related_name="stand_ins")
    person = models.ForeignKey(Person, models.PROTECT, related_name="standing_in")
    starts_on = models.DateField()
    ends_on = models.DateField()
    reason = models.CharField(max_length=200)
    arranged_at = models.DateTimeField()
    arranged_by = models.CharField(max_length=64)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=64, blank=True)

    class Meta:
        db_table = "organizations_stand_in"
        constraints = [models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="organizations_stand_in_dates")]


class Handover(models.Model):
    """What ``person`` passed on to ``to`` when leaving a post or the organization. Never changed.

    Open matters belong to the organization and the role, never to a person, so nothing is lost; ``roles`` and ``note``
    say what was passed on.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="handovers")
    to = models.ForeignKey(Person, models.PROTECT, related_name="takeovers")
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="handovers")
    roles = models.JSONField()
    note = models.TextField(blank=True)
    leaves = models.BooleanField()
    handed_at = models.DateTimeField()
    handed_by = models.CharField(max_length=64)

    class Meta:
        db_table = "organizations_handover"
        constraints = [models.CheckConstraint(condition=~Q(person=F("to")), name="organizations_handover_two_people")]


class System(models.Model):
    """A department's information system 「部门业务系统」 that calls the platform with a certificate of its own."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="systems")
    name = models.CharField(max_length=120)
    purpose = models.CharField(max_length=400, blank=True)
    registered_at = models.DateTimeField()
    registered_by = models.CharField(max_length=64)
    retired_at = models.DateTimeField(null=True, blank=True)
    retired_by = models.CharField(max_length=64, blank=True)

    class Meta:
        db_table = "organizations_system"
        constraints = [
            models.UniqueConstraint(fields=["organization", "name"], condition=Q(retired_at=None), name="organizations_one_system_name"),
        ]

    def __str__(self) -> str:
        return self.name
