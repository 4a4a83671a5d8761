"""The system's own Chromium, headless, driven by Playwright; no browser is ever downloaded."""

import os
import shutil
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
SIZES = ((1440, 900), (1366, 768))
LOCALE, ZONE = "zh-CN", "Asia/Shanghai"
#: Nothing but this machine has a name, and text is drawn the same way everywhere.
ARGUMENTS = (
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost",
    "--font-render-hinting=none",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--lang=zh-CN",
)


def find() -> str:
    """Path of the browser, from ``CHROMIUM`` or the system's; empty when there is none."""
    named = os.environ.get("CHROMIUM", "")
    return named or next(filter(None, map(shutil.which, NAMES)), "")


def believing(certificate: Path) -> str:
    """The argument by which the browser takes this certificate of a server (PEM) for a good one.

    One that only overlooks errors is told of every page that it is not safe, and may keep less of what it was sent.
    """
    key = x509.load_pem_x509_certificate(certificate.read_bytes()).public_key()
    known = sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).digest()
    return f"--ignore-certificate-errors-spki-list={b64encode(known).decode()}"


def launch(playwright: "Playwright", *arguments: str) -> "Browser":
    # as root the browser refuses its own sandbox
    return playwright.chromium.launch(
        executable_path=find(), args=[*ARGUMENTS, *arguments], chromium_sandbox=os.geteuid() != 0, headless=True
    )


@contextmanager
def chromium() -> Iterator["Browser"]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = launch(playwright)
        try:
            yield browser
        finally:
            browser.close()
