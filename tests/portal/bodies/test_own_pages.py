"""通知, 个人设置 and 首次启用: what concerns the visitor, and what is still missing."""

import pytest

from govshare.catalog import services
from govshare.kernel.roles import Role
from govshare.organizations.models import Session
from govshare.portal.desk import favourites, kept_forms, notices, searches
from govshare.portal.models import KeptForm, Preference, SavedSearch
from tests.catalog.world import Desk, version
from tests.portal.conftest import Site, text

pytestmark = [pytest.mark.django_db, pytest.mark.article("PC-82")]


def returned(site: Site) -> str:
    """An entry of the provider's that came back from review; its code."""
    desk = Desk(site.cast)
    entry = desk.draft()
    desk.submit(entry)
    services.return_entry(entry=entry.pk, reason="摘要不清", expected_version=version(entry), by=desk.reviewer, now=desk.now)
    return entry.code


def test_a_notice_is_shown_opened_and_then_seen(site: Site):
    code, registrar = returned(site), site.visitor("provider", Role.REGISTRAR)
    by = site.cast.actor("provider", Role.REGISTRAR)
    [note] = notices.notices(by, now=site.cast.now)

    page = text(registrar.open("/notices/"))
    opened = registrar.send("/notices/open/", {"key": note.key})

    assert "审核退回修改" in page
    assert code in page
    assert opened.status_code == 302
    assert notices.unread(by, now=site.cast.now) == 0
    assert "没有未读的通知" in text(registrar.open("/notices/?new=1"))
    assert registrar.open("/notices.json").json()["items"][0]["seen"] is True


def test_all_are_marked_at_once_and_strange_keys_change_nothing(site: Site):
    returned(site)
    registrar = site.visitor("provider", Role.REGISTRAR)

    strange = registrar.send("/notices/seen/", {"key": ["x" * 10_000, "step:\0"]})
    still = registrar.open("/notices.json").json()["items"][0]["seen"]
    every = registrar.send("/notices/seen/")

    assert strange.status_code == every.status_code == 302
    assert still is False
    assert registrar.open("/notices.json").json()["items"][0]["seen"] is True
    assert registrar.send("/notices/open/", {"key": "nothing"})["Location"] == "/notices/"


def test_nobody_sees_the_notices_of_others(site: Site):
    returned(site)

    assert site.visitor("recipient", Role.REGISTRAR).open("/notices.json").json()["count"] == 0


def test_my_page_shows_what_is_mine(site: Site):
    registrar, by = site.visitor("provider", Role.REGISTRAR), site.cast.actor("provider", Role.REGISTRAR)
    entry = Desk(site.cast).listed()
    favourites.add(entry=entry.pk, by=by, now=site.cast.now)
    search = searches.save(page="/catalog/", name="法人类", query="q=法人", by=by, now=site.cast.now)
    kept_forms.keep(page="/entries/new/", fields={"name": ["没交的"]}, by=by, now=site.cast.now)

    page = text(registrar.open("/me/"))
    stranger = site.visitor("recipient", Role.REGISTRAR)
    foreign = stranger.send(f"/me/searches/{search.pk}/remove/")
    removed = registrar.send(f"/me/searches/{search.pk}/remove/")
    dropped = registrar.send("/me/kept/drop/", {"page": "/entries/new/"})

    for said in (by.name, entry.code, "法人类", "/entries/new/", "正在以此职务办理"):
        assert said in page
    assert foreign.status_code == 404
    assert removed.status_code == dropped.status_code == 302
    assert not SavedSearch.objects.exists()
    assert not KeptForm.objects.exists()
    assert entry.code not in text(stranger.open("/me/"))


def test_a_language_is_remembered_for_the_person_and_used_at_the_next_sign_in(site: Site):
    registrar = site.visitor("provider", Role.REGISTRAR)

    chosen = registrar.send("/me/language/", {"language": "en"})
    wrong = registrar.send("/me/language/", {"language": "tlh"})

    assert chosen.status_code == 302
    assert wrong.status_code == 422
    assert Preference.objects.get().language == "en"
    assert 'lang="en"' in registrar.open("/me/").content.decode()[:200]


@pytest.mark.article("CD2016-35")
def test_a_session_left_open_elsewhere_is_ended_by_its_owner_alone(site: Site):
    registrar, stranger = site.visitor("provider", Role.REGISTRAR), site.visitor("recipient", Role.REGISTRAR)
    mine = Session.objects.get(certificate__person=site.cast.person("provider", Role.REGISTRAR))
    theirs = Session.objects.get(certificate__person=site.cast.person("recipient", Role.REGISTRAR))

    refused = registrar.send(f"/me/sessions/{theirs.pk}/end/")
    ended = registrar.send(f"/me/sessions/{mine.pk}/end/")

    assert refused.status_code == 404
    assert stranger.open("/me/").status_code == 200
    assert ended.status_code == 302
    assert registrar.open("/me/").status_code == 302
    assert Session.objects.get(pk=mine.pk).ended_by == site.cast.actor("provider", Role.REGISTRAR).id


def test_a_new_department_is_led_step_by_step(site: Site):
    leader = site.visitor("provider", Role.LEADER)

    before = leader.open("/start/").content.decode()
    site.cast.person("provider", Role.REGISTRAR)
    Desk(site.cast).listed()
    after = leader.open("/start/").content.decode()

    assert before.count('class="go is-ok"') < after.count('class="go is-ok"')
    assert "已发布 1 条" in after
    assert "首次启用" in before


def test_the_platforms_steps_are_for_those_who_run_it(site: Site):
    site.cast.organization("third")

    keeper = text(site.visitor("authority", Role.SYSTEM_ADMIN).open("/start/"))
    department = text(site.visitor("provider", Role.REGISTRAR).open("/start/"))

    assert "登记各单位的分管领导" in keeper
    assert "市人社局" in keeper
    assert "信任城市数字证书的签发机构" in keeper
    assert "信任城市数字证书的签发机构" not in department
    assert "登记第一条信息资源" in department
