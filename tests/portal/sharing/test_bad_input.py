"""Rubbish, haste and two people at once: a clear word each time, nothing typed lost, nothing done twice."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from govshare.catalog.queries import listed
from govshare.kernel.roles import Role
from govshare.sharing.models import Attachment, Demand, Grant
from govshare.sharing.rules import DemandStatus
from govshare.sharing.services import acceptance
from tests.catalog.world import ground_for
from tests.portal.conftest import Site, text
from tests.portal.sharing.test_flow import as_asked, asked, check, number_in, raised
from tests.sharing.office import Office

pytestmark = pytest.mark.django_db

MARKUP = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>{{ 7|add:7 }}"
ESCAPED = "&lt;script&gt;alert(1)&lt;/script&gt;"


def test_an_incomplete_demand_says_at_every_field_what_is_missing_and_keeps_the_rest(site: Site, office: Office):
    entry = office.conditional()
    chosen = str(listed(entry.pk).items[1].id)

    answer = site.visitor("recipient", Role.REGISTRAR).send(
        f"/demands/new/{entry.pk}/", {"items": [chosen], "purpose": "写到一半", "submit": "1"}
    )
    page = answer.content.decode()

    assert answer.status_code == 422
    for missing in ("请写明应用业务", "请写明履职依据", "请列明使用对象", "请写明截止时间"):
        assert missing in text(answer)
    assert "写到一半" in page
    assert f'value="{chosen}" id="item-2" checked' in page
    assert not Demand.objects.exists()


def test_a_draft_may_be_incomplete_and_is_found_again(site: Site, office: Office):
    entry = office.conditional()
    registrar = site.visitor("recipient", Role.REGISTRAR)

    saved = registrar.send(f"/demands/new/{entry.pk}/", {"purpose": "写到一半", "save": "1"})
    found = registrar.open("/demands/?side=mine&state=draft")

    demand = Demand.objects.get(pk=number_in(saved))
    assert demand.status == DemandStatus.DRAFT
    assert demand.number in text(found)
    assert "写到一半" in registrar.open(f"/demands/{demand.pk}/edit/").content.decode()


@pytest.mark.parametrize("field", ["application", "purpose", "duty_basis", "users"])
def test_ten_thousand_characters_are_refused_in_words_and_come_back(site: Site, office: Office, field: str):
    entry = office.conditional()
    long = "数" * 10_000

    answer = site.visitor("recipient", Role.REGISTRAR).send(f"/demands/new/{entry.pk}/", asked(office, entry, **{field: long}))

    assert answer.status_code == 422
    assert long in answer.content.decode()
    assert not Demand.objects.exists()


def test_markup_is_text_wherever_it_is_shown(site: Site, office: Office):
    entry = office.conditional()
    office.set_parameter("PC-32", 0)
    words = dict.fromkeys(("application", "purpose", "duty_basis"), MARKUP) | {"users": f"窗口{MARKUP[:60]}"}
    demand = raised(site, office, entry, **words)
    site.visitor("authority", Role.AUTHORITY).send(f"/demands/{demand}/accept/", {"words": MARKUP})
    provider = site.visitor("provider", Role.RESOURCE_ADMIN)
    pages = [provider.open(f"/demands/{demand}{part}") for part in ("/", "/decide/", "/refuse/", "/ask/")] + [
        provider.open("/demands/?side=raised")
    ]
    decided = provider.send(f"/demands/{demand}/decide/", as_asked(demand) | {"opinion": MARKUP})
    pages += [provider.open(decided["Location"]), provider.open("/grants/?side=given"), provider.open(f"/demands/{demand}/")]

    assert decided.status_code == 302, text(decided)
    for page in pages:
        assert page.status_code == 200
        assert "<script>alert" not in page.content.decode()
        assert "<img src=x" not in page.content.decode()
    assert ESCAPED in pages[0].content.decode()
    assert "{{ 7|add:7 }}" in text(pages[0])


@pytest.mark.article("CD2016-5.4")
def test_a_mark_of_state_secrets_is_refused_and_nothing_is_kept(site: Site, office: Office):
    entry = office.conditional()

    answer = site.visitor("recipient", Role.REGISTRAR).send(f"/demands/new/{entry.pk}/", asked(office, entry, purpose="密级：机密\n核验"))

    assert answer.status_code in {400, 422}
    assert "第五条第四款" in text(answer)
    assert not Demand.objects.exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("ends_on", "明年"),
        ("ends_on", "0001-01-01"),
        ("mode", "teleport"),
        ("quota_per_day", "-5"),
        ("quota_per_day", "9" * 40),
        ("items", ["not-a-number"]),
        ("items", ["00000000-0000-0000-0000-000000000000"]),
        ("purpose", "前\x00后"),
        ("c0_item", "nowhere"),
    ],
)
def test_what_cannot_be_meant_is_said_in_words(site: Site, office: Office, field: str, value: Any):
    entry = office.conditional()

    answer = site.visitor("recipient", Role.REGISTRAR).send(f"/demands/new/{entry.pk}/", asked(office, entry, **{field: value}))

    assert answer.status_code == 422, text(answer)
    assert not Demand.objects.exists()


def test_row_conditions_are_typed_kept_and_their_faults_told_at_their_line(site: Site, office: Office):
    entry = office.conditional()
    capital = next(str(item.id) for item in listed(entry.pk).items if item.field == "capital")
    registrar = site.visitor("recipient", Role.REGISTRAR)
    lines = {"c0_item": "", "c0_op": "eq", "c0_values": "", "c1_item": capital, "c1_op": "between", "c1_values": "100；五百"}

    wrong = registrar.send(f"/demands/new/{entry.pk}/", asked(office, entry, **lines))
    right = registrar.send(f"/demands/new/{entry.pk}/", asked(office, entry, **lines | {"c1_values": "100；500"}))

    assert wrong.status_code == 422
    assert "应为数值" in text(wrong)
    assert 'value="100；五百"' in wrong.content.decode()
    assert "注册资本 介于（含两端） 100、500" in text(registrar.open(f"/demands/{number_in(right)}/"))


@pytest.mark.article("PC-39", "PC-40")
@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("三定规定.exe", b"MZ\x90\x00", "只收"),
        ("三定规定.pdf", b"<html><script>alert(1)</script></html>", "内容不是 pdf"),
        ("三定规定.txt", b"x" * (21 * 1024 * 1024), "超过 20 MB"),
        ("三定规定.txt", b"", "空"),
    ],
)
def test_a_file_of_the_wrong_kind_or_size_is_refused_and_says_why(site: Site, office: Office, name: str, content: bytes, said: str):
    demand = office.draft(office.conditional())

    answer = site.visitor("recipient", Role.REGISTRAR).send(f"/demands/{demand.pk}/attach/", {"file": SimpleUploadedFile(name, content)})

    assert answer.status_code == 422
    assert said in text(answer)
    assert not Attachment.objects.exists()


def test_files_come_with_the_form_and_go_out_only_to_be_saved(site: Site, office: Office):
    entry = office.conditional()
    registrar = site.visitor("recipient", Role.REGISTRAR)
    files = [SimpleUploadedFile(f"依据{n}.txt", f"第{n}条".encode()) for n in (1, 2)]

    demand = number_in(registrar.send(f"/demands/new/{entry.pk}/", asked(office, entry, attached=files, save="1")))
    one = Attachment.objects.get(name="依据1.txt")
    got = registrar.open(f"/demands/attachments/{one.pk}/")
    stranger = site.visitor("third", Role.REGISTRAR).open(f"/demands/attachments/{one.pk}/")
    removed = registrar.send(f"/demands/attachments/{one.pk}/remove/")

    assert b"".join(got.streaming_content) == "第1条".encode()
    assert got["Content-Disposition"].startswith("attachment")
    assert got["Content-Type"] == "application/octet-stream"
    assert stranger.status_code == 404
    assert removed.status_code == 302
    assert [file.name for file in Attachment.objects.filter(demand=demand)] == ["依据2.txt"]


def test_sending_twice_does_once_and_says_so(site: Site, office: Office):
    demand = raised(site, office, office.conditional())
    provider = site.visitor("provider", Role.RESOURCE_ADMIN)
    form = as_asked(demand)

    answers = [provider.send(f"/demands/{demand}/decide/", form) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 409]
    assert Grant.objects.count() == 1


@pytest.mark.article("CD2016-29.1")
def test_four_of_five_elements_are_not_enough(site: Site, office: Office):
    demand = office.checking(office.conditional())

    answer = check(site.visitor("recipient", Role.RESOURCE_ADMIN), str(demand.pk), "application", "users", "items", "mode")

    assert answer.status_code == 422
    assert "请核定截止时间" in text(answer)
    assert answer.content.decode().count("checked") >= 4
    assert "属实" in answer.content.decode()


def test_who_answers_what_has_changed_meanwhile_is_told_to_look_again(site: Site, office: Office):
    entry = office.conditional()
    demand = raised(site, office, entry)
    form = as_asked(demand)
    found = Demand.objects.get(pk=demand)
    acceptance.ask_completion(demand=found.pk, missing="补充", by=office.provider, now=office.now)
    site.visitor("recipient", Role.REGISTRAR).send(f"/demands/{demand}/complete/", {"words": "已补"})

    answer = site.visitor("provider", Role.LEADER).send(f"/demands/{demand}/decide/", form | {"opinion": "写了很久的意见"})

    assert answer.status_code == 409
    assert "请刷新后再办" in text(answer)
    assert "写了很久的意见" in answer.content.decode()


@pytest.mark.article("PC-43", "CD2016-22")
def test_less_than_asked_without_a_ground_is_told_at_its_line_and_nothing_is_lost(site: Site, office: Office):
    demand = raised(site, office, office.conditional())
    ground = str(ground_for("refuse_sharing", "both").pk)
    typed = as_asked(demand) | {
        "v0": "keyed_hash",
        "v1": "refused",
        "q1": "仅用于办理行政审批事项",
        "v2": "refused",
        "g2": ground,
        "opinion": "部分提供",
    }

    answer = site.visitor("provider", Role.RESOURCE_ADMIN).send(f"/demands/{demand}/decide/", typed)

    said = text(answer)
    assert answer.status_code == 400
    assert "不以明文提供等于部分拒绝" in said
    assert "不提供这一信息项须选择登记在册" in said
    assert "部分提供" in answer.content.decode()
    assert f'<option value="{ground}" selected>' in answer.content.decode()


def test_narrower_terms_need_their_ground_and_stand_in_the_grant(site: Site, office: Office):
    entry = office.conditional()
    demand = raised(site, office, entry)
    name = next(str(item.id) for item in listed(entry.pk).items if item.field == "name")
    provider = site.visitor("provider", Role.RESOURCE_ADMIN)
    typed = as_asked(demand) | {"users": ["审批岗"], "c0_item": name, "c0_op": "prefix", "c0_values": "成都"}

    bare = provider.send(f"/demands/{demand}/decide/", typed)
    founded = provider.send(f"/demands/{demand}/decide/", typed | {"quote": "仅用于办理行政审批事项"})

    assert bare.status_code == 400
    assert "使用对象、记录范围少于所求" in text(bare)
    grant = Grant.objects.get(pk=number_in(founded))
    assert grant.users == ["审批岗"]
    assert "单位名称 开头为 成都" in text(provider.open(f"/grants/{grant.pk}/"))


def test_a_session_that_ended_in_the_middle_of_a_form_gives_everything_back(site: Site, office: Office):
    entry = office.conditional()
    registrar = site.visitor("recipient", Role.REGISTRAR)
    registrar.open(f"/demands/new/{entry.pk}/")
    registrar.client.cookies["__Host-govshare"] = "over"

    answer = registrar.send(f"/demands/new/{entry.pk}/", asked(office, entry, purpose="写了半个小时的用途"))

    assert answer.status_code == 401
    assert "写了半个小时的用途" in answer.content.decode()


def test_what_may_not_be_demanded_says_why_before_anything_is_typed(site: Site, office: Office):
    entry = office.conditional()

    own = site.visitor("provider", Role.REGISTRAR).open(f"/demands/new/{entry.pk}/")
    tier = site.visitor("district", Role.REGISTRAR).open(f"/demands/new/{entry.pk}/")
    nowhere = site.visitor("recipient", Role.REGISTRAR).open("/demands/new/00000000-0000-0000-0000-000000000000/")
    reviewer = site.visitor("recipient", Role.REVIEWER).open(f"/demands/new/{entry.pk}/")

    assert "这是本部门自己的资源" in text(own)
    assert "跨层级的共享应经市、区（市）县两级共享平台提出" in text(tier)
    assert (nowhere.status_code, reviewer.status_code) == (404, 403)


@pytest.mark.article("PC-81")
def test_what_was_kept_of_a_form_is_offered_and_put_back(site: Site, office: Office):
    entry = office.conditional()
    registrar, address = site.visitor("recipient", Role.REGISTRAR), f"/demands/new/{entry.pk}/"
    chosen = str(listed(entry.pk).items[2].id)

    saved = registrar.send("/kept/", {"kept_page": address, "purpose": "断线前写的用途", "items": [chosen], "users": "审批岗"})
    offered = registrar.open(address)
    restored = registrar.open(f"{address}?restore=1").content.decode()

    assert saved.status_code == 200, text(saved)
    assert "恢复填写" in text(offered)
    assert "断线前写的用途" in restored
    assert f'value="{chosen}" id="item-3" checked' in restored
