"""Help: every article with what it asks, how it is kept and how things stand; where a number leads."""

from datetime import timedelta

import pytest

from govshare.duties import services as duties
from govshare.kernel.actor import PLATFORM
from govshare.kernel.clock import utc_now
from govshare.kernel.roles import Role
from govshare.portal.help import beginning
from govshare.portal.site import PAGES
from govshare.regulation.articles import cite, provisions
from govshare.regulation.conventions import CONVENTIONS, convention
from tests.portal.conftest import Site, Visitor, text

NUMBERS = list(provisions("CD2016"))
NOTICE = cite("CD2016-17")


def owe(site: Site, who: str, about: str, *, days_ago: int = 0, basis: object = NOTICE):
    """A duty of that organization, begun so many days ago."""
    begun = utc_now() - timedelta(days=days_ago)
    owner = str(site.cast.organization(who).pk)
    return duties.start(
        kind="test:notice", about=about, title=f"告知变更 {about}", owner=owner, basis=basis, working_days=15, now=begun, by=PLATFORM
    )


@pytest.mark.article("CD2016-4")
def test_all_forty_two_articles_stand_in_the_list(registrar: Visitor):
    page = text(registrar.open("/help/"))
    rows = registrar.open("/help.json").json()

    assert all(row["asks"] in page for row in rows["items"])
    assert [row["number"] for row in rows["items"]] == NUMBERS == list(range(1, 43))
    assert rows["items"][16]["text"] == cite("CD2016-17").text


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("17", [17]),
        ("第十七条", [17]),
        ("CD2016-25.2", [25]),
        ("数字证书", [35]),
        ("  15年 日志 ", [26]),
        ("没有这样的词", []),
        ("CD2016-99", []),
    ],
)
def test_search_looks_into_law_and_guide(registrar: Visitor, wanted, found):
    rows = registrar.client.get("/help.json", {"q": wanted}).json()

    assert [row["number"] for row in rows["items"]][: len(found) or None] == found


def test_search_finds_conventions_too(registrar: Visitor):
    page = registrar.client.get("/help/", {"q": "PC-34"}).content.decode()

    assert convention("PC-34").title in page
    assert "/rules/PC-34/" in page


def test_each_article_shows_its_words_part_by_part(registrar: Visitor):
    for number, provision in provisions("CD2016").items():
        response = registrar.open(f"/help/{number}/")
        page = text(response)

        assert response.status_code == 200
        for paragraph in provision.paragraphs:
            assert all(" ".join(part.split()) in page for part in (paragraph.opening, *paragraph.items)), number


def test_an_article_names_its_gap_and_its_conventions(registrar: Visitor):
    page = text(registrar.open("/help/22/"))

    assert all(row.title in page for row in CONVENTIONS.values() if row.serves == "CD2016-22")
    assert "争议的协调案件" in text(registrar.open("/help/25/"))  # what is to come
    assert "不由软件落实" in text(registrar.open("/help/9/"))


def test_an_article_leads_to_the_pages_that_rest_on_it(officer: Visitor):
    assert '<a href="/rules/acts/new/">存档延续或替代文件</a>' in officer.open("/help/42/").content.decode()


@pytest.mark.article("CD2016-17", "PC-04")
def test_the_state_of_an_article_is_counted_now(site: Site, registrar: Visitor):
    owe(site, "provider", "A")
    owe(site, "provider", "B", days_ago=90)
    owe(site, "provider", "C", basis=convention("PC-01"))  # in the article's service
    kept = owe(site, "provider", "D")
    duties.keep(kind=kept.kind, about="D", now=utc_now(), by=PLATFORM)
    owe(site, "provider", "E", basis=cite("CD2016-22"))

    row = registrar.open("/help.json").json()["items"][16]

    assert {key: row[key] for key in ("in_time", "late", "due", "overdue")} == {"in_time": 1, "late": 0, "due": 2, "overdue": 1}
    assert 'href="/help/duties/?article=17&amp;state=overdue"' in registrar.open("/help/").content.decode()
    assert [item["title"] for item in registrar.open("/help/duties.json?article=17&state=overdue").json()["items"]] == ["告知变更 B"]


@pytest.mark.article("PC-61")
def test_a_department_sees_its_own_duties_an_authority_those_of_its_tier(site: Site, registrar: Visitor, officer: Visitor):
    for who in ("provider", "recipient", "district"):
        owe(site, who, who)
    district = site.visitor("district_authority", Role.AUTHORITY)
    auditor = site.visitor("authority", Role.AUDIT_ADMIN)

    seen = {
        who: {item["title"].removeprefix("告知变更 ") for item in visitor.open("/help/duties.json?article=17").json()["items"]}
        for who, visitor in (("provider", registrar), ("city", officer), ("district", district), ("auditor", auditor))
    }

    assert seen["provider"] == {"provider"}
    assert seen["city"] >= {"provider", "recipient"} and "district" not in seen["city"]
    assert seen["district"] == {"district"}
    assert seen["auditor"] >= {"provider", "recipient", "district"}


def test_the_list_says_how_each_duty_stands(site: Site, registrar: Visitor):
    owe(site, "provider", "A")
    owe(site, "provider", "B", days_ago=90)
    suspended = owe(site, "provider", "C")
    duties.suspend(kind=suspended.kind, about="C", reason="补正材料", now=utc_now(), by=PLATFORM)

    items = registrar.open("/help/duties.json").json()["items"]
    page = registrar.open("/help/duties/").content.decode()

    assert {item["title"][-1]: item["state"] for item in items if item["title"].startswith("告知变更")} == {
        "A": "未到期",
        "B": "已逾期",
        "C": "中止",
    }
    assert 'aria-label="红灯"' in page and 'aria-label="中止"' in page
    assert registrar.open("/help/duties.xlsx?state=due").content[:2] == b"PK"


@pytest.mark.parametrize("query", ["article=abc", "article=999", "article=²", "state=DROP+TABLE", "page=-4", "page=x", "article=&state="])
def test_a_list_asked_for_nonsense_answers_all_the_same(registrar: Visitor, query):
    assert registrar.open(f"/help/duties/?{query}").status_code == 200


@pytest.mark.parametrize("number", ["0", "43", "999999999999999999999", "PC-99", "x", "%3Cscript%3E", "\uff11\uff17"])
def test_no_such_article_is_said_in_words(registrar: Visitor, number):
    response = registrar.open(f"/help/{number}/")

    assert response.status_code == 404
    assert "共四十二条" in text(response)
    assert "<script>" not in response.content.decode().replace("<script src", "")


def test_a_paragraph_leads_to_its_article_and_a_convention_to_its_page(registrar: Visitor):
    assert registrar.open("/help/25.2/").status_code == 200
    assert registrar.open("/help/PC-31/")["Location"] == "/rules/PC-31/"


@pytest.mark.parametrize("role", beginning.GUIDES)
def test_who_begins_finds_the_own_role_first(site: Site, role):
    who = "authority" if role in {Role.AUTHORITY, Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN} else "provider"

    page = site.visitor(who, role).open("/help/start/").content.decode()

    assert page.index(str(beginning.GUIDES[role].intro)) < page.index("其他角色")


def test_every_step_rests_on_something_and_every_role_has_steps():
    people = set(Role) - {Role.SYSTEM, Role.PLATFORM}
    bases = {step.basis for guide in beginning.GUIDES.values() for step in guide.steps}

    assert set(beginning.GUIDES) == people
    assert all(basis in CONVENTIONS or cite(basis) for basis in bases)


def test_keys_and_hints_are_told(registrar: Visitor):
    page = text(registrar.open("/help/keys/"))

    assert all(str(what) in page for _, what in beginning.KEYS)


def test_help_is_for_whoever_is_signed_in(stranger: Visitor):
    for name in ("help", "help-duties", "help-start", "help-keys"):
        assert stranger.open(f"/{PAGES[name].path}").status_code == 302


def test_in_english_the_guide_is_english_and_the_law_stays_as_it_is(registrar: Visitor):
    registrar.client.cookies["__Host-language"] = "en"

    page = text(registrar.open("/help/26/"))

    assert "Exchange and query logs are kept for 15 years." in page
    assert cite("CD2016-26").text in page
