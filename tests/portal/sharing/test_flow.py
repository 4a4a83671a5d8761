"""The main job on pages, from asking to data being allowed, by the people of seven posts (CD2016-22, 24, 25, 29)."""

import re
from typing import Any

import pytest
from django.http import HttpResponse

from govshare.catalog.queries import listed
from govshare.kernel.roles import Role
from govshare.sharing.models import Demand, Grant
from govshare.sharing.rules import DemandStatus, Element
from govshare.sharing.services import watch
from tests.catalog.world import ground_for
from tests.portal.conftest import Site, Visitor, text
from tests.sharing.office import Office

pytestmark = pytest.mark.django_db

S = DemandStatus


def asked(office: Office, entry: Any, **over: Any) -> dict[str, Any]:
    """What is typed into the form of a demand."""
    fields = {
        "application": "企业开办联办",
        "purpose": "核验申请企业的登记信息",
        "duty_basis": "三定规定第四条第二项",
        "users": "窗口受理岗\n审批岗",
        "items": [str(item.id) for item in listed(entry.pk).items[:3]],
        "mode": "table",
        "ends_on": office.later(days=300).date().isoformat(),
        "submit": "1",
    }
    return fields | over


def number_in(response: HttpResponse) -> str:
    """The id of the demand or grant that the answer leads to."""
    found = re.search(r"/(?:demands|grants)/([0-9a-f-]{36})/", response["Location"])
    assert found, response["Location"]
    return found[1]


def raised(site: Site, office: Office, entry: Any, **over: Any) -> str:
    """Asked for by the registrar, checked by the resource administrator."""
    sent = site.visitor("recipient", Role.REGISTRAR).send(f"/demands/new/{entry.pk}/", asked(office, entry, **over))
    assert sent.status_code == 302, text(sent)
    demand = number_in(sent)
    answer = check(site.visitor("recipient", Role.RESOURCE_ADMIN), demand)
    assert answer.status_code == 302, text(answer)
    return demand


def check(visitor: Visitor, demand: str, *elements: str) -> HttpResponse:
    return visitor.send(f"/demands/{demand}/check/", {"checked": list(elements or Element.values), "opinion": "属实"})


def as_asked(demand: str) -> dict[str, Any]:
    """The provider's form left as it comes: everything plainly, on the terms asked for."""
    found = Demand.objects.get(pk=demand)
    fields: dict[str, Any] = {f"v{n}": "plain" for n in range(found.items.count())}
    return fields | {"users": found.users, "ends_on": found.ends_on.isoformat(), "version": found.version}


@pytest.mark.article("CD2016-29.1", "CD2016-22", "CD2016-25.2", "PC-43")
def test_from_asking_to_a_grant_with_one_item_masked_and_one_refused(site: Site, office: Office):
    office.set_parameter("PC-32", 0)
    entry = office.with_route(office.conditional())
    authority, provider = site.visitor("authority", Role.AUTHORITY), site.visitor("provider", Role.RESOURCE_ADMIN)
    demand = raised(site, office, entry)

    accepted = authority.send(f"/demands/{demand}/accept/", {"words": "请办理"})
    answers = as_asked(demand) | {"v1": "mask", "h1": "2", "t1": "1", "q1": "仅用于办理行政审批事项", "opinion": "同意"}
    answers |= {"v2": "refused", "g2": str(ground_for("refuse_sharing", "both").pk), "version": Demand.objects.get(pk=demand).version}
    decided = provider.send(f"/demands/{demand}/decide/", answers)

    assert accepted.status_code == decided.status_code == 302, text(decided)
    grant = Grant.objects.get(pk=number_in(decided))
    assert [(item.name, item.use, item.head, item.tail) for item in grant.items.all()] == [
        ("统一社会信用代码", "plain", 0, 0),
        ("单位名称", "mask", 2, 1),
    ]
    seen = text(site.visitor("recipient", Role.LEADER).open(f"/demands/{demand}/"))
    assert "不予提供" in seen
    assert "掩码提供 ##********#" in seen
    assert "仅用于办理行政审批事项" in seen


@pytest.mark.article("CD2016-25.1", "CD2016-29.1")
def test_what_is_shared_without_condition_takes_one_line_of_purpose_and_one_check(site: Site, office: Office):
    office.granted(office.conditional())
    free = office.with_route(office.unconditional(name="行政区划代码"))
    registrar = site.visitor("recipient", Role.REGISTRAR)
    page = registrar.open(f"/demands/new/{free.pk}/")
    shown = page.content.decode()

    typed = dict(re.findall(r'name="(mode|ends_on|items)"[^>]*value="([^"]+)"', shown))
    all_items = re.findall(r'name="items" value="([^"]+)"[^>]*checked', shown)
    words = {"users": "窗口受理岗", "duty_basis": "三定规定第四条第二项", "purpose": "核对地址所在区县"}
    sent = registrar.send(f"/demands/new/{free.pk}/", {**typed, **words, "mode": "table", "items": all_items})
    checked = check(site.visitor("recipient", Role.RESOURCE_ADMIN), number_in(sent))

    assert "一句话说明用途" in text(page)
    assert len(all_items) == len(listed(free.pk).items)
    assert checked["Location"].endswith("/first/")
    grant = Grant.objects.get(pk=number_in(checked))
    assert (grant.way, grant.application, grant.purpose) == ("at_once", "核对地址所在区县", "核对地址所在区县")
    guide = text(site.visitor("recipient", Role.RESOURCE_ADMIN).open(checked["Location"]))
    assert grant.number in guide
    assert str(grant.pk) in guide


@pytest.mark.article("PC-30")
def test_who_drafted_does_not_check_and_is_told_so_on_the_button(site: Site, office: Office):
    entry = office.conditional()
    admin = site.visitor("recipient", Role.RESOURCE_ADMIN)
    demand = number_in(admin.send(f"/demands/new/{entry.pk}/", asked(office, entry)))

    page = admin.open(f"/demands/{demand}/")
    tried = [admin.open(f"/demands/{demand}/check/"), check(admin, demand)]
    leader = check(site.visitor("recipient", Role.LEADER), demand)

    assert "起草、修改或提交过这项需求的人不能把关" in text(page)
    assert [each.status_code for each in tried] == [403, 403]
    assert leader.status_code == 302
    assert Demand.objects.get(pk=demand).status == S.DECIDING


@pytest.mark.article("PC-80")
def test_a_submission_is_taken_back_by_one_button_with_everything_kept(site: Site, office: Office):
    entry = office.conditional()
    registrar = site.visitor("recipient", Role.REGISTRAR)
    demand = number_in(registrar.send(f"/demands/new/{entry.pk}/", asked(office, entry)))
    after = registrar.open(f"/demands/{demand}/")

    undone = registrar.send(f"/demands/{demand}/undo/")
    form = registrar.open(undone["Location"])
    again = registrar.send(f"/demands/{demand}/undo/")

    assert f"/demands/{demand}/undo/" in after.content.decode()
    assert undone["Location"] == f"/demands/{demand}/edit/"
    assert "核验申请企业的登记信息" in form.content.decode()
    assert form.content.decode().count("checked") >= 3
    assert again.status_code == 409
    assert Demand.objects.get(pk=demand).status == S.DRAFT


@pytest.mark.article("PC-36")
def test_what_is_missing_is_asked_for_attached_and_answered(site: Site, office: Office):
    demand = raised(site, office, office.conditional())
    registrar, provider = site.visitor("recipient", Role.REGISTRAR), site.visitor("provider", Role.LEADER)

    provider.send(f"/demands/{demand}/ask/", {"words": "请附三定规定"})
    waiting = registrar.open("/demands/?side=inbox")
    shown = registrar.open(f"/demands/{demand}/")
    upload = upload_of("三定规定.txt", "第四条第二项".encode())
    attached = registrar.send(f"/demands/{demand}/attach/", {"file": upload})
    answered = registrar.send(f"/demands/{demand}/complete/", {"words": "已附"})

    assert "待补正" in text(waiting)
    assert "请附三定规定" in text(shown)
    assert attached.status_code == answered.status_code == 302
    assert Demand.objects.get(pk=demand).status == S.DECIDING
    assert "三定规定.txt" in text(provider.open(f"/demands/{demand}/decide/"))


@pytest.mark.article("CD2016-22")
def test_a_refusal_without_a_ground_comes_back_with_its_words_and_with_one_it_stands(site: Site, office: Office):
    demand = raised(site, office, office.conditional())
    provider = site.visitor("provider", Role.RESOURCE_ADMIN)

    bare = provider.send(f"/demands/{demand}/refuse/", {"ground": "", "reason": "我们不方便"})
    ground = ground_for("refuse_sharing", "both")
    founded = provider.send(f"/demands/{demand}/refuse/", {"ground": str(ground.pk), "reason": "涉及个人隐私"})

    assert bare.status_code == 400
    assert "非因法定事由，不得拒绝" in text(bare)
    assert "我们不方便" in bare.content.decode()
    assert founded.status_code == 302
    page = text(site.visitor("recipient", Role.REGISTRAR).open(f"/demands/{demand}/"))
    assert "涉及个人隐私" in page
    assert str(ground) in page


@pytest.mark.article("PC-35")
def test_silence_goes_to_the_authority_who_presses_and_the_provider_may_still_answer(site: Site, office: Office):
    demand = raised(site, office, office.conditional())
    watch.escalate(demand=Demand.objects.get(pk=demand).pk, now=office.too_late)
    authority, provider = site.visitor("authority", Role.AUTHORITY), site.visitor("provider", Role.RESOURCE_ADMIN)

    pressed_list = text(authority.open("/demands/?side=all&state=pressed"))
    pressed = authority.send(f"/demands/{demand}/press/", {"words": "请三日内答复"})
    answered = provider.send(f"/demands/{demand}/decide/", as_asked(demand))

    assert Demand.objects.get(pk=demand).number in pressed_list
    assert pressed.status_code == answered.status_code == 302
    assert "逾期答复" in text(provider.open(f"/demands/{demand}/"))


@pytest.mark.article("PC-48")
def test_a_raised_demand_is_amended_and_checked_again(site: Site, office: Office):
    entry = office.conditional()
    demand = raised(site, office, entry)
    registrar = site.visitor("recipient", Role.REGISTRAR)

    amended = registrar.send(f"/demands/{demand}/amend/", asked(office, entry, purpose="只核验企业名称"))
    again = check(site.visitor("recipient", Role.RESOURCE_ADMIN), demand)

    assert amended.status_code == again.status_code == 302
    assert "只核验企业名称" in text(site.visitor("provider", Role.LEADER).open(f"/demands/{demand}/"))


@pytest.mark.article("PC-37")
def test_a_grant_is_renewed_through_the_same_way(site: Site, office: Office):
    grant = office.granted(office.with_route(office.conditional()))
    later = office.later(days=600).date()
    registrar, provider = site.visitor("recipient", Role.REGISTRAR), site.visitor("provider", Role.RESOURCE_ADMIN)

    drafted = registrar.send(f"/grants/{grant.pk}/renew/", {"ends_on": later.isoformat(), "duty_basis": "三定规定第四条第二项"})
    demand = number_in(drafted)
    check(site.visitor("recipient", Role.RESOURCE_ADMIN), demand)
    shorter = {"ends_on": office.later(days=400).date().isoformat(), "opinion": "同意"}
    bare = provider.send(f"/demands/{demand}/prolong/", shorter)
    quoted = provider.send(f"/demands/{demand}/prolong/", {**shorter, "quote": "仅用于办理行政审批事项"})

    assert bare.status_code == 400
    assert "续期短于所求" in text(bare)
    assert quoted.status_code == 302, text(quoted)
    assert Grant.objects.get(pk=grant.pk).ends_on == office.later(days=400).date()


@pytest.mark.article("PC-44", "PC-47")
def test_a_grant_waits_for_the_providers_word_after_a_change_and_ends_for_a_reason(site: Site, office: Office):
    entry = office.with_route(office.conditional())
    grant = office.granted(entry)
    office.with_route(entry, uscc="src_credit_code")
    provider, recipient = site.visitor("provider", Role.RESOURCE_ADMIN), site.visitor("recipient", Role.LEADER)

    held = text(recipient.open(f"/grants/{grant.pk}/"))
    confirmed = provider.send(f"/grants/{grant.pk}/confirm/", {"opinion": "仍然同意"})
    flowing = text(recipient.open(f"/grants/{grant.pk}/"))
    bare = provider.send(f"/grants/{grant.pk}/end/", {"why": "", "ground": "", "reason": "不想给了"})
    ended = provider.send(f"/grants/{grant.pk}/end/", {"why": "purpose", "reason": "用于营销"})

    assert "现在不能取数" in held
    assert confirmed.status_code == 302, text(confirmed)
    assert "可以取数" in flowing
    assert (bare.status_code, ended.status_code) == (400, 302)
    assert "非因法定事由" in text(bare)
    assert "超出用途使用" in text(recipient.open(f"/grants/{grant.pk}/"))
    assert recipient.open(f"/grants/{grant.pk}/end/").status_code == 409


def upload_of(name: str, content: bytes) -> Any:
    from django.core.files.uploadedfile import SimpleUploadedFile

    return SimpleUploadedFile(name, content)
