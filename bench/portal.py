"""The portal with twenty people at it: the demonstration city over TLS, every page of the site map, as people read it.

Each person sits in one post, has one open connection, opens a page, reads it for a while, opens the next. The time of a page is
from the request to the last byte of its HTML. What a page weighs is all that a first visit brings over the line, compressed.
"""

import http.client
import random
import re
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles
from typing import Final

from bench.measure import Measure
from tools.demonstration import Demonstration, demonstration
from tools.sitting import SESSION, token, use_django

READING: Final = 3.0  # seconds a page is read for, on average; times are drawn from an exponential distribution
PAGES: Final = 30  # pages each person opens
LIMIT_MS: Final = 150.0
LIMIT_KB: Final = 150.0
CHARTS: Final = "echarts"
BODIES: Final = ("market", "labour")
DEPARTMENT: Final = ("registrar", "reviewer", "resource_admin")
COLLEAGUES: Final = 3  # people at one post of a department
CENTRE: Final = ("authority-authority", "authority-audit_admin")
_PARTS: Final = re.compile(r'<(?:link|script|img|use)\b[^>]*?(?:href|src)="(/static/[^"#]+)', re.DOTALL)


@dataclass
class Visitor:
    """One person's browser, without the drawing."""

    city: Demonstration
    stem: str
    cookie: str = ""
    times: list[tuple[str, float]] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.cookie = f"{SESSION}={token(self.city, self.stem)}"
        self.line = self.connection()

    def connection(self) -> http.client.HTTPSConnection:
        return http.client.HTTPSConnection("localhost", self.city.portal, context=self.city.context(), timeout=60)

    @property
    def role(self) -> str:
        return self.stem.partition("-")[2]

    def get(self, path: str, *, compressed: bool = True) -> tuple[int, bytes, str]:
        """Status, bytes as sent, and what they are packed with. A line that the server closed meanwhile is opened anew, as browsers do."""
        try:
            return self._get(path, compressed=compressed)
        except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
            self.line.close()
            self.line = self.connection()
            return self._get(path, compressed=compressed)

    def _get(self, path: str, *, compressed: bool) -> tuple[int, bytes, str]:
        packed = {"Accept-Encoding": "br, gzip"} if compressed else {}
        self.line.request("GET", path, headers={"Cookie": self.cookie, "Accept": "text/html", **packed})
        answer = self.line.getresponse()
        return answer.status, answer.read(), answer.headers.get("Content-Encoding", "")

    def walk(self, addresses: Sequence[str], pages: int, dice: random.Random) -> None:
        """Open pages one after another, reading in between."""
        time.sleep(dice.uniform(0, READING))
        for _ in range(pages):
            address = dice.choice(addresses)
            begun = time.perf_counter()
            status, _body, _packed = self.get(address)
            self.times.append((address, (time.perf_counter() - begun) * 1000))
            if status != 200:
                self.wrong.append(f"{self.stem} {address}: {status}")
            time.sleep(dice.expovariate(1 / READING))


def run(tell: Callable[..., None], *, rows: int | None = None, pairs: int | None = None) -> list[Measure]:  # noqa: ARG001 - rows: of others
    """``pairs``: pages each person opens, for a quick look."""
    with tempfile.TemporaryDirectory(prefix="gsp-", dir="/tmp") as place:
        Path(place).chmod(0o711)
        use_django()
        tell("making the demonstration city")
        with demonstration(Path(place) / "city") as city:
            return measured(city, tell, pages=pairs or PAGES)


def measured(city: Demonstration, tell: Callable[..., None], *, pages: int = PAGES) -> list[Measure]:
    tell("finding every page of every role")
    posts = [f"{body}-{role}" for body in BODIES for role in DEPARTMENT]
    sitters = [Visitor(city, post) for post in posts for _ in range(COLLEAGUES)] + [Visitor(city, stem) for stem in CENTRE]
    ways = {stem: addresses_of(Visitor(city, stem)) for stem in (*posts, *CENTRE)}
    weights = weighed(city, ways)
    tell(f"{len(sitters)} people, {pages} pages each")
    walks = [(each, random.Random(f"{each.stem} {n}")) for n, each in enumerate(sitters)]  # noqa: S311
    _together([threading.Thread(target=each.walk, args=(ways[each.stem], pages, dice)) for each, dice in walks])
    return report(sitters, weights, tell)


def report(sitters: Sequence[Visitor], weights: dict[str, float], tell: Callable[..., None]) -> list[Measure]:
    times = [spent for each in sitters for _address, spent in each.times]
    p95 = quantiles(times, n=20)[-1]
    wrong = [line for each in sitters for line in each.wrong]
    by_page: dict[str, list[float]] = {}
    for each in sitters:
        for address, spent in each.times:
            by_page.setdefault(address, []).append(spent)
    for address, spent in sorted(by_page.items(), key=lambda pair: -median(pair[1]))[:8]:
        tell(f"  {median(spent):6.0f} ms median of {len(spent):3}  {address}")
    heaviest = max(weights, key=lambda name: weights[name])
    note = f"{len(sitters)} people, {len(times)} pages, {READING:g} s reading on average; median {median(times):.0f}, most {max(times):.0f}"
    if wrong:
        note += f"; not answered with 200: {len(wrong)}, first {wrong[0]}"
    return [
        Measure("portal.page_p95_ms", round(p95, 1), "ms", LIMIT_MS, note),
        Measure("portal.page_kb", round(weights[heaviest], 1), "KB", LIMIT_KB, f"the heaviest of {len(weights)} pages, {heaviest}"),
    ]


def addresses_of(visitor: Visitor) -> list[str]:
    """One address of every page that is this visitor's."""
    from govshare.kernel.roles import Role
    from tools.trail import Trail

    trail, answered = Trail(Role(visitor.role)), []
    for name, address in trail:
        status, body, _ = visitor.get(address, compressed=False)
        if status == 200 and not name.startswith("signin"):
            answered.append(address)
        trail.note(re.findall(r'href="(/[^"]*)"', body.decode("utf-8", errors="replace")))
    return answered


def weighed(city: Demonstration, ways: dict[str, list[str]]) -> dict[str, float]:
    """KB that a first visit of each page brings, as sent, charts left out."""
    from tools.trail import page_at

    parts: dict[str, int] = {}
    weights: dict[str, float] = {}
    for stem, addresses in ways.items():
        visitor = Visitor(city, stem)
        for address in addresses:
            html = visitor.get(address, compressed=False)[1].decode("utf-8", errors="replace")
            needed = {part for part in _PARTS.findall(html) if CHARTS not in part}
            for part in needed - parts.keys():
                parts[part] = len(visitor.get(part)[1])
            size = (len(visitor.get(address)[1]) + sum(parts[part] for part in needed)) / 1024
            weights[page_at(address)] = max(size, weights.get(page_at(address), 0.0))
    return weights


def _together(threads: Sequence[threading.Thread]) -> None:
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
