"""Hosted tables 「托管表」 of departments, and what was uploaded into them (CD2016-27). Rows themselves lie in the hosting database."""

from django.db import models
from django.db.models import Q

from govshare.catalog.models import Entry
from govshare.hosting.rules import UploadStatus
from govshare.kernel.ids import new_id
from govshare.organizations.models import Organization
from govshare.sources.models import FrontDatabase


class Space(models.Model):
    """A department's part of the hosting database: its schema, and the front-end database it is registered as for reading."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization = models.OneToOneField(Organization, on_delete=models.PROTECT, related_name="+")
    schema = models.CharField(max_length=63, unique=True)
    front_database = models.OneToOneField(FrontDatabase, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    opened_by = models.CharField(max_length=64)
    receipt_number = models.CharField(max_length=40)

    class Meta:
        db_table = "hosting_space"


class HostedTable(models.Model):
    """One table, made from one entry. ``columns`` in the form of ``rules.columns``; ``version`` rises with every act upon it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    space = models.ForeignKey(Space, on_delete=models.PROTECT, related_name="tables")
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=63)
    columns = models.JSONField()
    rows = models.BigIntegerField(default=0)
    bytes = models.BigIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=64)
    filled_at = models.DateTimeField(null=True)  # the last act that changed rows
    filled_by = models.CharField(max_length=64, blank=True)
    removed_at = models.DateTimeField(null=True)
    removed_by = models.CharField(max_length=64, blank=True)
    removed_reason = models.TextField(blank=True)
    receipt_number = models.CharField(max_length=40, blank=True)  # of the last act upon it

    class Meta:
        db_table = "hosting_hosted_table"
        constraints = [
            models.UniqueConstraint(name="hosting_table_one_of_entry", fields=["entry"], condition=Q(removed_at=None)),
            models.CheckConstraint(name="hosting_table_rows_are_counted", condition=Q(rows__gte=0, bytes__gte=0)),
            models.CheckConstraint(
                name="hosting_table_removed_is_whole",
                condition=Q(removed_at=None, removed_by="", removed_reason="")
                | (Q(removed_at__isnull=False) & ~Q(removed_by="") & ~Q(removed_reason="")),
            ),
        ]


class Upload(models.Model):
    """One file: looked at first, then taken over or not. What it would do was counted against ``version`` of the table."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    table = models.ForeignKey(HostedTable, on_delete=models.PROTECT, related_name="uploads")
    file_name = models.CharField(max_length=160)
    file_digest = models.CharField(max_length=64)  # SHA-256 of the file, lower-case hex
    bytes = models.BigIntegerField()
    status = models.CharField(max_length=10, choices=UploadStatus.choices)
    version = models.PositiveIntegerField()
    good = models.BigIntegerField()
    bad = models.BigIntegerField()
    added = models.BigIntegerField()
    changed = models.BigIntegerField()
    unchanged = models.BigIntegerField()
    uploaded_at = models.DateTimeField()
    uploaded_by = models.CharField(max_length=64)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=64, blank=True)
    receipt_number = models.CharField(max_length=40, blank=True)

    class Meta:
        db_table = "hosting_upload"
        constraints = [
            models.CheckConstraint(name="hosting_upload_status", condition=Q(status__in=UploadStatus.values)),
            models.UniqueConstraint(name="hosting_upload_one_waits", fields=["table"], condition=Q(status=UploadStatus.CHECKED)),
            models.CheckConstraint(
                name="hosting_upload_ended_is_whole",
                condition=Q(status=UploadStatus.CHECKED, ended_at=None, ended_by="")
                | (~Q(status=UploadStatus.CHECKED) & Q(ended_at__isnull=False) & ~Q(ended_by="")),
            ),
        ]


class Act(models.Model):
    """An act on rows that is on record; ``id`` is the act's in the ledger of the hosting database."""

    id = models.UUIDField(primary_key=True)
    table = models.ForeignKey(HostedTable, on_delete=models.PROTECT, related_name="acts")
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=64)
    receipt_number = models.CharField(max_length=40)

    class Meta:
        db_table = "hosting_act"
