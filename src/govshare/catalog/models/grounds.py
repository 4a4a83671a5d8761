"""The register of legal grounds: what a refusal or 不予共享 rests on (CD2016-13.2, 22)."""

from django.db import models
from django.db.models import Q

from govshare.catalog.rules.choices import Allows, GroundKind
from govshare.kernel.ids import new_id


class LegalGround(models.Model):
    """One article of a law 「法律」, regulation 「法规」 or rule 「规章」."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    title = models.CharField("名称", max_length=200)
    issuer = models.CharField("制定机关", max_length=200)
    number = models.CharField("文号", max_length=100, blank=True)
    article = models.CharField("条款", max_length=60)
    text = models.TextField("条文")
    kind = models.CharField(max_length=12, choices=GroundKind.choices)
    allows = models.CharField(max_length=16, choices=Allows.choices)
    active = models.BooleanField(default=True)
    added_at = models.DateTimeField()
    added_by = models.CharField(max_length=64)

    class Meta:
        db_table = "catalog_legal_ground"
        ordering = ["kind", "title", "article"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=GroundKind.values), name="catalog_legal_ground_kind"),
            models.CheckConstraint(condition=Q(allows__in=Allows.values), name="catalog_legal_ground_allows"),
            models.CheckConstraint(condition=~Q(title="") & ~Q(article="") & ~Q(text=""), name="catalog_legal_ground_complete"),
            models.UniqueConstraint(fields=["title", "number", "article"], name="catalog_legal_ground_once"),
        ]

    def __str__(self) -> str:
        return f"《{self.title}》{self.article}"

    @property
    def article_text(self) -> str:
        return self.text

    @property
    def permits_not_sharing(self) -> bool:
        return self.allows in {Allows.NOT_SHARED, Allows.BOTH}

    @property
    def permits_refusal(self) -> bool:
        return self.allows in {Allows.REFUSE_SHARING, Allows.BOTH}
