"""The first screen of every role."""

import pytest

from govshare.kernel.roles import Role
from tests.portal.conftest import Site, text

DEPARTMENT = (Role.REGISTRAR, Role.REVIEWER, Role.RESOURCE_ADMIN, Role.LEADER)
AUTHORITY = (Role.AUTHORITY, Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN)


@pytest.mark.parametrize("role", DEPARTMENT)
def test_everybody_of_a_department_has_a_first_screen(site: Site, role: Role):
    page = site.visitor("provider", role).open("/")

    assert page.status_code == 200
    assert "待办事项" in text(page) and "本部门资源" in text(page)


@pytest.mark.parametrize("role", AUTHORITY)
def test_everybody_of_the_authority_has_a_first_screen(site: Site, role: Role):
    page = site.visitor("authority", role).open("/")

    assert page.status_code == 200
    assert "待办事项" in text(page)


def test_the_lists_of_what_waits_and_what_was_done_come_as_page_json_and_workbook(site: Site):
    visitor = site.visitor("provider", Role.REGISTRAR)

    answers = {
        address: visitor.open(address)
        for name in ("/todo", "/todo/done", "/todo/mine")
        for address in (f"{name}/", f"{name}.json", f"{name}.xlsx")
    }

    assert {address: answer.status_code for address, answer in answers.items() if answer.status_code != 200} == {}
    assert answers["/todo.json"].json() == {"count": 0, "items": []}
    assert answers["/todo.xlsx"].content[:2] == b"PK"
