"""Access routes: which one stands, whether it covers an entry, which listed entries lack one (CD2016-19)."""

from dataclasses import dataclass
from datetime import date

from govshare.catalog.models import Entry, Listing, Revision, Route
from govshare.catalog.queries import contents
from govshare.catalog.rules.choices import IN_CATALOG
from govshare.catalog.rules.contents import ItemContent
from govshare.duties import queries as duties
from govshare.kernel.errors import WrongState
from govshare.kernel.memory import remembered
from govshare.regulation.articles import cite

ACCESS_ROUTE = "catalog:access-route"


@dataclass(frozen=True, slots=True)
class MissingInterface:
    """The mark 接口未提供 with its due date."""

    due_on: date
    provisional: bool
    overdue: bool


@remembered
def standing(entry: Entry) -> Route | None:
    return Route.objects.filter(entry=entry, replaced_at=None).prefetch_related("columns").first()


def items_to_read(entry: Entry) -> tuple[ItemContent, ...]:
    """The items a route must read: of what is listed, else published, else drafted; a draft's new items as well."""
    listing = Listing.objects.select_related("listed").filter(entry=entry, status__in=IN_CATALOG).first()
    shown = (listing and listing.listed) or contents.published(entry)
    pending = contents.pending(entry)
    items = {item.id: item for revision in (pending, shown) if revision for item in contents.snapshot(revision).items}
    if not items:
        raise WrongState(f"“{entry.code}”没有可以绑定的信息项", basis=cite("CD2016-19"))
    return tuple(items.values())


def covers(revision: Revision) -> bool:
    """Whether the standing route passed its test and reads every item of ``revision``."""
    route = standing(revision.entry)
    if route is None or not route.test_passed:
        return False
    bound = {column.item for column in route.columns.all()}
    return {item.item for item in revision.items.all()} <= bound


def missing_interface(entry: Entry, *, today: date) -> MissingInterface | None:
    """The open duty to provide an access interface, if there is one."""
    duty = duties.find(ACCESS_ROUTE, entry.code)
    return MissingInterface(duty.due_on, duty.provisional, duty.overdue(today)) if duty and duty.open else None
