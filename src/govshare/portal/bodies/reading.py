"""What the pages of organizations show: the tree of regions, one body's people and posts, its history."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count, Prefetch, Q, QuerySet
from django.utils.translation import gettext

from govshare.kernel.actor import Actor
from govshare.kernel.errors import NotFound
from govshare.kernel.roles import Role
from govshare.organizations import queries
from govshare.organizations.models import Appointment, Certificate, CertificateStatus, Organization, Person, StandIn, Succession, Tier
from govshare.organizations.queries.posts import in_force
from govshare.organizations.rules import IDENTITY, region_name

PLATFORM_KEEPERS = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN})


@dataclass(frozen=True, slots=True)
class Region:
    """A line of the tree: the city, or one district; ``region`` is what the filter says."""

    region: str
    name: str
    count: int


@dataclass(frozen=True, slots=True)
class Past:
    """Something that happened to an organization."""

    at: datetime
    title: str
    text: str
    document: str


def regions() -> tuple[list[Region], list[Region]]:
    """The city's line, and those of the districts by region."""
    rows = Organization.objects.filter(active=True).values_list("tier", "region").annotate(n=Count("pk")).order_by("tier", "region")
    city = [Region("city", gettext("市级"), sum(n for tier, _, n in rows if tier == Tier.CITY))]
    return city, [Region(region, region_name(region), n) for tier, region, n in rows if tier == Tier.DISTRICT]


def bodies(*, region: str = "", text: str = "", former: bool = False) -> QuerySet[Organization]:
    """Organizations of one region (``city``: the city's), authorities first; former ones when asked for."""
    found = Organization.objects.filter(active=not former)
    if region == "city":
        found = found.filter(tier=Tier.CITY)
    elif region.isascii() and region.isdecimal():
        found = found.filter(tier=Tier.DISTRICT, region=region)
    if text := text.strip().replace("\0", "")[:100]:
        found = found.filter(Q(name__icontains=text) | Q(short_name__icontains=text) | Q(uscc__startswith=text.upper()))
    staff = Count("people", filter=Q(people__left_at=None))
    return found.annotate(staff=staff).order_by("tier", "region", "kind", "name")


def one(organization: UUID) -> Organization:
    return queries.get(organization)


def sees_people(by: Actor, body: Organization) -> bool:
    """Own people, the platform's 三员, and the authority of the body's tier see who works there."""
    if by.organization == str(body.pk) or by.is_one_of(PLATFORM_KEEPERS):
        return True
    return Role.AUTHORITY in by.roles and str(body.pk) in queries.area(by.organization)


def roster(body: Organization, *, on: date) -> QuerySet[Person]:
    """People on file, the earliest first, each with ``posts`` (in force or to come), ``stands_in`` and ``bound`` certificates."""
    posts = Appointment.objects.filter(organization=body, ended_at=None).filter(Q(ends_on=None) | Q(ends_on__gte=on)).order_by("starts_on")
    running = StandIn.objects.filter(ended_at=None, ends_on__gte=on).select_related("appointment__person")
    bound = Certificate.objects.filter(status=CertificateStatus.BOUND).defer("der").order_by("-not_after")
    return (
        Person.objects.filter(organization=body, left_at=None)
        .prefetch_related(
            Prefetch("appointments", queryset=posts, to_attr="posts"),
            Prefetch("standing_in", queryset=running, to_attr="stands_in"),
            Prefetch("certificates", queryset=bound, to_attr="bound"),
        )
        .order_by("added_at", "id")
    )


def vacancies(body: Organization, *, on: date) -> list[Role]:
    """Posts of a department's daily work that nobody holds today."""
    wanted = (Role.LEADER, Role.REGISTRAR, Role.REVIEWER, Role.RESOURCE_ADMIN)
    held = set(Appointment.objects.filter(in_force(on), organization=body, person__left_at=None).values_list("role", flat=True))
    return [role for role in wanted if role not in held]


def history(body: Organization) -> list[Past]:
    """Registration, names, mergers and splits, the latest first."""
    found = [Past(body.registered_at, gettext("登记"), body.name if not body.former_names.exists() else "", "")]
    found += [
        Past(row.changed_at, gettext("更名"), gettext("原名：%(name)s") % {"name": row.name}, row.document)
        for row in body.former_names.all()
    ]
    found += [_succession(row, gives=True) for row in body.successions.select_related("successor")]
    found += [_succession(row, gives=False) for row in body.inheritances.select_related("predecessor")]
    return sorted(found, key=lambda each: each.at, reverse=True)


def _succession(row: Succession, *, gives: bool) -> Past:
    other = row.successor if gives else row.predecessor
    said = gettext("由 %(name)s 承接") if gives else gettext("承接自 %(name)s")
    matters = gettext("指名事项 %(n)s 件") % {"n": len(row.matters)} if row.matters else ""
    return Past(row.decided_at, str(row.get_kind_display()), "；".join(filter(None, (said % {"name": other.name}, matters))), row.document)


def person(person_id: UUID, *, by: Actor) -> Person:
    """Somebody on file whom ``by`` may see; else as if there were nobody."""
    found = Person.objects.select_related("organization").filter(pk=person_id).first()
    if found is None or not (sees_people(by, found.organization) or by.id == str(found.pk)):
        raise NotFound(gettext("没有这个人员，或者不是本单位的，请核对"), basis=IDENTITY)
    return found


def choices(found: Sequence[Organization] | QuerySet[Organization]) -> list[tuple[str, str]]:
    """For a select: id and name."""
    return [(str(body.pk), body.name) for body in found]
