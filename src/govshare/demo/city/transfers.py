"""The first delivery under every grant, ordered by the recipient's resource administrator; the worker carries it out (CD2016-24)."""

from datetime import datetime

from govshare.demo.city import demands, sources
from govshare.demo.city.posts import City
from govshare.demo.wants import WANTS
from govshare.exchange.models import Transfer
from govshare.exchange.services import orders, runs
from govshare.kernel.roles import Role
from govshare.sharing.models import Grant
from govshare.sharing.rules import GrantStatus
from govshare.sources.rules import Purpose


def order_all(city: City, now: datetime) -> None:
    for want in WANTS:
        grant = Grant.objects.filter(demand=demands.find(city, want), status=GrantStatus.ACTIVE).first()
        target = sources.find(city, want.body, Purpose.RECEIVE)
        table = want.resource.table
        if grant is None or target is None or table is None or Transfer.objects.filter(grant=grant).exists():
            continue
        by = city.actor(want.body, Role.RESOURCE_ADMIN)
        transfer = orders.order(grant=grant.pk, target=target.pk, table=f"from_{want.resource.body.key}_{table.name}", by=by, now=now)
        runs.start(transfer=transfer.pk, by=by, now=now)
