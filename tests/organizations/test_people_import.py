"""Many people out of one workbook: looked at first, then all of them or none."""

import io
from datetime import date

import pytest

from govshare.audit.models import Entry as Record
from govshare.kernel.clock import local_date
from govshare.kernel.errors import Invalid, NotYours
from govshare.kernel.roles import Role
from govshare.organizations import people_sheet
from govshare.organizations.models import Appointment, Person
from govshare.organizations.people_sheet import READER
from govshare.organizations.services import people_import
from govshare.regulation.workbooks import Row
from tests.cast import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.article("CD2016-15", "CD2016-35")]

GOOD = (
    "姓名\t工号\t职务\t联系电话\t岗位\t任职起始\t任职截止\t任职文号\n"
    + "王一\tN1\t科员\t028-1\t目录登记人员\t2026/3/1\t\t成人社〔2026〕1号\n"
    + "王二\tN2\t\t\t目录审核人员、信息资源管理员\t\t2030年1月2日\t\n"
    + "王三\tN3\t\t\t\t\t\t\n"
)
WRONG = (
    "王四\tN1\t\t\t\t\t\t\n"
    + "\tN5\t\t\t\t\t\t\n"
    + "王六\tN6\t\t\t不存在的岗位\t昨天\t\t\n"
    + "王七\tN7\t\t\t分管领导\t\t\t\n"
    + "王八\tN8\t\t\t目录登记人员\t2026-05-01\t2026-04-01\t\n"
)


def rows(text: str) -> tuple[Row, ...]:
    return READER.text(text)


def places(faults: tuple[object, ...]) -> list[str]:
    return [fault.place for fault in faults]


def test_everybody_is_put_on_file_and_into_their_posts(cast: Cast):
    body, leader = cast.organization("recipient"), cast.actor("recipient", Role.LEADER)

    made = people_import.apply(organization=body.pk, rows=rows(GOOD), by=leader, now=cast.now)

    assert [(person.name, person.number, person.duty) for person in made] == [
        ("王一", "N1", "科员"),
        ("王二", "N2", ""),
        ("王三", "N3", ""),
    ]
    posts = Appointment.objects.filter(person__in=made).order_by("person__number", "role")
    assert [(post.person.number, post.role, post.ends_on) for post in posts] == [
        ("N1", "registrar", None),
        ("N2", "resource_admin", date(2030, 1, 2)),
        ("N2", "reviewer", date(2030, 1, 2)),
    ]
    assert posts[0].starts_on == date(2026, 3, 1)
    assert posts[1].starts_on == local_date(cast.now)
    assert Record.objects.filter(action="organizations:person:import", about=str(body.pk)).count() == 1
    assert Record.objects.filter(action="organizations:person:add", about__in=[str(person.pk) for person in made]).count() == 3


def test_looking_first_says_everything_that_is_wrong_and_leaves_no_trace(cast: Cast):
    body, leader = cast.organization("recipient"), cast.actor("recipient", Role.LEADER)
    people, records = Person.objects.count(), Record.objects.count()

    found = people_import.preview(organization=body.pk, rows=rows(GOOD + WRONG), by=leader, now=cast.now)

    assert len(found.lines) == 8
    assert places(found.faults) == ["B5", "A6", "E7", "F7", "E8", "G9"]
    assert "系统管理员" in next(fault.message for fault in found.faults if fault.place == "E8")
    assert (Person.objects.count(), Record.objects.count()) == (people, records)


def test_one_fault_keeps_everybody_out(cast: Cast):
    body, leader = cast.organization("recipient"), cast.actor("recipient", Role.LEADER)
    before = Person.objects.count()

    with pytest.raises(Invalid, match="没有登记任何人") as refusal:
        people_import.apply(organization=body.pk, rows=rows(GOOD + "王四\tN1\n"), by=leader, now=cast.now)

    assert places(refusal.value.faults) == ["B5"]
    assert Person.objects.count() == before


@pytest.mark.parametrize(
    ("text", "place"), [("", "A1"), ("姓名\t职务\n王一\t科员", "A1"), ("姓名\t工号\n", "A2"), ("甲\t乙\n丙\t丁", "A1")]
)
def test_a_list_without_its_header_or_people_is_said_to_be(cast: Cast, text: str, place: str):
    leader = cast.actor("recipient", Role.LEADER)

    found = people_import.preview(organization=cast.organization("recipient").pk, rows=rows(text), by=leader, now=cast.now)

    assert place in places(found.faults)
    assert found.lines == ()


@pytest.mark.article("PC-11")
def test_only_who_keeps_the_people_may_even_look(cast: Cast):
    body = cast.organization("recipient")

    for stranger in (cast.actor("provider", Role.LEADER), cast.actor("recipient", Role.REGISTRAR)):
        with pytest.raises(NotYours):
            people_import.preview(organization=body.pk, rows=rows(GOOD), by=stranger, now=cast.now)
        with pytest.raises(NotYours):
            people_import.apply(organization=body.pk, rows=rows(GOOD), by=stranger, now=cast.now)


def test_the_template_is_read_back_and_its_example_is_nobody():
    read = READER.workbook("人员名单.xlsx", io.BytesIO(people_sheet.template()))

    assert read[0].cells == tuple(title for _, title, _, _ in people_sheet.COLUMNS)
    assert people_sheet.read(read).lines == ()


def test_a_filled_in_template_with_dates_of_a_workbook_is_understood(cast: Cast):
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(people_sheet.template()))
    book.active.append(["李一", 7, None, None, "目录登记人员", date(2026, 2, 3), None, None])
    content = io.BytesIO()
    book.save(content)

    sheet = people_sheet.read(READER.workbook("人员名单.xlsx", io.BytesIO(content.getvalue())))

    assert sheet.faults == ()
    assert [(line.name, line.number, line.roles, line.starts_on) for line in sheet.lines] == [
        ("李一", "7", (Role.REGISTRAR,), date(2026, 2, 3))
    ]
