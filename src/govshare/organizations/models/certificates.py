"""Trust anchors, revocation lists, and the certificates bound to people and systems (CD2016-35)."""

from django.db import models
from django.db.models import Q

from govshare.kernel.choices import TextChoices
from govshare.kernel.ids import new_id
from govshare.organizations.models.people import Person, System


class TrustAnchor(models.Model):
    """A certificate authority the platform trusts: a root 「信任根」, or an intermediate named beneath the root that issued it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=120)
    issuer = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="issued")  # None: a root
    der = models.BinaryField()
    fingerprint = models.CharField(max_length=64, unique=True)  # SHA-256, lower-case hex
    serial = models.CharField(max_length=64)
    algorithm = models.CharField(max_length=8)
    not_before = models.DateTimeField()
    not_after = models.DateTimeField()
    added_at = models.DateTimeField()
    added_by = models.CharField(max_length=64)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.CharField(max_length=64, blank=True)

    class Meta:
        db_table = "organizations_trust_anchor"

    def __str__(self) -> str:
        return self.name


class RevocationList(models.Model):
    """A certificate revocation list 「吊销列表」 as its anchor signed it. The newest by ``this_update`` is in force."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    anchor = models.ForeignKey(TrustAnchor, models.PROTECT, related_name="revocation_lists")
    der = models.BinaryField()
    fingerprint = models.CharField(max_length=64)
    this_update = models.DateTimeField()
    next_update = models.DateTimeField()
    current = models.BooleanField()
    alarm_at = models.DateTimeField(null=True, blank=True)  # when its lateness was reported
    alarm_by = models.CharField(max_length=64, blank=True)
    loaded_at = models.DateTimeField()
    loaded_by = models.CharField(max_length=64)

    class Meta:
        db_table = "organizations_revocation_list"
        constraints = [
            models.UniqueConstraint(fields=["anchor"], condition=Q(current=True), name="organizations_one_current_list"),
            models.CheckConstraint(condition=Q(next_update__gt=models.F("this_update")), name="organizations_list_dates"),
        ]


class RevokedSerial(models.Model):
    """One line of the list in force. Replaced with the list; the list's own bytes stay."""

    id = models.BigAutoField(primary_key=True)
    revocation_list = models.ForeignKey(RevocationList, models.CASCADE, related_name="serials")
    serial = models.CharField(max_length=64)  # lower-case hex, no leading zeros
    since = models.DateTimeField()
    reason = models.CharField(max_length=32)  # RFC 5280, 5.3.1; ``unspecified`` when the list gives none

    class Meta:
        db_table = "organizations_revoked_serial"
        constraints = [models.UniqueConstraint(fields=["revocation_list", "serial"], name="organizations_serial_listed_once")]


class CertificateStatus(TextChoices):
    PENDING = "pending", "待安全管理员确认"
    BOUND = "bound", "有效"
    REJECTED = "rejected", "未获确认"
    REVOKED = "revoked", "已在平台停用"


class Certificate(models.Model):
    """A certificate of one person or one system. Nobody gets in without a bound one."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="certificates")
    system = models.ForeignKey(System, models.PROTECT, null=True, blank=True, related_name="certificates")
    anchor = models.ForeignKey(TrustAnchor, models.PROTECT, related_name="certificates")
    der = models.BinaryField()
    fingerprint = models.CharField(max_length=64, unique=True)  # SHA-256 of the DER, lower-case hex
    serial = models.CharField(max_length=64)
    subject = models.CharField(max_length=400)  # as people read it
    subject_digest = models.CharField(max_length=64)  # SHA-256 of the subject's DER
    key_digest = models.CharField(max_length=64)  # SHA-256 of the SubjectPublicKeyInfo
    algorithm = models.CharField(max_length=8)
    not_before = models.DateTimeField()
    not_after = models.DateTimeField()
    status = models.CharField(max_length=10, choices=CertificateStatus.choices)
    renews = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="renewals")
    presented_at = models.DateTimeField()
    presented_by = models.CharField(max_length=64)
    bound_at = models.DateTimeField(null=True, blank=True)
    bound_by = models.CharField(max_length=64, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)  # rejected or revoked
    closed_by = models.CharField(max_length=64, blank=True)
    close_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        db_table = "organizations_certificate"
        indexes = [
            models.Index(fields=["subject_digest"], name="organizations_by_subject"),
            models.Index(fields=["key_digest"], name="organizations_by_key"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(person=None, system__isnull=False) | Q(person__isnull=False, system=None),
                name="organizations_certificate_one_holder",
            ),
            models.CheckConstraint(
                condition=Q(status="pending", bound_at=None, closed_at=None)
                | Q(status="bound", bound_at__isnull=False, closed_at=None)
                | Q(status="rejected", bound_at=None, closed_at__isnull=False)
                | Q(status="revoked", bound_at__isnull=False, closed_at__isnull=False),
                name="organizations_certificate_status",
            ),
        ]


class CredentialEpoch(models.Model):
    """One row, counted up by every change of certificates, lists, anchors, appointments and sessions' grounds.

    Servers watch it to rebuild what they keep in memory.
    """

    id = models.SmallIntegerField(primary_key=True, default=1)
    value = models.BigIntegerField(default=0)

    class Meta:
        db_table = "organizations_credential_epoch"
        constraints = [models.CheckConstraint(condition=Q(id=1), name="organizations_one_epoch")]
