"""The catalog in numbers: each entry once a month, no month left out, the standing as it is now."""

from datetime import datetime, timedelta

import pytest

from govshare.catalog import services
from govshare.catalog.models import Step
from govshare.catalog.queries import statistics
from govshare.catalog.queries.statistics import Growth
from govshare.kernel.clock import local_date
from tests.catalog.world import Desk, not_shared, version

pytestmark = [pytest.mark.django_db, pytest.mark.article("CD2016-6")]


def _moved(desk: Desk, now: datetime) -> Desk:
    moved = Desk(desk.cast, desk.who)
    moved.now = now
    return moved


def test_each_month_says_what_happened_in_it(desk: Desk):
    today = local_date(desk.now)
    earlier = _moved(desk, desk.now - timedelta(days=365))
    earlier.listed(name="去年登记的")
    desk.listed(name="今年登记的")
    retired = desk.published(name="停用的")
    services.retire(entry=retired.pk, reason="职能划出", expected_version=version(retired), by=desk.reviewer, now=desk.now)
    desk.draft(name="草稿")

    series = statistics.monthly(local_date(earlier.now), today)

    assert len(series) == 13
    assert series[0][1] == Growth(registered=1, submitted=1, published=1, listed=1)
    assert series[-1][1] == Growth(registered=3, submitted=2, published=2, listed=1, delisted=0, retired=1)
    assert all(growth == Growth() for _, growth in series[1:-1])
    assert statistics.monthly(today, today, providers=[])[0][1] == Growth()
    assert Step.objects.count() > sum(growth.registered for _, growth in series)


def test_an_entry_submitted_twice_in_a_month_counts_once(desk: Desk):
    entry = desk.draft()
    desk.submit(entry)
    services.withdraw(entry=entry.pk, expected_version=version(entry), by=desk.registrar, now=desk.now)
    desk.submit(entry)

    found = statistics.per_provider(local_date(desk.now), local_date(desk.now))

    assert found == {entry.provider_id: Growth(registered=1, submitted=1)}


def test_the_standing_counts_entries_where_they_are(desk: Desk):
    desk.draft(name="草稿")
    desk.submit(desk.draft(name="待审"))
    desk.published(name="待确认")
    listed = desk.listed(name="已列入")
    desk.edit(listed, abstract="修改中的")
    secret = desk.published(name="不予共享的", **not_shared())
    services.verify_not_shared(entry=secret.pk, expected_revision=1, by=desk.authority, now=desk.now)

    now = statistics.standing(providers=[listed.provider_id])

    assert (now.drafts, now.in_review, now.published) == (2, 1, 3)
    assert (now.filed, now.listed, now.without_interface) == (1, 1, 1)
    assert (now.verification_pending, now.not_shared, now.retired) == (0, 1, 0)
    assert statistics.standing(providers=[]).published == 0
