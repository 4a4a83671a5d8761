"""Translations compiled without the gettext programs."""

import gettext
import os

import pytest

from tools.frontend import messages

CATALOG = """
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

msgid "待办事项"
msgstr "To do"

#, fuzzy
msgid "共享目录"
msgstr "A guess"

#, python-format
msgid "剩 %(days)s 个工作日"
msgid_plural "剩 %(days)s 个工作日"
msgstr[0] "%(days)s working day left"
msgstr[1] "%(days)s working days left"
"""


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "portal" / "locale" / "en" / "LC_MESSAGES" / "django.po"
    path.parent.mkdir(parents=True)
    path.write_text(CATALOG, "utf-8")
    return path


def test_a_translation_reads_as_gettext_reads_it(source, tmp_path):
    assert messages.compile_all(tmp_path)

    with source.with_suffix(".mo").open("rb") as file:
        read = gettext.GNUTranslations(file)
    assert read.gettext("待办事项") == "To do"
    assert read.gettext("共享目录") == "共享目录"  # fuzzy: nobody's words yet
    assert read.ngettext("剩 %(days)s 个工作日", "剩 %(days)s 个工作日", 2) == "%(days)s working days left"


def test_it_is_compiled_again_only_when_somebody_wrote(source, tmp_path):
    first, second = messages.compile_all(tmp_path), messages.compile_all(tmp_path)
    source.write_text(CATALOG.replace("To do", "Tasks"), "utf-8")
    os.utime(source, (4e9, 4e9))

    assert (first, second, messages.compile_all(tmp_path)) == (True, False, True)
    assert b"Tasks" in source.with_suffix(".mo").read_bytes()
