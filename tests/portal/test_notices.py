"""A person is told what happened to the department's matters since, and says what was seen."""

from datetime import timedelta

import pytest

from govshare.catalog import services as catalog
from govshare.duties.services import clock
from govshare.kernel.actor import PLATFORM
from govshare.kernel.clock import local_date
from govshare.kernel.roles import Role
from govshare.organizations.services import appointments, certificates, filings, trust
from govshare.portal.desk import notices
from govshare.sharing.models import Event
from govshare.sharing.rules.demands import Duty
from govshare.sharing.services import acceptance, checks, demands
from tests.catalog.world import version
from tests.pki import Authority
from tests.sharing.conftest import office
from tests.sharing.office import ALL_FIVE, Office

__all__ = ["office"]
pytestmark = [pytest.mark.django_db, pytest.mark.article("PC-82")]
CITY = Authority.root("城市CA")


def told(by: object, office: Office) -> list[tuple[str, str]]:
    return [(note.kind, note.heading) for note in notices.notices(by, now=office.later(minutes=1))]


def test_the_registrar_hears_what_the_reviewer_decided_and_nobody_else_does(office: Office):
    entry = office.desk.draft()
    office.desk.submit(entry)
    catalog.return_entry(entry=entry.pk, reason="摘要不清", expected_version=version(entry), by=office.desk.reviewer, now=office.now)

    [note] = notices.notices(office.desk.registrar, now=office.now)

    assert (note.kind, note.about, note.heading) == ("entry", entry.code, "审核退回修改")
    assert "摘要不清" in note.text
    assert told(office.desk.reviewer, office) == []
    assert told(office.registrar, office) == []


def test_the_drafter_hears_what_became_of_a_demand(office: Office):
    demand = office.passed(office.conditional())
    acceptance.ask_completion(demand=demand.pk, missing="请补依据", by=office.provider, now=office.now)
    demands.complete(demand=demand.pk, answer="已补", by=office.registrar, now=office.later(minutes=1))

    found = notices.notices(office.registrar, now=office.later(minutes=2))

    assert ("demand", "答复前要求补正") in [(note.kind, note.heading) for note in found]
    assert all(note.about == str(demand.pk) for note in found if note.kind == "demand")
    assert not any(note.key == f"event:{event.pk}" for note in found for event in Event.objects.filter(taken_by=office.registrar.id))


def test_a_moved_day_is_told_to_who_owes(office: Office):
    demand = office.passed(office.conditional())
    clock.suspend(kind=Duty.DECIDE, about=demand.number, reason="停机检修", now=office.now, by=PLATFORM)

    [note] = [note for note in notices.notices(office.provider, now=office.now) if note.kind == "duty"]

    assert note.heading == "期限变动：中止"
    assert "停机检修" in note.text
    assert not [note for note in notices.notices(office.registrar, now=office.now) if note.kind == "duty"]


def test_the_answer_to_a_filing_is_told(office: Office):
    cast, leader = office.cast, office.actor("recipient", Role.LEADER)
    admin = cast.person("recipient", Role.RESOURCE_ADMIN)
    filing = filings.file(
        organization=admin.organization_id,
        person=admin.pk,
        change="appointed",
        effective_on=local_date(office.now),
        by=leader,
        now=office.now,
    )
    filings.send_back(filing=filing.pk, reason="电话不全", by=office.authority, now=office.now)

    [note] = notices.notices(leader, now=office.now)

    assert (note.kind, note.about) == ("filing", str(filing.pk))
    assert "电话不全" in note.text


def test_a_certificate_near_its_end_and_a_late_list_are_told(office: Office):
    cast, guard = office.cast, office.actor("authority", Role.SECURITY_ADMIN)
    trust.add_anchor(name="城市CA", certificate=CITY.pem, by=guard, now=office.now)
    issued = CITY.issue("登记员")
    certificates.bind(certificate=issued.der, person=cast.person("recipient", Role.REGISTRAR).pk, by=guard, now=office.now)
    near = issued.certificate.not_valid_after_utc - timedelta(days=29)

    own = notices.notices(office.registrar, now=near)
    guards = notices.notices(guard, now=near)

    assert [(note.kind, note.heading) for note in own] == [("certificate", "证书将到期")]
    assert ("list", "吊销列表逾期") in [(note.kind, note.heading) for note in guards]


def test_a_stand_in_is_told_of_the_post(office: Office):
    cast, leader = office.cast, office.actor("recipient", Role.LEADER)
    post = cast.person("recipient", Role.REGISTRAR).appointments.get()
    reviewer, today = cast.actor("recipient", Role.REVIEWER), local_date(office.now)
    appointments.stand_in(
        appointment=post.pk,
        person=reviewer.id,
        starts_on=today,
        ends_on=today + timedelta(days=5),
        reason="出差",
        by=leader,
        now=office.now,
    )

    [note] = notices.notices(reviewer, now=office.now)

    assert note.kind == "post"
    assert "目录登记人员" in note.text


def test_what_was_seen_is_marked_for_this_person_alone(office: Office):
    demand = office.checking(office.conditional())
    checks.pass_check(demand=demand.pk, checked=ALL_FIVE, by=office.checker, now=office.now)
    acceptance.ask_completion(demand=demand.pk, missing="请补依据", by=office.provider, now=office.now)
    mine = notices.notices(office.registrar, now=office.now)

    assert notices.unread(office.registrar, now=office.now) == len(mine) > 0
    assert notices.mark_seen(keys=[mine[0].key, "event:of-somebody-else"], by=office.registrar, now=office.now) == 1
    assert notices.mark_all_seen(by=office.registrar, now=office.now) == len(mine) - 1

    assert notices.unread(office.registrar, now=office.now) == 0
    assert notices.unread(office.actor("recipient", Role.REVIEWER), now=office.now) == len(mine)


def test_old_news_is_no_news(office: Office):
    office.passed(office.conditional())

    assert told(office.desk.registrar, office)
    assert notices.notices(office.desk.registrar, now=office.later(days=61)) == []
