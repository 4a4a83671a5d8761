"""Transfers in the browser: ordered after a look, watched while they run, mended when they fail, proved when delivered."""

import json
import re
from uuid import uuid4

import pytest

from govshare.exchange import services
from govshare.exchange.models import Run, Transfer
from govshare.exchange.rules import RunStatus
from govshare.kernel.clock import utc_now
from govshare.kernel.roles import Role
from govshare.sharing.services import grants
from tests.exchange.counter import ROWS, Counter
from tests.portal.conftest import Site, Visitor, text


@pytest.fixture
def taker(site: Site, counter: Counter) -> Visitor:
    return site.visitor("recipient", Role.RESOURCE_ADMIN)


def order(taker: Visitor, counter: Counter, **fields: str) -> Transfer:
    given = {"target": str(counter.taking.pk), "table": "firm"} | fields
    response = taker.send(f"/transfers/new/{counter.grant.pk}/", given)
    assert response.status_code == 302, text(response)
    return Transfer.objects.get(pk=response["Location"].split("/")[2])


@pytest.mark.article("CD2016-24", "PC-57")
def test_a_transfer_is_ordered_from_a_grant_and_its_first_run_queued(taker, counter):
    page = taker.open(f"/transfers/new/{counter.grant.pk}/")

    transfer = order(taker, counter, begin="on")

    assert "掩码（保留前 6 位、后 0 位）" in text(page) and "inner_note" not in text(page)
    assert (transfer.table, transfer.runs.get().status) == ("firm", RunStatus.QUEUED)
    shown = text(taker.open(f"/transfers/{transfer.pk}/"))
    assert "排队中" in shown and transfer.receipt_number in shown


def test_both_sides_are_looked_at_before_anything_moves(taker, counter):
    counter.fronts.provider.run("ANALYZE {s}.legal_entity")

    response = taker.send(f"/transfers/new/{counter.grant.pk}/", {"target": str(counter.taking.pk), "table": "firm", "look": "1"})

    assert response.status_code == 200
    assert "没有动任何数据" in text(response) and "1,200" in text(response) and "numeric(18,2)" in text(response)
    assert not Transfer.objects.exists()


def test_what_stands_in_the_way_is_said_beside_what_was_typed(taker, counter):
    counter.fronts.recipient.run("CREATE TABLE {s}.firm (x int)")

    response = taker.send(f"/transfers/new/{counter.grant.pk}/", {"target": str(counter.taking.pk), "table": "firm", "look": "1"})

    assert response.status_code == 422
    assert "已有同名的表" in text(response)
    assert 'value="firm"' in response.content.decode()


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"table": "govshare_x"}, "govshare_"),
        ({"table": "表" * 30}, "不能超过 63 个字节"),
        ({"table": ""}, "请填写"),
        ({"table": "x" * 200}, "63"),
        ({"target": "nonsense"}, "nonsense"),
        ({"target": ""}, "请填写"),
    ],
)
def test_a_bad_order_is_refused_in_words(taker, counter, fields, words):
    response = taker.send(f"/transfers/new/{counter.grant.pk}/", {"target": str(counter.taking.pk), "table": "firm"} | fields)

    assert response.status_code == 422
    assert words in text(response)
    assert not Transfer.objects.exists()


def test_the_same_order_sent_twice_is_told_of_the_first(taker, counter):
    transfer = order(taker, counter)

    again = taker.send(f"/transfers/new/{counter.grant.pk}/", {"target": str(counter.taking.pk), "table": "firm"})

    assert again.status_code == 409
    assert transfer.number in text(again)


@pytest.mark.article("PC-50")
def test_a_delivered_run_is_proved_on_its_page(taker, counter):
    transfer = order(taker, counter, begin="on")
    run = counter.carry(transfer.runs.get())

    page = taker.open(f"/transfers/{transfer.pk}/")

    shown = text(page)
    assert "已交付" in shown and "1,200" in shown and run.source_digest in shown and run.finish_receipt in shown
    assert "hx-get" not in page.content.decode().partition('id="live"')[2].partition("</section>")[0]
    assert taker.open(f"/receipts/{run.finish_receipt}/").status_code == 200


def test_the_live_part_is_asked_for_while_it_runs_and_ends_with_a_new_page(taker, counter):
    transfer = order(taker, counter, begin="on")
    run = counter.carry(transfer.runs.get())
    again = Run.objects.get(pk=services.start(transfer=transfer.pk, by=counter.office.checker, now=utc_now()).pk)

    with counter.held_up(again):
        page = taker.open(f"/transfers/{transfer.pk}/").content.decode()
        live = taker.open(f"/transfers/runs/{again.pk}/live/", **{"HX-Request": "true"})
    after = taker.open(f"/transfers/runs/{again.pk}/live/", **{"HX-Request": "true"})

    assert f'hx-get="/transfers/runs/{again.pk}/live/" hx-trigger="every 2s"' in page
    assert "传输中" in text(live) and "HX-Refresh" not in live.headers
    assert "<html" not in live.content.decode()
    assert after.headers["HX-Refresh"] == "true"
    assert "已交付" in text(after)
    assert run.pk != again.pk


def test_a_failed_run_says_why_and_what_to_do_and_is_retried(taker, counter):
    transfer = order(taker, counter, begin="on")
    counter.fronts.provider.run("ALTER TABLE {s}.legal_entity RENAME COLUMN capital TO money")
    run = counter.carry(transfer.runs.get())

    page = text(taker.open(f"/transfers/{transfer.pk}/"))
    counter.fronts.provider.run("ALTER TABLE {s}.legal_entity RENAME COLUMN money TO capital")
    sent = taker.send(f"/transfers/runs/{run.pk}/retry/")
    delivered = counter.carry(run)

    assert "失败" in page and "来源表中已没有这个字段" in page and "只补差异" in page
    assert sent.status_code == 302
    assert (delivered.status, delivered.rows_done) == (RunStatus.DELIVERED, ROWS)


@pytest.mark.article("PC-51")
def test_a_shrunken_source_waits_for_a_word_of_a_person(taker, counter):
    transfer = order(taker, counter, begin="on")
    counter.carry(transfer.runs.get())
    counter.fronts.provider.run("DELETE FROM {s}.legal_entity WHERE uscc > 'X00000000000000100'")
    taker.send(f"/transfers/{transfer.pk}/start/")
    run = counter.carry(transfer.runs.order_by("-number").first())

    page = text(taker.open(f"/transfers/{transfer.pk}/"))
    empty = taker.send(f"/transfers/runs/{run.pk}/confirm/", {"reason": " "})
    sent = taker.send(f"/transfers/runs/{run.pk}/confirm/", {"reason": "已电话核实，来源清理了注销企业"})

    assert "待确认" in page and "向提供部门核实" in page
    assert empty.status_code == 422
    assert sent.status_code == 302
    assert counter.carry(run).rows_done == 100


def test_a_queued_run_is_cancelled_with_a_reason_and_what_is_typed_stays_when_it_is_too_late(taker, counter):
    transfer = order(taker, counter, begin="on")
    run = transfer.runs.get()

    form = taker.open(f"/transfers/runs/{run.pk}/cancel/")
    sent = taker.send(f"/transfers/runs/{run.pk}/cancel/", {"reason": "登记错了表"})
    late = taker.send(f"/transfers/runs/{run.pk}/cancel/", {"reason": "再取消一次 <b>"})

    assert form.status_code == 200
    assert sent.status_code == 302
    assert late.status_code == 409
    assert "再取消一次 &lt;b&gt;" in late.content.decode()
    run.refresh_from_db()
    assert (run.status, run.reason) == (RunStatus.CANCELLED, "登记错了表")


def test_a_second_start_is_told_that_one_is_under_way(taker, counter):
    transfer = order(taker, counter, begin="on")

    response = taker.send(f"/transfers/{transfer.pk}/start/")

    assert response.status_code == 409
    assert "请等待、重试或取消" in text(response)


@pytest.mark.article("PC-54")
def test_after_the_grant_ended_the_page_says_why_it_cannot_start(taker, counter):
    transfer = order(taker, counter)
    grants.end_early(grant=counter.grant.pk, reason="业务调整", by=counter.office.checker, now=utc_now())

    page = taker.open(f"/transfers/{transfer.pk}/")

    assert "已终止，不再取数" in text(page)
    assert f"/transfers/{transfer.pk}/start/" not in page.content.decode()


def test_a_transfer_is_closed_with_a_reason_and_leaves_the_list(taker, counter):
    transfer = order(taker, counter)

    sent = taker.send(f"/transfers/{transfer.pk}/close/", {"reason": "改用接口"})

    assert sent.status_code == 302
    assert transfer.number not in text(taker.open("/transfers/?q=法人"))
    assert transfer.number in text(taker.open("/transfers/?closed=1"))


@pytest.mark.article("CD2016-24")
def test_both_sides_and_the_authority_see_it_and_nobody_else(site, taker, counter):
    transfer = order(taker, counter, begin="on")
    run = counter.carry(transfer.runs.get())
    addresses = [f"/transfers/{transfer.pk}/", f"/transfers/runs/{run.pk}/live/", f"/transfers/runs/{run.pk}/chunks/"]

    for who in (("provider", Role.RESOURCE_ADMIN), ("authority", Role.AUTHORITY), ("authority", Role.AUDIT_ADMIN)):
        assert [site.visitor(*who).open(address).status_code for address in addresses] == [200, 200, 200]
    third = site.visitor("third", Role.RESOURCE_ADMIN)
    assert [third.open(address).status_code for address in addresses] == [404, 404, 404]
    giver = site.visitor("provider", Role.RESOURCE_ADMIN)
    assert giver.send(f"/transfers/{transfer.pk}/start/").status_code == 403
    assert f"/transfers/{transfer.pk}/start/" not in giver.open(f"/transfers/{transfer.pk}/").content.decode()
    assert giver.open(f"/transfers/new/{counter.grant.pk}/").status_code == 200
    refused = giver.send(f"/transfers/new/{counter.grant.pk}/", {"target": str(counter.taking.pk), "table": "firm"})
    assert refused.status_code in {403, 422}


def test_the_list_tells_state_and_rows_and_is_had_as_json(taker, counter):
    transfer = order(taker, counter, begin="on")
    waiting = text(taker.open("/transfers/?state=queued&side=in"))
    counter.carry(transfer.runs.get())

    listed = json.loads(taker.open("/transfers.json?state=delivered").content)["items"]

    assert transfer.number in waiting
    assert [(item["state"], item["rows"], item["table"]) for item in listed] == [("delivered", ROWS, "firm")]
    assert transfer.number in text(taker.open(f"/transfers/?grant={counter.grant.pk}"))
    assert transfer.number not in text(taker.open(f"/transfers/?grant={uuid4()}"))
    assert transfer.number not in text(taker.open("/transfers/?grant=nonsense"))
    assert transfer.number not in text(taker.open("/transfers/?side=out"))
    assert transfer.number not in text(taker.open("/transfers/?state=never"))
    assert taker.open("/transfers.xlsx").status_code == 200
    assert taker.open("/transfers/?state=nonsense&side=x&q=%00%27--&page=-5").status_code == 200


def test_chunks_are_listed_with_their_digests(taker, counter):
    run = counter.carry(order(taker, counter, begin="on").runs.get())

    listed = json.loads(taker.open(f"/transfers/runs/{run.pk}/chunks.json").content)["items"]

    assert sum(item["rows"] for item in listed if item["kind"] == "load") == ROWS
    assert all(re.fullmatch("[0-9a-f]{64}", item["digest"]) for item in listed)


def test_grants_for_exchange_are_offered_to_choose_from(site, taker, counter):
    assert counter.grant.number in text(taker.open("/transfers/new/"))
    assert "没有“直接数据交换”的有效授权" in text(site.visitor("third", Role.RESOURCE_ADMIN).open("/transfers/new/"))
    assert site.visitor("recipient", Role.REGISTRAR).open("/transfers/new/").status_code == 403


@pytest.mark.parametrize(
    "address", ["/transfers/{id}/", "/transfers/new/{id}/", "/transfers/runs/{id}/live/", "/transfers/runs/{id}/cancel/"]
)
def test_addresses_that_name_nothing_are_not_found(taker, address):
    assert taker.open(address.format(id=uuid4())).status_code == 404


@pytest.mark.article("PC-58")
def test_a_transfer_by_watermark_is_ordered_compared_and_says_what_it_cannot_see(taker, counter):
    counter.fronts.provider.run("ALTER TABLE {s}.legal_entity ALTER capital TYPE bigint USING right(uscc, 9)::bigint")
    counter.fronts.provider.run("ALTER TABLE {s}.legal_entity ALTER capital SET NOT NULL")
    page = text(taker.open(f"/transfers/new/{counter.grant.pk}/"))
    transfer = order(taker, counter, mode="increment", watermark="capital", overlap="3")
    first = counter.carry(counter.start(transfer))
    counter.fronts.provider.run("DELETE FROM {s}.legal_entity WHERE capital = 1")

    response = taker.send(f"/transfers/{transfer.pk}/compare/", {})

    assert "注册资本（capital）" in page and "法定代表人证件号码（legal_person_id）" not in page
    assert (transfer.mode, transfer.watermark, transfer.overlap) == ("increment", "capital", 3)
    assert response.status_code == 302
    compared = counter.carry(transfer.runs.get(number=first.number + 1))
    shown = text(taker.open(f"/transfers/{transfer.pk}/"))
    assert compared.mode == "difference" and counter.arrived_rows() == counter.granted_rows()
    assert "增量看不见" in shown and "按水位增量 · capital · 重叠 3" in shown
    assert "新增 0 行，更新 0 行，未变 1,199 行，删除 1 行" in shown


@pytest.mark.article("PC-58")
def test_an_order_by_watermark_without_one_is_refused_beside_what_was_typed(taker, counter):
    fields = {"target": str(counter.taking.pk), "table": "firm", "mode": "increment"}

    response = taker.send(f"/transfers/new/{counter.grant.pk}/", fields)

    assert response.status_code == 422
    assert "请在明文授权的字段中选一个" in text(response)
