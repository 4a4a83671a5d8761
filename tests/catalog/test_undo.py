"""A fresh submission can be taken back by the one who made it."""

from datetime import timedelta

import pytest

from govshare.audit.models import Entry as Record
from govshare.catalog import queries, services
from govshare.catalog.queries import contents as saying
from govshare.duties import services as duty_services
from govshare.kernel.actor import Actor
from govshare.kernel.errors import NotYours, WrongState
from govshare.kernel.roles import Role
from tests.catalog.world import Desk, version

pytestmark = [pytest.mark.django_db, pytest.mark.article("PC-80")]


def test_who_submitted_takes_it_back_within_minutes_and_everything_is_kept(desk: Desk):
    entry = desk.draft()
    before = saying.snapshot(saying.pending(entry))
    desk.submit(entry)
    soon = desk.now + timedelta(minutes=4)

    assert queries.undo.until(saying.pending(entry), by=desk.registrar, now=soon) == desk.now + timedelta(minutes=5)
    revision = services.undo(entry=entry.pk, expected_version=version(entry), by=desk.registrar, now=soon)

    assert (revision.status, revision.submitted_by) == ("draft", "")
    assert saying.snapshot(revision) == before
    assert Record.objects.filter(action="catalog:entry:undo", about=entry.code, at=soon).count() == 1
    assert desk.submit(entry).status == "review"


def test_after_the_minutes_it_is_withdrawn_not_taken_back(desk: Desk):
    entry = desk.draft()
    desk.submit(entry)
    later = desk.now + timedelta(minutes=5, seconds=1)

    assert queries.undo.until(saying.pending(entry), by=desk.registrar, now=later) is None
    with pytest.raises(WrongState, match="撤回提交") as refusal:
        services.undo(entry=entry.pk, expected_version=version(entry), by=desk.registrar, now=later)

    assert str(refusal.value.basis) == "PC-80"


def test_nobody_else_takes_it_back_and_not_once_it_was_reviewed(desk: Desk):
    entry = desk.draft()
    desk.submit(entry)
    colleague = desk.cast.actor("provider", Role.RESOURCE_ADMIN)
    other = Actor(kind="person", id="somebody", name="另一位", organization=str(entry.provider_id), roles=frozenset({Role.REGISTRAR}))

    with pytest.raises(NotYours, match="提交人本人"):
        services.undo(entry=entry.pk, expected_version=version(entry), by=other, now=desk.now)
    with pytest.raises(NotYours):
        services.undo(entry=entry.pk, expected_version=version(entry), by=colleague, now=desk.now)
    services.publish(entry=entry.pk, expected_version=version(entry), by=desk.reviewer, now=desk.now)
    with pytest.raises(WrongState):
        services.undo(entry=entry.pk, expected_version=version(entry), by=desk.registrar, now=desk.now)


def test_the_authority_sets_the_minutes(desk: Desk):
    entry = desk.draft()
    desk.submit(entry)
    duty_services.set_parameter(number="PC-80", value=30, reason="便利登记人员", by=desk.authority, now=desk.now)

    revision = services.undo(entry=entry.pk, expected_version=version(entry), by=desk.registrar, now=desk.now + timedelta(minutes=29))

    assert revision.status == "draft"
