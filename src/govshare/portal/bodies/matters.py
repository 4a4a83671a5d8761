"""What a split divides: entries with everything on them, and demands of one's own, as a person decides about them."""

from collections.abc import Iterator
from dataclasses import dataclass

from govshare.catalog.models import Entry, Revision
from govshare.organizations import queries as organizations
from govshare.organizations.models import Organization
from govshare.sharing.models import Demand, Grant
from govshare.sources.models import FrontDatabase


@dataclass(frozen=True, slots=True)
class Matter:
    """``together``: ids and numbers of all that goes with it, for rooms and duties."""

    key: str
    label: str
    together: tuple[str, ...]


def of(body: Organization) -> list[Matter]:
    """Entries with the demands and grants on them, own demands with their grants, front-end databases."""
    return [*_entries(body), *_own_demands(body), *_fronts(body)]


def _entries(body: Organization) -> Iterator[Matter]:
    names = dict(Revision.objects.filter(entry__provider=body).order_by("number").values_list("entry", "name"))
    for entry in Entry.objects.filter(provider=body).order_by("code"):
        demands = Demand.objects.filter(organizations.at(body.pk, "provider"), entry=entry).values_list("pk", "number")
        grants = Grant.objects.filter(organizations.at(body.pk, "provider"), entry=entry).values_list("pk", "number")
        together = (str(entry.pk), entry.code, *(str(part) for row in (*demands, *grants) for part in row))
        yield Matter(f"e{entry.pk.hex}", f"{entry.code} {names.get(entry.pk, '')}", together)


def _own_demands(body: Organization) -> Iterator[Matter]:
    for demand in Demand.objects.filter(organizations.at(body.pk, "recipient")).order_by("number"):
        grants = Grant.objects.filter(demand=demand).values_list("pk", "number")
        together = (str(demand.pk), demand.number, *(str(part) for row in grants for part in row))
        yield Matter(f"d{demand.pk.hex}", f"{demand.number} {demand.entry_name}", together)


def _fronts(body: Organization) -> Iterator[Matter]:
    for front in FrontDatabase.objects.filter(organization=body, retired_at=None).order_by("name"):
        yield Matter(f"f{front.pk.hex}", f"{front.get_purpose_display()} · {front.name}", (str(front.pk),))
