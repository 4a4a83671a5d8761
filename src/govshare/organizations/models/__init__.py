"""Tables of the room, one module per noun."""

from govshare.organizations.models.bodies import FormerName, Organization, OrganizationKind, Succession, SuccessionKind, Tier
from govshare.organizations.models.certificates import (
    Certificate,
    CertificateStatus,
    CredentialEpoch,
    RevocationList,
    RevokedSerial,
    TrustAnchor,
)
from govshare.organizations.models.filings import Filing, FilingChange, FilingStatus
from govshare.organizations.models.people import Appointment, Handover, Person, StandIn, System
from govshare.organizations.models.sessions import Challenge, Session, Ticket

__all__ = [
    "Appointment",
    "Certificate",
    "CertificateStatus",
    "Challenge",
    "CredentialEpoch",
    "Filing",
    "FilingChange",
    "FilingStatus",
    "FormerName",
    "Handover",
    "Organization",
    "OrganizationKind",
    "Person",
    "RevocationList",
    "RevokedSerial",
    "Session",
    "StandIn",
    "Succession",
    "SuccessionKind",
    "System",
    "Ticket",
    "Tier",
    "TrustAnchor",
]
