"""When a source counts as shrunken, and how long is left."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govshare.exchange.rules import least_rows, pace


@pytest.mark.article("PC-51")
@pytest.mark.parametrize(
    ("before", "accepted", "least"),
    [(None, None, 1), (0, None, 1), (1, None, 1), (100, None, 50), (101, None, 51), (100, 0, 0), (100, 10, 5)],
)
def test_fewer_rows_than_half_of_last_time_or_none_at_all_are_too_few_unless_confirmed(before, accepted, least):
    assert least_rows(before=before, accepted=accepted, percent=50) == least


@given(before=st.integers(0, 10**9), percent=st.integers(0, 100))
def test_what_was_delivered_last_time_is_never_too_few(before, percent):
    assert least_rows(before=before, accepted=None, percent=percent) <= max(before, 1)


def test_the_time_left_is_what_the_rest_takes_at_the_pace_so_far():
    assert pace(rows=1000, share=0.25, elapsed=timedelta(seconds=10)) == (100.0, 30.0)
    assert pace(rows=0, share=0.0, elapsed=timedelta(seconds=10)) == (0.0, None)
    assert pace(rows=10, share=0.5, elapsed=timedelta(0)) == (0.0, None)
