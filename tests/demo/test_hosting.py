"""The made-up city's hosted table: kept by a small department through the services, and read like any source."""

import pytest

from govshare.demo.catalog_plan import RESOURCES
from govshare.demo.city.hosting import BODY, NAME
from govshare.demo.roster import AUTHORITY, BODIES
from govshare.hosting import queries
from govshare.hosting.models import HostedTable
from govshare.kernel.roles import Role


@pytest.mark.article("CD2016-27")
def test_a_department_without_a_database_keeps_its_table_on_the_platform(building, hosting):
    roster = tuple(body for body in BODIES if body in {AUTHORITY} or body.key in {"jinjiang", "market", BODY})
    resources = [resource for resource in RESOURCES if (resource.body.key, resource.name) == (BODY, NAME)]

    with building(front_ends=None, roster=roster, resources=resources, wants=()) as built:
        table = HostedTable.objects.get()

        assert table.rows == 142
        assert queries.is_source(table)
        assert [upload.status for upload in table.uploads.all()] == ["applied", "applied"]
        assert queries.quarantined(table) == 1
        assert {line.kind for line in queries.acts(table)} == {"hosting:upload:apply", "hosting:bad-row:mend", "hosting:row:add"}
        assert queries.own(table.pk, by=built.city.actor(roster[-1], Role.RESOURCE_ADMIN)) == table
