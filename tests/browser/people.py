"""Who sits at the browser: signed in by a certificate over TLS, with the session in the browser's cookie as the portal puts it there."""

from dataclasses import dataclass

from playwright.sync_api import BrowserContext

from govshare.kernel.roles import Role
from tools.demonstration import Demonstration
from tools.sitting import cookies


@dataclass(frozen=True, slots=True)
class Sitter:
    """``body`` as the roster of the demonstration calls it."""

    body: str
    role: Role

    @property
    def stem(self) -> str:
        """Name of the files of the certificate."""
        return f"{self.body}-{self.role}"

    def __str__(self) -> str:
        return self.stem


#: One person for every role, in whose posts something is to be done.
EVERY_ROLE = (
    Sitter("market", Role.REGISTRAR),
    Sitter("market", Role.REVIEWER),
    Sitter("market", Role.RESOURCE_ADMIN),
    Sitter("market", Role.LEADER),
    Sitter("authority", Role.AUTHORITY),
    Sitter("jinjiang", Role.AUTHORITY),
    Sitter("authority", Role.SYSTEM_ADMIN),
    Sitter("authority", Role.SECURITY_ADMIN),
    Sitter("authority", Role.AUDIT_ADMIN),
)


def seat(city: Demonstration, context: BrowserContext, sitter: Sitter) -> None:
    """Let ``sitter`` be signed in here, whoever was before."""
    context.clear_cookies()
    context.add_cookies(cookies(city, sitter.stem))  # type: ignore[arg-type]  # names and values, as Playwright takes them
