"""A real browser with a certificate in its own store signs in at the certificate port and lands at the portal."""

import os
import shutil

import pytest
from playwright.sync_api import Error, expect

from govshare.demo.authority import PASSPHRASE
from govshare.portal.frame.visitor import COOKIE
from tests.browser import store
from tools import chromium

pytestmark = [
    pytest.mark.skipif(not shutil.which("pk12util"), reason="no NSS tools on this machine"),
    pytest.mark.skipif(not store.can_be_chosen(), reason="this account may not manage the browser"),
]


def opened(playwright, home):
    """The browser as installed, with its own store; nothing of it is told to ignore anything."""
    return playwright.chromium.launch_persistent_context(
        home / "profile",
        executable_path=chromium.find(),
        args=list(chromium.ARGUMENTS),
        chromium_sandbox=os.geteuid() != 0,
        env={**os.environ, "HOME": str(home)},
        locale=chromium.LOCALE,
    )


@pytest.mark.article("CD2016-35")
def test_the_certificate_in_the_browsers_store_signs_its_holder_in(playwright, city, tmp_path):
    kept = store.Store(tmp_path)
    kept.trust("demo-root", city.home / "ca" / "root.pem")
    kept.take(city.home / "ca" / "market-registrar.p12", PASSPHRASE)

    with store.chosen_for(f"https://localhost:{city.signin}", "锦享演示根证书"):
        context = opened(playwright, tmp_path)
        page = context.new_page()
        page.goto(f"{city.address}/signin/")
        page.get_by_role("link", name="选择证书登录").click()
        page.wait_for_url(f"{city.address}/")
        landed, cookies = page.url, {cookie["name"] for cookie in context.cookies()}
        expect(page.get_by_text("成都市市场监督管理局").first).to_be_visible()
        expect(page.get_by_text("目录登记人员").first).to_be_visible()
        context.close()

    assert landed.startswith(f"{city.address}/")
    assert "ticket" not in landed
    assert COOKIE in cookies


@pytest.mark.article("CD2016-35")
def test_without_a_certificate_the_certificate_port_lets_no_browser_in(playwright, city, tmp_path):
    store.Store(tmp_path).trust("demo-root", city.home / "ca" / "root.pem")

    context = opened(playwright, tmp_path)
    with pytest.raises(Error, match="net::ERR_"):
        context.new_page().goto(f"https://localhost:{city.signin}/")
    answered = context.request.get(f"{city.address}/signin/", ignore_https_errors=True)
    context.close()

    assert answered.status == 200  # it is the certificate that was missing, not the way
