"""What is asked of the log in the query string, and what it narrows to."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, timedelta
from uuid import UUID

from django.http import QueryDict
from django.utils.translation import gettext as _

from govshare.archive.search.criteria import Criteria
from govshare.kernel.actor import Actor
from govshare.kernel.clock import begins
from govshare.organizations import queries as organizations
from govshare.organizations.models import Organization, Person, System
from govshare.portal.receipts.reading import OUTCOMES
from govshare.portal.receipts.words import SUBJECTS, action_words
from govshare.sharing.models import Grant

LONGEST = 200  # characters of a condition that are looked at
SIDES = {"ours": "recipient", "theirs": "provider"}
TAKING = "exchange:"  # what actions that take data begin with
_SHOWN_HASH = 8


@dataclass(frozen=True, slots=True)
class Filters:
    """Each as it stands in the query string; empty: not asked. ``subject`` is a keyed hash, never a number."""

    side: str = ""
    action: str = ""
    outcome: str = ""
    who: str = ""
    organization: str = ""
    about: str = ""
    resource: str = ""
    grant: str = ""
    subject: str = ""
    since: str = ""
    until: str = ""

    @classmethod
    def of(cls, query: QueryDict) -> "Filters":
        return cls(**{each.name: query.get(each.name, "").replace("\0", "").strip()[:LONGEST] for each in fields(cls)})

    @property
    def asked(self) -> dict[str, str]:
        """Those that are given."""
        return {each.name: value for each in fields(self) if (value := getattr(self, each.name))}

    @property
    def wrong(self) -> str:
        """What is said of days that are none; they are shown and not used."""
        bad = [value for value in (self.since, self.until) if value and _day(value) is None]
        return _("日期应写作 2026-01-31") if bad else ""

    def criteria(self, by: Actor) -> Criteria:
        """Both days are included."""
        since, until = _day(self.since), _day(self.until)
        return Criteria(
            subject=self.subject,
            actors=_actors(self.who) if self.who else None,
            organization=self.organization,
            about=self.about,
            resource=self.resource,
            grant=self.grant,
            grants=_grants(self.side, by) if self.side in SIDES else None,
            action=self.action or (TAKING if self.side in SIDES else ""),
            outcome=self.outcome,
            since=begins(since) if since else None,
            until=begins(until + timedelta(days=1)) if until and until < date.max else None,
        )


def chips(filters: Filters) -> list[tuple[str, str, str]]:
    """Name, label and value of every condition, to take back."""
    labels = {
        "action": _("办理"),
        "outcome": _("结果"),
        "who": _("经办"),
        "organization": _("经办部门"),
        "about": _("事项"),
        "resource": _("信息资源"),
        "grant": _("授权"),
        "subject": _("查询对象"),
        "since": _("自"),
        "until": _("至"),
    }
    return [(name, labels[name], shown(name, value)) for name, value in filters.asked.items() if name in labels]


def shown(name: str, value: str) -> str:
    """A condition's value in words."""
    if name == "action":
        return str(SUBJECTS.get(value, "")) or action_words(value)
    if name == "outcome":
        return _(OUTCOMES.get(value, value))
    if name == "organization":
        return bodies([value]).get(value, value)
    if name == "subject":
        return _("密钥摘要 …%(tail)s") % {"tail": value[-_SHOWN_HASH:]}
    if name == "who" and _uuid(value):
        return _name(value)
    return value


def bodies(ids: list[str]) -> Mapping[str, str]:
    """Short names of organizations by id; the platform's own entries have none."""
    found = Organization.objects.filter(pk__in=[each for each in ids if _uuid(each)]).values_list("pk", "short_name")
    return {"": _("共享平台"), **{str(key): name for key, name in found}}


def _name(actor: str) -> str:
    """Of a person or system; an id that names none (any more) stays as it is."""
    person = Person.objects.filter(pk=actor).first()
    system = None if person else System.objects.filter(pk=actor).first()
    return person.name if person else system.name if system else actor


def _actors(who: str) -> tuple[str, ...]:
    """Ids of whoever is called so; an id stands for itself."""
    if _uuid(who):
        return (who,)
    people = Person.objects.filter(name=who).values_list("pk", flat=True)
    systems = System.objects.filter(name=who).values_list("pk", flat=True)
    return tuple(str(key) for key in (*people, *systems))


def _grants(side: str, by: Actor) -> tuple[str, ...]:
    """Numbers of the grants under which the department takes, or gives (PC-122)."""
    mine = organizations.at(by.organization, SIDES[side])
    return tuple(Grant.objects.filter(mine).order_by("number").values_list("number", flat=True))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _uuid(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False
