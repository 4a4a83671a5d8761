"""收藏与订阅 /favourites/: one's own, kept per person, told when changed (PC-82)."""

import json
import uuid

import pytest

from govshare.catalog.services import delist
from govshare.kernel.roles import Role
from govshare.portal.models import Favourite
from tests.catalog.world import filed
from tests.portal.conftest import Site, text
from tests.portal.finding.conftest import statements
from tests.sharing.office import Office

pytestmark = [pytest.mark.django_db, pytest.mark.article("PC-82")]


def test_a_star_is_put_seen_and_taken_away(site: Site, office: Office):
    entry, visitor = office.conditional(), site.visitor("recipient", Role.REGISTRAR)
    page = f"/catalog/{entry.code}/"

    put = visitor.send(f"/favourites/{entry.pk}/add/", {"next": page})
    starred, listed = text(visitor.open(page)), text(visitor.open("/favourites/"))
    visitor.send(f"/favourites/{entry.pk}/remove/", {"next": page})

    assert (put.status_code, put["Location"]) == (302, page)
    assert "已收藏" in starred
    assert entry.code in listed
    assert "还没有收藏" in text(visitor.open("/favourites/"))


def test_twice_is_once(site: Site, office: Office):
    entry, visitor = office.conditional(), site.visitor("recipient", Role.REGISTRAR)

    for _ in range(2):
        visitor.send(f"/favourites/{entry.pk}/add/")

    assert Favourite.objects.count() == 1


def test_anothers_favourites_are_not_seen(site: Site, office: Office):
    entry = office.conditional()
    site.visitor("recipient", Role.REGISTRAR).send(f"/favourites/{entry.pk}/add/")

    assert entry.code not in text(site.visitor("recipient", Role.REVIEWER).open("/favourites/"))


def test_what_one_may_not_see_cannot_be_kept(site: Site, office: Office):
    hidden = office.desk.published()
    visitor = site.visitor("recipient", Role.REGISTRAR)

    answers = [visitor.send(f"/favourites/{key}/add/").status_code for key in (hidden.pk, uuid.UUID(int=1))]

    assert answers == [404, 404]
    assert not Favourite.objects.exists()


def test_the_way_back_never_leaves_the_site(site: Site, office: Office):
    entry = office.conditional()

    answer = site.visitor("recipient", Role.REGISTRAR).send(f"/favourites/{entry.pk}/add/", {"next": "https://elsewhere.example/"})

    assert answer["Location"] == "/favourites/"


@pytest.mark.article("CD2016-17")
def test_what_changed_since_is_told_and_so_is_what_was_taken_out(site: Site, office: Office):
    entry, gone = office.conditional(name="会变的"), office.conditional(name="会走的")
    visitor = site.visitor("recipient", Role.REGISTRAR)
    for each in (entry, gone):
        visitor.send(f"/favourites/{each.pk}/add/")
    office.desk.now = office.now = Favourite.objects.latest("noted_at").noted_at
    office.desk.edit(entry, update_limit="每日 07:00 前")
    office.desk.publish(entry)
    office.desk.confirm(entry)
    delist(entry=gone.pk, reason="停用", expected_revision=filed(gone), by=office.authority, now=office.now)
    Favourite.objects.filter(entry=entry).update(noted_at=office.cast.now)

    page = text(visitor.open("/favourites/"))
    data = json.loads(visitor.open("/favourites.json").content)

    assert "收藏后已更新为第 2 版" in page
    assert {row["name"]: row["state"] for row in data["items"]} == {"会变的": "收藏后已更新为第 2 版", gone.code: "已移出共享目录"}


def test_many_favourites_cost_no_more_statements_than_one(site: Site, office: Office):
    visitor = site.visitor("recipient", Role.REGISTRAR)
    for n in range(4):
        visitor.send(f"/favourites/{office.conditional(name=f'资源{n}').pk}/add/")

    assert statements(visitor, "/favourites/") <= 3
