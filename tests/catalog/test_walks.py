"""Walks through the lifecycles: whatever people try in whatever order, the tables of moves hold and the catalogs stay consistent."""

from collections.abc import Callable
from itertools import count

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from govshare.catalog import queries, services
from govshare.catalog.models import Entry, Listing, SearchRow, Verification
from govshare.catalog.queries import contents as saying
from govshare.catalog.rules.choices import IN_CATALOG, ListingStatus, Status, VerificationStatus
from govshare.catalog.rules.workflows import ENTRY, LISTING, VERIFICATION
from govshare.duties import queries as duties
from govshare.kernel.errors import Refused
from govshare.kernel.roles import Role
from tests.catalog.world import CONTENT, Desk, filed, ground_for, not_shared, version

WORKFLOWS = {"entry": (ENTRY, Status), "listing": (LISTING, ListingStatus), "verification": (VERIFICATION, VerificationStatus)}
FINAL = {Status.SUPERSEDED, Status.RETIRED, Status.DISCARDED, VerificationStatus.LAPSED}


@pytest.mark.parametrize("name", WORKFLOWS)
def test_every_status_is_reached_and_left_by_somebody(name: str):
    workflow, statuses = WORKFLOWS[name]
    first = {Status.DRAFT, ListingStatus.FILED, VerificationStatus.PENDING}

    reached = {move.target for move in workflow} | (first & set(statuses))
    left = {source for move in workflow for source in move.source}

    assert reached == set(statuses)
    assert left == set(statuses) - FINAL
    assert all(move.actors and str(move.basis).startswith(("CD2016-", "PC-")) for move in workflow)


@pytest.mark.parametrize("name", WORKFLOWS)
@given(data=st.data())
def test_no_move_opens_to_who_or_where_the_table_does_not_say(name: str, data: st.DataObject):
    workflow, statuses = WORKFLOWS[name]
    status = data.draw(st.sampled_from(list(statuses)))
    roles = frozenset(data.draw(st.sets(st.sampled_from(list(Role)))))
    move = data.draw(st.sampled_from(list(workflow)))

    allowed = status in move.source and bool(roles & move.actors)
    try:
        passed = workflow.check(move.verb, status=status, roles=roles) is move
    except Refused as refusal:
        passed = False
        assert refusal.basis is move.basis

    assert passed == allowed == (move in workflow.open_to(status=status, roles=roles))


def acts(desk: Desk, entry: Entry) -> dict[str, Callable[[], object]]:
    """Everything people may try with an entry, each as the one whose act it is."""
    say, by, now = count(), desk, desk.now

    def decision(verb: Callable[..., object], **words: object) -> Callable[[], object]:
        def act() -> object:
            return verb(entry=entry.pk, expected_revision=_looked_at(entry), by=by.authority, now=now, **words)

        return act

    def department(verb: Callable[..., object], role: Role, **words: object) -> Callable[[], object]:
        return lambda: verb(entry=entry.pk, expected_version=version(entry), by=by.actor(role), now=now, **words)

    def adjust() -> object:
        limit = {"update_limit": f"每日 {next(say)} 时前"}
        return decision(services.adjust, changes=limit, reason="统一")()

    return {
        "change contact": lambda: desk.edit(entry, contact=f"李{next(say)}"),
        "change terms": lambda: desk.edit(entry, **not_shared(share_type="conditional", ground="", for_all=True, terms=f"条件{next(say)}")),
        "stop sharing": lambda: desk.edit(entry, contact=f"王{next(say)}", **not_shared(ground=str(ground_for("both").pk))),
        "submit": department(services.submit, Role.REGISTRAR),
        "withdraw": department(services.withdraw, Role.REGISTRAR),
        "undo": department(services.undo, Role.REGISTRAR),
        "discard": department(services.discard_draft, Role.REGISTRAR),
        "return": department(services.return_entry, Role.REVIEWER, reason="请改"),
        "publish": department(services.publish, Role.REVIEWER),
        "file again": department(services.file_again, Role.REVIEWER, reason="理由"),
        "retire": department(services.retire, Role.REVIEWER, reason="停用"),
        "confirm": decision(services.confirm),
        "adjust": adjust,
        "send back": decision(services.send_back, reason="退回"),
        "delist": decision(services.delist, reason="移出"),
        "verify": decision(services.verify_not_shared),
        "return verification": decision(services.return_not_shared, reason="退回"),
    }


def _looked_at(entry: Entry) -> int:
    latest = entry.verifications.exclude(status="lapsed").order_by("-revision__number").first()
    listing = Listing.objects.filter(entry=entry).exists()
    return max(filed(entry) if listing else 0, latest.revision.number if latest else 0)


def check_consistent(entry: Entry) -> None:
    revisions = list(entry.revisions.all())
    listing = Listing.objects.select_related("filed", "listed").filter(entry=entry).first()
    published = saying.published(entry)
    shown = SearchRow.objects.filter(pk=entry.pk).values_list("revision", flat=True)
    in_catalog = listing is not None and listing.status in IN_CATALOG
    assert sum(each.status == Status.PUBLISHED for each in revisions) <= 1
    assert sum(each.status in {Status.DRAFT, Status.REVIEW} for each in revisions) <= 1
    assert all(bool(each.published_at) == (each.status in {"published", "superseded", "retired"}) for each in revisions)
    assert list(shown) == ([listing.listed.number] if in_catalog else [])
    assert (published is not None) or not in_catalog
    if listing and listing.status == ListingStatus.LISTED and listing.filed_id == listing.listed_id:
        assert published.share_type != "none"
    if in_catalog:
        assert queries.listed(entry.pk).revision == listing.listed.number
        assert duties.find("catalog:access-route", entry.code).open
    else:
        assert not (duty := duties.find("catalog:access-route", entry.code)) or not duty.open
    told = duties.find("catalog:change-notice", entry.code)
    if told and told.open:
        assert saying.pending(entry) is not None
    for verification in Verification.objects.filter(entry=entry).exclude(status="lapsed"):
        assert verification.revision.share_type == "none"


@pytest.mark.django_db
@pytest.mark.article("CD2016-13.2", "CD2016-14", "CD2016-15", "CD2016-16", "CD2016-17", "CD2016-21")
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_is_tried_in_whatever_order_both_catalogs_stay_consistent(desk: Desk, data: st.DataObject):
    everybody = [desk.registrar, desk.reviewer, desk.authority]  # there before the walk, and not rolled back with it
    with transaction.atomic():
        entry = desk.draft()
        possible = acts(desk, entry)
        for _ in range(data.draw(st.integers(3, 14))):
            before = version(entry)
            act = data.draw(st.sampled_from(list(possible)))
            try:
                with transaction.atomic():
                    possible[act]()
                assert version(entry) == before + 1
            except Refused as refusal:
                assert str(refusal.basis)
                assert version(entry) == before
            check_consistent(entry)
        assert saying.snapshot(entry.revisions.get(number=1)).content.name == CONTENT.name
        transaction.set_rollback(True)
    assert len({person.id for person in everybody}) == 3
