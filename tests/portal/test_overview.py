"""监管总览: the authority of a tier, and nobody else."""

import pytest

from govshare.kernel.roles import Role
from tests.portal.conftest import Site, text


@pytest.mark.article("CD2016-6")
def test_the_authority_sees_how_its_departments_stand(site: Site):
    page = site.visitor("authority", Role.AUTHORITY).open("/overview/")

    assert page.status_code == 200, text(page)
    assert "需要您决定" in text(page) and "共享类型构成" in text(page)


@pytest.mark.article("CD2016-37")
def test_how_departments_do_their_duties_comes_as_a_workbook(site: Site):
    answer = site.visitor("authority", Role.AUTHORITY).open("/overview/departments.xlsx")

    assert answer.status_code == 200
    assert answer.content[:2] == b"PK"


@pytest.mark.article("CD2016-6")
def test_a_department_does_not_see_the_authoritys_overview(site: Site):
    page = site.visitor("provider", Role.RESOURCE_ADMIN).open("/overview/")

    assert page.status_code == 403
    assert "信息化主管部门经办人" in text(page)
