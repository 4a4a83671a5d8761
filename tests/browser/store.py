"""A browser's own certificate store in a home of its own, and the managed policy by which the browser chooses from it by itself.

Chromium on Linux keeps certificates in an NSS database; ``pk12util`` puts a PKCS #12 file into it as a person does by the
browser's settings. SM2 certificates cannot be in it: NSS knows no SM2, so those sign in by a signed challenge (see docs).
"""

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

POLICIES = Path("/etc/chromium/policies/managed")


class Store:
    """``home`` is the home directory of one browser."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.directory = home / ".pki" / "nssdb"
        self.directory.mkdir(parents=True)
        self._run("certutil", "-N", "--empty-password")

    def trust(self, name: str, certificate: Path) -> None:
        """Believe servers whose certificates were issued by ``certificate``."""
        self._run("certutil", "-A", "-n", name, "-t", "C,,", "-i", str(certificate))

    def take(self, bundle: Path, passphrase: str) -> None:
        """A person's certificate and key."""
        self._run("pk12util", "-i", str(bundle), "-W", passphrase)

    def _run(self, tool: str, *arguments: str) -> None:
        subprocess.run(
            [tool, "-d", f"sql:{self.directory}", *arguments], check=True, capture_output=True, env={**os.environ, "HOME": str(self.home)}
        )


def can_be_chosen() -> bool:
    """Whether this account may tell the browser which certificate to take without asking."""
    place = next(each for each in (POLICIES, *POLICIES.parents) if each.exists())
    return os.access(place, os.W_OK)


@contextmanager
def chosen_for(address: str, issuer: str) -> Iterator[None]:
    """The browser shows the certificate issued by ``issuer`` to ``address`` by itself, as a department's managed desktops do."""
    POLICIES.mkdir(parents=True, exist_ok=True)
    policy = POLICIES / f"govshare-test-{os.getpid()}.json"
    choice = json.dumps({"pattern": address, "filter": {"ISSUER": {"CN": issuer}}})
    policy.write_text(json.dumps({"AutoSelectCertificateForUrls": [choice]}))
    try:
        yield
    finally:
        policy.unlink()
