"""Every message of the site, by where it stands.

Templates are turned into Python-like text by Django itself, as its own ``makemessages`` does, and both are read by Babel: no
gettext programs are needed. The words that rooms say in Chinese (roles, statuses, classes) are labels of their choices and come
to the site through the ``term`` filter; they are gathered from the classes.
"""

import importlib
import pkgutil
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from types import ModuleType
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract

ROOT = Path(__file__).parents[2]
SOURCES = ROOT / "src"
KEYWORDS: dict[str, Any] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
#: Rooms whose pages and templates speak to people.
SPEAKING = ("portal", "demo")


@dataclass(frozen=True, slots=True)
class Found:
    """One message: a text, or singular and plural; what tells it from the same words elsewhere; where it stands."""

    message: str | tuple[str, str]
    context: str | None
    place: str


def every() -> Iterator[Found]:
    for room in SPEAKING:
        for path in sorted((SOURCES / "govshare" / room).rglob("*")):
            if path.suffix == ".py" and "migrations" not in path.parts:
                yield from _read(path, path.read_bytes())
            elif path.suffix == ".html":
                yield from _read(path, _python_of(path))
                yield from _spoken(path)
    yield from labels()


def catalog(found: Iterable[Found]) -> Catalog:
    """A template without translations."""
    template = Catalog(project="govshare", charset="utf-8")
    for each in found:
        flags = ("python-format",) if "%(" in str(each.message) else ()
        template.add(each.message, context=each.context, locations=[(each.place, None)], flags=flags)
    return template


def _read(path: Path, source: bytes) -> Iterator[Found]:
    place = str(path.relative_to(SOURCES))
    for _line, message, _comments, context in extract("python", BytesIO(source), KEYWORDS, options={"encoding": "utf-8"}):
        yield Found(tuple(message) if isinstance(message, list) else message, context, place)


#: Words handed to a component as they are; it says them in the reader's language.
_SPOKEN = re.compile(r"""\{%\s*(?!translate|trans|blocktranslate)\w+[^%]*?"([^"%]*[\u3400-\u9fff][^"%]*)\"""")


def _spoken(path: Path) -> Iterator[Found]:
    place = str(path.relative_to(SOURCES))
    for word in _SPOKEN.findall(path.read_text("utf-8")):
        yield Found(word, None, place)


def _python_of(path: Path) -> bytes:
    from django.utils.translation.template import templatize

    return templatize(path.read_text("utf-8"), origin=str(path)).encode()


def labels() -> Iterator[Found]:
    """What choices and moves are called, in every room, and in what conventions count."""
    from govshare.kernel.choices import TextChoices
    from govshare.regulation.conventions import CONVENTIONS

    modules = list(_all_modules())
    for kind in sorted(_below(TextChoices), key=lambda each: (each.__module__, each.__qualname__)):
        yield from _words((str(choice.label) for choice in kind), f"{kind.__module__}.{kind.__qualname__}")
    for module in modules:
        for name, workflow in _workflows(module):
            yield from _words((move.label for move in workflow), f"{module.__name__}.{name}")
    yield from _words(sorted({row.unit for row in CONVENTIONS.values()}), "govshare.regulation.conventions")


def _words(words: Iterable[str], place: str) -> Iterator[Found]:
    for word in words:
        if not word.isascii():
            yield Found(word, None, place)


def _workflows(module: ModuleType) -> Iterator[tuple[str, Any]]:
    from govshare.kernel.workflow import Workflow

    yield from ((name, value) for name, value in vars(module).items() if isinstance(value, Workflow))


#: Modules that need an optional extra; they say nothing to the site's users.
EXTRAS = {"govshare.archive.spark"}


def _all_modules() -> Iterator[ModuleType]:
    import govshare

    for room in pkgutil.iter_modules(govshare.__path__):
        if room.name in {"cli", "project", "demo"}:
            continue
        for module in pkgutil.walk_packages([str(SOURCES / "govshare" / room.name)], f"govshare.{room.name}."):
            if ".migrations" not in module.name and module.name not in EXTRAS:
                yield importlib.import_module(module.name)


def _below(kind: type[Any]) -> set[type[Any]]:
    own = set(kind.__subclasses__())
    return own.union(*(_below(each) for each in own))
