"""Receipts: found by number, said in words, verified from a file, seen by their parties alone."""

import json
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import translation

from govshare.audit import services
from govshare.audit.models import Entry
from govshare.kernel.clock import utc_now
from govshare.kernel.roles import Role
from govshare.portal.receipts.verification import Outcome, verify
from govshare.portal.receipts.words import SUBJECTS, action_words
from govshare.regulation.articles import cite
from tests.portal.conftest import Site, text
from tools.reference.actions import actions

pytestmark = pytest.mark.django_db


@pytest.fixture
def number(site: Site) -> str:
    """Of something the provider did with the recipient."""
    return services.record(
        action="sharing:demand:grant",
        basis=cite("CD2016-25.2"),
        by=site.cast.actor("provider", Role.RESOURCE_ADMIN),
        now=utc_now(),
        about="SQ-20261123-0001",
        parties=[str(site.cast.organization("recipient").pk)],
        reason="同意 <b>提供</b>",
        counts={"granted": 3},
        digests={"terms": "sha256:00"},
    ).number


def file_of(site: Site, number: str) -> bytes:
    return services.read_receipt(number=number, by=site.cast.actor("provider", Role.RESOURCE_ADMIN), now=utc_now())


def states(outcome: Outcome) -> list[bool | None]:
    return [check.holds for check in outcome.checks]


@pytest.mark.article("CD2016-26", "PC-61")
def test_a_receipt_says_in_words_what_was_done_to_its_parties_alone(site, number):
    page = site.visitor("recipient", Role.REGISTRAR).open(f"/receipts/{number}/")
    stranger = site.visitor("third", Role.RESOURCE_ADMIN).open(f"/receipts/{number}/")

    said = text(page)
    assert page.status_code == 200
    assert "同意提供" in said and "SQ-20261123-0001" in said and "第二十五条第二款" in said and "提供的信息项 3" in said
    assert site.cast.organization("recipient").name in said
    assert "同意 &lt;b&gt;提供&lt;/b&gt;" in page.content.decode()
    assert stranger.status_code == 404
    assert "与本部门无关" in text(stranger)


@pytest.mark.article("PC-60")
def test_the_page_shows_the_promise_first_and_the_proof_once_it_is_in_the_log(site, number):
    visitor = site.visitor("provider", Role.RESOURCE_ADMIN)

    before = text(visitor.open(f"/receipts/{number}/"))
    services.place(now=utc_now())
    after = visitor.open(f"/receipts/{number}/")

    assert "平台已签名承诺" in before
    assert "已入日志：第" in text(after)
    assert re.search(r'<img src="data:image/svg\+xml', after.content.decode())


def test_the_file_is_downloaded_byte_for_byte_under_its_number(site, number):
    services.place(now=utc_now())
    visitor = site.visitor("provider", Role.RESOURCE_ADMIN)

    response = visitor.open(f"/receipts/{number}/file/")

    assert response.content == file_of(site, number)
    assert response["Content-Disposition"] == f'attachment; filename="{number}.tlog-proof"'


@pytest.mark.article("CD2016-26", "PC-60")
@pytest.mark.parametrize("placed", [False, True])
def test_a_receipt_file_is_verified_by_uploading_it_and_anybody_signed_in_may(site, number, placed):
    if placed:
        services.place(now=utc_now())
    visitor = site.visitor("third", Role.REGISTRAR)

    response = visitor.send("/receipts/verify/", {"file": SimpleUploadedFile("r.tlog-proof", file_of(site, number))})

    assert response.status_code == 200
    assert "成立：每个字节都与签出时相同" in text(response)
    assert text(response).count("成立") >= 5
    assert "逐字节相同，回执号 " + number in text(response)


@pytest.mark.article("CD2016-26")
@pytest.mark.parametrize("placed", [False, True])
def test_one_changed_letter_is_found_and_said(site, number, placed):
    if placed:
        services.place(now=utc_now())
    receipt = file_of(site, number)
    at = receipt.index(b"extra " if placed else b"entry ") + 40
    altered = receipt[:at] + (b"A" if receipt[at : at + 1] != b"A" else b"B") + receipt[at + 1 :]

    outcome = verify(altered)

    assert not outcome.holds
    assert outcome.told is None
    assert states(outcome) == ([True, True, False, None] if placed else [True, False, None, None])


def test_a_signature_of_somebody_else_does_not_hold(site, number):
    services.place(now=utc_now())
    receipt = file_of(site, number)
    changed = re.sub(r"(— \S+ \S{20})\S", r"\1x", receipt.decode()).encode()

    assert states(verify(changed)) == [True, False, None, None]


def test_a_promise_that_came_to_nothing_is_told_from_one_that_stands(site):
    with transaction.atomic():
        by = site.cast.actor("provider", Role.RESOURCE_ADMIN)
        number = services.record(action="sharing:grant:end", basis=cite("CD2016-31"), by=by, now=utc_now()).number
        receipt = file_of(site, number)
        transaction.set_rollback(True)

    outcome = verify(receipt)

    assert states(outcome) == [True, True, True, False]
    assert "没有这一条" in outcome.checks[3].text


@pytest.mark.parametrize("content", [b"", b"hello", b"\xff\xfe\x00", b"c2sp.org/tlog-proof@v1\n", '{"回执": 1}'.encode(), b"%PDF-1.7"])
def test_what_is_no_receipt_is_refused_in_words(site, content):
    visitor = site.visitor("provider", Role.REGISTRAR)

    response = visitor.send("/receipts/verify/", {"file": SimpleUploadedFile("x.bin", content)})

    assert response.status_code in ({422} if not content else {200})
    assert "成立：每个字节" not in text(response)
    assert "不成立" in text(response) or "需要改正" in text(response) or "空" in text(response)


def test_a_file_far_too_large_is_no_receipt(site):
    visitor = site.visitor("provider", Role.REGISTRAR)

    response = visitor.send("/receipts/verify/", {"file": SimpleUploadedFile("x.bin", b"x" * 300_000)})

    assert response.status_code == 422
    assert "不超过 200 KB" in text(response)


def test_verifying_nothing_asks_for_the_file(site):
    response = site.visitor("provider", Role.REGISTRAR).send("/receipts/verify/")

    assert response.status_code == 422
    assert "请填写" in text(response)


def test_the_search_leads_to_the_receipt_and_says_what_is_no_number(site, number):
    visitor = site.visitor("provider", Role.RESOURCE_ADMIN)

    found = visitor.open(f"/receipts/?number={number.lower()}")
    wrong = visitor.open("/receipts/?number=<script>1</script>")

    assert (found.status_code, found["Location"]) == (302, f"/receipts/{number}/")
    assert wrong.status_code == 404
    assert "HZ-128-0" in text(wrong)
    assert "<script>1" not in wrong.content.decode()
    assert number in text(visitor.open("/receipts/"))


@pytest.mark.parametrize("number", ["HZ-999999-0", "xyz", "HZ-1", "HZ-99999999999999999999-0"])
def test_a_number_that_names_nothing_is_not_found(site, number):
    assert site.visitor("provider", Role.REGISTRAR).open(f"/receipts/{number}/").status_code == 404


@pytest.mark.article("PC-62")
def test_the_audit_administrators_look_at_a_receipt_is_recorded(site, number):
    auditor = site.visitor("authority", Role.AUDIT_ADMIN)

    assert auditor.open(f"/receipts/{number}/").status_code == 200

    look = json.loads(Entry.objects.get(action="audit:receipt:read").body)
    assert look["about"] == number


def known(action: str) -> bool:
    return action_words(action) != action


def test_every_action_there_is_has_words_and_a_subject():
    named = [action for action in actions() if "*" not in action]

    assert [action for action in named if not known(action)] == []
    assert [action for action in named if not action.startswith(tuple(SUBJECTS))] == []


def test_an_action_of_tomorrow_is_shown_as_it_stands():
    assert action_words("future:thing:do") == "future:thing:do"


def test_an_altered_receipt_is_explained_in_english_too(site, number):
    with translation.override("en"):
        outcome: Any = verify(b"hello")

    assert outcome.checks[0].text == "the first line is neither this log's promise nor a proof"
