"""What no page may do: speak up in the console, break its policy, fail, ask a stranger, scroll sideways, shut people out."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, Response

BUILT = Path(__file__).parents[2] / "build"
#: What a browser says itself of an answer that is a refusal in words; the answer's status is judged apart.
REFUSED_ANSWER = "Failed to load resource: the server responded with a status of 4"

#: Breaches of the policy tell themselves by an event; it is put where Python finds it.
LISTEN = """
window.__breaches = [];
document.addEventListener('securitypolicyviolation', (event) => {
  const place = (event.sourceFile || '') + ':' + event.lineNumber;
  window.__breaches.push(event.violatedDirective + ' ' + (event.blockedURI || 'inline') + ' ' + place);
});
"""
#: Breaches so far, what is wider than the window, where its links lead, whether it is a page and not a part of one.
SEEN = """() => {
  const root = document.scrollingElement || document.documentElement, breaches = window.__breaches || [];
  const links = [...document.querySelectorAll('a[href]')].map((each) => new URL(each.getAttribute('href'), document.baseURI).href);
  if (root.scrollWidth <= root.clientWidth) return {breaches, wide: '', links, whole: document.doctype !== null};
  const wide = [...document.querySelectorAll('body *')].filter((each) => each.getBoundingClientRect().right > root.clientWidth + 1);
  const named = wide.slice(0, 4).map((each) => each.tagName.toLowerCase() + '.' + (each.getAttribute('class') || '')).join(', ');
  return {breaches, wide: root.scrollWidth + ' > ' + root.clientWidth + ': ' + named, links, whole: document.doctype !== null};
}"""
AUDIT = """async () => {
  const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice'];
  const found = await axe.run(document, {resultTypes: ['violations'], runOnly: rules});
  return found.violations.filter((each) => ['serious', 'critical'].includes(each.impact))
    .map((each) => each.id + ' (' + each.impact + '): ' + each.nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join(' | '));
}"""


@cache
def axe() -> str:
    """axe-core's source; empty where the front-end packages were not installed."""
    found = next(BUILT.glob("**/axe-core/axe.min.js"), None)
    return found.read_text("utf-8") if found else ""


@dataclass(frozen=True)
class Seen:
    """What ``SEEN`` tells of a page."""

    breaches: list[str]
    wide: str
    links: list[str]
    whole: bool


@dataclass
class Watched:
    """Everything one context's pages did that they may not; ``fine()`` fails the test that let it happen."""

    context: BrowserContext
    origin: str
    troubles: list[str] = field(default_factory=list)
    served: list[tuple[str, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.context.add_init_script(LISTEN)
        self.context.on("console", self._console)
        self.context.on("weberror", lambda error: self.troubles.append(f"page error: {error.error}"))
        self.context.on("request", self._request)
        self.context.on("response", self._response)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not message.text.startswith(REFUSED_ANSWER):
            self.troubles.append(f"console {message.type}: {message.text[:300]}")

    def _request(self, request: Request) -> None:
        if not request.url.startswith((self.origin, "data:", "blob:", "about:")):
            self.troubles.append(f"asked a stranger: {request.url}")

    def _response(self, response: Response) -> None:
        self.served.append((response.url, response.status))
        own = response.url.removeprefix(self.origin)
        if response.status >= 500 or (response.status == 404 and own.startswith("/static/")):
            self.troubles.append(f"{response.status} {own}")

    def look(self, page: Page) -> Seen:
        """At the page as it stands; a part of a page is drawn elsewhere, and looked at there."""
        seen = Seen(**page.evaluate(SEEN))
        self.troubles += [f"policy: {breach}" for breach in seen.breaches]
        if seen.wide and seen.whole:
            self.troubles.append(f"scrolls sideways at {page.viewport_size}: {seen.wide}")
        return seen

    def audit(self, page: Page) -> None:
        """Whether everybody can use it, by axe-core."""
        if not axe():
            self.troubles.append("axe-core is not installed: python -m tools.frontend")
            return
        page.evaluate(f"() => {{ {axe()}\n }}")
        self.troubles += [f"axe {found}" for found in page.evaluate(AUDIT)]

    def take(self, where: str) -> list[str]:
        """The troubles so far, named by where they happened; forgotten here."""
        taken, self.troubles = [f"{where}: {trouble}" for trouble in self.troubles], []
        return taken

    def fine(self) -> None:
        for page in self.context.pages:
            self.look(page)
        assert not self.troubles, "\n".join(self.troubles)


@contextmanager
def expecting(watched: Watched, *words: str) -> Iterator[None]:
    """What happens here and is told with one of ``words`` is what the test is about."""
    yield
    watched.troubles = [each for each in watched.troubles if not any(word in each for word in words)]
