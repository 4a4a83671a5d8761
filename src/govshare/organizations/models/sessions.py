"""Signing in: challenges, one-time tickets, sessions (CD2016-35). Of tokens only SHA-256 digests are kept."""

from django.db import models

from govshare.kernel.ids import new_id
from govshare.organizations.models.certificates import Certificate
from govshare.organizations.models.people import Appointment, StandIn


class Challenge(models.Model):
    """A text to be signed with a certificate's key, once, soon. ``used`` even when the answer was wrong."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    text = models.CharField(max_length=200)
    opened = models.DateTimeField()
    expires = models.DateTimeField(db_index=True)
    used = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "organizations_challenge"


class Ticket(models.Model):
    """Carries a certificate sign-in from its own port to the portal, once, within a minute."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    digest = models.BinaryField(max_length=32, unique=True)
    certificate = models.ForeignKey(Certificate, models.PROTECT, related_name="tickets")
    opened = models.DateTimeField()
    expires = models.DateTimeField(db_index=True)
    used = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "organizations_ticket"


class Session(models.Model):
    """A certificate's stay, in one appointment once it is chosen. Ends with either."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    digest = models.BinaryField(max_length=32, unique=True)
    certificate = models.ForeignKey(Certificate, models.PROTECT, related_name="sessions")
    appointment = models.ForeignKey(Appointment, models.PROTECT, null=True, blank=True, related_name="sessions")
    stand_in = models.ForeignKey(StandIn, models.PROTECT, null=True, blank=True, related_name="sessions")
    opened = models.DateTimeField()
    last_seen = models.DateTimeField()
    expires = models.DateTimeField(db_index=True)  # the absolute limit; the idle limit counts from last_seen
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=64, blank=True)

    class Meta:
        db_table = "organizations_session"
