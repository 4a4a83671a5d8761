"""Grants 「授权」 and what they give, item by item (CD2016-25, 31)."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from govshare.catalog.models import Entry, LegalGround
from govshare.catalog.rules.choices import Mode, Sensitivity
from govshare.kernel.ids import new_id
from govshare.organizations.models import Organization
from govshare.sharing.models.demands import Demand
from govshare.sharing.rules.access import Way
from govshare.sharing.rules.elements import RowCondition
from govshare.sharing.rules.grants import Breach, EndReason, GrantedItem, GrantFacts, GrantStatus, Use


class Grant(models.Model):
    """The right of one department to items of one entry, for one purpose, until ``ends_on`` (that day included)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.CharField("授权编号", max_length=30, unique=True)
    demand = models.OneToOneField(Demand, on_delete=models.PROTECT, related_name="grant")
    provider = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    recipient = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    authority = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="+")
    entry_code = models.CharField(max_length=80)
    entry_name = models.CharField(max_length=200)
    revision = models.PositiveIntegerField()  # of the entry, when granted or last confirmed
    way = models.CharField(max_length=12, choices=Way.choices)
    within_scope = models.BooleanField()
    transitional = models.BooleanField("过渡", default=False)
    rule_set = models.CharField(max_length=40)  # under which it was given

    application = models.CharField("应用业务", max_length=200)
    mode = models.CharField("共享模式", max_length=12, choices=Mode.choices)
    purpose = models.CharField("用途", max_length=2000)
    users = ArrayField(models.CharField(max_length=100))
    conditions = models.JSONField(default=list)
    case_number_required = models.BooleanField(default=False)
    quota_per_day = models.PositiveIntegerField(null=True)
    starts_on = models.DateField()
    ends_on = models.DateField("截止时间")
    terms = models.TextField("授权条款")

    status = models.CharField(max_length=12, choices=GrantStatus.choices, default=GrantStatus.ACTIVE)
    granted_at = models.DateTimeField()
    granted_by = models.CharField(max_length=64)
    receipt = models.CharField(max_length=60)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=64, blank=True)
    end_reason = models.CharField(max_length=12, choices=EndReason.choices, blank=True)
    end_breach = models.CharField(max_length=12, choices=Breach.choices, blank=True)
    end_ground = models.ForeignKey(LegalGround, on_delete=models.PROTECT, null=True, related_name="+")
    end_text = models.CharField(max_length=2000, blank=True)
    superseded_by = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="supersedes")

    class Meta:
        db_table = "sharing_grant"
        ordering = ["-number"]
        indexes = [
            models.Index(fields=["recipient", "status"], name="sharing_grant_recipient"),
            models.Index(fields=["provider", "status"], name="sharing_grant_provider"),
            models.Index(fields=["entry"], condition=Q(status=GrantStatus.ACTIVE), name="sharing_grant_entry_active"),
            models.Index(fields=["ends_on"], condition=Q(status=GrantStatus.ACTIVE), name="sharing_grant_ends_active"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(number__regex=r"^SQS-\d{8}-\d{4,}$"), name="sharing_grant_number"),
            models.CheckConstraint(condition=Q(status__in=GrantStatus.values), name="sharing_grant_status"),
            models.CheckConstraint(condition=Q(way__in=Way.values), name="sharing_grant_way"),
            models.CheckConstraint(condition=Q(mode__in=Mode.values), name="sharing_grant_mode"),
            models.CheckConstraint(condition=~Q(recipient=F("provider")), name="sharing_grant_not_own"),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="sharing_grant_term"),
            models.CheckConstraint(condition=Q(quota_per_day=None) | Q(quota_per_day__gte=1), name="sharing_grant_quota"),
            models.CheckConstraint(
                condition=Q(purpose__regex=r"\S", application__regex=r"\S", users__len__gte=1) & ~Q(terms="") & ~Q(receipt=""),
                name="sharing_grant_complete",
            ),
            models.CheckConstraint(
                condition=Q(status=GrantStatus.ACTIVE, ended_at=None, ended_by="", end_reason="", superseded_by=None)
                | Q(status=GrantStatus.ENDED, ended_at__isnull=False, end_reason__in=EndReason.values, superseded_by=None) & ~Q(ended_by="")
                | Q(status=GrantStatus.SUPERSEDED, ended_at__isnull=False, end_reason="", superseded_by__isnull=False) & ~Q(ended_by=""),
                name="sharing_grant_end",
            ),
            models.CheckConstraint(
                condition=(Q(end_reason=EndReason.GROUND) & Q(end_ground__isnull=False))
                | (~Q(end_reason=EndReason.GROUND) & Q(end_ground=None)),
                name="sharing_grant_end_ground",
            ),
            models.CheckConstraint(
                condition=Q(end_reason=EndReason.BREACH, end_breach__in=Breach.values) & ~Q(end_text="")
                | ~Q(end_reason=EndReason.BREACH) & Q(end_breach=""),
                name="sharing_grant_end_breach",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def facts(self, *, provider: str, recipient: str) -> GrantFacts:
        """The grant as a value, items included; told which organizations answer for it now."""
        return GrantFacts(
            id=self.id,
            number=self.number,
            entry=self.entry_id,
            entry_code=self.entry_code,
            provider=provider,
            recipient=recipient,
            granted_to=str(self.recipient_id),
            way=self.way,
            within_scope=self.within_scope,
            mode=self.mode,
            purpose=self.purpose,
            users=tuple(self.users),
            case_number_required=self.case_number_required,
            quota_per_day=self.quota_per_day,
            starts_on=self.starts_on,
            ends_on=self.ends_on,
            status=self.status,
            rule_set=self.rule_set,
            items=tuple(item.as_value() for item in self.items.all()),
            conditions=tuple(map(RowCondition.from_json, self.conditions)),
        )


class GrantItem(models.Model):
    """One item of a grant, bound to what the entry said of it when granted or last confirmed by the provider."""

    grant = models.ForeignKey(Grant, on_delete=models.PROTECT, related_name="items")
    position = models.PositiveIntegerField()
    item = models.UUIDField()
    name = models.CharField(max_length=100)
    use = models.CharField(max_length=12, choices=Use.choices)
    head = models.PositiveSmallIntegerField(default=0)
    tail = models.PositiveSmallIntegerField(default=0)
    type = models.CharField(max_length=1)
    length = models.PositiveIntegerField(null=True)
    sensitivity = models.CharField(max_length=20, choices=Sensitivity.choices)
    column = models.CharField(max_length=63, blank=True)  # the source's; empty while the entry had no access route

    class Meta:
        db_table = "sharing_grant_item"
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["grant", "item"], name="sharing_grant_item_once"),
            models.CheckConstraint(condition=Q(use__in=Use.values), name="sharing_grant_item_use"),
            models.CheckConstraint(condition=Q(use=Use.MASK) | Q(head=0, tail=0), name="sharing_grant_item_mask"),
        ]

    def as_value(self) -> GrantedItem:
        return GrantedItem(
            item=self.item,
            name=self.name,
            use=self.use,
            type=self.type,
            length=self.length,
            sensitivity=self.sensitivity,
            column=self.column,
            head=self.head,
            tail=self.tail,
        )
