"""Organizations, people, appointments, certificates. The rest of the room's tables stand below them."""

from django.db import models

from govshare.kernel.choices import TextChoices
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

    class Meta:
        db_table = "organizations_organization"
