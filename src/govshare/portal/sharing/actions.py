"""The buttons of a demand: what the visitor may do now, and why not what the own department could do otherwise."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext

from govshare.kernel.actor import Actor
from govshare.kernel.clock import local_date
from govshare.kernel.errors import Refused
from govshare.kernel.workflow import Move
from govshare.sharing.models import Demand
from govshare.sharing.queries import moves, parties
from govshare.sharing.queries import undo as undoing
from govshare.sharing.rules.demands import SIDES, WORKFLOW, Side


@dataclass(frozen=True, slots=True)
class Action:
    """One button. ``post``: done at once, without a form of its own; ``why``: the refusal in whose words it cannot be pressed."""

    label: str
    address: str
    css: str = "btn-def"
    post: bool = False
    icon: str = ""
    why: Refused | None = None


#: The page of each verb, in the order of the buttons, and how the button looks.
PAGES: Mapping[str, tuple[str, str, str]] = {
    "submit": ("demand-submit", "btn-primary", "send"),
    "edit": ("demand-edit", "btn-def", "edit"),
    "forward": ("demand-check", "btn-primary", "checklist"),
    "accept": ("demand-accept", "btn-primary", "circle-check"),
    "complete_for_acceptance": ("demand-complete", "btn-primary", "send"),
    "complete_for_decision": ("demand-complete", "btn-primary", "send"),
    "grant": ("demand-decide", "btn-primary", "key"),
    "press": ("demand-press", "btn-primary", "speakerphone"),
    "return_inside": ("demand-return", "btn-def", "arrow-back-up"),
    "ask_before_accepting": ("demand-ask", "btn-def", "message-question"),
    "ask_before_deciding": ("demand-ask", "btn-def", "message-question"),
    "ask_when_pressed": ("demand-ask", "btn-def", "message-question"),
    "refuse": ("demand-refuse", "btn-def", "ban"),
    "refuse_acceptance": ("demand-refuse", "btn-def", "ban"),
    "decline_inside": ("demand-decline", "btn-def", "ban"),
    "amend": ("demand-amend", "btn-def", "edit"),
    "withdraw": ("demand-withdraw", "btn-def", "arrow-back"),
}
ACTS = frozenset({"submit"})
#: What moves a demand on: whoever's department it is sees why it cannot be done by the one who looks.
MAIN = frozenset({"submit", "forward", "accept", "complete_for_acceptance", "complete_for_decision", "grant", "press"})


def actions(demand: Demand, *, by: Actor, now: datetime) -> list[Action]:
    """Buttons in the order of work, then what cannot be pressed and why."""
    open_: list[Action] = []
    shut: list[Action] = []
    for move, why in _moves(demand, by, now):
        (shut if why else open_).append(_action(demand, move, why))
    if undoing.until(demand, by=by, now=now):
        address = reverse("demand-undo", args=[demand.pk])
        open_.insert(0, Action(WORKFLOW["undo"].label, address, post=True, icon="arrow-back-up"))
    return [*open_, *shut]


def _moves(demand: Demand, by: Actor, now: datetime) -> Iterator[tuple[Move, Refused | None]]:
    own = {side for side in Side if side != Side.PLATFORM and parties.side(demand, side) == by.organization}
    for verb in PAGES:
        move = WORKFLOW[verb]
        if demand.status not in move.source or SIDES[verb] not in own:
            continue
        why = moves.why_not(demand, verb, by=by, on=local_date(now))
        if why is None or verb in MAIN:
            yield move, why


def _action(demand: Demand, move: Move, why: Refused | None) -> Action:
    name, css, icon = PAGES[move.verb]
    label = {"forward": gettext("把关"), "grant": gettext("答复")}.get(move.verb, move.label)
    if move.verb == "grant" and demand.renews_id:
        name = "demand-prolong"
    return Action(label, reverse(name, args=[demand.pk]), css, move.verb in ACTS, icon, why)
