"""Government departments, authorities, and who takes over from whom."""

from django.db import models
from django.db.models import Q

from govshare.kernel.actor import PLATFORM
from govshare.kernel.choices import TextChoices
from govshare.kernel.clock import utc_now
from govshare.kernel.ids import new_id


class OrganizationKind(TextChoices):
    AUTHORITY = "authority", "信息化主管部门"
    DEPARTMENT = "department", "政府部门"


class Tier(TextChoices):
    CITY = "city", "市级"
    DISTRICT = "district", "区（市）县"


class Organization(models.Model):
    """A government department 「政府部门」 or an authority 「信息化主管部门」."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=200)
    short_name = models.CharField(max_length=60)
    uscc = models.CharField("统一社会信用代码", max_length=18, unique=True)
    kind = models.CharField(max_length=12, choices=OrganizationKind.choices)
    tier = models.CharField(max_length=8, choices=Tier.choices)
    region = models.CharField("行政区划代码", max_length=12)
    active = models.BooleanField(default=True)
    operator = models.BooleanField(default=False)  # the one authority that runs this platform; its 三员 are the platform's
    registered_at = models.DateTimeField(default=utc_now)
    registered_by = models.CharField(max_length=64, default=PLATFORM.id)

    class Meta:
        db_table = "organizations_organization"
        constraints = [
            models.CheckConstraint(condition=Q(uscc__regex=r"^[0-9A-HJ-NPQRTUWXY]{18}$"), name="organizations_uscc_shape"),
            models.CheckConstraint(condition=Q(region__regex=r"^[0-9]{6,12}$"), name="organizations_region_digits"),
            models.CheckConstraint(condition=Q(kind__in=OrganizationKind.values), name="organizations_kind_known"),
            models.CheckConstraint(condition=Q(tier__in=Tier.values), name="organizations_tier_known"),
            models.CheckConstraint(condition=Q(operator=False) | Q(kind="authority"), name="organizations_operator_is_authority"),
            models.UniqueConstraint(fields=["name"], condition=Q(active=True), name="organizations_one_name"),
            models.UniqueConstraint(fields=["operator"], condition=Q(operator=True), name="organizations_one_operator"),
            models.UniqueConstraint(
                fields=["kind"],
                condition=Q(active=True, kind="authority", tier="city"),
                name="organizations_one_city_authority",
            ),
            models.UniqueConstraint(
                fields=["region"],
                condition=Q(active=True, kind="authority", tier="district"),
                name="organizations_one_district_authority",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class FormerName(models.Model):
    """A name an organization bore until ``changed_at``. Never changed."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="former_names")
    name = models.CharField(max_length=200)
    short_name = models.CharField(max_length=60)
    document = models.CharField("文号", max_length=120)
    changed_at = models.DateTimeField()
    changed_by = models.CharField(max_length=64)

    class Meta:
        db_table = "organizations_former_name"


class SuccessionKind(TextChoices):
    MERGE = "merge", "并入"
    SPLIT = "split", "分立"


class Succession(models.Model):
    """``successor`` takes over from ``predecessor``: everything (``main``) or the named ``matters``. Never changed.

    ``matters`` lists ids of things of higher rooms (entries, demands, grants) as text; whatever no succession names
    goes to the main successor. Higher rooms read this through ``queries.successor``.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=8, choices=SuccessionKind.choices)
    predecessor = models.ForeignKey(Organization, models.PROTECT, related_name="successions")
    successor = models.ForeignKey(Organization, models.PROTECT, related_name="inheritances")
    main = models.BooleanField()
    matters = models.JSONField(default=list)
    document = models.CharField("文号", max_length=120)
    decided_at = models.DateTimeField()
    decided_by = models.CharField(max_length=64)

    class Meta:
        db_table = "organizations_succession"
        constraints = [
            models.CheckConstraint(condition=~Q(predecessor=models.F("successor")), name="organizations_succession_two_bodies"),
            models.UniqueConstraint(fields=["predecessor"], condition=Q(main=True), name="organizations_one_main_successor"),
        ]
