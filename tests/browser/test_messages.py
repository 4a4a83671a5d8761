"""Every message has its English, and what runs is compiled from what stands in the file."""

import re
from io import BytesIO

from babel.messages.mofile import read_mo

from tools.messages.__main__ import COMPILED, FILE, as_text, current, refreshed, untranslated


def test_every_message_of_the_site_has_its_english():
    assert untranslated(refreshed()) == []


def test_the_file_holds_todays_messages():
    assert FILE.read_bytes() == as_text(refreshed())


def test_what_runs_is_what_stands_in_the_file():
    compiled = read_mo(BytesIO(COMPILED.read_bytes()))

    assert said(compiled) == said(current())


def said(catalog):
    """Messages with their English; singular and plural."""
    return {(forms(message.id), message.context): forms(message.string) for message in catalog if message.id}


def forms(text):
    return (text,) if isinstance(text, str) else tuple(text)


def test_placeholders_are_the_same_in_both_languages():
    holes = re.compile(r"%\(\w+\)[sd]")
    odd = []
    for message in current():
        ids = [message.id] if isinstance(message.id, str) else list(message.id)
        said = [message.string] if isinstance(message.string, str) else list(message.string)
        for text in said:
            if message.id and text and set(holes.findall(text)) - set(holes.findall(ids[0])):
                odd.append(ids[0])

    assert odd == []
