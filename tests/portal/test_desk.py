"""What lies on a person's own desk is that person's alone."""

from datetime import timedelta
from uuid import uuid4

import pytest

from govshare.kernel.actor import PLATFORM
from govshare.kernel.errors import Invalid, NotFound, NotYours, WrongState
from govshare.kernel.roles import Role
from govshare.portal.desk import favourites, preferences, searches
from govshare.portal.models import Favourite, SavedSearch
from tests.sharing.conftest import office
from tests.sharing.office import Office

__all__ = ["office"]
pytestmark = [pytest.mark.django_db, pytest.mark.article("PC-82")]


def test_a_favourite_is_kept_once_and_seen_by_its_owner_alone(office: Office):
    entry = office.conditional()

    favourites.add(entry=entry.pk, by=office.registrar, now=office.now)
    favourites.add(entry=entry.pk, by=office.registrar, now=office.now)

    assert [row.entry_id for row in favourites.of(office.registrar)] == [entry.pk]
    assert favourites.entries(office.registrar) == {entry.pk}
    assert favourites.entries(office.checker) == frozenset()
    assert favourites.remove(entry=entry.pk, by=office.registrar, now=office.now)
    assert not Favourite.objects.exists()


def test_what_one_may_not_see_is_no_favourite(office: Office):
    draft = office.desk.draft()

    with pytest.raises(NotFound):
        favourites.add(entry=draft.pk, by=office.registrar, now=office.now)
    with pytest.raises(NotFound):
        favourites.add(entry=uuid4(), by=office.registrar, now=office.now)


def test_favourites_have_an_end(office: Office, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(favourites, "MOST", 1)
    first, second = office.conditional(), office.conditional(name="另一条")
    favourites.add(entry=first.pk, by=office.registrar, now=office.now)

    with pytest.raises(WrongState, match="最多 1 条"):
        favourites.add(entry=second.pk, by=office.registrar, now=office.now)


def test_machines_have_no_desk(office: Office):
    with pytest.raises(NotYours):
        favourites.add(entry=office.conditional().pk, by=PLATFORM, now=office.now)

    assert list(favourites.of(PLATFORM)) == []
    assert list(searches.of(office.actor("recipient", Role.SYSTEM))) == []


def test_a_search_is_saved_by_name_without_the_page_one_stood_on(office: Office):
    page = "/catalog/"

    searches.save(page=page, name=" 社保 ", query="?q=社保&share_type=conditional&page=7", by=office.registrar, now=office.now)
    saved = searches.save(page=page, name="社保", query="q=失业", by=office.registrar, now=office.now)

    assert [(row.name, row.query) for row in searches.of(office.registrar, page=page)] == [("社保", "q=%E5%A4%B1%E4%B8%9A")]
    assert not searches.of(office.checker).exists()
    with pytest.raises(NotFound):
        searches.remove(search=saved.pk, by=office.checker, now=office.now)
    searches.remove(search=saved.pk, by=office.registrar, now=office.now)
    assert not SavedSearch.objects.exists()


@pytest.mark.parametrize(
    ("page", "name", "query", "place"),
    [
        ("/catalog/", "  ", "q=a", "name"),
        ("/catalog/", "长" * 61, "q=a", "name"),
        ("/catalog/", "名\0字", "q=a", "name"),
        ("/catalog/", "名字", "q=" + "长" * 2000, "query"),
        ("/catalog/", "名字", "q=%00", "query"),
        ("//elsewhere.example/", "名字", "q=a", "page"),
        ("javascript:alert(1)", "名字", "q=a", "page"),
    ],
)
def test_a_search_that_cannot_be_kept_says_where(office: Office, page: str, name: str, query: str, place: str):
    with pytest.raises(Invalid) as refusal:
        searches.save(page=page, name=name, query=query, by=office.registrar, now=office.now)

    assert [fault.place for fault in refusal.value.faults] == [place]


def test_a_language_is_remembered(office: Office):
    assert preferences.language(office.registrar) == ""

    preferences.set_language(language="en", by=office.registrar, now=office.now)
    preferences.set_language(language="zh-hans", by=office.registrar, now=office.now)

    assert preferences.language(office.registrar) == "zh-hans"
    with pytest.raises(Invalid):
        preferences.set_language(language="tlh", by=office.registrar, now=office.now)


def test_desks_are_no_acts_and_leave_nothing_in_evidence(office: Office):
    from govshare.audit.models import Entry as Record

    entry = office.conditional()
    by, before = office.registrar, Record.objects.count()

    favourites.add(entry=entry.pk, by=by, now=office.now)
    searches.save(page="/catalog/", name="全部", query="", by=by, now=office.now)
    preferences.set_language(language="en", by=by, now=office.now + timedelta(seconds=1))

    assert Record.objects.count() == before
