"""Who does something, as plain values that can be written into evidence and read in fifteen years."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from govshare.kernel.errors import Basis, NotYours
from govshare.kernel.roles import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """A person in one appointment, a department's system, or the platform itself."""

    kind: Literal["person", "system", "platform"]
    id: str
    name: str
    organization: str = ""
    organization_name: str = ""
    roles: frozenset[str] = frozenset()
    certificate: str = ""  # SHA-256 fingerprint, lower-case hex; empty only for the platform
    standing_in_for: str = ""  # id of the person whose appointment is exercised 代岗

    def need(self, *roles: Role, basis: Basis) -> None:
        """Raise ``NotYours`` unless one of ``roles`` is held."""
        if not self.roles & set(roles):
            raise NotYours(f"需要角色：{'、'.join(role.label for role in roles)}", basis=basis)

    def need_own(self, organization: object, *, basis: Basis) -> None:
        """Raise ``NotYours`` unless acting for ``organization`` (its id)."""
        if self.organization != str(organization):
            raise NotYours("只能办理本部门的事项", basis=basis)

    def is_one_of(self, roles: Iterable[str]) -> bool:
        return bool(self.roles & set(roles))


PLATFORM = Actor(kind="platform", id="platform", name="共享平台", roles=frozenset({Role.PLATFORM}))
