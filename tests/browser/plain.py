"""A visitor without a browser, for what needs no drawing: pages over TLS, their links and texts."""

import http.client
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

from govshare.kernel.roles import Role
from tools.demonstration import Demonstration
from tools.sitting import LANGUAGE, SESSION, token
from tools.trail import Trail

CHINESE = re.compile(r"[\u3400-\u9fff]")
#: A sentence of ours with a name in it: “Rename: 市公安局”, “Remarks on “登记状态””.
AROUND_DATA = re.compile(r"[A-Za-z]{3,}")
#: Attributes that people read or hear.
SAID = ("title", "placeholder", "aria-label", "alt", "data-copied", "data-confirm", "data-empty", "label")
#: Elements without an end.
EMPTY = frozenset(re.findall(r"\w+", "area base br col embed hr img input link meta source track wbr use path circle line polyline rect"))


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    text: str


class Visitor:
    """``Visitor(city, "market-registrar")``; one connection that stays open."""

    def __init__(self, city: Demonstration, stem: str, *, english: bool = False) -> None:
        self.cookie = f"{SESSION}={token(city, stem)}" + (f"; {LANGUAGE}=en" if english else "")
        self.line = http.client.HTTPSConnection("localhost", city.portal, context=city.context(), timeout=60)

    def get(self, address: str) -> Answer:
        self.line.request("GET", address, headers={"Cookie": self.cookie, "Accept": "text/html"})
        answer = self.line.getresponse()
        return Answer(answer.status, answer.read().decode("utf-8", errors="replace"))

    def walk(self, role: Role) -> Iterator[tuple[str, str, Answer]]:
        """Every page of the role that answers."""
        trail = Trail(role)
        for name, address in trail:
            answer = self.get(address)
            if answer.status == 200:
                yield name, address, answer
            trail.note(re.findall(r'href="(/[^"]*)"', answer.text))


@dataclass
class Chrome(HTMLParser):
    """Chinese that a page says itself; what stands below ``lang="zh…"`` is data, law or somebody's words."""

    found: list[str] = field(default_factory=list)
    open: list[tuple[str, bool]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    @classmethod
    def of(cls, html: str) -> list[str]:
        parser = cls()
        parser.feed(html)
        return parser.found

    @property
    def theirs(self) -> bool:
        return bool(self.open) and self.open[-1][1]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        language = known.get("lang")
        theirs = language.startswith("zh") if language else self.theirs
        if not theirs:
            self.found += [
                f"{name}={value}"
                for name, value in known.items()
                if name in SAID and value and CHINESE.search(value) and not AROUND_DATA.search(value)
            ]
            if tag == "input" and known.get("type") in {"submit", "button", "reset"} and CHINESE.search(known.get("value") or ""):
                self.found.append(str(known["value"]))
        if tag not in EMPTY:
            self.open.append((tag, theirs or tag in {"script", "style", "textarea", "title"}))

    def handle_endtag(self, tag: str) -> None:
        for place in range(len(self.open) - 1, -1, -1):
            if self.open[place][0] == tag:
                del self.open[place:]
                return

    def handle_data(self, data: str) -> None:
        in_choice = bool(self.open) and self.open[-1][0] == "option"  # choices of ours have their English by test
        if not self.theirs and not in_choice and CHINESE.search(data) and not AROUND_DATA.search(data):
            self.found.append(" ".join(data.split())[:120])
