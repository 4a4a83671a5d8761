"""Verbs of the room, one module per noun: ``bodies.register``, ``people.add``, ``appointments.appoint``, ``certificates.bind``, …

Signing in, which every outer room needs, is offered here directly.
"""

from govshare.organizations.services.sessions import (
    OpenChallenge,
    SignedIn,
    answer_challenge,
    choose_appointment,
    open_challenge,
    open_ticket,
    redeem_ticket,
    sign_in,
    sign_out,
)

__all__ = [
    "OpenChallenge",
    "SignedIn",
    "answer_challenge",
    "choose_appointment",
    "open_challenge",
    "open_ticket",
    "redeem_ticket",
    "sign_in",
    "sign_out",
]
