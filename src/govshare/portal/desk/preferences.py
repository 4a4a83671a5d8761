"""How a person wants the portal."""

from datetime import datetime

from django.db import transaction

from govshare.kernel.actor import Actor
from govshare.kernel.errors import Fault, Invalid
from govshare.portal.desk import whose
from govshare.portal.models import Language, Preference
from govshare.regulation.conventions import convention

DESK = convention("PC-82")


@transaction.atomic
def set_language(*, language: str, by: Actor, now: datetime) -> Preference:
    """Remember the language of the pages."""
    if language not in Language.values:
        raise Invalid("请从列出的语言中选择", basis=DESK, faults=[Fault("language", "、".join(str(label) for label in Language.labels))])
    preference, _ = Preference.objects.update_or_create(
        person=whose.person(by), defaults={"language": language, "set_at": now, "set_by": by.id}
    )
    return preference


def language(by: Actor) -> str:
    """The language chosen; empty when none was."""
    return Preference.objects.filter(person=whose.key(by)).values_list("language", flat=True).first() or ""
