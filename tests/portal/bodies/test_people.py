"""人员与任职: put on file, appointed, stood in for, handed over, imported; by those who keep the people."""

import io
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import load_workbook

from govshare.kernel.clock import local_date
from govshare.kernel.roles import Role
from govshare.organizations import people_sheet
from govshare.organizations.models import Appointment, Handover, Person, StandIn
from tests.catalog.world import Desk
from tests.portal.conftest import Site, text

pytestmark = [pytest.mark.django_db, pytest.mark.article("CD2016-15", "PC-11")]


def day(site: Site, days: int = 0) -> str:
    return str(local_date(site.cast.now) + timedelta(days=days))


def test_the_list_says_who_holds_which_post_and_what_is_vacant(site: Site):
    site.cast.person("provider", Role.REVIEWER)
    leader = site.visitor("provider", Role.LEADER)

    page = text(leader.open("/people/"))
    rows = leader.open("/people.json").json()["items"]

    assert "目录审核人员" in page
    assert "还没有在任的：目录登记人员" in page
    assert ["目录审核人员"] in [row["posts"] for row in rows]


def test_a_person_is_put_on_file_and_appointed_step_by_step(site: Site):
    leader, body = site.visitor("provider", Role.LEADER), site.cast.organization("provider")
    particulars = {"organization": str(body.pk), "name": "王一", "number": "N7", "duty": "科员", "phone": "028-1"}

    added = leader.send("/people/new/", particulars)
    again = leader.send("/people/new/", particulars | {"name": "<script>alert(1)</script>"})
    person = Person.objects.get(number="N7")
    appointed = leader.send(
        f"/people/{person.pk}/appoint/", {"role": "registrar", "starts_on": day(site), "ends_on": "", "document": "文号"}
    )
    page = text(leader.open(f"/people/{person.pk}/"))

    assert added.status_code == appointed.status_code == 302
    assert again.status_code == 409
    assert "工号已在册" in text(again)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in again.content.decode()
    assert "目录登记人员" in page


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"role": "leader"}, "系统管理员"),
        ({"role": "security_admin"}, "可用的选项"),
        ({"role": "registrar", "starts_on": "昨天"}, "有效的日期"),
        ({"role": "registrar", "ends_on": "2020-01-01"}, "不早于"),
        ({"role": "registrar", "document": "长" * 10_000}, "120"),
    ],
)
def test_a_wrong_appointment_says_why_and_keeps_what_was_typed(site: Site, fields: dict[str, str], said: str):
    leader, person = site.visitor("provider", Role.LEADER), site.cast.person("provider", Role.REVIEWER)

    answer = leader.send(f"/people/{person.pk}/appoint/", {"starts_on": day(site), "ends_on": "", "document": "成人社1号"} | fields)

    assert answer.status_code in {403, 422}
    assert said in text(answer)
    assert not Appointment.objects.filter(person=person, role="registrar").exists()


def test_who_does_not_keep_the_people_sees_no_buttons_and_is_refused(site: Site):
    person = site.cast.person("provider", Role.REVIEWER)
    registrar, other = site.visitor("provider", Role.REGISTRAR), site.visitor("recipient", Role.LEADER)

    page = registrar.open(f"/people/{person.pk}/")

    assert page.status_code == 200
    assert "appoint" not in page.content.decode()
    assert registrar.open(f"/people/{person.pk}/appoint/").status_code == 403
    assert other.open(f"/people/{person.pk}/").status_code == 404
    assert other.send(f"/people/{person.pk}/edit/", {"name": "改名"}).status_code == 404
    assert other.open(f"/people/?organization={site.cast.organization('provider').pk}").status_code == 404


@pytest.mark.article("PC-12")
def test_somebody_stands_in_and_stops(site: Site):
    leader, post = site.visitor("provider", Role.LEADER), site.cast.person("provider", Role.REVIEWER).appointments.get()
    colleague = site.cast.person("provider", Role.REGISTRAR)
    fields = {"person": str(colleague.pk), "starts_on": day(site), "ends_on": day(site, 5), "reason": "出差"}

    long = leader.send(f"/appointments/{post.pk}/stand-in/", fields | {"ends_on": day(site, 400)})
    done = leader.send(f"/appointments/{post.pk}/stand-in/", fields)
    row = StandIn.objects.get()
    shown = text(leader.open(f"/people/{colleague.pk}/"))
    ended = leader.send(f"/stand-ins/{row.pk}/end/")

    assert long.status_code == 422
    assert done.status_code == ended.status_code == 302
    assert "代他人的岗" in shown
    assert StandIn.objects.get().ended_at is not None
    assert leader.send(f"/stand-ins/{row.pk}/end/").status_code == 409


def test_an_appointment_ends_with_a_reason(site: Site):
    leader, post = site.visitor("provider", Role.LEADER), site.cast.person("provider", Role.REVIEWER).appointments.get()

    without = leader.send(f"/appointments/{post.pk}/end/", {"reason": " "})
    done = leader.send(f"/appointments/{post.pk}/end/", {"reason": "调离"})

    assert without.status_code == 422
    assert done.status_code == 302
    assert Appointment.objects.get(pk=post.pk).end_reason == "调离"


@pytest.mark.article("CD2016-29.2")
def test_handing_over_lists_what_is_handed_over(site: Site):
    leader = site.visitor("provider", Role.LEADER)
    entry = Desk(site.cast).draft(name="起草中的资源")
    leaver, colleague = site.cast.person("provider", Role.REGISTRAR), site.cast.person("provider", Role.REVIEWER)

    page = text(leader.open(f"/people/{leaver.pk}/hand-over/"))
    stranger = leader.send(f"/people/{leaver.pk}/hand-over/", {"to": str(site.cast.person("recipient", Role.LEADER).pk)})
    done = leader.send(f"/people/{leaver.pk}/hand-over/", {"to": str(colleague.pk), "note": "材料在柜中", "leaves": "on"})

    assert "目录登记人员" in page
    assert entry.code in page
    assert stranger.status_code == 422
    assert done.status_code == 302
    assert Handover.objects.get().note == "材料在柜中"
    assert Person.objects.get(pk=leaver.pk).left_at is not None
    assert "材料在柜中" in text(leader.open(f"/people/{colleague.pk}/"))


def workbook(*rows: list[object]) -> SimpleUploadedFile:
    book = load_workbook(io.BytesIO(people_sheet.template()))
    for row in rows:
        book.active.append(row)
    content = io.BytesIO()
    book.save(content)
    return SimpleUploadedFile("人员.xlsx", content.getvalue())


def test_a_list_is_looked_at_and_then_taken_over(site: Site):
    leader = site.visitor("recipient", Role.LEADER)
    body = str(site.cast.organization("recipient").pk)

    looked = leader.send(
        "/people/import/", {"organization": body, "file": workbook(["李一", "M1", "", "", "目录登记人员"], ["李二", "M2"])}
    )
    sealed = looked.content.decode().partition('name="sealed" value="')[2].partition('"')[0]
    before = Person.objects.filter(number__startswith="M").count()
    taken = leader.send("/people/import/", {"organization": body, "sealed": sealed})
    twice = leader.send("/people/import/", {"organization": body, "sealed": sealed})

    assert looked.status_code == 200
    assert "核对通过，共 2 人" in text(looked)
    assert before == 0
    assert taken.status_code == 302
    assert sorted(Person.objects.filter(number__startswith="M").values_list("name", flat=True)) == ["李一", "李二"]
    assert twice.status_code == 422
    assert Person.objects.filter(number__startswith="M").count() == 2


def test_wrong_cells_are_named_and_nothing_can_be_taken_over(site: Site):
    leader = site.visitor("recipient", Role.LEADER)

    looked = leader.send("/people/import/", {"text": "姓名\t工号\t岗位\n李一\tM1\t没有的岗位\n\tM2\t"})

    assert looked.status_code == 422
    assert "C2" in text(looked)
    assert "A3" in text(looked)
    assert 'name="sealed"' not in looked.content.decode()
    assert "没有的岗位" in looked.content.decode()


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "请选择文件，或粘贴名单"),
        ({"file": SimpleUploadedFile("人员.xlsx", b"not a workbook")}, "人员名单"),
        ({"file": SimpleUploadedFile("人员.exe", b"MZ")}, "xlsx"),
        ({"file": SimpleUploadedFile("人员.xlsx", b"PK" + b"\0" * 6_000_000)}, "5 MB"),
        ({"text": "\0姓名"}, "控制字符"),
        ({"sealed": "forged"}, "重新上传"),
    ],
)
def test_rubbish_is_refused_in_words(site: Site, fields: dict[str, object], said: str):
    answer = site.visitor("recipient", Role.LEADER).send("/people/import/", fields)

    assert answer.status_code == 422
    assert said in text(answer)


def test_what_was_looked_at_by_one_is_not_taken_over_by_another(site: Site):
    leader, keeper = site.visitor("recipient", Role.LEADER), site.visitor("authority", Role.SYSTEM_ADMIN)
    body = str(site.cast.organization("recipient").pk)
    looked = leader.send("/people/import/", {"organization": body, "text": "姓名\t工号\n李一\tM1"})
    sealed = looked.content.decode().partition('name="sealed" value="')[2].partition('"')[0]

    answer = keeper.send("/people/import/", {"organization": body, "sealed": sealed})

    assert answer.status_code == 422
    assert not Person.objects.filter(number="M1").exists()


def test_the_template_is_there(site: Site):
    answer = site.visitor("recipient", Role.LEADER).open("/people/import/template/")

    assert answer.status_code == 200
    assert answer.content[:2] == b"PK"
