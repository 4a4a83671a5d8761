"""Entries, their revisions, and what each revision says (CD2016-5, 13 to 16, 18)."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from govshare.catalog.models.grounds import LegalGround
from govshare.catalog.models.tree import Node
from govshare.catalog.rules.choices import (
    Classification,
    FormatClass,
    ItemType,
    Mode,
    Sensitivity,
    ShareType,
    Status,
    UpdateCycle,
)
from govshare.kernel.ids import new_id
from govshare.organizations.models import Organization

CODE = r"^[123]\d{2}\d{3}\d*/\d+$"
_STANDING = [Status.REVIEW, Status.PUBLISHED, Status.SUPERSEDED, Status.RETIRED]  # what has passed the self-check
_LOOSE = ~Q(status__in=_STANDING)


class Entry(models.Model):
    """One information resource 「政务信息资源」 of one department: identity only; what it says stands in its revisions."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField("信息资源代码", max_length=80, unique=True)
    provider = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1)  # rises with every act on the entry; tells two editors apart
    last_revision = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=64)

    class Meta:
        db_table = "catalog_entry"
        constraints = [models.CheckConstraint(condition=Q(code__regex=CODE), name="catalog_entry_code")]

    def __str__(self) -> str:
        return self.code


class Revision(models.Model):
    """Everything an entry says, at one number. A new one is worked on beside the published one; afterwards it never changes."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField()
    based_on = models.PositiveIntegerField(null=True)  # number of the published revision it was made from
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.DRAFT)

    name = models.CharField("信息资源名称", max_length=200)
    node = models.ForeignKey(Node, on_delete=models.PROTECT, related_name="+")
    abstract = models.TextField("信息资源摘要", blank=True)
    format_class = models.CharField(max_length=16, choices=FormatClass.choices, blank=True)
    format_type = models.CharField(max_length=60, blank=True)
    share_type = models.CharField("共享类型", max_length=16, choices=ShareType.choices, blank=True)
    terms = models.TextField("共享条件", blank=True)
    ground = models.ForeignKey(LegalGround, on_delete=models.PROTECT, null=True, related_name="+")
    modes = ArrayField(models.CharField(max_length=12, choices=Mode.choices), default=list)
    for_all = models.BooleanField(default=False)
    open_to_public = models.BooleanField(default=False)
    open_conditions = models.TextField(blank=True)
    update_cycle = models.CharField(max_length=12, choices=UpdateCycle.choices, blank=True)
    update_limit = models.CharField("更新时限", max_length=100, blank=True)
    related = ArrayField(models.CharField(max_length=80), default=list)
    classification = models.CharField("分级", max_length=1, choices=Classification.choices, blank=True)
    collection_basis = models.TextField("采集依据", blank=True)
    collection_procedure = models.TextField("采集程序", blank=True)
    source = models.ForeignKey(Entry, on_delete=models.PROTECT, null=True, related_name="+")  # set: a non-authoritative copy (CD2016-18)
    lead_unit = models.ForeignKey(Organization, on_delete=models.PROTECT, null=True, related_name="+")
    contact = models.CharField(max_length=60, blank=True)
    contact_phone = models.CharField(max_length=40, blank=True)

    adjusted = models.BooleanField(default=False)  # made by the authority out of a filed one (CD2016-16)
    editors = ArrayField(models.CharField(max_length=64), default=list)  # ids of all who wrote in it
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=64)
    submitted_at = models.DateTimeField(null=True)
    submitted_by = models.CharField(max_length=64, blank=True)
    published_at = models.DateTimeField(null=True)
    published_by = models.CharField(max_length=64, blank=True)
    ended_at = models.DateTimeField(null=True)  # superseded, retired or discarded
    ended_by = models.CharField(max_length=64, blank=True)
    digest = models.CharField(max_length=64, blank=True)  # SHA-256 of what it says, written when published

    class Meta:
        db_table = "catalog_revision"
        ordering = ["entry", "number"]
        constraints = [
            models.UniqueConstraint(fields=["entry", "number"], name="catalog_revision_number_once"),
            models.UniqueConstraint(fields=["entry"], condition=Q(status=Status.PUBLISHED), name="catalog_revision_one_published"),
            models.UniqueConstraint(
                fields=["entry"], condition=Q(status__in=[Status.DRAFT, Status.REVIEW], adjusted=False), name="catalog_revision_one_pending"
            ),
            models.CheckConstraint(condition=Q(status__in=Status.values), name="catalog_revision_status"),
            models.CheckConstraint(condition=~Q(name=""), name="catalog_revision_name"),
            models.CheckConstraint(condition=_LOOSE | Q(share_type__in=ShareType.values), name="catalog_revision_share_type"),
            models.CheckConstraint(
                condition=_LOOSE | ~Q(share_type=ShareType.CONDITIONAL) | Q(terms__regex=r"\S"), name="catalog_revision_terms"
            ),
            models.CheckConstraint(
                condition=_LOOSE | ~Q(share_type=ShareType.NONE) | Q(ground__isnull=False), name="catalog_revision_ground"
            ),
            models.CheckConstraint(
                condition=_LOOSE | Q(share_type=ShareType.NONE) | (Q(modes__len__gte=1) & Q(update_limit__regex=r"\S")),
                name="catalog_revision_shared_how",
            ),
            models.CheckConstraint(condition=Q(modes__contained_by=Mode.values), name="catalog_revision_modes"),
            models.CheckConstraint(
                condition=Q(classification="") | Q(classification__in=Classification.values), name="catalog_revision_classification"
            ),
            models.CheckConstraint(condition=Q(source__isnull=True) | ~Q(source=F("entry")), name="catalog_revision_not_own_source"),
            models.CheckConstraint(
                condition=Q(published_by="") | (~Q(editors__contains=[F("published_by")]) & ~Q(published_by=F("submitted_by"))),
                name="catalog_revision_four_eyes",
            ),
            models.CheckConstraint(
                condition=Q(published_at__isnull=True, published_by="", digest="")
                | (Q(published_at__isnull=False) & ~Q(published_by="") & Q(digest__regex="^[0-9a-f]{64}$")),
                name="catalog_revision_publication",
            ),
        ]

    @property
    def authoritative(self) -> bool:
        return self.source_id is None


class Item(models.Model):
    """One item 「信息项」 of one revision. ``item`` is its identity through all revisions of the entry."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="items")
    item = models.UUIDField(default=new_id)
    position = models.PositiveIntegerField()
    name = models.CharField("信息项名称", max_length=100)
    column = models.CharField("英文名称", max_length=63)
    type = models.CharField("数据类型", max_length=1, choices=ItemType.choices)
    length = models.PositiveIntegerField("数据长度", null=True)
    sensitivity = models.CharField(max_length=20, choices=Sensitivity.choices)
    data_element = models.CharField("数据元", max_length=60, blank=True)
    code_table = models.CharField("代码表", max_length=60, blank=True)
    is_key = models.BooleanField(default=False)

    class Meta:
        db_table = "catalog_item"
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["revision", "item"], name="catalog_item_once"),
            models.UniqueConstraint(fields=["revision", "column"], name="catalog_item_column_once"),
            models.UniqueConstraint(
                fields=["revision", "position"], name="catalog_item_position_once", deferrable=models.Deferrable.DEFERRED
            ),
            models.CheckConstraint(condition=Q(type__in=ItemType.values), name="catalog_item_type"),
            models.CheckConstraint(condition=Q(sensitivity__in=Sensitivity.values), name="catalog_item_sensitivity"),
            models.CheckConstraint(condition=Q(column__regex=r"^[A-Za-z_][A-Za-z0-9_]*$") & ~Q(name=""), name="catalog_item_names"),
        ]


class Scope(models.Model):
    """A department in the scope of sharing 「共享范围」 of a revision."""

    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="scopes")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")

    class Meta:
        db_table = "catalog_scope"
        constraints = [models.UniqueConstraint(fields=["revision", "organization"], name="catalog_scope_once")]


class Statutory(models.Model):
    """A department that the law says must be given it, whatever the class (CD2016-5.5)."""

    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="statutory")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    ground = models.ForeignKey(LegalGround, on_delete=models.PROTECT, related_name="+")

    class Meta:
        db_table = "catalog_statutory"
        constraints = [models.UniqueConstraint(fields=["revision", "organization"], name="catalog_statutory_once")]


class Step(models.Model):
    """One act on an entry: who, when, why, and the number of its receipt. Only ever added to."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="steps")
    revision = models.PositiveIntegerField()
    action = models.CharField(max_length=60)
    basis = models.CharField(max_length=30)
    reason = models.TextField(blank=True)
    taken_at = models.DateTimeField()
    taken_by = models.CharField(max_length=64)
    taken_by_name = models.CharField(max_length=100)
    organization = models.CharField(max_length=64)
    receipt = models.CharField(max_length=60)

    class Meta:
        db_table = "catalog_step"
        ordering = ["id"]
        indexes = [
            models.Index(fields=["entry", "id"], name="catalog_step_entry"),
            models.Index(fields=["taken_at"], name="catalog_step_taken"),
        ]
