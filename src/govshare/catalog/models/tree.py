"""The category tree 「信息资源分类」 and the running numbers below it. The tree is data (CD2016-8, 16)."""

from django.db import models
from django.db.models import Q

from govshare.kernel.ids import new_id
from govshare.organizations.models import Organization


class Node(models.Model):
    """A category: 类 one digit, 项 two more, 目 three more, 细目 any number more."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField("类目代码", max_length=40, unique=True)
    name = models.CharField("类目名称", max_length=100)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="children")
    lead = models.ForeignKey(Organization, on_delete=models.PROTECT, null=True, related_name="+")  # 基础数据库建设项目牵头单位 (CD2016-8)
    active = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=64)

    class Meta:
        db_table = "catalog_node"
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(condition=Q(code__regex=r"^[123](\d{2}(\d{3}\d*)?)?$"), name="catalog_node_code"),
            models.CheckConstraint(condition=Q(code__regex=r"^[123]$", parent=None) | Q(parent__isnull=False), name="catalog_node_root"),
            models.UniqueConstraint(fields=["parent", "name"], name="catalog_node_name_once"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    @property
    def holds_entries(self) -> bool:
        """Entries stand at a 目 or a 细目."""
        return len(self.code) >= 6


class CodeCounter(models.Model):
    """Last running number given out below a category. Only rises; the row is locked while one is taken."""

    node = models.OneToOneField(Node, on_delete=models.PROTECT, primary_key=True, related_name="+")
    last = models.PositiveBigIntegerField(default=0)

    class Meta:
        db_table = "catalog_code_counter"
