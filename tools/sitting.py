"""Signing people of the demonstration in from outside, for what looks at the site: by certificate over TLS, as a machine does."""

import http.client
import json
import os
import tempfile

from tools.demonstration import Demonstration

SESSION, LANGUAGE = "__Host-govshare", "__Host-language"


def token(city: Demonstration, stem: str) -> str:
    """A session of whose certificate lies below ``stem``."""
    connection = http.client.HTTPSConnection("localhost", city.signin, context=city.context(stem), timeout=60)
    try:
        connection.request("POST", "/session")
        answer = connection.getresponse()
        said = json.loads(answer.read())
    finally:
        connection.close()
    if answer.status != 201:
        raise PermissionError(f"{stem}: {answer.status} {said.get('detail', '')}")
    return str(said["token"])


def cookies(city: Demonstration, stem: str, *, english: bool = False) -> list[dict[str, object]]:
    """What the portal would have given the browser: of this host only, TLS only, out of reach of scripts."""
    values = {SESSION: token(city, stem)} | ({LANGUAGE: "en"} if english else {})
    shared = {"url": city.address, "secure": True, "httpOnly": True, "sameSite": "Lax"}
    return [{"name": name, "value": value, **shared} for name, value in values.items()]


def use_django() -> None:
    """The site's register of pages, for finding them; no database is asked, and nothing of this machine's installation touched."""
    import django

    os.environ.update(GOVSHARE_MODE="demo", GOVSHARE_HOME=tempfile.mkdtemp(prefix="gsp-", dir="/tmp"))
    os.environ["DJANGO_SETTINGS_MODULE"] = "govshare.project.settings"
    django.setup()
