"""The calendar of deliveries: by day, and only for who may know (CD2016-28)."""

import pytest

from govshare.exchange.models import Run
from govshare.exchange.queries import days
from govshare.kernel.clock import utc_now
from govshare.kernel.roles import Role
from tests.sharing.conftest import office
from tests.sharing.office import Office

__all__ = ["office"]


@pytest.mark.article("CD2016-28", "CD2016-36")
def test_a_delivery_stands_on_its_day_for_both_sides_and_for_nobody_else(counter):
    run = counter.delivered()
    entry, cast, now = run.transfer.grant.entry_id, counter.office.cast, utc_now()

    provider, recipient, third = (
        days.deliveries(entry, by=cast.actor(who, Role.RESOURCE_ADMIN), now=now) for who in ("provider", "recipient", "third")
    )

    assert Run.objects.count() == 1
    assert (len(provider), provider[-1].delivered, provider[-1].undone) == (days.DAYS, 1, 0)
    assert sum(day.delivered + day.undone for day in provider) == 1
    assert recipient == provider
    assert third == ()


@pytest.mark.django_db
def test_without_any_run_there_is_no_calendar(office: Office):
    entry = office.granted(office.conditional()).entry_id

    assert days.deliveries(entry, by=office.provider, now=office.now) == ()
