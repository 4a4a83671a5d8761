"""What surrounds every page: who is here, the menu, what waits; read only when a template asks for it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest
from django.utils import translation
from django.utils.functional import Promise

from govshare import __version__
from govshare.kernel.actor import Actor
from govshare.kernel.clock import local_date, utc_now
from govshare.kernel.roles import Role
from govshare.portal.frame.menu import Line, lines
from govshare.portal.frame.pages import Page
from govshare.portal.frame.visitor import Visitor


@dataclass(frozen=True, slots=True)
class Said:
    """What was done by the request before this one."""

    text: str
    level: str
    receipt: str
    undo: str


class Shell:
    """``pages`` and ``waiting`` are handed in by ``site.py``, which knows every page."""

    def __init__(self, request: HttpRequest, pages: Mapping[str, Page], waiting: Callable[[Actor], Mapping[str, tuple[int, bool]]]) -> None:
        self._request = request
        self._pages = pages
        self._waiting = waiting

    @property
    def visitor(self) -> Visitor | None:
        return getattr(self._request, "visitor", None)

    @property
    def role(self) -> str:
        """The label of the role acted in."""
        roles = sorted(self.visitor.actor.roles) if self.visitor else []
        return "、".join(str(Role(role).label) for role in roles)

    @cached_property
    def menu(self) -> list[tuple[str | Promise, list[Line]]]:
        if self.visitor is None:
            return []
        return lines(self._request, self._pages, self.waiting)  # type: ignore[arg-type]  # a page's request

    @cached_property
    def waiting(self) -> Mapping[str, tuple[int, bool]]:
        return self._waiting(self.visitor.actor) if self.visitor else {}

    @property
    def unseen(self) -> int:
        """Notices not yet seen."""
        return self.waiting.get("notices", (0, False))[0]

    @property
    def language(self) -> str:
        return translation.get_language() or settings.LANGUAGE_CODE

    @property
    def here(self) -> str:
        return self._request.get_full_path()

    @property
    def demo(self) -> bool:
        return bool(settings.GOVSHARE_DEMO)

    @property
    def version(self) -> str:
        return __version__

    @property
    def certificate(self) -> dict[str, Any]:
        """The certificate signed in with: the last four signs of its number, and the days it has left."""
        if self.visitor is None:
            return {}
        shown = self.visitor.session.session.certificate
        left = (local_date(shown.not_after) - local_date(utc_now())) // timedelta(days=1)
        return {"tail": shown.serial[-4:].upper(), "algorithm": shown.algorithm.upper(), "left": left}

    @property
    def said(self) -> list[Said]:
        return [_said(message) for message in messages.get_messages(self._request)]

    def may(self, name: str) -> bool:
        """Whether the visitor may open the page of that name."""
        return self.visitor is not None and name in self._pages and self._pages[name].open_to(self.visitor)


def _said(message: Any) -> Said:
    tags = dict(tag.split(":", 1) for tag in (message.extra_tags or "").split() if ":" in tag)
    return Said(message.message, message.level_tag, tags.get("receipt", ""), tags.get("undo", ""))
