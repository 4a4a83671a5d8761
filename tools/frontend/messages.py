"""Compiles what translators write (``django.po``) into what the program reads (``django.mo``)."""

import io
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from tools.frontend import CODE, put


def compile_all(code: Path = CODE) -> bool:
    """True when a translation changed."""
    stale = [path for path in code.rglob("locale/*/LC_MESSAGES/*.po") if _older(path.with_suffix(".mo"), path)]
    changed = [put(path.with_suffix(".mo"), compiled(path)) for path in stale]
    return any(changed)


def compiled(path: Path) -> bytes:
    """Without what is marked fuzzy: a guess of the tools, not yet somebody's words."""
    with path.open("rb") as file:
        catalog = read_po(file, abort_invalid=True)
    binary = io.BytesIO()
    write_mo(binary, catalog)
    return binary.getvalue()


def _older(made: Path, source: Path) -> bool:
    return not made.exists() or made.stat().st_mtime < source.stat().st_mtime
