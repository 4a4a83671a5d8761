"""Remarks 「逐处意见」: what a return asks to correct, place by place."""

from django.db import models
from django.db.models import Q

from govshare.catalog.models.entries import Step
from govshare.kernel.ids import new_id


class PlacedRemark(models.Model):
    """One remark of the step that sent an entry back. Only ever added to, like the step."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    step = models.ForeignKey(Step, on_delete=models.PROTECT, related_name="remarks")
    position = models.PositiveIntegerField()
    place = models.CharField(max_length=120)
    text = models.TextField()

    class Meta:
        db_table = "catalog_remark"
        ordering = ["step", "position"]
        constraints = [
            models.UniqueConstraint(fields=["step", "position"], name="catalog_remark_once"),
            models.CheckConstraint(condition=~Q(place="") & Q(text__regex=r"\S"), name="catalog_remark_says_something"),
        ]
