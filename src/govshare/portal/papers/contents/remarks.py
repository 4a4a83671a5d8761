"""What was asked to be corrected, place by place 「逐处意见」, as the filing form prints it (CD2016-15, 16)."""

from collections.abc import Iterable, Mapping

from django.conf import settings
from django.utils.translation import override

from govshare.catalog.models import PlacedRemark, Step
from govshare.catalog.queries import RevisionView
from govshare.catalog.rules.workflows import LISTING, VERIFICATION
from govshare.organizations import queries as organizations
from govshare.papers.rules.forms import Table
from govshare.portal.cataloguing.words import place_said
from govshare.portal.papers.contents.prepared import signed

_SETTLED = frozenset({LISTING["confirm"].action, LISTING["adjust"].action, VERIFICATION["verify"].action})
_HEAD = ("版次", "处", "意见", "提出")


def remarks_table(history: Iterable[Step], revisions: Iterable[RevisionView], *, number: int) -> tuple[Table, ...]:
    """The remarks on revision ``number`` and on those before it since the authority last agreed; no table where there were none."""
    said = {each.number: each for each in revisions}
    found: list[tuple[str, ...]] = []
    for step in history:
        if step.revision > number:
            continue
        if step.action in _SETTLED and step.revision < number:
            found.clear()
        found += [_row(step, remark, said) for remark in step.remarks.all()]
    return (Table("逐处意见", _HEAD, tuple(found)),) if found else ()


def _row(step: Step, remark: PlacedRemark, said: Mapping[int, RevisionView]) -> tuple[str, ...]:
    organization = organizations.get(step.organization).name if step.organization else ""
    with override(settings.LANGUAGE_CODE):  # a paper is Chinese, whatever its reader's language
        place = place_said(remark.place, said[step.revision].snapshot) if step.revision in said else remark.place
    return (f"第 {step.revision} 版", place, remark.text, signed(step.taken_by_name, organization, step.taken_at))
