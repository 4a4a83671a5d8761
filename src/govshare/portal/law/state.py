"""Conventions as they are in force, and who changed what."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from govshare.duties import queries
from govshare.duties.models import Parameter
from govshare.duties.queries import counts
from govshare.organizations.models import Person
from govshare.regulation.convention import Convention
from govshare.regulation.conventions import CONVENTIONS

#: First number of each group, and what it is about.
GROUPS: tuple[tuple[int, str | Promise], ...] = (
    (1, _("期限与时钟")),
    (10, _("机构、人员与证书")),
    (20, _("目录与前置库")),
    (30, _("需求与授权")),
    (50, _("交换")),
    (60, _("存证与文书")),
    (70, _("接口")),
    (80, _("门户")),
    (90, _("演示")),
)


@dataclass(frozen=True, slots=True)
class ConventionNow:
    """A convention, with its number in force and the change that set it, if any."""

    row: Convention
    value: int | None
    set_by: Parameter | None

    @property
    def number(self) -> str:
        return self.row.number

    @property
    def article(self) -> int | None:
        return counts.article_of(self.row.number)

    @property
    def group(self) -> str | Promise:
        ordinal = int(self.row.number.removeprefix("PC-"))
        return next(label for first, label in reversed(GROUPS) if first <= ordinal)

    @property
    def unit(self) -> str:
        """In the reader's language."""
        return gettext(self.row.unit) if self.row.unit else ""

    @property
    def changed(self) -> bool:
        return self.value != self.row.default

    @property
    def since(self) -> datetime | None:
        return self.set_by.since if self.set_by else None

    @property
    def searched(self) -> str:
        return "\n".join((self.row.number, self.row.title, self.row.text)).lower()


def conventions_now() -> list[ConventionNow]:
    """All of them, in the order of their numbers."""
    latest = queries.parameters_set()
    return [_now(row, latest.get(row.number)) for row in sorted(CONVENTIONS.values(), key=lambda row: int(row.number.removeprefix("PC-")))]


def convention_now(number: str) -> ConventionNow | None:
    if number not in CONVENTIONS:
        return None
    return _now(CONVENTIONS[number], queries.parameters_set().get(number))


def _now(row: Convention, latest: Parameter | None) -> ConventionNow:
    return ConventionNow(row, latest.value if latest else row.default, latest)


def names_of(people: Collection[str]) -> dict[str, str]:
    """Names by the id under which an act was done; the platform's own acts are its own."""
    ids = [UUID(person) for person in people if _is_id(person)]
    found = {str(key): name for key, name in Person.objects.filter(pk__in=ids).values_list("pk", "name")}
    return {person: found.get(person, str(_("共享平台"))) for person in people}


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
