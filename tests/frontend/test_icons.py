"""The sprite holds exactly the icons that are named."""

from pathlib import Path

import pytest

from tools.frontend import Trouble, icons

SEARCH = '<svg\n  width="24"\n>\n  <path stroke="none" d="M0 0h24v24H0z" fill="none" />\n  <path d="M21 21l-6 -6" />\n</svg>'


@pytest.fixture
def drawings(tmp_path: Path) -> Path:
    folder = tmp_path / "outline"
    folder.mkdir()
    for name in ("search", "key", "lock-open", "inbox", "home"):
        (folder / f"{name}.svg").write_text(SEARCH)
    return folder


def named_in(tmp_path: Path, drawings: Path, name: str, text: str) -> set[str]:
    code = tmp_path / "code"
    code.mkdir()
    (code / name).write_text(text)
    return set(icons.named(code, drawings))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('{% icon "search" 16 %}', {"search"}),
        ("{% icon 'search' %} {% icon item.icon %}", {"search"}),
        ('{% empty said icon="inbox" %}', {"inbox"}),
        ('{% badge "已完成" "ok" "key" %}', {"key"}),
        ('{% url "home" %} {% include "search" %}', set()),
        ('{% icon "no-such-icon" %}', {"no-such-icon"}),
    ],
)
def test_templates_name_icons(tmp_path, drawings, text, found):
    assert named_in(tmp_path, drawings, "page.html", text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('Item("home-page", icon="search", label="x")', {"search"}),
        ('Item(icon="key" if locked else "search")', {"key", "search"}),
        ('def empty(said, icon="inbox", *, other="key"): ...', {"inbox"}),
        ('def empty(said, *, icon: str = "inbox"): ...', {"inbox"}),
        ('row = {"icon": "key", "text": "search"}', {"key"}),
        ('class Line:\n    icon: str = "inbox"', {"inbox"}),
        ('ROLE_ICONS = {"reviewer": "no-such-icon"}', {"no-such-icon"}),
        ('SHARE_TYPES = {"none": ("不予共享", "idle", "lock-open")}  # text, colour, icon', {"lock-open"}),
        ('icon = ""', set()),
        ('Item(icon=ICONS["reviewer"])', set()),
    ],
)
def test_python_names_icons(tmp_path, drawings, text, found):
    assert named_in(tmp_path, drawings, "menu.py", text) == found


def test_the_sprite_has_one_symbol_each_and_no_frame(drawings):
    sprite = icons.sprite({"search": "page.html:1", "key": "menu.py:2"}, drawings).decode()

    assert sprite == (
        '<svg xmlns="http://www.w3.org/2000/svg">\n'
        '<symbol id="key" viewBox="0 0 24 24"><path d="M21 21l-6 -6"/></symbol>\n'
        '<symbol id="search" viewBox="0 0 24 24"><path d="M21 21l-6 -6"/></symbol>\n'
        "</svg>\n"
    )


def test_an_icon_that_does_not_exist_is_said_with_its_place(drawings):
    with pytest.raises(Trouble) as trouble:
        icons.sprite({"serach": "templates/page.html:7", "key": "menu.py:2"}, drawings)

    assert str(trouble.value).splitlines()[1:] == ["templates/page.html:7: serach"]
