"""Files beside a demand, kept on disk under the digest of their content (CD2016-29.1)."""

from django.db import models
from django.db.models import Q

from govshare.kernel.ids import new_id
from govshare.regulation.files import FileType
from govshare.sharing.models.demands import Demand


class Attachment(models.Model):
    """``name`` is what people see, never a path; ``digest`` is the SHA-256 of the content and names the file."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    demand = models.ForeignKey(Demand, on_delete=models.PROTECT, related_name="attachments")
    name = models.CharField(max_length=120)
    type = models.CharField(max_length=5, choices=FileType.choices)
    size = models.PositiveIntegerField()  # bytes
    digest = models.CharField(max_length=64)
    receipt = models.CharField(max_length=60)
    added_at = models.DateTimeField()
    added_by = models.CharField(max_length=64)

    class Meta:
        db_table = "sharing_attachment"
        ordering = ["id"]
        indexes = [models.Index(fields=["digest"], name="sharing_attachment_digest")]
        constraints = [
            models.UniqueConstraint(fields=["demand", "digest"], name="sharing_attachment_once"),
            models.CheckConstraint(condition=Q(digest__regex="^[0-9a-f]{64}$"), name="sharing_attachment_hash"),
            models.CheckConstraint(condition=Q(type__in=FileType.values), name="sharing_attachment_type"),
            models.CheckConstraint(condition=Q(name__regex=r"^[^/\\\x01-\x1f]+$", size__gte=1), name="sharing_attachment_name"),
        ]
