"""Registered front-end exchange databases 「前置交换数据库」 (CD2016-40(5))."""

from django.db import models
from django.db.models import Q

from govshare.kernel.ids import new_id
from govshare.organizations.models import Organization
from govshare.sources.rules import HOSTED, Engine, Purpose, TlsMode


class FrontDatabase(models.Model):
    """One schema of one department's exchange database, reached with one account, for one purpose.

    Its address never changes: another address is another registration. ``seen_tables`` is the schema as the last
    successful test saw it, in the form of ``snapshot.py``.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=100)
    engine = models.CharField(max_length=12, choices=Engine.choices)
    purpose = models.CharField(max_length=8, choices=Purpose.choices)
    host = models.CharField(max_length=253)
    port = models.IntegerField()
    database = models.CharField(max_length=63)
    schema = models.CharField(max_length=63)
    account = models.CharField(max_length=63)
    sealed_password = models.TextField()
    tls_mode = models.CharField(max_length=12, choices=TlsMode.choices)
    ca_certificate = models.TextField(blank=True)  # PEM of the authorities its certificate may come from; empty: the system's
    registered_at = models.DateTimeField()
    registered_by = models.CharField(max_length=64)
    password_changed_at = models.DateTimeField()
    password_changed_by = models.CharField(max_length=64)
    tested_at = models.DateTimeField(null=True)
    tested_by = models.CharField(max_length=64, blank=True)
    test_passed = models.BooleanField(null=True)
    test_message = models.TextField(blank=True)
    server_version = models.CharField(max_length=60, blank=True)
    seen_tables = models.JSONField(null=True)
    seen_at = models.DateTimeField(null=True)
    seen_by = models.CharField(max_length=64, blank=True)
    retired_at = models.DateTimeField(null=True)
    retired_by = models.CharField(max_length=64, blank=True)
    retired_reason = models.TextField(blank=True)
    receipt_number = models.CharField(max_length=40, blank=True)  # of the last act upon it

    class Meta:
        db_table = "sources_frontdatabase"
        constraints = [
            models.CheckConstraint(name="sources_engine_known", condition=Q(engine__in=Engine.values)),
            models.CheckConstraint(name="sources_purpose_known", condition=Q(purpose__in=Purpose.values)),
            models.CheckConstraint(name="sources_tls_mode_known", condition=Q(tls_mode__in=TlsMode.values)),
            models.CheckConstraint(name="sources_port_is_one", condition=Q(port__gte=1, port__lte=65535)),
            models.CheckConstraint(
                name="sources_host_is_no_socket", condition=~Q(host="") & ~Q(host__startswith="/") & ~Q(host__startswith="@")
            ),
            models.CheckConstraint(name="sources_password_is_sealed", condition=Q(sealed_password__regex=r"^v\d+:[0-9a-f]{8}:")),  # noqa: S106 - a pattern
            models.CheckConstraint(
                name="sources_tested_is_whole",
                condition=Q(tested_at=None, test_passed=None, tested_by="")
                | (Q(tested_at__isnull=False, test_passed__isnull=False) & ~Q(tested_by="")),
            ),
            models.CheckConstraint(
                name="sources_passed_has_seen",
                condition=Q(test_passed=None) | Q(test_passed=False) | Q(seen_tables__isnull=False, seen_at__isnull=False),
            ),
            models.CheckConstraint(
                name="sources_retired_is_whole",
                condition=Q(retired_at=None, retired_by="", retired_reason="")
                | (Q(retired_at__isnull=False) & ~Q(retired_by="") & ~Q(retired_reason="")),
            ),
            models.UniqueConstraint(name="sources_name_once", fields=["organization", "name"], condition=Q(retired_at=None)),
            models.UniqueConstraint(
                name="sources_schema_once", fields=["host", "port", "database", "schema"], condition=Q(retired_at=None)
            ),
        ]

    @property
    def hosted(self) -> bool:
        """Whether it is the department's part of the platform's own hosting database (CD2016-27)."""
        return self.host == HOSTED

    def __str__(self) -> str:
        return f"{self.name}（{self.host}:{self.port}/{self.database}.{self.schema}）"
