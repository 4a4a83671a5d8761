"""Which organization answers now for what another one once asked for or provided (mergers and splits)."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from uuid import UUID

from govshare.catalog import queries as catalog
from govshare.catalog.queries import ListedEntry
from govshare.organizations import queries as organizations
from govshare.sharing.models import Demand, Grant
from govshare.sharing.rules import GrantFacts, Side


def answering(organization_id: UUID | str, matter: UUID) -> str:
    """Id, as text, of who answers now for ``matter`` of an organization."""
    if not any(each.predecessor == UUID(str(organization_id)) for each in organizations.successions()):
        return str(organization_id)
    return str(organizations.successor(organization_id, matter=str(matter)).pk)


def side(demand: Demand, which: Side) -> str:
    """Id, as text, of the organization that stands on that side of the demand now."""
    ids = {Side.RECIPIENT: demand.recipient_id, Side.PROVIDER: demand.provider_id, Side.AUTHORITY: demand.authority_id}
    return answering(ids[which], demand.id)


def houses(organization_id: str) -> set[UUID]:
    """The organization and all that were merged into it or it was split from."""
    return organizations.houses(organization_id)


def facts(grant: Grant) -> GrantFacts:
    """The grant as a value, between the organizations that answer for it now."""
    return grant.facts(provider=answering(grant.provider_id, grant.id), recipient=answering(grant.recipient_id, grant.id))


def listed(entry_id: UUID) -> ListedEntry:
    """The entry as listed, under the organization that answers for it now; raises as ``catalog.queries.listed``."""
    return _answered_for(catalog.listed(entry_id))


def listed_of(entries: Iterable[UUID]) -> Mapping[UUID, ListedEntry]:
    """The same for many, by id; what is not listed is left out."""
    return {key: _answered_for(entry) for key, entry in catalog.listed_of(entries).items()}


def _answered_for(entry: ListedEntry) -> ListedEntry:
    return replace(entry, organization=answering(entry.organization, entry.id))
