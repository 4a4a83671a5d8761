"""Entries follow their department's successor; search follows new names."""

import pytest

from govshare.catalog import queries
from govshare.catalog.models import Entry, Step
from govshare.catalog.services import upkeep
from govshare.duties import queries as duties
from govshare.kernel.roles import Role
from govshare.organizations.services import bodies
from tests.catalog.world import Desk

pytestmark = pytest.mark.django_db


@pytest.mark.article("PC-10")
def test_a_merged_departments_entries_go_on_in_the_one_that_takes_over(desk: Desk):
    entry = desk.listed()
    former, heir = desk.cast.organization("provider"), desk.cast.organization("recipient")
    bodies.merge(
        predecessors=[former.pk],
        into=heir.pk,
        document="成办发\u30142026\u30159号",
        by=desk.cast.actor("authority", Role.SYSTEM_ADMIN),
        now=desk.now,
    )

    moved = upkeep.follow_successions(now=desk.now)

    assert (moved, upkeep.follow_successions(now=desk.now)) == (1, 0)
    assert Entry.objects.get(pk=entry.pk).provider == heir
    assert [hit.provider for hit in queries.search(provider=heir.pk).hits] == [heir.pk]
    assert duties.find("catalog:access-route", entry.code).owner == str(heir.pk)
    assert Step.objects.filter(entry=entry).last().action == "catalog:entry:take-over"
    assert queries.listed(entry.pk).organization == str(heir.pk)


@pytest.mark.article("PC-10")
def test_search_follows_a_departments_new_name(desk: Desk):
    desk.listed()
    body = desk.cast.organization("provider")
    bodies.rename(
        organization=body.pk,
        name="成都市企业服务和市场管理局",
        short_name="市企管局",
        document="成办发\u30142026\u301510号",
        by=desk.cast.actor("authority", Role.SYSTEM_ADMIN),
        now=desk.now,
    )

    assert upkeep.renew_search() == 1

    assert queries.search("企业服务").total == 1
    assert queries.search("市场监督管理局").total == 0
