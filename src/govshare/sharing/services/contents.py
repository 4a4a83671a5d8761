"""Putting a demand's elements into its rows, and holding them against the entry as listed."""

from datetime import date, datetime
from uuid import UUID

from govshare.catalog.queries import ListedEntry
from govshare.duties import queries as duties
from govshare.kernel.clock import local_date
from govshare.kernel.errors import Fault, Invalid, WrongState
from govshare.regulation.secrecy import refuse_secret
from govshare.sharing.models import Demand, DemandItem, Grant
from govshare.sharing.queries import drafting, parties
from govshare.sharing.rules import Elements, Kind, Side, Way, way
from govshare.sharing.rules.elements import FIVE_ELEMENTS, LONGEST, faults, storage_faults
from govshare.sharing.rules.grants import FOLLOWS_CATALOG, obstacles
from govshare.sharing.rules.plans import check_running

_RENEWAL_MAY_CHANGE = {"ends_on", "duty_basis", "items"}


def write(demand: Demand, elements: Elements, listed: ListedEntry, *, writer: str) -> None:
    """Fill the demand (not saved) and its items (saved); nothing secret, nothing that cannot be kept."""
    check_storable(elements, listed)
    for name in ("application", "mode", "ends_on", "duty_basis", "purpose", "quota_per_day", "case_number_required"):
        setattr(demand, name, getattr(elements, name))
    demand.users = list(elements.users)
    demand.conditions = [row.as_json() for row in elements.conditions]
    demand.revision, demand.entry_name, demand.published_terms = listed.revision, listed.name, listed.terms
    demand.writers = list(dict.fromkeys([*demand.writers, writer]))


def check_storable(elements: Elements, listed: ListedEntry) -> None:
    refuse_secret(elements.texts())
    known = {item.id for item in listed.items}
    found = storage_faults(elements)
    found += [Fault(f"items[{n}]", "没有这个信息项") for n, item in enumerate(elements.items) if item not in known]
    if len(set(elements.items)) < len(elements.items):
        found.append(Fault("items", "信息项重复，请删去重复的"))
    if found:
        raise Invalid("需求内容有误，请按所指之处改正", basis=FIVE_ELEMENTS, faults=found)


def write_items(demand: Demand, items: tuple[UUID, ...], listed: ListedEntry) -> None:
    """Replace the items asked for; the demand is saved already."""
    names = {item.id: item.name for item in listed.items}
    demand.items.all().delete()
    DemandItem.objects.bulk_create(
        DemandItem(demand=demand, position=position, item=item, name=names[item]) for position, item in enumerate(items)
    )


def check_complete(demand: Demand, listed: ListedEntry, *, now: datetime) -> Way:
    """Raise unless the demand could be raised today on the entry as listed; tell which way it goes."""
    chosen = way(listed, parties.side(demand, Side.RECIPIENT))
    if listed.revision != demand.revision:
        raise WrongState(f"“{listed.name}”已发布第 {listed.revision} 版，请按新版核对所需信息后再提交", basis=FOLLOWS_CATALOG)
    today = local_date(now)
    found = faults(demand.elements(), listed, today=today, longest=duties.parameter(str(LONGEST)))
    if demand.renews:
        found += _renewal_faults(demand, demand.renews, listed, today)
    if found:
        raise Invalid("需求内容不全或有误，请按所指之处改正", basis=FIVE_ELEMENTS, faults=found)
    return chosen


def _renewal_faults(demand: Demand, grant: Grant, listed: ListedEntry, today: date) -> list[Fault]:
    given = parties.facts(grant)
    check_running(given, today)
    if obstacles(given, listed):
        raise WrongState(f"授权 {grant.number} 所依据的资源已变更，不能续期，请重新申请", basis=FOLLOWS_CATALOG)
    before, after = drafting.of_grant(grant), demand.elements()
    names = [name for name in Elements.__dataclass_fields__ if name not in _RENEWAL_MAY_CHANGE]
    found = [
        Fault(name, "续期只能改截止时间和履职依据，其他变动请申请变更授权")
        for name in names
        if getattr(before, name) != getattr(after, name)
    ]
    if set(before.items) != set(after.items):
        found.append(Fault("items", "续期不能增减信息项，请申请变更授权"))
    if demand.kind == Kind.RENEWAL and demand.ends_on and demand.ends_on <= grant.ends_on:
        found.append(Fault("ends_on", f"续期后的截止时间应晚于 {grant.ends_on.isoformat()}"))
    return found
