"""What the site answers when something is not possible: in words, with what it rests on, what to do, and the request's number."""

import re

import pytest
from django.db import OperationalError
from django.http import HttpResponse
from django.test import Client

from govshare.audit.models import Entry
from govshare.kernel.errors import TooMany, Unavailable, WrongState
from govshare.kernel.roles import Role
from govshare.portal.frame.pages import addresses, page
from govshare.portal.frame.visitor import COOKIE
from govshare.project.urls import handler400, handler403, handler404, handler500
from govshare.project.urls import urlpatterns as real
from govshare.regulation.articles import cite
from govshare.regulation.conventions import convention
from tests.portal.conftest import Site, Visitor, text

__all__ = ["handler400", "handler403", "handler404", "handler500"]

RAISED = {
    "conflict": WrongState("别人已经办结这件事，请刷新后再看", basis=convention("PC-24")),
    "many": TooMany("请求过于频繁", basis=cite("CD2016-34")),
    "away": Unavailable("来源库没有应答", basis=cite("CD2016-34")),
    "database": OperationalError("connection to server at 10.1.2.3 failed: password hunter2"),
    "bug": RuntimeError("hunter2 at line 7"),
}


@page("raise/<str:what>/", title="raise", basis=cite("CD2016-34"), methods=("GET", "POST"), lists=True)
def raising(_request, what: str) -> HttpResponse:
    """A page on which everything goes wrong that can."""
    raise RAISED[what]


urlpatterns = [*real, *addresses(raising)]


@pytest.fixture
def visitor(site: Site, settings) -> Visitor:
    settings.ROOT_URLCONF = __name__
    return site.visitor("provider", Role.REGISTRAR)


def number_on(response: HttpResponse) -> str:
    return re.search(r'id="request-id">([^<]+)<', response.content.decode())[1]


@pytest.mark.parametrize(
    ("what", "status", "heading", "said"),
    [
        ("conflict", 409, "情况已经变化", "别人已经办结这件事"),
        ("many", 429, "请稍后再试", "不要连续点击"),
        ("away", 503, "暂时不可用", "来源库没有应答"),
        ("database", 503, "暂时不可用", "数据库暂时不可用"),
        ("bug", 500, "平台内部出错", "凭编号就能查到原因"),
    ],
)
def test_each_refusal_has_its_page_with_basis_advice_and_number(visitor: Visitor, what, status, heading, said):
    response = visitor.open(f"/raise/{what}/")
    page_ = text(response)

    assert response.status_code == status
    assert heading in page_ and said in page_
    assert number_on(response) == response["X-Request-Id"]
    assert re.search(r'class="faint basis"[^>]* href="/help/(?:34|PC-\d+)/"', response.content.decode())
    assert "重新打开" in page_
    assert not re.search(r"hunter2|Traceback|line 7|10\.1\.2\.3|RuntimeError", response.content.decode())
    assert "script-src 'self'" in response["Content-Security-Policy"]


@pytest.mark.parametrize("what", ["many", "away", "database"])
def test_when_to_try_again_is_told_to_programs_too(visitor: Visitor, what):
    assert int(visitor.open(f"/raise/{what}/")["Retry-After"]) > 0


def test_what_was_typed_stands_on_the_page_but_no_password(visitor: Visitor):
    response = visitor.send(
        "/raise/conflict/", {"name": "<b>我写的名称</b>", "password": "hunter2", "new_password": "hunter2", "note": "第二处"}
    )
    page_ = response.content.decode()

    assert response.status_code == 409
    assert "&lt;b&gt;我写的名称&lt;/b&gt;" in page_ and "第二处" in page_
    assert "hunter2" not in page_ and "csrfmiddlewaretoken</dt>" not in page_


@pytest.mark.article("CD2016-35")
def test_a_page_of_other_roles_says_whose_it_is_and_is_recorded(visitor: Visitor):
    response = visitor.open("/calendar/load/")
    page_ = text(response)

    assert response.status_code == 403
    assert "这件事不归您办理" in page_ and Role.AUTHORITY.label in page_ and "分管领导任命" in page_
    refusal = Entry.objects.get(action="portal:calendar-load:open")
    assert refusal.outcome == "refused"


@pytest.mark.parametrize(
    "address", ["/nope/", "/help/17/x/", "/catalog.exe", "/" + "长" * 500, "/%F0%9F%92%A9/", "/a%00b/", "/static/none.css"]
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_an_address_that_is_none_keeps_the_menu(visitor: Visitor, address, method):
    visitor.open("/signin/challenge/")
    token = visitor.client.cookies["__Host-csrf"].value

    response = getattr(visitor.client, method)(
        address, {"csrfmiddlewaretoken": token} if method == "post" else {}, headers={"Referer": "https://testserver/"}
    )

    assert response.status_code == 404
    assert "没有找到" in text(response)
    assert 'class="side"' in response.content.decode() and 'href="/help/"' in response.content.decode()


def test_a_stranger_at_no_address_sees_no_menu(stranger: Visitor):
    response = stranger.open("/nope/")

    assert response.status_code == 404
    assert 'class="side"' not in response.content.decode()


def test_the_wrong_verb_is_told_in_words(visitor: Visitor):
    response = visitor.send("/help/")

    assert response.status_code == 405
    assert "不能这样" in text(response)
    assert response["Allow"] == "GET"


def test_a_form_from_elsewhere_is_refused_in_words(visitor: Visitor):
    response = visitor.client.post("/raise/conflict/", {"name": "x"}, headers={"Referer": "https://elsewhere.example/"})

    assert response.status_code == 403
    assert "已经失效" in text(response)
    assert number_on(response) == response["X-Request-Id"]


def test_lists_are_refused_to_programs_in_one_line(visitor: Visitor):
    response = visitor.open("/raise/conflict.json")

    assert (response.status_code, response["Content-Type"]) == (409, "text/plain; charset=utf-8")
    assert response.content.decode() == "别人已经办结这件事，请刷新后再看（PC-24）"


def test_nothing_typed_is_lost_when_the_session_ends_in_the_middle_of_a_form(site: Site):
    officer = site.visitor("authority", Role.AUTHORITY)
    officer.open("/rules/PC-34/change/")
    session = officer.client.cookies.pop(COOKIE)
    typed = {"value": "7", "reason": "写了很久的\n理由 “引号” <b>"}

    over = officer.send("/rules/PC-34/change/", typed)

    assert over.status_code == 401
    assert "登录已结束" in text(over)
    fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', over.content.decode(), re.DOTALL))
    assert fields["reason"] == "写了很久的\n理由 “引号” &lt;b&gt;"

    officer.client.cookies[COOKIE] = session.value  # signed in again, in another tab
    again = officer.client.post(
        "/rules/PC-34/change/",
        typed | {"csrfmiddlewaretoken": fields["csrfmiddlewaretoken"]},
        headers={"Referer": "https://testserver/rules/PC-34/change/"},
    )

    assert again["Location"] == "/rules/PC-34/"
    assert "写了很久的" in text(officer.open("/rules/PC-34/"))


@pytest.mark.parametrize("body", [b"\xff\xfe%%%", b"a" * 100_000, b"=&=&=&%zz"])
def test_rubbish_instead_of_a_form_is_refused_not_fallen_over(visitor: Visitor, body):
    response = visitor.client.post(
        "/rules/acts/new/", body, content_type="application/x-www-form-urlencoded", headers={"Referer": "https://testserver/"}
    )

    assert response.status_code == 403


def test_a_broken_upload_is_refused_in_words(site: Site):
    officer = site.visitor("authority", Role.AUTHORITY)
    officer.open("/signin/challenge/")
    token = officer.client.cookies["__Host-csrf"].value

    response = officer.client.post(
        "/rules/acts/new/",
        b"--x\r\nnot a part",
        content_type="multipart/form-data; boundary=x",
        headers={"X-CSRFToken": token, "Referer": "https://testserver/"},
    )

    assert response.status_code in {400, 422}
    assert "Traceback" not in response.content.decode()


def test_pages_of_refusal_speak_english_too(visitor: Visitor):
    visitor.client.cookies["__Host-language"] = "en"

    assert '<html lang="en">' in visitor.open("/nope/").content.decode()


def test_a_fault_page_needs_no_database(settings, stranger: Visitor, django_db_blocker):
    settings.ROOT_URLCONF = __name__
    browser = Client(raise_request_exception=False)
    browser.cookies[COOKIE] = "whatever"

    with django_db_blocker.block():
        response = browser.get("/nope/", secure=True)

    assert response.status_code in {404, 500, 503}
    assert number_on(response) == response["X-Request-Id"]
