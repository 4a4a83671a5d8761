"""What an organization still owed, its successors owe by the same day."""

import pytest

from govshare.duties import queries as duty_queries
from govshare.duties import services as duties
from govshare.kernel.roles import Role
from govshare.organizations.services import bodies
from govshare.regulation.articles import cite

pytestmark = [pytest.mark.django_db, pytest.mark.article("PC-10")]


def owes(cast, who: str, about: str):
    return duties.start(
        kind="catalog:change-notice",
        about=about,
        title="关键要素变更告知",
        owner=str(cast.organization(who).pk),
        basis=cite("CD2016-17"),
        working_days=15,
        now=cast.now,
        by=cast.actor("authority", Role.AUTHORITY),
    )


def owed_by(cast, who: str) -> list[str]:
    return [duty.about for duty in duty_queries.open_for(str(cast.organization(who).pk), now=cast.now)]


def test_after_a_merger_the_successor_owes_everything(cast):
    due_on = owes(cast, "third", "e-1").due_on

    bodies.merge(
        predecessors=[cast.organization("third").pk],
        into=cast.organization("provider").pk,
        document="成编〔2026〕9号",
        by=cast.actor("authority", Role.SYSTEM_ADMIN),
        now=cast.now,
    )

    assert owed_by(cast, "third") == []
    assert owed_by(cast, "provider") == ["e-1"]
    assert duty_queries.find("catalog:change-notice", "e-1").due_on == due_on


def test_after_a_split_each_heir_owes_what_it_took_and_the_main_one_the_rest(cast):
    owes(cast, "third", "e-1")
    owes(cast, "third", "e-2")

    bodies.split(
        organization=cast.organization("third").pk,
        heirs={cast.organization("provider").pk: (), cast.organization("recipient").pk: ("e-2",)},
        main=cast.organization("provider").pk,
        document="成编〔2026〕9号",
        by=cast.actor("authority", Role.SYSTEM_ADMIN),
        now=cast.now,
    )

    assert owed_by(cast, "third") == []
    assert owed_by(cast, "provider") == ["e-1"]
    assert owed_by(cast, "recipient") == ["e-2"]
