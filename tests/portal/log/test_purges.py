"""Holds, and ordered purges that take two persons: pages, refusals, and that everything still verifies."""

from datetime import timedelta

import psycopg
import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction

from govshare.archive.models import Destruction, Hold, Lift, Purge, PurgeAnswer
from govshare.archive.services import purging
from govshare.audit import services
from govshare.audit.models import Entry
from govshare.audit.rules import identifier_month
from govshare.kernel.clock import local_date, utc_now
from govshare.kernel.errors import NotYours, WrongState
from govshare.kernel.roles import Role
from tests.portal.conftest import Site, text

pytestmark = pytest.mark.django_db
PAST = "2001-02"
FIELDS = {"month": PAST, "document": "成法执〔2026〕7号", "grounds": "法院责令删除"}


def asked(site: Site, **over: str) -> Purge:
    answer = site.visitor("authority", Role.AUDIT_ADMIN).send("/retention/purges/new/", FIELDS | over)
    assert answer.status_code == 302, text(answer)
    return Purge.objects.latest("asked_at")


@pytest.fixture
def tombstone():
    yield settings.GOVSHARE_KEYS / f"subjects/{PAST}.destroyed"
    (settings.GOVSHARE_KEYS / f"subjects/{PAST}.destroyed").unlink(missing_ok=True)


@pytest.mark.article("CD2016-39", "PC-114")
def test_the_second_persons_yes_destroys_the_key_leaves_a_record_and_breaks_no_proof(site, tombstone, django_capture_on_commit_callbacks):
    purge = asked(site)
    auditor, leader = site.visitor("authority", Role.AUDIT_ADMIN), site.visitor("authority", Role.LEADER)
    page = f"/retention/purges/{purge.id}/"

    own = auditor.send(f"{page}agree/", {})
    waiting = text(leader.open("/retention/purges/" + str(purge.id) + "/"))
    with django_capture_on_commit_callbacks(execute=True):
        agreed = leader.send(f"{page}agree/", {})
    while services.place(now=utc_now()):
        pass

    assert own.status_code == 403 and "只算一人" in text(own)
    assert "成法执〔2026〕7号" in waiting and "同意销毁" in waiting
    assert agreed.status_code == 302 and tombstone.exists()
    assert Destruction.objects.get().month == PAST
    assert PAST in text(auditor.open("/retention/")) and "密钥已销毁" in text(auditor.open(page))
    assert set(Entry.objects.filter(about__in=[str(purge.id), PAST]).values_list("action", flat=True)) >= {
        "archive:purge:ask",
        "archive:purge:agree",
        "archive:identifiers:destroy",
    }
    assert services.fsck().sound
    assert auditor.send("/retention/purges/new/", FIELDS).status_code == 409, "it is destroyed already"


@pytest.mark.article("PC-114")
def test_it_waits_among_the_tasks_of_who_may_be_the_second_and_of_nobody_else(site, tombstone):
    purge = asked(site)
    page = f"/retention/purges/{purge.id}/"
    leader, asker = site.visitor("authority", Role.LEADER), site.visitor("authority", Role.AUDIT_ADMIN)
    elsewhere = site.visitor("provider", Role.LEADER)

    waiting = [page in who.open("/todo/").content.decode() for who in (leader, asker, elsewhere)]
    leader.send(f"{page}refuse/", {"reason": "没有文书原件"})

    assert waiting == [True, False, False]
    assert page not in leader.open("/todo/").content.decode()


@pytest.mark.article("PC-114")
def test_a_no_needs_a_reason_and_ends_the_request(site, tombstone):
    purge = asked(site)
    leader, page = site.visitor("authority", Role.LEADER), f"/retention/purges/{purge.id}/"

    empty, refused = leader.send(f"{page}refuse/", {}), leader.send(f"{page}refuse/", {"reason": "没有文书原件"})

    assert (empty.status_code, refused.status_code) == (422, 302)
    assert "没有文书原件" in text(leader.open(page))
    assert leader.send(f"{page}agree/", {}).status_code == 409 and not tombstone.exists()


@pytest.mark.article("PC-114")
def test_after_seventy_two_hours_or_by_the_same_person_in_another_post_nothing_is_destroyed(site, tombstone):
    purge = asked(site)
    leader = site.cast.actor("authority", Role.LEADER)
    other_body = site.cast.actor("provider", Role.LEADER)

    with pytest.raises(WrongState):
        purging.agree_to_purge(purge=purge.id, by=leader, now=purge.asked_at + timedelta(hours=72))
    with pytest.raises(NotYours):
        purging.agree_to_purge(purge=purge.id, by=other_body, now=utc_now())
    with pytest.raises(DatabaseError) as refused, transaction.atomic(), connection.cursor() as cursor:
        values = [purge.id, utc_now(), purge.asked_by]
        cursor.execute("INSERT INTO archive_purge_answer VALUES (%s, true, '', %s, %s, 'x', '', 'HZ-1-0')", values)

    assert isinstance(refused.value.__cause__, psycopg.errors.InsufficientPrivilege)
    assert not PurgeAnswer.objects.exists() and not tombstone.exists()


@pytest.mark.parametrize("month", ["2026-13", "x", "", identifier_month(utc_now()), "9999-12"])
def test_only_a_month_that_is_over_can_be_asked_for(site, month):
    answer = site.visitor("authority", Role.AUDIT_ADMIN).send("/retention/purges/new/", FIELDS | {"month": month})

    assert answer.status_code == 422 and not Purge.objects.exists()


@pytest.mark.article("PC-113", "CD2016-36")
def test_the_auditor_places_a_hold_and_lifts_it_and_both_are_recorded(site):
    auditor, today = site.visitor("authority", Role.AUDIT_ADMIN), local_date(utc_now())
    fields = {"since": str(today - timedelta(days=30)), "until": str(today), "document": "成纪函〔2026〕3号", "reason": "配合调查"}

    placed = auditor.send("/retention/holds/new/", fields)
    hold = Hold.objects.get()
    shown = text(auditor.open("/retention/"))
    lifted = auditor.send(f"/retention/holds/{hold.id}/lift/", {"reason": "调查终结"})

    assert (placed.status_code, lifted.status_code) == (302, 302)
    assert "成纪函〔2026〕3号" in shown and "成纪函〔2026〕3号" not in text(auditor.open("/retention/"))
    assert Lift.objects.get().reason == "调查终结"
    assert auditor.send(f"/retention/holds/{hold.id}/lift/", {"reason": "x"}).status_code == 409
    assert auditor.send("/retention/holds/new/", fields | {"until": "2001-01-01"}).status_code == 422
    assert Entry.objects.filter(action__startswith="archive:hold:", about=str(hold.id)).count() == 2


@pytest.mark.article("PC-118")
@pytest.mark.parametrize("role", sorted({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUTHORITY}), ids=str)
def test_nobody_else_acts_on_what_is_kept(site, role):
    purge = asked(site)
    visitor = site.visitor("authority", role)

    for address in ("/retention/holds/new/", "/retention/purges/new/", f"/retention/purges/{purge.id}/"):
        assert visitor.open(address).status_code == 403
    assert visitor.send(f"/retention/purges/{purge.id}/agree/", {}).status_code == 403
    assert visitor.open("/retention/").status_code == 200
