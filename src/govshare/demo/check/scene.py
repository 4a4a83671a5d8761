"""What the steps of the check share: who is signed in, what has been made so far, and how a step says that something did not hold."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from govshare.demo.authority import DemoAuthority
from govshare.demo.check.client import Declined, Platform, Session, sign_in_by_tls
from govshare.demo.city.certificates import stem
from govshare.demo.frontends import FrontEnds
from govshare.demo.roster import Body
from govshare.kernel.roles import Role


class DidNotHold(Exception):
    """What the step promises is not so."""


def hold(condition: object, what: str) -> None:
    """Go on only if ``condition`` holds; ``what`` says what would have been right."""
    if not condition:
        raise DidNotHold(what)


def declined(act: Callable[[], object], *, status: int, basis: str = "") -> Declined:
    """The refusal that ``act`` must meet."""
    try:
        act()
    except Declined as refusal:
        hold(refusal.status == status, f"应以 {status} 拒绝，实为 {refusal}")
        hold(not basis or refusal.basis == basis, f"依据应为 {basis}，实为 {refusal.basis}")
        return refusal
    raise DidNotHold("平台没有拒绝")


@dataclass(slots=True)
class Scene:
    """One run of the check. ``made`` holds what later steps need, by name; a step that needs what was not made says so."""

    home: Path
    platform: Platform
    authority: DemoAuthority
    front_ends: FrontEnds
    run: str  # tells this run's things from those of other runs
    made: dict[str, Any] = field(default_factory=dict)
    _sessions: dict[tuple[str, Role], Session] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Any:
        if name not in self.made:
            raise DidNotHold(f"前面的步骤没有留下“{name}”")
        return self.made[name]

    def __setitem__(self, name: str, value: Any) -> None:
        self.made[name] = value

    def session(self, body: Body, role: Role) -> Session:
        """Signed in by TLS client certificate, once per run."""
        if (body.key, role) not in self._sessions:
            identity = self.authority.identity(stem(body, role))
            if identity is None:
                raise DidNotHold(f"没有 {stem(body, role)} 的证书")
            self._sessions[body.key, role] = sign_in_by_tls(self.platform, identity)
        return self._sessions[body.key, role]
