"""Numbers of platform conventions are set by the authority, with a reason, and never rewritten (PC-06)."""

import pytest

from govshare.audit.models import Entry
from govshare.duties import queries, services
from govshare.duties.models import Parameter
from govshare.kernel.errors import Invalid, NotFound, NotYours, WrongState
from govshare.regulation.conventions import CONVENTIONS
from tests.duties.world import AUTHORITY, OFFICER, at

NUMBERED = next(row for row in CONVENTIONS.values() if row.default is not None)
pytestmark = [pytest.mark.django_db, pytest.mark.article("PC-06")]


def put(value=7, *, number=NUMBERED.number, reason="试行期从宽", by=AUTHORITY, now=None):
    return services.set_parameter(number=number, value=value, reason=reason, by=by, now=now or at(2026, 9, 17))


def test_a_new_platform_starts_with_the_default():
    assert queries.parameter(NUMBERED.number) == NUMBERED.default


def test_the_last_number_set_is_in_force_and_the_history_stays():
    put(7)
    put(9, now=at(2026, 9, 18))

    assert queries.parameter(NUMBERED.number) == 9
    assert list(Parameter.objects.order_by("since").values_list("value", "by", "reason")) == [
        (7, "p-9", "试行期从宽"),
        (9, "p-9", "试行期从宽"),
    ]
    assert Entry.objects.filter(action="duties:parameter:set").count() == 2


def test_only_the_authority_sets_numbers_and_says_why():
    with pytest.raises(NotYours):
        put(by=OFFICER)
    with pytest.raises(Invalid, match="理由"):
        put(reason=" ")

    assert not Parameter.objects.exists()


@pytest.mark.parametrize("number", [row.number for row in CONVENTIONS.values() if row.default is not None])
def test_no_number_can_be_set_that_locks_everybody_out_or_cannot_be_counted(number):
    row = CONVENTIONS[number]
    for wrong in (row.least - 1, row.most + 1, 10**30):
        with pytest.raises(Invalid, match=f"应在{row.least}至{row.most}之间"):
            put(wrong, number=number)

    put(row.least, number=number)
    put(row.most, number=number, now=at(2026, 9, 18))

    assert queries.parameter(number) == row.most
    assert row.least <= row.default <= row.most


def test_a_number_is_not_set_in_the_past():
    put(7)

    with pytest.raises(WrongState):
        put(9, now=at(2026, 9, 16))


def test_who_sets_the_number_that_another_set_a_moment_before_gets_that_one():
    first = put(7)

    assert put(7, now=at(2026, 9, 16)) == first
    assert Entry.objects.filter(action="duties:parameter:set").count() == 1


def test_a_convention_without_a_number_has_none_to_set():
    for number in ("PC-01", "PC-00"):
        with pytest.raises(NotFound):
            put(number=number)
    with pytest.raises(ValueError, match="carries no number"):
        queries.parameter("PC-01")
