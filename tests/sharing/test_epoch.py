"""What was compiled before a change is looked at again after it (CD2016-34)."""

from django.db import transaction

from govshare.kernel.clock import utc_now
from govshare.sharing import queries
from govshare.sharing.services import grants
from tests.cast import assemble
from tests.sharing.office import Office


def test_the_epoch_rises_once_with_every_transaction_that_changes_what_plans_are_made_of(own_database):
    office = Office(assemble(utc_now()))
    entry = office.with_route(office.unconditional())
    grant = office.granted(entry)
    plan = queries.plan(grant.pk, now=office.now)
    assert queries.plan(grant.pk, now=office.now) == plan
    assert queries.epoch() == plan.epoch

    with transaction.atomic():
        office.with_route(entry, capital="capital_cny")
    after_route = queries.epoch()
    still = queries.stands(plan, now=office.now)
    with transaction.atomic():
        office.with_route(entry, capital="capital_cny", name="full_name")
    broken = queries.stands(plan, now=office.now)
    with transaction.atomic():
        grants.confirm(grant=grant.pk, by=office.provider, now=office.now)
        before_commit = queries.epoch()

    assert after_route == plan.epoch + 1
    assert still  # an item that was not granted may move
    assert not broken
    assert before_commit == after_route + 1
    assert queries.epoch() == after_route + 2
