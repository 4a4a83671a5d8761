"""What the platform does by itself at night, as its own tasks do: silence, ends, reminders, followed catalogs (PC-35, 38, 44, 46, 54)."""

from govshare.demo.city.agenda import Story, Wait
from govshare.demo.city.people import City
from govshare.exchange.services import upkeep
from govshare.sharing.services import watch


def kept(city: City) -> Story:
    """Silence and ends every night; what looks at every grant there is, once a month and on the last night."""
    while True:
        yield Wait(days=1, night=True)
        watch.escalate_overdue(now=city.now)
        watch.expire_grants(now=city.now)
        if city.agenda.place % 21 == 0 or city.agenda.place == city.agenda.last:
            watch.follow_catalog(now=city.now)
            watch.lapse_delisted(now=city.now)
            watch.remind_expiring(now=city.now)
            upkeep.end_with_grants(city.now)
