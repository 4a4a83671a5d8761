"""Static files as the web process sends them."""

import asyncio
import gzip
import os
from pathlib import Path

import pytest

from govshare.project import assets

STYLE = b":root{--pri:#1d64b4}\n" * 200
HASHED = "portal/gx.0123456789ab.css"
FOREVER = "max-age=315360000, public, immutable"


async def beyond(scope, _receive, send):
    """The application, which answers what is no static file."""
    await send({"type": "http.response.start", "status": 404, "headers": [(b"x-by", b"application")]})
    await send({"type": "http.response.body", "body": scope["path"].encode()})


def ask(app, path: str, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], bytes]:
    sent = []

    async def send(message):
        sent.append(message)

    named = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    asyncio.run(app({"type": "http", "method": method, "path": path, "headers": named}, None, send))
    told = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], told, b"".join(message["body"] for message in sent[1:])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "portal").mkdir()
    for name in (HASHED, "portal/gx.css"):
        (tmp_path / name).write_bytes(STYLE)
    (tmp_path / f"{HASHED}.gz").write_bytes(gzip.compress(STYLE))
    (tmp_path / f"{HASHED}.br").write_bytes(b"as Brotli has it")
    return tmp_path


@pytest.fixture
def built(folder):
    return assets.Assets(beyond, root=folder, built=True)


def test_a_file_with_a_hash_in_its_name_is_kept_for_ever(built):
    status, headers, body = ask(built, f"/static/{HASHED}")

    assert (status, body) == (200, STYLE)
    assert headers["cache-control"] == FOREVER
    assert headers["content-type"] == 'text/css; charset="utf-8"'
    assert headers["x-content-type-options"] == "nosniff"
    assert "access-control-allow-origin" not in headers


def test_a_file_without_one_is_asked_for_again(built):
    assert ask(built, "/static/portal/gx.css")[1]["cache-control"] == "max-age=60, public"


@pytest.mark.parametrize(("accepted", "sent"), [("gzip, deflate", "gzip"), ("gzip, deflate, br", "br"), ("identity", None)])
def test_what_the_browser_can_unpack_is_sent_packed(built, folder, accepted, sent):
    _, headers, body = ask(built, f"/static/{HASHED}", accept_encoding=accepted)

    assert headers.get("content-encoding") == sent
    assert body == (folder / f"{HASHED}{ {'gzip': '.gz', 'br': '.br', None: ''}[sent] }").read_bytes()
    assert headers["vary"] == "Accept-Encoding"


def test_a_browser_that_has_the_file_is_not_sent_it_again(built):
    tag = ask(built, f"/static/{HASHED}")[1]["etag"]

    status, _, body = ask(built, f"/static/{HASHED}", if_none_match=tag)

    assert (status, body) == (304, b"")


def test_only_reading_is_answered(built):
    assert ask(built, f"/static/{HASHED}", "HEAD")[::2] == (200, b"")
    assert ask(built, f"/static/{HASHED}", "POST")[0] == 405


@pytest.mark.parametrize(
    "path", ["/", "/static/", "/static/none.css", "/static/portal", "/static/../settings.py", "/static/portal/../../x", "/static/a\0b"]
)
@pytest.mark.parametrize("is_built", [True, False])
def test_what_is_no_file_is_the_applications_to_refuse(folder, path, is_built):
    (folder.parent / "settings.py").write_text("secret")

    status, headers, body = ask(assets.Assets(beyond, root=folder, built=is_built), path)

    assert (status, headers["x-by"], body) == (404, "application", path.encode())


def test_in_a_checkout_an_edited_file_shows_at_once(folder):
    app = assets.Assets(beyond, root=folder, built=False)
    before = ask(app, "/static/portal/gx.css")
    (folder / "portal/gx.css").write_bytes(b"edited")
    (folder / "portal/new.js").write_bytes(b"new")

    assert (before[1]["cache-control"], before[2]) == ("max-age=0, public", STYLE)
    assert ask(app, "/static/portal/gx.css")[2] == b"edited"
    assert ask(app, "/static/portal/new.js")[2] == b"new"


def test_what_was_collected_is_used_until_a_source_is_newer(tmp_path):
    source, built = tmp_path / "static", tmp_path / "assets"
    built.mkdir()
    assert not assets.collected(source, built)

    (built / assets.MANIFEST).write_text("{}")
    assert assets.collected(source, built)  # as in a wheel: no source at all

    source.mkdir()
    (source / "gx.css").write_bytes(STYLE)
    os.utime(built / assets.MANIFEST, (4e9, 4e9))
    assert assets.collected(source, built)
    os.utime(source / "gx.css", (5e9, 5e9))
    assert not assets.collected(source, built)
