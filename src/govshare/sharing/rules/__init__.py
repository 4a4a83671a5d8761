"""Pure rules of sharing: the workflow of demands, decisions, grants, and the plan a grant compiles to."""

from govshare.sharing.rules.access import Way, way
from govshare.sharing.rules.decisions import Because, Decision, ItemAnswer, Verdict
from govshare.sharing.rules.demands import SIDES, WORKFLOW, DemandStatus, Kind, Side
from govshare.sharing.rules.elements import Element, Elements, RowCondition
from govshare.sharing.rules.grants import Breach, EndReason, GrantFacts, GrantStatus, NoticeKind, Use
from govshare.sharing.rules.plans import AccessPlan

__all__ = [
    "SIDES",
    "WORKFLOW",
    "AccessPlan",
    "Because",
    "Breach",
    "Decision",
    "DemandStatus",
    "Element",
    "Elements",
    "EndReason",
    "GrantFacts",
    "GrantStatus",
    "ItemAnswer",
    "Kind",
    "NoticeKind",
    "RowCondition",
    "Side",
    "Use",
    "Verdict",
    "Way",
    "way",
]
