"""Papers as issued, and the sealed scans that came back. The database lets nobody change or remove either."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from govshare.kernel.ids import new_id
from govshare.papers.rules import forms
from govshare.papers.rules.kinds import SCANS, PaperKind


class Paper(models.Model):
    """One form as it was issued. ``about`` is the id of its matter; ``content`` the canonical JSON whose SHA-256 is ``digest``.

    ``ordinal`` counts per kind and year without a gap (PC-65); ``parties`` are ids of the organizations that may see it.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=16, choices=PaperKind.choices)
    year = models.PositiveSmallIntegerField()
    ordinal = models.PositiveIntegerField()
    number = models.CharField("文号", max_length=40, unique=True)
    about = models.CharField(max_length=64)
    title = models.CharField(max_length=300)
    content = models.TextField()
    digest = models.CharField(max_length=64)
    organization = models.CharField(max_length=64)
    organization_name = models.CharField(max_length=200)
    parties = ArrayField(models.CharField(max_length=64))
    receipt = models.CharField(max_length=60)
    issued_at = models.DateTimeField()
    issued_by = models.CharField(max_length=64)
    issued_by_name = models.CharField(max_length=100)

    class Meta:
        db_table = "papers_paper"
        ordering = ["-issued_at", "-id"]
        indexes = [models.Index(fields=["about"], name="papers_paper_about"), GinIndex(fields=["parties"], name="papers_paper_parties")]
        constraints = [
            models.UniqueConstraint(fields=["kind", "year", "ordinal"], name="papers_paper_ordinal_once"),
            models.CheckConstraint(condition=Q(kind__in=PaperKind.values), name="papers_paper_kind"),
            models.CheckConstraint(condition=Q(digest__regex="^[0-9a-f]{64}$"), name="papers_paper_hash"),
            models.CheckConstraint(
                condition=Q(ordinal__gte=1, parties__len__gte=1) & ~Q(about="") & ~Q(receipt=""), name="papers_paper_whole"
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def form(self) -> forms.Form:
        """What it says."""
        return forms.read(self.content)


class SealedScan(models.Model):
    """A scan of the signed and sealed paper; ``digest`` is the SHA-256 of the content and names the file."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    paper = models.ForeignKey(Paper, on_delete=models.PROTECT, related_name="scans")
    name = models.CharField(max_length=120)
    type = models.CharField(max_length=5)
    size = models.PositiveIntegerField()  # bytes
    digest = models.CharField(max_length=64)
    receipt = models.CharField(max_length=60)
    added_at = models.DateTimeField()
    added_by = models.CharField(max_length=64)
    added_by_name = models.CharField(max_length=100)
    organization_name = models.CharField(max_length=200)

    class Meta:
        db_table = "papers_sealed_scan"
        ordering = ["added_at", "id"]
        indexes = [models.Index(fields=["digest"], name="papers_scan_digest")]
        constraints = [
            models.UniqueConstraint(fields=["paper", "digest"], name="papers_scan_once"),
            models.CheckConstraint(condition=Q(digest__regex="^[0-9a-f]{64}$"), name="papers_scan_hash"),
            models.CheckConstraint(condition=Q(type__in=[str(kind) for kind in SCANS.types]), name="papers_scan_type"),
            models.CheckConstraint(condition=Q(name__regex=r"^[^/\\\x01-\x1f]+$", size__gte=1), name="papers_scan_name"),
        ]
