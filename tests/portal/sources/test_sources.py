"""Front-end databases in the browser: registered, tested against a real one, seen, retired; passwords never shown."""

import json
from uuid import uuid4

import pytest

from govshare.kernel.roles import Role
from govshare.sources.models import FrontDatabase
from tests.fronts import Front, Fronts
from tests.portal.conftest import Site, Visitor, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def keeper(site: Site) -> Visitor:
    return site.visitor("provider", Role.RESOURCE_ADMIN)


def filled(front: Front, **over: object) -> dict[str, object]:
    return {
        "name": "市场主体共享前置库",
        "purpose": "provide",
        "engine": "postgresql",
        "host": "localhost",
        "port": front.port,
        "database": front.database,
        "schema": front.schema,
        "account": front.account,
        "password": "s3cret-口令",
        "tls_mode": "disable",
    } | over


def register(keeper: Visitor, front: Front, **over: object) -> FrontDatabase:
    response = keeper.send("/sources/new/", filled(front, **over))
    assert response.status_code == 302, text(response)
    return FrontDatabase.objects.get(pk=response["Location"].split("/")[2])


@pytest.mark.article("CD2016-40(5)", "PC-26")
def test_a_front_end_database_is_registered_tested_and_its_tables_seen(keeper, fronts: Fronts):
    fronts.table("legal_entity", "uscc varchar(18) PRIMARY KEY, name text", "('1', '甲')")
    fronts.provider.run("COMMENT ON COLUMN {s}.legal_entity.name IS '单位名称'")
    front = register(keeper, fronts.provider, password=fronts.provider.password)

    before = text(keeper.open(f"/sources/{front.pk}/"))
    tested = keeper.send(f"/sources/{front.pk}/test/")
    after = text(keeper.open(f"/sources/{front.pk}/"))

    assert "待测试" in before
    assert tested.status_code == 302
    assert "测试通过" in after and "legal_entity" in after and "单位名称" in after and "character varying(18)" in after


@pytest.mark.article("PC-26")
def test_a_password_stands_on_no_page_and_in_no_export(keeper, fronts: Fronts):
    front = register(keeper, fronts.provider)

    pages = [keeper.open(address) for address in (f"/sources/{front.pk}/", "/sources/", "/sources.json", f"/sources/{front.pk}/password/")]
    refused = keeper.send("/sources/new/", filled(fronts.provider))

    assert refused.status_code == 422
    for page in [*pages, refused]:
        assert "s3cret" not in page.content.decode()
        assert "v1:" not in page.content.decode()


def test_a_test_that_does_not_pass_says_why(keeper, fronts: Fronts):
    front = register(keeper, fronts.provider, account="nobody_of_that_name")

    keeper.send(f"/sources/{front.pk}/test/")

    shown = text(keeper.open(f"/sources/{front.pk}/"))
    assert "测试未通过" in shown
    assert FrontDatabase.objects.get(pk=front.pk).test_message in shown


@pytest.mark.article("PC-27")
@pytest.mark.parametrize(
    ("over", "words"),
    [
        ({"host": "/var/run/postgresql"}, "不能是本机套接字路径"),
        ({"host": "169.254.169.254"}, "元数据地址"),
        ({"port": "99999999"}, "端口"),
        ({"port": "abc"}, ""),
        ({"name": ""}, "请填写"),
        ({"name": "x" * 10_000}, "100"),
        ({"schema": "模" * 30}, "63 个字节"),
        ({"tls_mode": "whatever"}, "whatever"),
        ({"ca_certificate": "not pem"}, "PEM"),
        ({"name": "看\x07不见"}, "控制字符"),
    ],
)
def test_bad_input_is_told_at_its_field_and_everything_else_is_kept(keeper, fronts: Fronts, over, words):
    response = keeper.send("/sources/new/", filled(fronts.provider, **over))

    assert response.status_code == 422
    assert words in text(response)
    if "schema" not in over:
        assert f'value="{fronts.provider.schema}"' in response.content.decode()
    assert not FrontDatabase.objects.exists()


def test_script_in_a_name_is_shown_as_text(keeper, fronts: Fronts):
    front = register(keeper, fronts.provider, name="<script>alert(1)</script>")

    page = keeper.open(f"/sources/{front.pk}/").content.decode()

    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_a_new_password_asks_for_a_new_test(keeper, fronts: Fronts):
    front = register(keeper, fronts.provider, password=fronts.provider.password)
    keeper.send(f"/sources/{front.pk}/test/")

    sent = keeper.send(f"/sources/{front.pk}/password/", {"password": "another"})

    assert sent.status_code == 302
    assert "待测试" in text(keeper.open(f"/sources/{front.pk}/"))
    assert keeper.send(f"/sources/{front.pk}/password/", {"password": ""}).status_code == 422


@pytest.mark.article("PC-29")
def test_one_is_retired_with_a_reason_and_leaves_the_list(keeper, fronts: Fronts):
    front = register(keeper, fronts.provider)

    without = keeper.send(f"/sources/{front.pk}/retire/", {"reason": " "})
    sent = keeper.send(f"/sources/{front.pk}/retire/", {"reason": "换新库"})
    again = keeper.send(f"/sources/{front.pk}/retire/", {"reason": "再来"})

    assert (without.status_code, sent.status_code, again.status_code) == (422, 302, 409)
    assert front.name not in text(keeper.open("/sources/"))
    listed = json.loads(keeper.open("/sources.json?retired=1").content)["items"]
    assert [(item["name"], item["state"]) for item in listed] == [(front.name, "retired")]
    assert "换新库" in text(keeper.open(f"/sources/{front.pk}/"))


def test_other_departments_do_not_see_it_at_all(site, keeper, fronts: Fronts):
    front = register(keeper, fronts.provider)
    third = site.visitor("third", Role.RESOURCE_ADMIN)

    for address in ("", "password/", "retire/"):
        assert third.open(f"/sources/{front.pk}/{address}").status_code == 404
    assert third.send(f"/sources/{front.pk}/test/").status_code == 404
    assert front.name not in text(third.open("/sources/"))
    assert keeper.open(f"/sources/{uuid4()}/").status_code == 404


@pytest.mark.parametrize(
    ("role", "statuses"),
    [(Role.REGISTRAR, (200, 403, 403)), (Role.LEADER, (200, 403, 403)), (Role.REVIEWER, (403, 403, 403))],
)
def test_who_only_reads_neither_registers_nor_tests(site, keeper, fronts: Fronts, role, statuses):
    front = register(keeper, fronts.provider)
    visitor = site.visitor("provider", role)

    got = (
        visitor.open(f"/sources/{front.pk}/").status_code,
        visitor.open("/sources/new/").status_code,
        visitor.send(f"/sources/{front.pk}/test/").status_code,
    )

    assert got == statuses
