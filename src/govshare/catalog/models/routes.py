"""Access routes 「信息访问接口」: the table in a front-end database that an entry is read from (CD2016-19)."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from govshare.catalog.models.entries import Entry
from govshare.kernel.ids import new_id
from govshare.sources.models import FrontDatabase


class Route(models.Model):
    """One binding of an entry. A new one replaces the standing one; replaced ones stay for the record."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="routes")
    front_database = models.ForeignKey(FrontDatabase, on_delete=models.PROTECT, related_name="+")
    schema = models.CharField(max_length=63)
    table = models.CharField(max_length=63)
    key = ArrayField(models.CharField(max_length=63))
    document = models.TextField(blank=True)  # interface specification 「接口规范说明」
    bound_at = models.DateTimeField()
    bound_by = models.CharField(max_length=64)
    tested_at = models.DateTimeField(null=True)
    tested_by = models.CharField(max_length=64, blank=True)
    test_passed = models.BooleanField(null=True)
    test_message = models.TextField(blank=True)
    replaced_at = models.DateTimeField(null=True)
    replaced_by = models.CharField(max_length=64, blank=True)

    class Meta:
        db_table = "catalog_route"
        constraints = [
            models.UniqueConstraint(fields=["entry"], condition=Q(replaced_at=None), name="catalog_route_one_standing"),
            models.CheckConstraint(condition=Q(key__len__gte=1), name="catalog_route_key"),
        ]


class RouteColumn(models.Model):
    """Which column an item is read from. ``item`` is the item's identity through all revisions."""

    route = models.ForeignKey(Route, on_delete=models.PROTECT, related_name="columns")
    item = models.UUIDField()
    column = models.CharField(max_length=63)

    class Meta:
        db_table = "catalog_route_column"
        constraints = [models.UniqueConstraint(fields=["route", "item"], name="catalog_route_column_item_once")]
