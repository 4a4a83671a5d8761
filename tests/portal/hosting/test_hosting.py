"""Hosted tables in the browser: made, filled by a file that is looked at first, mended, edited; each sees what is theirs."""

import json
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from govshare.hosting import queries
from govshare.hosting.models import HostedTable, Upload
from govshare.kernel.roles import Role
from tests.catalog.world import Desk
from tests.hosting.conftest import HEADER, ITEMS
from tests.portal.conftest import Site, Visitor, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def keeper(site: Site) -> Visitor:
    return site.visitor("provider", Role.RESOURCE_ADMIN)


@pytest.fixture
def made(site: Site, keeper: Visitor, hosting: str) -> HostedTable:
    entry = Desk(site.cast).listed(items=ITEMS)
    assert entry.code in keeper.open("/hosting/new/").content.decode()
    answer = keeper.send("/hosting/new/", {"entry": str(entry.pk)})
    assert answer.status_code == 302, text(answer)
    return HostedTable.objects.get()


def upload(keeper: Visitor, made: HostedTable, *lines: str) -> Upload:
    file = SimpleUploadedFile("证照.csv", "\n".join([HEADER, *lines]).encode())
    answer = keeper.send(f"/hosting/{made.pk}/upload/", {"file": file})
    assert answer.status_code == 302, text(answer)
    return Upload.objects.latest("uploaded_at")


@pytest.mark.article("CD2016-27", "PC-156")
def test_a_file_is_looked_at_then_taken_over(keeper: Visitor, made: HostedTable):
    sent = upload(keeper, made, *(f"A{n},甲{n},{n},2026-01-01,是" for n in range(60)), "B1,乙,一,2026-01-01,是")
    preview = text(keeper.open(f"/hosting/{made.pk}/uploads/{sent.pk}/"))
    assert "将新增 60" in preview and "不合格 1" in preview and "不是数字" in preview and "甲0" in preview

    answer = keeper.send(f"/hosting/{made.pk}/uploads/{sent.pk}/apply/")

    assert answer.status_code == 302
    rows = text(keeper.open(f"/hosting/{made.pk}/"))
    assert "甲10" in rows and "60 行" in rows
    assert "甲59" in text(keeper.open(f"/hosting/{made.pk}/?q=A59")) and "甲10" not in text(keeper.open(f"/hosting/{made.pk}/?q=A59"))
    assert "甲9" in text(keeper.open(f"/hosting/{made.pk}/?page=2"))
    listed = json.loads(keeper.open("/hosting.json").content)["items"]
    assert [(item["rows"], item["source"]) for item in listed] == [(60, True)]


@pytest.mark.article("PC-157")
def test_a_bad_row_is_downloaded_put_right_or_dropped(keeper: Visitor, made: HostedTable):
    sent = upload(keeper, made, *(f"A{n},甲,{n},2026-01-01,是" for n in range(30)), "B1,=甲,一,2026-01-01,是", "B2,丙,二,2026-01-01,是")
    keeper.send(f"/hosting/{made.pk}/uploads/{sent.pk}/apply/")
    first, second = queries.bad_rows(made, [sent.pk])

    file = b"".join(keeper.open(f"/hosting/{made.pk}/uploads/{sent.pk}/bad/").streaming_content).decode("utf-8-sig")
    assert file.splitlines()[0] == "证照编号,持证单位,注册资本,发证日期,有效,原文件行号,须改正"
    assert file.splitlines()[1].startswith("B1,'=甲,一,2026-01-01,是,32,注册资本不是数字")
    assert "原文件第 32 行" in text(keeper.open(f"/hosting/{made.pk}/bad/{first.id}/"))
    wrong = keeper.send(f"/hosting/{made.pk}/bad/{first.id}/", {"number": "B1", "holder": "乙", "capital": "一", "issued": "2026-01-01"})
    right = keeper.send(f"/hosting/{made.pk}/bad/{first.id}/", {"number": "B1", "holder": "乙", "capital": "1", "issued": "2026-01-01"})
    dropped = keeper.send(f"/hosting/{made.pk}/bad/", {"bad": [str(second.id)], "reason": "来源有误"})

    assert (wrong.status_code, right.status_code, dropped.status_code) == (422, 302, 302)
    assert "不是数字" in text(wrong)
    assert "隔离区是空的" in text(keeper.open(f"/hosting/{made.pk}/bad/"))


@pytest.mark.article("PC-158")
def test_a_row_is_added_changed_and_deleted_and_shows_its_history(keeper: Visitor, made: HostedTable):
    row = {"number": "A/1 甲", "holder": "甲", "capital": "1", "issued": "2026-01-01", "valid": "true"}
    assert keeper.send(f"/hosting/{made.pk}/rows/new/", row).status_code == 302
    page = keeper.open(f"/hosting/{made.pk}/").content.decode()
    address = next(found for found in re.findall(r'href="(/hosting/[^"]+/rows/[^"]+)"', page) if not found.endswith("/new/"))
    stamp = keeper.open(address).content.decode().split('name="row-stamp" value="')[1].split('"')[0]

    changed = keeper.send(address, {**row, "number": "ignored", "holder": "乙", "row-stamp": stamp})
    late = keeper.send(address, {**row, "holder": "丙", "row-stamp": stamp})
    after = keeper.open(address)
    stamp = after.content.decode().split('name="row-stamp" value="')[1].split('"')[0]
    deleted = keeper.send(f"{address}delete/", {"row-stamp": stamp})

    assert (changed.status_code, late.status_code, deleted.status_code) == (302, 409, 302)
    assert "甲 → 乙" in text(after)
    history = text(keeper.open(address))
    assert "这一行已删除" in history and "删除" in history
    assert "修改托管数据行" in text(keeper.open(f"/hosting/{made.pk}/acts/"))


@pytest.mark.article("CD2016-27")
def test_the_departments_other_posts_look_and_do_not_fill(site: Site, keeper: Visitor, made: HostedTable):
    sent = upload(keeper, made, "A1,甲,1,2026-01-01,是")
    for role in (Role.REGISTRAR, Role.REVIEWER):
        visitor = site.visitor("provider", role)
        assert visitor.open(f"/hosting/{made.pk}/").status_code == 200
        assert "上传数据" not in text(visitor.open(f"/hosting/{made.pk}/"))
        assert visitor.open(f"/hosting/{made.pk}/upload/").status_code == 403
        assert visitor.send(f"/hosting/{made.pk}/uploads/{sent.pk}/apply/").status_code == 403
    assert queries.rows_of(made) and len(queries.Leaves(made)) == 0


@pytest.mark.article("CD2016-27", "CD2016-28")
def test_other_departments_see_nothing_and_the_authority_sees_numbers_alone(site: Site, keeper: Visitor, made: HostedTable):
    sent = upload(keeper, made, "A1,某某单位,1,2026-01-01,是")
    keeper.send(f"/hosting/{made.pk}/uploads/{sent.pk}/apply/")
    other, authority = site.visitor("third", Role.RESOURCE_ADMIN), site.visitor("authority", Role.AUTHORITY)

    for address in ("", "acts/", "bad/", "upload/", "template/", "rows/new/", f"uploads/{sent.pk}/", f"uploads/{sent.pk}/bad/", "remove/"):
        assert other.open(f"/hosting/{made.pk}/{address}").status_code == 404, address
        assert authority.open(f"/hosting/{made.pk}/{address}").status_code == 403, address
    assert other.send(f"/hosting/{made.pk}/uploads/{sent.pk}/apply/").status_code == 404
    numbers = text(authority.open("/hosting/statistics/"))
    assert "成都市市场监督管理局" in numbers and "某某单位" not in numbers
    assert "市场监督" not in text(other.open("/hosting/"))


@pytest.mark.article("CD2016-27", "CD2016-35")
def test_without_a_hosting_database_the_page_says_so_and_own_accounts_are_off_with_the_reason(site: Site, keeper: Visitor):
    page = text(keeper.open("/hosting/"))

    assert "本平台没有设置托管库" in page
    assert "部门自有 SQL 账号" in page and "未开放" in page and "客户端证书" in page


@pytest.mark.parametrize("key", ["none", "W10", "W1tdXQ", "bnVsbA", "W251bGxd"])
def test_what_is_no_key_names_no_row(keeper: Visitor, made: HostedTable, key: str):
    assert keeper.open(f"/hosting/{made.pk}/rows/{key}/").status_code == 404
