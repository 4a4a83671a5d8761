"""The pages on which two persons open identifiers, and those that say where the log lies."""

import json
import re
import uuid
from datetime import timedelta

import pytest

from govshare.archive import services as archive
from govshare.archive.models import Opening, OpeningLook
from govshare.audit import services
from govshare.audit.models import Entry
from govshare.kernel.clock import local_date, utc_now
from govshare.kernel.roles import Role
from govshare.regulation.articles import cite
from tests.portal.conftest import Site, text

pytestmark = pytest.mark.django_db
TYPED = "51010419900101001X"


def looked_up(site: Site) -> str:
    by = site.cast.actor("provider", Role.REGISTRAR)
    promise = services.record(
        action="exchange:query:answer", basis=cite("CD2016-26"), by=by, now=utc_now(), about="Q-1", subject=TYPED, case="BJ-1"
    )
    while services.place(now=utc_now()):
        pass
    return promise.number


def asked(site: Site, **fields: str) -> Opening:
    answer = site.visitor("authority", Role.AUDIT_ADMIN).send("/openings/new/", {"reason": "信访反映有人私查信息", **fields})
    assert answer.status_code == 302, text(answer)
    return Opening.objects.latest("asked_at")


@pytest.mark.article("PC-120", "CD2016-31", "CD2016-36")
def test_the_auditor_asks_from_the_list_the_leader_agrees_and_both_see_the_number(site):
    number = looked_up(site)
    auditor, leader = site.visitor("authority", Role.AUDIT_ADMIN), site.visitor("authority", Role.LEADER)
    link = re.search(r'href="(/openings/new/\?number=[^"]+)"', auditor.open("/log/").content.decode())

    assert link and number in auditor.open(link[1]).content.decode()
    opening = asked(site, number=number)
    page = f"/openings/{opening.id}/"
    before = auditor.send(f"{page}look/", {})
    waiting = [text(visitor.open("/todo/")) for visitor in (auditor, leader)]
    agreed = leader.send(f"{page}agree/", {})
    seen = [visitor.send(f"{page}look/", {}) for visitor in (auditor, leader)]

    assert ["信访反映" in said for said in waiting] == [False, True], "it waits for the second person only"
    assert "信访反映" not in text(leader.open("/todo/"))
    assert before.status_code == 409 and TYPED not in text(before)
    assert agreed.status_code == 302
    assert all(answer.status_code == 200 and TYPED in text(answer) and "BJ-1" in text(answer) for answer in seen)
    assert TYPED not in text(auditor.open(page)) and "查看 1 条" in text(auditor.open(page))
    assert auditor.open(f"{page}look/").status_code == 405, "an address shows nothing"
    assert OpeningLook.objects.count() == 2


@pytest.mark.article("PC-120")
def test_a_persons_entries_are_asked_for_by_the_conditions_of_the_list(site):
    looked_up(site)
    registrar, today = site.cast.person("provider", Role.REGISTRAR), local_date(utc_now())
    days = {"since": str(today - timedelta(days=1)), "until": str(today + timedelta(days=1))}
    auditor = site.visitor("authority", Role.AUDIT_ADMIN)
    listed = auditor.open(f"/log/?who={registrar.pk}&since={days['since']}&until={days['until']}")

    by_id, by_name = asked(site, who=str(registrar.pk), **days), asked(site, who=registrar.name, **days)

    assert "申请打开这名经办人的查询对象" in text(listed)
    for opening in (by_id, by_name):
        assert (opening.actor, opening.actor_name, opening.entries) == (str(registrar.pk), registrar.name, 1)
    assert registrar.name in text(auditor.open("/openings/"))
    assert json.loads(auditor.open("/openings.json").content)["items"][0]["reason"] == "信访反映有人私查信息"


@pytest.mark.article("PC-120")
def test_the_asker_cannot_agree_and_the_page_says_why_a_no_needs_a_reason_and_is_shown(site):
    opening = asked(site, number=looked_up(site))
    auditor, leader = site.visitor("authority", Role.AUDIT_ADMIN), site.visitor("authority", Role.LEADER)
    page = f"/openings/{opening.id}/"

    first = auditor.open(page)
    own = auditor.send(f"{page}agree/", {})
    empty = leader.send(f"{page}refuse/", {"reason": ""})
    refused = leader.send(f"{page}refuse/", {"reason": "理由不足"})

    assert "只算一人" in text(own) and "只算一人" in text(first)
    assert (own.status_code, empty.status_code, refused.status_code) == (403, 422, 302)
    assert "理由不足" in text(leader.open(page)) and "不同意" in text(auditor.open("/openings/"))
    assert leader.send(f"{page}agree/", {}).status_code == 409


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "回执号"),
        ({"number": "HZ-999999-0"}, "没有这个回执号"),
        ({"who": "查无此人", "since": "2026-01-01", "until": "2026-01-31"}, "没有这个经办人"),
        ({"number": "HZ-1-0", "who": "查无此人"}, "没有这个经办人"),
        ({"since": "x"}, "日期"),
    ],
)
def test_a_request_that_names_nothing_comes_back_with_the_reason(site, fields, said):
    answer = site.visitor("authority", Role.AUDIT_ADMIN).send("/openings/new/", {"reason": "x", **fields})

    assert answer.status_code in {404, 422}
    assert said in text(answer)
    assert not Opening.objects.exists()


@pytest.mark.article("PC-118", "PC-120")
@pytest.mark.parametrize("role", sorted({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUTHORITY}), ids=str)
def test_nobody_else_opens_these_pages(site, role):
    opening = asked(site, number=looked_up(site))
    visitor, other_leader = site.visitor("authority", role), site.visitor("provider", Role.LEADER)

    for each in (visitor, other_leader):
        for address in ("/openings/", "/openings/new/", f"/openings/{opening.id}/", "/openings.json"):
            assert each.open(address).status_code == 403
        for verb in ("agree", "refuse", "look"):
            assert each.send(f"/openings/{opening.id}/{verb}/", {"reason": "x"}).status_code == 403


def test_a_request_that_is_none_is_not_found(site):
    auditor = site.visitor("authority", Role.AUDIT_ADMIN)

    assert auditor.open(f"/openings/{uuid.UUID(int=7)}/").status_code == 404
    assert auditor.send(f"/openings/{uuid.UUID(int=7)}/look/", {}).status_code == 404


@pytest.mark.article("CD2016-26", "PC-110")
def test_the_state_of_retention_says_what_is_sealed_until_when_it_is_kept_and_no_content(site):
    by = site.cast.actor("provider", Role.REVIEWER)
    services.record_many(
        [services.entry(action="catalog:entry:publish", basis=cite("CD2016-14"), by=by, now=utc_now(), about=f"R-{n}") for n in range(300)]
    )
    while services.place(now=utc_now()):
        pass
    (segment,) = archive.seal(now=utc_now(), everything=True)

    pages = {role: site.visitor("authority", role).open("/retention/") for role in (Role.AUDIT_ADMIN, Role.SYSTEM_ADMIN, Role.AUTHORITY)}
    listed = json.loads(site.visitor("authority", Role.AUDIT_ADMIN).open("/retention.json").content)["items"]

    assert {page.status_code for page in pages.values()} == {200}
    for page in pages.values():
        said = text(page)
        assert f"0–{segment.end_index - 1}" in said and f"{utc_now().year + 15}" in said and "1 个归档段" in said
        assert "R-1" not in said and by.name not in said
    assert [(item["entries"], item["name"]) for item in listed] == [(segment.end_index, segment.name)]
    assert site.visitor("provider", Role.REVIEWER).open("/retention/").status_code == 403
    assert Entry.objects.filter(action="archive:segment:seal").count() == 1
