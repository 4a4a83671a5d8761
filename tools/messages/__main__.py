"""``python -m tools.messages``: bring the English file up to date and compile it; says what has no English yet.

New messages come in empty, forgotten ones go; what is there is kept word for word. Nothing is guessed.
"""

import os
import sys
from io import BytesIO

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from tools.frontend.messages import compile_all
from tools.messages.gather import SOURCES, catalog, every

FILE = SOURCES / "govshare" / "portal" / "locale" / "en" / "LC_MESSAGES" / "django.po"
HEADER = "# The site in English. Brought up to date by: python -m tools.messages"


def main() -> int:
    kept = refreshed()
    written(kept)
    missing = untranslated(kept)
    for text in missing:
        print(text)
    print(f"{len(kept)} messages, {len(missing)} without English", file=sys.stderr)
    return 0


def refreshed() -> Catalog:
    """The file with today's messages; translations stand where they stood."""
    known = current()
    fresh = Catalog(locale="en", project="govshare", charset="utf-8", header_comment=HEADER, fuzzy=False)
    for message in catalog(every()):
        if not message.id:
            continue
        told = known.get(message.id if isinstance(message.id, str) else message.id[0], message.context)
        same = told is not None and isinstance(told.id, str) == isinstance(message.id, str)
        fresh.add(
            message.id,
            told.string if told is not None and same else "",
            context=message.context,
            locations=[(place, None) for place, _ in sorted(message.locations)],
            flags=message.flags,
        )
    return fresh


def current() -> Catalog:
    if not FILE.exists():
        return Catalog(locale="en", charset="utf-8")
    with FILE.open("rb") as file:
        return read_po(file, locale="en")


def as_text(whole: Catalog) -> bytes:
    """Without dates and versions, so that the file changes only when words do."""
    out = BytesIO()
    write_po(out, whole, width=0, sort_output=True, include_lineno=False, omit_header=False)
    dated = ("POT-Creation-Date", "PO-Revision-Date", "Last-Translator", "Language-Team", "Generated-By", "Report-Msgid", "Project-Id")
    lines = out.getvalue().decode().splitlines()
    return ("\n".join(line for line in lines if not line.startswith(tuple(f'"{name}' for name in dated))) + "\n").encode()


def written(whole: Catalog) -> None:
    FILE.parent.mkdir(parents=True, exist_ok=True)
    FILE.write_bytes(as_text(whole))
    compile_all()


def untranslated(whole: Catalog) -> list[str]:
    """What has no English, or is only guessed."""
    return [str(message.id) for message in whole if message.id and (message.fuzzy or not _said(message.string))]


def _said(string: object) -> bool:
    return all(string) if isinstance(string, tuple | list) else bool(string)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "govshare.project.settings")
    os.environ.setdefault("GOVSHARE_MODE", "demo")
    import django

    django.setup()
    sys.exit(main())
