"""Commands to copy, shown in tabs that need no script."""

import re
from collections.abc import Iterable, Mapping

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from govshare.portal.commands import Snippet

register = template.Library()

_TOKENS = re.compile(r"(?P<c>^\s*(?:#|//) .*$)|(?P<s>'[^'\n]*'|\"(?:[^\"\\\n]|\\.)*\")", re.MULTILINE)


@register.inclusion_tag("portal/parts/commands.html")
def commands(snippets: Iterable[Snippet], name: str) -> Mapping[str, object]:
    """``name`` tells several on one page apart."""
    return {"snippets": list(snippets), "name": name}


@register.filter
def coloured(text: str) -> SafeString:
    """Comments and texts of a command in their colours."""
    shown: list[str] = []
    place = 0
    for found in _TOKENS.finditer(text):
        shown.append(escape(text[place : found.start()]))
        shown.append(f'<span class="{found.lastgroup}">{escape(found.group())}</span>')
        place = found.end()
    return mark_safe("".join([*shown, escape(text[place:])]))  # noqa: S308 - every piece was escaped
