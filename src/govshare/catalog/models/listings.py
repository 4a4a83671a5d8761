"""What the authority made of a filed entry: listed in the sharing catalog, or verified as not shared (CD2016-13.2, 16)."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q

from govshare.catalog.models.entries import Entry, Revision
from govshare.catalog.rules.choices import ListingStatus, VerificationStatus
from govshare.kernel.ids import new_id
from govshare.organizations.models import Organization


class Listing(models.Model):
    """Standing of one entry in the sharing catalog 「共享目录」.

    ``listed`` is the revision the city sees, ``filed`` the latest one handed in.
    """

    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, primary_key=True, related_name="listing")
    status = models.CharField(max_length=12, choices=ListingStatus.choices)
    filed = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="+")
    listed = models.ForeignKey(Revision, on_delete=models.PROTECT, null=True, related_name="+")
    filed_at = models.DateTimeField()
    filed_by = models.CharField(max_length=64)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=64, blank=True)
    opinion = models.TextField(blank=True)  # the authority's words on its last decision

    class Meta:
        db_table = "catalog_listing"
        constraints = [
            models.CheckConstraint(condition=Q(status__in=ListingStatus.values), name="catalog_listing_status"),
            models.CheckConstraint(
                condition=Q(status__in=[ListingStatus.LISTED, ListingStatus.CHANGED], listed__isnull=False)
                | (~Q(status__in=[ListingStatus.LISTED, ListingStatus.CHANGED]) & Q(listed__isnull=True)),
                name="catalog_listing_listed_revision",
            ),
        ]


class Verification(models.Model):
    """The authority's look 「核定」 at one filed revision that is not shared (CD2016-13.2)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    revision = models.OneToOneField(Revision, on_delete=models.PROTECT, related_name="verification")
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="verifications")
    status = models.CharField(max_length=12, choices=VerificationStatus.choices)
    filed_at = models.DateTimeField()
    filed_by = models.CharField(max_length=64)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=64, blank=True)
    opinion = models.TextField(blank=True)

    class Meta:
        db_table = "catalog_verification"
        constraints = [
            models.CheckConstraint(condition=Q(status__in=VerificationStatus.values), name="catalog_verification_status"),
            models.UniqueConstraint(
                fields=["entry"], condition=Q(status=VerificationStatus.PENDING), name="catalog_verification_one_pending"
            ),
            models.UniqueConstraint(
                fields=["entry"], condition=Q(status=VerificationStatus.VERIFIED), name="catalog_verification_one_verified"
            ),
        ]


class SearchRow(models.Model):
    """What search and facets of the sharing catalog read: one flat row per listed entry."""

    entry = models.OneToOneField(Listing, on_delete=models.CASCADE, primary_key=True, related_name="search_row")
    revision = models.PositiveIntegerField()
    code = models.CharField(max_length=80)
    name = models.CharField(max_length=200)
    node_code = models.CharField(max_length=40)
    provider = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    share_type = models.CharField(max_length=16)
    modes = ArrayField(models.CharField(max_length=12))
    update_cycle = models.CharField("更新周期", max_length=12, default="")
    sensitivities = ArrayField(models.CharField(max_length=20), default=list)  # of its items, each once
    tier = models.CharField(max_length=8, default="")  # of the provider
    region = models.CharField(max_length=12, default="")  # of the provider
    has_route = models.BooleanField("已提供访问接口", default=False)  # a tested route covers every item (CD2016-19)
    vector = SearchVectorField()

    class Meta:
        db_table = "catalog_search"
        indexes = [
            GinIndex("vector", name="catalog_search_vector"),
            models.Index(fields=["node_code"], name="catalog_search_node", opclasses=["varchar_pattern_ops"]),
        ]
