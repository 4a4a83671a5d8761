"""Every message of the site has its English, with the same places to fill."""

import re

from tools.messages.__main__ import current, refreshed, untranslated


def test_every_message_of_the_site_has_its_english():
    assert untranslated(refreshed()) == []


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
