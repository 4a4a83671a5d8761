"""机构: everybody sees who there is; the system administrator registers, renames, merges and splits."""

import pytest

from govshare.kernel.roles import Role
from govshare.organizations.models import Organization
from govshare.organizations.queries import successor
from tests.cast import credit_code
from tests.catalog.world import Desk
from tests.portal.conftest import Site, text

pytestmark = [pytest.mark.django_db, pytest.mark.article("PC-10")]


def new_body(**over: str) -> dict[str, str]:
    base = {
        "name": "成都市数据局",
        "short_name": "市数据局",
        "uscc": credit_code(77),
        "kind": "department",
        "tier": "city",
        "region": "510100",
    }
    return base | over


def test_everybody_sees_the_tree_of_city_and_districts(site: Site):
    site.cast.organization("district")
    registrar = site.visitor("provider", Role.REGISTRAR)

    everything = text(registrar.open("/organizations/"))
    district = registrar.open("/organizations.json?region=510104").json()["items"]

    assert "锦江区" in everything
    assert "成都市市场监督管理局" in everything
    assert {row["name"] for row in district} == {"成都市锦江区智慧城市建设局", "成都市锦江区民政局"}
    assert [row["short_name"] for row in registrar.open("/organizations.json?q=民政").json()["items"]] == ["锦江区民政局"]
    assert registrar.open("/organizations.xlsx").status_code == 200
    assert registrar.open("/organizations/?region=\0&q=%00&page=99").status_code == 200


def test_people_are_shown_to_those_who_may_see_them(site: Site):
    site.cast.person("provider", Role.REVIEWER)
    address = f"/organizations/{site.cast.organization('provider').pk}/"
    name = site.cast.person("provider", Role.REVIEWER).name

    assert name in text(site.visitor("provider", Role.REGISTRAR).open(address))
    assert name in text(site.visitor("authority", Role.AUTHORITY).open(address))
    stranger = text(site.visitor("recipient", Role.REGISTRAR).open(address))
    assert name not in stranger
    assert "成都市市场监督管理局" in stranger


def test_a_body_is_registered_and_a_wrong_code_keeps_everything_typed(site: Site):
    keeper = site.visitor("authority", Role.SYSTEM_ADMIN)

    wrong = keeper.send("/organizations/new/", new_body(uscc="110000000000000000"))
    right = keeper.send("/organizations/new/", new_body())

    assert wrong.status_code == 422
    assert "校验码" in text(wrong)
    assert 'value="成都市数据局"' in wrong.content.decode()
    assert right.status_code == 302
    body = Organization.objects.get(name="成都市数据局")
    assert right["Location"] == f"/organizations/{body.pk}/"
    assert keeper.send("/organizations/new/", new_body(name="另一个局")).status_code == 409


def test_only_the_system_administrator_registers(site: Site):
    answer = site.visitor("provider", Role.LEADER).send("/organizations/new/", new_body())

    assert answer.status_code == 403
    assert not Organization.objects.filter(name="成都市数据局").exists()


def test_a_new_name_leaves_the_old_one_on_file(site: Site):
    keeper, body = site.visitor("authority", Role.SYSTEM_ADMIN), site.cast.organization("third")

    missing = keeper.send(f"/organizations/{body.pk}/rename/", {"name": "成都市人社局", "short_name": "人社局", "document": ""})
    done = keeper.send(f"/organizations/{body.pk}/rename/", {"name": "成都市人社局", "short_name": "人社局", "document": "成编〔2026〕3号"})

    assert missing.status_code == 422
    assert done.status_code == 302
    page = text(keeper.open(f"/organizations/{body.pk}/"))
    assert "原名：成都市人力资源和社会保障局" in page
    assert "成编〔2026〕3号" in page


def test_a_merger_says_who_goes_on(site: Site):
    keeper = site.visitor("authority", Role.SYSTEM_ADMIN)
    gone, heir = site.cast.organization("third"), site.cast.organization("recipient")

    nobody = keeper.send(f"/organizations/{heir.pk}/merge/", {"document": "成编〔2026〕4号"})
    done = keeper.send(f"/organizations/{heir.pk}/merge/", {"predecessors": [str(gone.pk)], "document": "成编〔2026〕4号"})

    assert nobody.status_code == 422
    assert done.status_code == 302
    assert heir.name in text(keeper.open(f"/organizations/{gone.pk}/"))
    assert gone.name in text(keeper.open("/organizations/?former=1"))


def test_a_split_gives_each_matter_to_whom_it_was_given(site: Site):
    keeper = site.visitor("authority", Role.SYSTEM_ADMIN)
    entry = Desk(site.cast).listed()
    body, heir = site.cast.organization("provider"), site.cast.organization("third")

    first = keeper.open(f"/organizations/{body.pk}/split/")
    second = keeper.open(f"/organizations/{body.pk}/split/?heir={heir.pk}")
    done = keeper.send(
        f"/organizations/{body.pk}/split/?heir={heir.pk}",
        {"main": "", "document": "成编〔2026〕5号", f"matter-e{entry.pk.hex}": str(heir.pk)},
    )

    assert heir.name in text(first)
    assert entry.code in text(second)
    assert done.status_code == 302, text(done)
    assert successor(body.pk, matter=str(entry.pk)) == heir
    assert Organization.objects.get(pk=body.pk).active


@pytest.mark.parametrize("page", ["", "rename/", "merge/", "split/"])
def test_what_is_not_there_is_not_found(site: Site, page: str):
    answer = site.visitor("authority", Role.SYSTEM_ADMIN).open(f"/organizations/00000000-0000-0000-0000-000000000007/{page}")

    assert answer.status_code == 404
    assert "核对" in text(answer)
