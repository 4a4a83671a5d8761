"""Deliveries in numbers, and who may know who uses what."""

from uuid import uuid4

import pytest

from govshare.exchange import queries
from govshare.exchange.models import Run
from govshare.exchange.queries import statistics, usage
from govshare.kernel.clock import local_date, utc_now
from govshare.kernel.errors import NotFound, NotYours
from govshare.kernel.roles import Role
from tests.exchange.counter import ROWS
from tests.sharing.conftest import office
from tests.sharing.office import Office

__all__ = ["office"]


@pytest.mark.article("CD2016-26", "CD2016-28", "CD2016-36")
def test_a_delivery_counts_for_both_sides_and_only_provider_and_authority_see_who_took_it(counter):
    run = counter.delivered()
    grant, cast = run.transfer.grant, counter.office.cast
    today, now = local_date(utc_now()), utc_now()

    month = statistics.monthly(today, today)[0][1]
    provider = usage.usage(grant.entry_id, by=cast.actor("provider", Role.RESOURCE_ADMIN), now=now)
    authority = usage.usage(grant.entry_id, by=cast.actor("authority", Role.AUTHORITY), now=now)
    recipient = usage.usage(grant.entry_id, by=cast.actor("recipient", Role.REGISTRAR), now=now)
    third = usage.usage(grant.entry_id, by=cast.actor("third", Role.REGISTRAR), now=now)

    assert (month.deliveries, month.rows, month.undone) == (1, ROWS, 0)
    assert month.bytes == Run.objects.get(pk=run.pk).bytes_done > 0
    assert statistics.per_organization(today, today, side="provider")[grant.provider_id] == month
    assert statistics.per_organization(today, today, side="recipient")[grant.recipient_id] == month
    assert [(use.organization, use.rows, use.active_grants) for use in provider.users] == [(grant.recipient_id, ROWS, 1)]
    assert provider.users == authority.users
    assert provider.withheld is authority.withheld is None
    assert recipient.own == provider.users[0]
    assert str(recipient.withheld.basis) == str(third.withheld.basis) == "CD2016-28"
    assert (third.users, third.own) == ((), None)


@pytest.mark.django_db
@pytest.mark.article("CD2016-28")
def test_the_ranking_of_users_is_for_the_provider_and_its_own_authority(office: Office):
    entry = office.granted(office.conditional()).entry

    usage.permit(entry.pk, by=office.provider)
    usage.permit(entry.pk, by=office.authority)
    for stranger in (office.registrar, office.actor("third", Role.LEADER), office.actor("district_authority", Role.AUTHORITY)):
        with pytest.raises(NotYours) as refusal:
            usage.permit(entry.pk, by=stranger)
        assert str(refusal.value.basis) == "CD2016-28"
    with pytest.raises(NotFound):
        usage.permit(uuid4(), by=office.provider)


@pytest.mark.django_db
def test_where_nothing_was_delivered_months_are_empty(office: Office):
    assert statistics.monthly(office.today, office.today, organizations=[])[0][1] == statistics.Delivered()
    assert statistics.per_organization(office.today, office.today, side="provider") == {}


@pytest.mark.article("CD2016-28")
def test_a_districts_authority_sees_the_transfers_of_its_own_departments_only(counter):
    transfer, cast = counter.delivered().transfer, counter.office.cast

    seen = {
        who: transfer in queries.visible(cast.actor(who, role))
        for who, role in (
            ("provider", Role.REGISTRAR),
            ("recipient", Role.REGISTRAR),
            ("authority", Role.AUTHORITY),
            ("third", Role.REGISTRAR),
            ("district_authority", Role.AUTHORITY),
        )
    }

    assert seen == {"provider": True, "recipient": True, "authority": True, "third": False, "district_authority": False}
