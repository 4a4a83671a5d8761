"""One demand of a department on another's resource, and what becomes of it. Nothing here touches anything."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from govshare.demo.resources import Resource
from govshare.demo.roster import Body

#: What becomes of a demand, told in ``city.demands``; unconditional and in scope, every course that is passed on is granted at once.
Course = Literal[
    "draft",
    "checking",  # waits for the own administrator
    "returned",  # sent back by the own administrator
    "declined",
    "withdrawn",
    "accepting",  # outside the scope: waits for the authority
    "accepting_incomplete",  # the authority asked for material before accepting
    "supplemented",  # asked so, supplemented, accepted, granted
    "not_accepted",  # refused by the authority
    "deciding",  # waits for the provider
    "extended",  # the authority gave the provider more time
    "incomplete",  # the provider asked for completion
    "completed",  # asked, completed, granted
    "pressed",  # the provider's time passed, the authority's runs
    "urged",  # pressed by the authority, not answered yet
    "late",  # granted after its time had passed
    "refused",
    "partly",  # one item refused with its ground
    "granted",
]
#: What becomes of the grant.
After = Literal["", "renewed", "renewing", "given_up", "breached", "grounded", "overruled", "changed", "held_up"]


@dataclass(frozen=True, slots=True)
class Treated:
    """How an item is given when not plainly, and the words of the published terms that say why."""

    verdict: Literal["mask", "keyed_hash"]
    quote: str
    head: int = 0
    tail: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Want:
    """``items`` are columns of the resource; ``treated`` says which of them are given masked or hashed; ``ground`` is title and
    article. ``day`` as of a resource. The grant ends ``days`` after the demand was drafted, or ``ends_in`` days after the city's
    last day. ``runs``: deliveries under the grant, on working days after the first; ``mishap``: how the second one fails, as
    ``city.failures`` tells it."""

    body: Body
    resource: Resource
    items: tuple[str, ...]
    application: str
    users: tuple[str, ...]
    duty_basis: str
    purpose: str
    course: Course
    day: int
    days: int = 700
    ends_in: int | None = None
    after: After = ""
    mode: str = "table"
    runs: tuple[int, ...] = ()
    mishap: str = ""
    treated: Mapping[str, Treated] = field(default_factory=dict)
    ground: tuple[str, str] = ("", "")

    @property
    def id(self) -> str:
        return f"{self.body.key} {self.application} {self.resource.id}"
