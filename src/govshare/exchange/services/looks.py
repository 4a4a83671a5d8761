"""A look before the first run: what would arrive where, and what stands in the way; nothing moves."""

from datetime import datetime
from uuid import UUID

from govshare.connectors.errors import Drift, TransferFailed
from govshare.connectors.look import Look
from govshare.connectors.look import look as look_at_both
from govshare.exchange.rules import LANDING_ONLY
from govshare.exchange.services import orders
from govshare.exchange.services.orders import Manner
from govshare.kernel.actor import Actor
from govshare.kernel.errors import Invalid, Unavailable
from govshare.sources import queries as sources
from govshare.sources.rules import Purpose


def look(*, grant: UUID, target: UUID, table: str, how: Manner | None = None, by: Actor, now: datetime) -> Look:
    """Connect to both front-end databases as a run would. Raises ``Invalid`` naming what does not fit, ``Unavailable`` when one fails."""
    plan, front = orders.agreed(grant=grant, target=target, table=table, by=by, now=now)
    how = how or Manner()
    orders.suits(how, plan.selection)
    giving = sources.usable(plan.front_database, purpose=Purpose.PROVIDE)
    try:
        return look_at_both(
            source=sources.conninfo(giving),
            target=sources.conninfo(front),
            selection=plan.selection,
            hash_key=plan.hash_key,
            schema=front.schema,
            table=table,
            mode=how.mode,
            watermark=how.watermark,
        )
    except Drift as drift:
        raise Invalid("两端的表与授权对不上，请先改正", basis=LANDING_ONLY, faults=drift.faults) from drift
    except TransferFailed as failed:
        raise Unavailable(f"{failed}，请稍后再试，或请该库的管理员查看", basis=LANDING_ONLY) from failed
