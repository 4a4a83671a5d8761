"""Every message has its English, and what runs is compiled from what stands in the file."""

from io import BytesIO

from babel.messages.mofile import read_mo

from tools.messages.__main__ import COMPILED, FILE, as_text, current, refreshed, untranslated


def test_every_message_of_the_site_has_its_english():
    assert untranslated(refreshed()) == []


def test_the_file_holds_todays_messages():
    assert FILE.read_bytes() == as_text(refreshed())


def test_what_runs_is_what_stands_in_the_file():
    compiled = read_mo(BytesIO(COMPILED.read_bytes()))

    assert {(m.id, m.context): m.string for m in compiled if m.id} == {(m.id, m.context): m.string for m in current() if m.id}


def test_placeholders_are_the_same_in_both_languages():
    import re

    holes = re.compile(r"%\(\w+\)[sd]")
    odd = []
    for message in current():
        ids = [message.id] if isinstance(message.id, str) else list(message.id)
        said = [message.string] if isinstance(message.string, str) else list(message.string)
        for text in said:
            if message.id and text and set(holes.findall(text)) - set(holes.findall(ids[0])):
                odd.append(ids[0])

    assert odd == []
