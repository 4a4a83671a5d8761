"""A person at a browser: signs in from the list, clicks, types, reads."""

import re

from playwright.sync_api import Locator, Page, expect


class Person:
    """``Person(page, "市市场监管局", "目录登记人员")`` signs in by clicking; then ``click``, ``type``, ``sees``."""

    def __init__(self, page: Page, body: str, role: str) -> None:
        self.page = page
        page.goto("/signin/")
        page.get_by_role("link", name="选一位演示人员").click()
        self.type("按机构、姓名或角色查找", body)
        page.get_by_role("button", name="查找").click()
        group = page.locator("section").filter(has=page.get_by_role("heading", name=body, exact=True))
        group.get_by_role("button", name=re.compile(role)).first.click()
        self.sees(role)

    @classmethod
    def seated(cls, page: Page) -> "Person":
        """Somebody who is signed in already."""
        person = cls.__new__(cls)
        person.page = page
        return person

    def menu(self, name: str) -> None:
        self.page.get_by_role("navigation", name="主导航").get_by_role("link", name=re.compile(f"^{name}")).click()

    def click(self, name: str, *, exact: bool = False) -> None:
        """The button of this name, or the link."""
        page = self.page
        found = page.get_by_role("button", name=name, exact=exact).or_(page.get_by_role("link", name=name, exact=exact))
        found.locator("visible=true").first.click()

    def press(self, name: str) -> None:
        """The button of just this name, or what looks like one."""
        self.click(name, exact=True)

    def row(self, text: str) -> Locator:
        """The line of a list that says ``text``."""
        return self.page.get_by_role("row").filter(has_text=text).first

    def find(self, text: str) -> None:
        """By the search of the top bar."""
        search = self.page.get_by_role("search").first.get_by_role("searchbox")
        search.fill(text)
        search.press("Enter")

    def type(self, label: str, text: str) -> None:
        self.page.get_by_label(label, exact=True).fill(text)

    def choose(self, label: str, option: str) -> None:
        """The option that contains ``option``."""
        field = self.page.get_by_label(label, exact=True)
        wanted = field.locator("option").filter(has_text=option).first
        field.select_option(value=wanted.get_attribute("value"))

    def tick(self, label: str) -> None:
        """The box or the choice whose words begin so."""
        said = re.compile(rf"^\s*{re.escape(label)}")
        self.page.get_by_role("checkbox", name=said).or_(self.page.get_by_role("radio", name=said)).first.check()

    def sees(self, *texts: str) -> None:
        for text in texts:
            expect(self.page.get_by_text(text).locator("visible=true").first).to_be_visible()

    def sign_out(self) -> None:
        self.page.locator("header details, .top details").last.locator("summary").click()
        self.click("退出登录")
        expect(self.page).to_have_url(re.compile(r"/signin/"))
