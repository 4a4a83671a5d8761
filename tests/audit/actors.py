"""Hands for this room's tests; audit knows no organizations, only ids."""

from datetime import UTC, datetime

from govshare.kernel.actor import Actor
from govshare.kernel.roles import Role
from govshare.regulation.articles import cite

LAW = cite("CD2016-26")
NOW = datetime(2026, 3, 2, 1, 2, 3, 456789, tzinfo=UTC)
CIVIL_AFFAIRS = "0198c000-0000-7000-8000-000000000001"
HOUSING = "0198c000-0000-7000-8000-000000000002"
TAX = "0198c000-0000-7000-8000-000000000003"


def person(organization: str = CIVIL_AFFAIRS, *roles: Role, name: str = "王敏") -> Actor:
    return Actor(
        kind="person",
        id=f"person-of-{organization[-1]}",
        name=name,
        organization=organization,
        organization_name={CIVIL_AFFAIRS: "市民政局", HOUSING: "市住建局", TAX: "市税务局"}[organization],
        roles=frozenset(roles or {Role.REGISTRAR}),
        certificate="ab" * 32,
    )


AUDITOR = Actor(
    kind="person", id="auditor", name="审计员", organization=TAX, organization_name="市税务局", roles=frozenset({Role.AUDIT_ADMIN})
)
