"""Signing in and out, and the post one acts in."""

import base64
import re

import pytest

from govshare.kernel.clock import utc_now
from govshare.kernel.roles import Role
from govshare.organizations.services import sessions
from govshare.portal.frame.visitor import COOKIE
from tests.api.conftest import CITY
from tests.portal.conftest import Site, Visitor, browser, text


@pytest.mark.article("CD2016-35")
def test_a_stranger_is_led_to_sign_in_and_back(stranger: Visitor):
    response = stranger.open("/")

    assert response.status_code == 302
    assert response["Location"] == "/signin/?next=%2F"


@pytest.mark.article("CD2016-35")
def test_a_signed_challenge_opens_a_session_kept_in_a_cookie_of_this_host(site: Site):
    visitor = site.visitor("provider", Role.REGISTRAR)
    client = browser()
    page = client.get("/signin/challenge/").content.decode()
    challenge = re.search(r'name="challenge" value="([^"]+)"', page)[1]
    original = re.search(r'id="challenge"[^>]*>([^<]+)<', page)[1].replace("&#x27;", "'")
    issued = CITY.issue("provider-registrar-2")
    from govshare.organizations.services import certificates

    certificates.bind(
        certificate=issued.der,
        person=site.cast.person("provider", Role.REGISTRAR).pk,
        by=site.cast.actor("authority", Role.SECURITY_ADMIN),
        now=site.cast.now,
    )

    response = Visitor(client, "").send(
        "/signin/challenge/",
        {
            "challenge": challenge,
            "certificate": base64.b64encode(issued.der).decode(),
            "signature": base64.b64encode(issued.sign(original)).decode(),
        },
    )

    assert response.status_code == 302, text(response)
    cookie = response.cookies[COOKIE]
    assert cookie["secure"] and cookie["httponly"] and cookie["path"] == "/" and not cookie["domain"]
    assert visitor.open("/").status_code == 200


def ticket_of(site: Site) -> str:
    site.visitor("provider", Role.REGISTRAR)
    person = site.cast.person("provider", Role.REGISTRAR)
    return sessions.open_ticket(certificate_der=bytes(person.certificates.get().der), now=utc_now())


@pytest.mark.article("CD2016-35")
@pytest.mark.parametrize("origin", ["none", "cross-site", ""])
def test_who_did_not_come_from_the_sign_in_page_is_asked_whose_name_it_is(site: Site, origin: str):
    ticket = ticket_of(site)
    visitor = Visitor(browser(), "")

    asked = visitor.client.get(f"/signin/ticket/{ticket}", headers={"Sec-Fetch-Site": origin} if origin else {})
    entered = visitor.send(f"/signin/ticket/{ticket}")

    assert asked.status_code == 200 and COOKIE not in asked.cookies
    assert site.cast.person("provider", Role.REGISTRAR).name in text(asked)
    assert (entered.status_code, entered["Location"]) == (302, "/")
    assert COOKIE in entered.cookies


@pytest.mark.article("CD2016-35", "PC-15")
def test_a_ticket_opens_the_portal_once(site: Site):
    ticket = ticket_of(site)
    from_sign_in = {"Sec-Fetch-Site": "same-site"}

    first, second = (browser().get(f"/signin/ticket/{ticket}", headers=from_sign_in) for _ in range(2))

    assert (first.status_code, first["Location"]) == (302, "/")
    assert COOKIE in first.cookies
    assert second.status_code == 302 and COOKIE not in second.cookies


def test_signing_out_ends_the_session(site: Site):
    visitor = site.visitor("provider", Role.REGISTRAR)

    left = visitor.send("/signout/")

    assert left.status_code == 302
    assert browser(visitor.token).get("/")["Location"].startswith("/signin/")


def test_a_form_from_elsewhere_is_refused(site: Site):
    visitor = site.visitor("provider", Role.REGISTRAR)

    response = visitor.client.post("/signout/", {}, secure=True)

    assert response.status_code == 403
    assert "表单已经失效" in text(response)
    assert visitor.open("/").status_code == 200


def test_no_redirect_leads_out_of_the_site(site: Site):
    visitor = site.visitor("provider", Role.REGISTRAR)

    for elsewhere in ("https://evil.example/", "//evil.example/", "/\\evil.example"):
        response = visitor.send("/language/", {"language": "en", "next": elsewhere})
        assert response["Location"] == "/", elsewhere
