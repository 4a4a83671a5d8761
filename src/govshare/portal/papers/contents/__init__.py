"""What each form says, built from the domain's queries as its asker may see them; a pure value that page and DOCX render alike."""

from collections.abc import Callable, Mapping
from datetime import datetime
from uuid import UUID

from govshare.kernel.actor import Actor
from govshare.papers.rules.kinds import PaperKind
from govshare.portal.papers.contents.administrators import administrator_form
from govshare.portal.papers.contents.demands import demand_form
from govshare.portal.papers.contents.entries import entry_form
from govshare.portal.papers.contents.grants import grant_form
from govshare.portal.papers.contents.prepared import Prepared

_BUILDERS: Mapping[PaperKind, Callable[..., Prepared]] = {
    PaperKind.ENTRY: entry_form,
    PaperKind.DEMAND: demand_form,
    PaperKind.GRANT: grant_form,
    PaperKind.ADMINISTRATOR: administrator_form,
}


def prepare(kind: PaperKind, matter: UUID, *, by: Actor, now: datetime) -> Prepared:
    """The form about ``matter`` (an entry, demand, grant or filing) as it stands now.

    Raises NotFound for what ``by`` may not see, WrongState for what is not yet fit for a paper.
    """
    return _BUILDERS[kind](matter, by=by, now=now)


__all__ = ["Prepared", "prepare"]
