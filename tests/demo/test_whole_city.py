"""The whole city, as ``govshare demo`` makes it: as large as a city, in every state there is, and alive for everybody who signs in."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from govshare.catalog.rules.choices import ListingStatus, Status
from govshare.demo.roster import BODIES
from govshare.kernel.roles import Role
from govshare.operations.cluster import Cluster
from govshare.sharing.rules import DemandStatus, GrantStatus
from tests.browser.people import EVERY_ROLE
from tests.browser.plain import Visitor
from tools.demonstration import Demonstration, demonstration

#: Comes only where somebody asks for what is about to leave the catalog.
RARE = {DemandStatus.LAPSED}


@pytest.fixture(scope="module")
def whole() -> Iterator[Demonstration]:
    with tempfile.TemporaryDirectory(prefix="gsw-", dir="/tmp") as place:
        Path(place).chmod(0o711)  # as root, the database server is another account
        with demonstration(Path(place) / "city") as running:
            yield running


@pytest.fixture(scope="module")
def asked(whole):
    """``asked("SELECT …")``: the first column."""
    with psycopg.connect(Cluster(whole.home).url("app")) as connection:
        yield lambda statement: [row[0] for row in connection.execute(statement)]


@pytest.mark.long
@pytest.mark.article("CD2016-4", "CD2016-14", "CD2016-16", "CD2016-22")
def test_the_whole_city_is_as_large_as_a_city_and_in_every_state(asked):
    (departments,) = asked("SELECT count(*) FROM organizations_organization WHERE tier = 'city' AND kind = 'department'")
    (districts,) = asked("SELECT count(DISTINCT region) FROM organizations_organization WHERE tier = 'district'")
    (entries,) = asked("SELECT count(*) FROM catalog_entry")

    assert len(asked("SELECT id FROM organizations_organization")) == len(BODIES)
    assert (departments >= 30, districts, entries >= 300) == (True, 22, True)
    assert set(asked("SELECT DISTINCT status FROM catalog_revision")) == set(Status.values)
    assert set(asked("SELECT DISTINCT status FROM catalog_listing")) == set(ListingStatus.values)
    assert set(asked("SELECT DISTINCT status FROM sharing_demand")) >= set(DemandStatus.values) - RARE
    assert set(asked("SELECT DISTINCT status FROM sharing_grant")) == set(GrantStatus.values)
    assert set(asked("SELECT DISTINCT test_passed FROM sources_frontdatabase")) == {True, False}
    assert asked("SELECT id FROM duties_duty_change WHERE act = 'extend'")
    assert asked("SELECT id FROM sharing_notice WHERE kind = 'changed'")


@pytest.mark.long
@pytest.mark.article("CD2016-35")
@pytest.mark.parametrize("sitter", EVERY_ROLE, ids=str)
def test_the_first_screen_of_every_role_is_alive(whole, sitter):
    visitor = Visitor(whole, sitter.stem)

    answer = visitor.get("/")

    visitor.line.close()
    assert answer.status == 200
    if sitter.role is Role.SYSTEM_ADMIN:  # no task of the platform's is theirs; the screen says so instead of staying empty
        assert "没有等您办理的事项" in answer.text
    else:
        assert "data-line" in answer.text, "nothing waits for them"
    assert "Traceback" not in answer.text
