"""Self-check before review: every fault at once, each with its place; nothing goes on with one."""

from dataclasses import replace

import pytest

from govshare.catalog import services
from govshare.catalog.models import Entry
from govshare.catalog.queries import contents as saying
from govshare.catalog.rules.contents import Content, ItemContent, Snapshot, Statutory
from govshare.catalog.rules.selfcheck import Surroundings, self_check
from govshare.catalog.rules.shape import shape_faults
from govshare.kernel.errors import Invalid
from tests.catalog.world import CONTENT, ITEMS, Desk, ground_for, not_shared, version

PROVIDER = "provider"
AROUND = Surroundings(provider=PROVIDER)


def places(content: Content, items: tuple[ItemContent, ...] = ITEMS, around: Surroundings = AROUND) -> set[str]:
    return {fault.place for fault in self_check(Snapshot(content=content, items=items), around)}


def test_the_example_passes():
    assert places(CONTENT) == set()


@pytest.mark.article("CD2016-5.1", "CD2016-5.2", "CD2016-5.3", "CD2016-5.5", "CD2016-13.2", "CD2016-16", "CD2016-18", "CD2016-24")
@pytest.mark.parametrize(
    ("over", "place"),
    [
        ({"abstract": " "}, "abstract"),
        ({"format_class": ""}, "format_class"),
        ({"share_type": ""}, "share_type"),
        ({"classification": ""}, "classification"),
        ({"collection_basis": ""}, "collection_basis"),
        ({"collection_procedure": ""}, "collection_procedure"),
        ({"terms": " "}, "terms"),
        ({"ground": "x"}, "ground"),
        ({"modes": frozenset()}, "modes"),
        ({"update_limit": ""}, "update_limit"),
        ({"update_cycle": ""}, "update_cycle"),
        ({"for_all": False}, "scope"),
        ({"scope": frozenset({"a"})}, "scope"),
        ({"for_all": False, "scope": frozenset({PROVIDER, "a"})}, "scope"),
        ({"statutory": frozenset({Statutory(organization=PROVIDER, ground="g")})}, "statutory"),
        ({"format_class": "document"}, "modes"),
        ({"share_type": "unconditional"}, "terms"),
        ({"share_type": "unconditional", "terms": ""}, "items.3.sensitivity"),
        ({"share_type": "none", "terms": "", "for_all": False}, "ground"),
        ({"share_type": "none", "ground": "g", "for_all": False}, "ground"),
        ({"share_type": "none", "ground": "g"}, "scope"),
        ({"open_to_public": True}, "items.3.sensitivity"),
    ],
)
def test_each_thing_missing_or_contradictory_is_named(over: dict, place: str):
    assert place in places(replace(CONTENT, **over))


@pytest.mark.article("CD2016-14")
@pytest.mark.parametrize(
    ("items", "place"),
    [
        ((), "items"),
        ((replace(ITEMS[0], is_key=False),), "items"),
        ((ITEMS[0], replace(ITEMS[1], length=None)), "items.2.length"),
        ((ITEMS[0], replace(ITEMS[0], column="other")), "items.2.name"),
    ],
)
def test_items_are_checked_one_by_one(items: tuple[ItemContent, ...], place: str):
    assert place in places(CONTENT, items)


@pytest.mark.article("CD2016-14", "CD2016-18")
def test_what_stands_around_the_entry_is_checked_too():
    assert places(CONTENT, around=replace(AROUND, same_names=("102001/00007",))) == {"name"}
    assert places(CONTENT, around=replace(AROUND, source_stands=False)) == {"source"}


@pytest.mark.parametrize(
    ("over", "place"),
    [
        ({"name": " "}, "name"),
        ({"name": "名" * 201}, "name"),
        ({"abstract": "\0"}, "abstract"),
        ({"share_type": "free"}, "share_type"),
        ({"modes": frozenset({"fax"})}, "modes"),
        ({"related": frozenset({"abc"})}, "related"),
        ({"classification": "9"}, "classification"),
    ],
)
def test_even_a_draft_holds_only_what_can_be_stored(over: dict, place: str):
    assert place in {fault.place for fault in shape_faults(Snapshot(content=replace(CONTENT, **over)))}


@pytest.mark.parametrize(
    ("item", "place"),
    [
        (replace(ITEMS[0], column="1x"), "items.1.column"),
        (replace(ITEMS[0], column="列"), "items.1.column"),
        (replace(ITEMS[0], type="X"), "items.1.type"),
        (replace(ITEMS[0], sensitivity="secret"), "items.1.sensitivity"),
        (replace(ITEMS[0], length=0), "items.1.length"),
    ],
)
def test_even_a_drafts_items_hold_only_what_can_be_stored(item: ItemContent, place: str):
    assert place in {fault.place for fault in shape_faults(Snapshot(content=CONTENT, items=(item,)))}


def test_two_items_may_not_share_a_column_but_for_its_case():
    items = (ITEMS[0], replace(ITEMS[1], column="USCC"))

    assert {fault.place for fault in shape_faults(Snapshot(content=CONTENT, items=items))} == {"items.1.column", "items.2.column"}


@pytest.mark.django_db
@pytest.mark.article("CD2016-14")
def test_submission_is_refused_with_all_faults_and_the_draft_stays(desk: Desk):
    entry = desk.draft(abstract="", terms="", update_limit="")

    with pytest.raises(Invalid) as refusal:
        desk.submit(entry)

    assert {fault.place for fault in refusal.value.faults} == {"abstract", "terms", "update_limit"}
    assert str(refusal.value.basis) == "CD2016-14"
    assert (saying.pending(entry).status, version(entry)) == ("draft", 1)


@pytest.mark.django_db
@pytest.mark.article("CD2016-13.2")
def test_not_sharing_without_a_ground_from_the_register_is_refused(desk: Desk):
    without = desk.draft(name="甲", **not_shared(ground=""))
    unfit = desk.draft(name="乙", **not_shared(ground=str(ground_for("refuse_sharing").pk)))

    for entry in (without, unfit):
        with pytest.raises(Invalid) as refusal:
            desk.submit(entry)
        assert [fault.place for fault in refusal.value.faults] == ["ground"]


@pytest.mark.django_db
@pytest.mark.article("CD2016-14")
def test_a_name_that_differs_only_by_width_case_or_signs_is_the_same_name(desk: Desk):
    first = desk.published(name="企业A类名录（2016）")
    second = desk.draft(name="企业 a类名录2016")

    with pytest.raises(Invalid) as refusal:
        desk.submit(second)

    assert [fault.place for fault in refusal.value.faults] == ["name"]
    assert first.code in refusal.value.faults[0].message


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("over", "place"),
    [
        ({"node": "999999"}, "node"),
        ({"node": "102"}, "node"),
        ({"ground": "nonsense"}, "ground"),
        ({"source": "102001/99999"}, "source"),
        ({"lead_unit": "nonsense"}, "lead_unit"),
        ({"scope": frozenset({"00000000-0000-7000-8000-000000000000"})}, "scope"),
        ({"statutory": frozenset({Statutory(organization="x", ground="y")})}, "statutory"),
    ],
)
def test_what_a_draft_refers_to_must_be_there(desk: Desk, over: dict, place: str):
    with pytest.raises(Invalid) as refusal:
        desk.draft(**over)

    assert place in {fault.place for fault in refusal.value.faults}
    assert not Entry.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("broken", ["\0", "\ud800"])
@pytest.mark.parametrize("place", ["name", "node", "source", "abstract", "contact"])
def test_what_no_text_column_can_hold_is_named_as_a_fault_and_never_reaches_the_database(desk: Desk, place: str, broken: str):
    with pytest.raises(Invalid) as refusal:
        desk.draft(**{place: f"甲{broken}"})

    assert place in {fault.place for fault in refusal.value.faults}


@pytest.mark.django_db
def test_an_edit_that_changes_nothing_makes_no_revision(desk: Desk):
    entry = desk.published()

    with pytest.raises(Invalid, match="没有变化"):
        services.edit_entry(entry=entry.pk, content=CONTENT, expected_version=version(entry), by=desk.registrar, now=desk.now)

    assert entry.revisions.count() == 1
