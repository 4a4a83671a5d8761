"""基础信息库 /base/: every base database with its lead unit and resources (CD2016-8)."""

import pytest

from govshare.catalog.models import Node
from govshare.kernel.roles import Role
from tests.portal.conftest import Site, text
from tests.portal.finding.conftest import statements
from tests.sharing.office import Office

pytestmark = [pytest.mark.django_db, pytest.mark.article("CD2016-8")]


def test_base_databases_stand_side_by_side_with_their_resources(site: Site, office: Office):
    office.conditional(name="企业登记信息", node="102001")
    office.conditional(name="参保信息", node="204001")

    page = text(site.visitor("recipient", Role.REGISTRAR).open("/base/"))

    assert "1 条基础信息资源" in page
    assert "企业登记信息" in page
    assert "参保信息" not in page
    assert "还没有列入的资源" in page


def test_the_lead_unit_is_named(site: Site, office: Office):
    Node.objects.filter(code="102").update(lead=office.cast.organization("provider"))

    assert "牵头单位 成都市市场监督管理局" in text(site.visitor("recipient", Role.REGISTRAR).open("/base/"))


def test_the_page_costs_two_statements_for_each_base_that_holds_something(site: Site, office: Office):
    for n in range(8):
        office.conditional(name=f"资源{n}", node="102001")

    assert statements(site.visitor("recipient", Role.REGISTRAR), "/base/") <= 5
