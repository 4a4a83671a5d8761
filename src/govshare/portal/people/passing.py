"""What somebody leaves behind: posts, drafts in progress, demands begun; it stays with organization and role."""

from dataclasses import dataclass
from datetime import date

from govshare.catalog.models import Revision
from govshare.catalog.rules.choices import PENDING
from govshare.organizations.models import Appointment, Filing, Person
from govshare.sharing.models import Demand
from govshare.sharing.rules.demands import OPEN


@dataclass(frozen=True, slots=True)
class Passing:
    """Everything a colleague goes on with."""

    posts: tuple[Appointment, ...]
    drafts: tuple[Revision, ...]
    demands: tuple[Demand, ...]
    filings: tuple[Filing, ...]

    @property
    def nothing(self) -> bool:
        return not (self.posts or self.drafts or self.demands or self.filings)


def of(person: Person, *, on: date) -> Passing:
    """Posts held or to come; drafts the person wrote in; demands drafted; filings the authority has not answered."""
    posts = person.appointments.filter(ended_at=None).select_related("organization").order_by("starts_on")
    drafts = Revision.objects.filter(entry__provider=person.organization_id, status__in=PENDING, editors__contains=[str(person.pk)])
    demands = Demand.objects.filter(recipient=person.organization_id, drafted_by=str(person.pk), status__in=OPEN)
    return Passing(
        posts=tuple(post for post in posts if post.ends_on is None or post.ends_on >= on),
        drafts=tuple(drafts.select_related("entry").order_by("entry__code")),
        demands=tuple(demands.order_by("number")),
        filings=tuple(Filing.objects.filter(person=person, answered_at=None)),
    )
