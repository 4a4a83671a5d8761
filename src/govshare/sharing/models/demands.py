"""Demands 「共享需求」, what they ask for item by item, and their history (CD2016-22, 29.1)."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from govshare.catalog.models import Entry, LegalGround
from govshare.catalog.rules.choices import Mode
from govshare.kernel.ids import new_id
from govshare.organizations.models import Organization
from govshare.sharing.rules.access import Way
from govshare.sharing.rules.decisions import Verdict
from govshare.sharing.rules.demands import DemandStatus, Kind
from govshare.sharing.rules.elements import Elements, RowCondition

S = DemandStatus
_LOOSE = Q(status__in=[S.DRAFT, S.RETURNED, S.WITHDRAWN])  # may still lack elements


class Demand(models.Model):
    """One department's demand for items of one entry.

    ``raised_at`` is when it first passed the own administrator's check and left the department; before, nobody outside sees it.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.CharField("需求编号", max_length=30, unique=True)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.NEW)
    renews = models.ForeignKey("sharing.Grant", on_delete=models.PROTECT, null=True, related_name="renewals")
    replaces = models.ForeignKey("sharing.Grant", on_delete=models.PROTECT, null=True, related_name="changes")
    recipient = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    provider = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    authority = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    transitional = models.BooleanField("过渡", default=False)  # across tiers, directly (PC-45)
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="+")
    entry_code = models.CharField(max_length=80)
    entry_name = models.CharField(max_length=200)
    revision = models.PositiveIntegerField()  # of the entry, as its drafter saw it last
    published_terms = models.TextField("共享条件", blank=True)  # as published then: what an answer may quote

    application = models.CharField("应用业务", max_length=200, blank=True)
    users = ArrayField(models.CharField(max_length=100), default=list)
    mode = models.CharField("共享模式", max_length=12, choices=Mode.choices, blank=True)
    ends_on = models.DateField("截止时间", null=True)
    duty_basis = models.CharField("履职依据", max_length=1000, blank=True)
    purpose = models.CharField("用途", max_length=2000, blank=True)
    conditions = models.JSONField(default=list)
    quota_per_day = models.PositiveIntegerField(null=True)
    case_number_required = models.BooleanField(default=False)

    status = models.CharField(max_length=24, choices=DemandStatus.choices, default=S.DRAFT)
    version = models.PositiveIntegerField(default=1)  # rises with every act; tells two readers apart
    way = models.CharField(max_length=12, choices=Way.choices, blank=True)
    within_scope = models.BooleanField(null=True)
    writers = ArrayField(models.CharField(max_length=64), default=list)  # ids of all who wrote in it
    missing = models.CharField("补正要求", max_length=2000, blank=True)
    opinion = models.CharField("答复意见", max_length=2000, blank=True)
    refusal_ground = models.ForeignKey(LegalGround, on_delete=models.PROTECT, null=True, related_name="+")
    terms_ground = models.ForeignKey(LegalGround, on_delete=models.PROTECT, null=True, related_name="+")  # why terms are less than asked
    terms_quote = models.CharField(max_length=2000, blank=True)
    decided_late = models.BooleanField(default=False)
    decision_receipt = models.CharField(max_length=60, blank=True)

    drafted_at = models.DateTimeField()
    drafted_by = models.CharField(max_length=64)
    submitted_at = models.DateTimeField(null=True)
    submitted_by = models.CharField(max_length=64, blank=True)
    checked_at = models.DateTimeField(null=True)
    checked_by = models.CharField(max_length=64, blank=True)
    raised_at = models.DateTimeField(null=True)
    raised_by = models.CharField(max_length=64, blank=True)
    escalated_at = models.DateTimeField(null=True)
    escalated_by = models.CharField(max_length=64, blank=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=64, blank=True)

    class Meta:
        db_table = "sharing_demand"
        ordering = ["-number"]
        indexes = [
            models.Index(fields=["recipient", "status"], name="sharing_demand_recipient"),
            models.Index(fields=["provider", "status"], name="sharing_demand_provider"),
            models.Index(fields=["authority", "status"], name="sharing_demand_authority"),
            models.Index(fields=["entry", "status"], name="sharing_demand_entry"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(number__regex=r"^SQ-\d{8}-\d{4,}$"), name="sharing_demand_number"),
            models.CheckConstraint(condition=Q(status__in=S.values), name="sharing_demand_status"),
            models.CheckConstraint(condition=~Q(recipient=F("provider")), name="sharing_demand_not_own"),
            models.CheckConstraint(
                condition=Q(kind=Kind.NEW, renews=None, replaces=None)
                | Q(kind=Kind.RENEWAL, renews__isnull=False, replaces=None)
                | Q(kind=Kind.CHANGE, renews=None, replaces__isnull=False),
                name="sharing_demand_kind",
            ),
            models.CheckConstraint(
                condition=_LOOSE
                | Q(application__regex=r"\S", users__len__gte=1, mode__in=Mode.values, ends_on__isnull=False)
                & Q(duty_basis__regex=r"\S", purpose__regex=r"\S"),
                name="sharing_demand_five_elements",
            ),
            models.CheckConstraint(condition=Q(quota_per_day=None) | Q(quota_per_day__gte=1), name="sharing_demand_quota"),
            models.CheckConstraint(
                condition=Q(checked_by="") | (~Q(checked_by=F("drafted_by")) & ~Q(writers__contains=[F("checked_by")])),
                name="sharing_demand_two_persons",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=[S.ACCEPTING, S.ACCEPTING_INCOMPLETE, S.DECIDING, S.DECIDING_INCOMPLETE, S.PRESSED, S.GRANTED])
                | (Q(raised_at__isnull=False, checked_at__isnull=False) & Q(way__in=Way.values) & ~Q(checked_by="")),
                name="sharing_demand_checked_first",
            ),
            models.CheckConstraint(condition=~Q(status=S.REFUSED) | Q(refusal_ground__isnull=False), name="sharing_demand_refusal_ground"),
            models.CheckConstraint(
                condition=~Q(status__in=[S.GRANTED, S.REFUSED]) | (Q(decided_at__isnull=False) & ~Q(decision_receipt="")),
                name="sharing_demand_decision_receipt",
            ),
            models.UniqueConstraint(
                fields=["renews"],
                condition=Q(status__in=[s for s in S if s not in {S.GRANTED, S.REFUSED, S.WITHDRAWN, S.LAPSED, S.DECLINED}]),
                name="sharing_demand_one_renewal",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def elements(self) -> Elements:
        """What it asks for, as a value."""
        return Elements(
            application=self.application,
            users=tuple(self.users),
            items=tuple(self.items.values_list("item", flat=True)),
            mode=self.mode,
            ends_on=self.ends_on,
            duty_basis=self.duty_basis,
            purpose=self.purpose,
            conditions=tuple(map(RowCondition.from_json, self.conditions)),
            quota_per_day=self.quota_per_day,
            case_number_required=self.case_number_required,
        )


class DemandItem(models.Model):
    """One item asked for 「所需信息」 and, once decided, what became of it and because of what."""

    demand = models.ForeignKey(Demand, on_delete=models.CASCADE, related_name="items")
    position = models.PositiveIntegerField()
    item = models.UUIDField()  # its identity through all revisions of the entry
    name = models.CharField(max_length=100)
    verdict = models.CharField(max_length=12, choices=Verdict.choices, blank=True)
    head = models.PositiveSmallIntegerField(default=0)
    tail = models.PositiveSmallIntegerField(default=0)
    ground = models.ForeignKey(LegalGround, on_delete=models.PROTECT, null=True, related_name="+")
    quote = models.CharField(max_length=2000, blank=True)  # of the published terms

    class Meta:
        db_table = "sharing_demand_item"
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["demand", "item"], name="sharing_demand_item_once"),
            models.CheckConstraint(condition=Q(verdict="") | Q(verdict__in=Verdict.values), name="sharing_demand_item_verdict"),
            models.CheckConstraint(
                condition=~Q(verdict=Verdict.REFUSED) | Q(ground__isnull=False), name="sharing_demand_item_refusal_ground"
            ),
            models.CheckConstraint(
                condition=Q(verdict__in=["", Verdict.PLAIN]) | Q(ground__isnull=False) | ~Q(quote=""),
                name="sharing_demand_item_less_founded",
            ),
            models.CheckConstraint(condition=Q(verdict=Verdict.MASK) | Q(head=0, tail=0), name="sharing_demand_item_mask"),
        ]


class Event(models.Model):
    """One act on a demand or its grant: who, when, in whose name, the words given, the receipt. Only ever added to."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    demand = models.ForeignKey(Demand, on_delete=models.PROTECT, related_name="events")
    grant = models.ForeignKey("sharing.Grant", on_delete=models.PROTECT, null=True, related_name="events")
    action = models.CharField(max_length=60)
    label = models.CharField(max_length=60)
    basis = models.CharField(max_length=30)
    status = models.CharField(max_length=24)  # after the act
    note = models.CharField(max_length=2000, blank=True)
    inside = models.BooleanField(default=False)  # of the demanding department alone
    late = models.BooleanField(default=False)
    taken_at = models.DateTimeField()
    taken_by = models.CharField(max_length=64)
    taken_by_name = models.CharField(max_length=100)
    organization = models.CharField(max_length=64)
    organization_name = models.CharField(max_length=200)
    receipt = models.CharField(max_length=60)

    class Meta:
        db_table = "sharing_event"
        ordering = ["id"]
        indexes = [models.Index(fields=["demand", "id"], name="sharing_event_demand")]
