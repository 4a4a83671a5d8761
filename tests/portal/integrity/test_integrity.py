"""Integrity on the site: the live head, checks in the background, proofs and consistency drawn, for whom."""

import base64
import json
import subprocess
import sys

import pytest

from govshare.audit import queries, services, tasks
from govshare.audit.models import Checkpoint, Entry
from govshare.audit.rules import leaf_hash
from govshare.kernel.clock import utc_now
from govshare.kernel.roles import Role
from govshare.regulation.articles import cite
from tests.portal.conftest import Site, text

pytestmark = pytest.mark.django_db
AUDITOR = ("authority", Role.AUDIT_ADMIN)


def record(site: Site, about: str, *, who: str = "provider") -> str:
    by = site.cast.actor(who, Role.REVIEWER)
    return services.record(action="catalog:entry:publish", basis=cite("CD2016-14"), by=by, now=utc_now(), about=about).number


def place() -> None:
    while services.place(now=utc_now()):
        pass


@pytest.mark.article("CD2016-26")
def test_the_head_is_shown_live(site: Site):
    record(site, "R-1")
    place()
    auditor = site.visitor(*AUDITOR)

    page, live = auditor.open("/integrity/"), auditor.open("/integrity/live/")
    record(site, "R-2")
    place()
    later = auditor.open("/integrity/live/")

    head = Checkpoint.objects.order_by("-size")
    assert 'hx-get="/integrity/live/"' in page.content.decode()
    assert head[1].note.split("\n")[2] in text(page) and head[1].note.split("\n")[2] in text(live)
    assert head[0].note.split("\n")[2] in text(later)
    assert queries.verification_key() in text(page)


@pytest.mark.article("CD2016-26", "PC-62")
def test_the_check_runs_in_the_background_and_its_outcome_turns_up(site: Site):
    record(site, "R-1")
    place()
    auditor = site.visitor(*AUDITOR)

    sent = auditor.send("/integrity/check/")
    meanwhile, again = auditor.open("/integrity/"), auditor.send("/integrity/check/")
    asked = Entry.objects.get(action="audit:log:ask-check")
    tasks.check(asked=f"HZ-{asked.batch}-{asked.ordinal}")
    after = auditor.open("/integrity/")

    assert (sent.status_code, again.status_code) == (302, 409)
    assert "正在后台校验" in text(meanwhile) and "还没有校验过" in text(meanwhile)
    assert "完整" in text(after) and site.cast.actor(*AUDITOR).name in text(after)


def test_what_a_check_found_is_named_on_the_page(site: Site, evidence):
    record(site, "R-1")
    place()
    (tile,) = [path for path in (evidence / "tile/0").rglob("*") if path.is_file()]
    tile.write_bytes(bytes(len(tile.read_bytes())))
    wrong = tasks.check(asked="")

    page = site.visitor(*AUDITOR).open("/integrity/")

    assert wrong > 0
    assert "发现" in text(page) and "tile/0" in text(page)


def test_a_log_that_does_not_hold_together_is_said_to_be_so(site: Site, evidence):
    record(site, "R-1")
    place()
    (evidence / "checkpoint").write_text("not what was signed")

    response = site.visitor(*AUDITOR).open("/integrity/")

    assert response.status_code == 200 and "日志不完整" in text(response)


@pytest.mark.article("CD2016-26", "PC-62")
def test_any_entry_is_proved_step_by_step_by_number_and_by_place(site: Site):
    numbers = [record(site, f"R-{n}") for n in range(5)]
    place()
    auditor = site.visitor(*AUDITOR)
    entry = queries.find(numbers[2])
    index = next(n for n in range(20) if queries.at_index(n).about == "R-2")

    by_number, by_place = auditor.open(f"/integrity/proof/?entry={numbers[2].lower()}"), auditor.open(f"/integrity/proof/?entry={index}")

    for page in (by_number, by_place):
        said = page.content.decode()
        assert page.status_code == 200 and "成立" in text(page) and "不成立" not in text(page)
        assert leaf_hash(entry.body.encode()).hex() in said
        assert f"HZ-{entry.batch}-{entry.ordinal}.tlog-proof --key" in said
    receipt = queries.receipt(numbers[2])
    assert all(step in by_number.content.decode() for step in _hashes(receipt))
    looks = Entry.objects.filter(action="audit:receipt:read")
    assert json.loads(looks[0].body)["about"] == numbers[2]


def _hashes(receipt: bytes) -> list[str]:
    return [base64.b64decode(line).hex() for line in receipt.decode().partition("\n\n")[0].split("\n")[3:]]


def test_an_entry_that_has_no_place_yet_shows_the_promise(site: Site):
    number = record(site, "R-1")

    page = site.visitor(*AUDITOR).open(f"/integrity/proof/?entry={number}")

    assert page.status_code == 200 and "平台已签名承诺" in text(page)


@pytest.mark.parametrize("entry", ["HZ-999999-0", "x", "-1", "99999999999999999999", "HZ-²-0", "%00", "12345678"])
def test_what_names_no_entry_is_not_found(site: Site, entry: str):
    assert site.visitor(*AUDITOR).open(f"/integrity/proof/?entry={entry}").status_code == 404


@pytest.mark.article("PC-61")
def test_a_department_proves_its_own_entries_and_no_others(site: Site):
    own, other = record(site, "R-1"), record(site, "R-2", who="third")
    place()
    visitor = site.visitor("provider", Role.REVIEWER)

    assert visitor.open(f"/integrity/proof/?entry={own}").status_code == 200
    assert visitor.open(f"/integrity/proof/?entry={other}").status_code == 404
    assert "逐步证明" in text(visitor.open(f"/receipts/{own}/"))


@pytest.mark.parametrize("role", [Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN])
@pytest.mark.parametrize("page", ["", "live/", "proof/", "checkpoints/", "consistency/"])
def test_who_runs_the_platform_sees_nothing_of_the_content(site: Site, role: Role, page: str):
    assert site.visitor("authority", role).open(f"/integrity/{page}").status_code == 403


@pytest.mark.article("CD2016-26")
def test_any_two_checkpoints_are_compared(site: Site):
    for n in range(7):
        record(site, f"R-{n}")
        place()
    sizes = list(Checkpoint.objects.order_by("size").values_list("size", flat=True))
    auditor = site.visitor(*AUDITOR)

    latest = auditor.open("/integrity/consistency/")
    chosen = auditor.open(f"/integrity/consistency/?old={sizes[2]}&new={sizes[-1]}")
    turned = auditor.open(f"/integrity/consistency/?old={sizes[-1]}&new={sizes[2]}")
    listed = auditor.open("/integrity/checkpoints/")

    assert all("相延续" in text(page) and "不相延续" not in text(page) for page in (latest, chosen, turned))
    assert f"{sizes[-1] - sizes[2]}" in text(chosen)
    assert all(row.note.split("\n")[2] in text(listed) for row in Checkpoint.objects.all())
    assert json.loads(auditor.open("/integrity/checkpoints.json").content)["count"] == len(sizes)


@pytest.mark.parametrize(("query", "status"), [("old=999", 404), ("old=x", 422), ("new=-1", 422), ("old=" + "9" * 30, 422)])
def test_sizes_that_are_none_are_refused(site: Site, query: str, status: int):
    record(site, "R-1")
    place()

    assert site.visitor(*AUDITOR).open(f"/integrity/consistency/?{query}").status_code == status


@pytest.mark.article("CD2016-26")
def test_the_verifier_that_is_handed_out_verifies_the_proof_that_is_handed_out(site: Site, tmp_path):
    number = record(site, "R-1")
    place()
    visitor = site.visitor("provider", Role.REVIEWER)
    (tmp_path / "verifier.py").write_bytes(visitor.open("/integrity/verifier/").content)
    (tmp_path / "proof").write_bytes(visitor.open(f"/receipts/{number}/file/").content)

    command = [sys.executable, "-I", "verifier.py", "proof", "--key", queries.verification_key()]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert ran.returncode == 0 and "成立" in ran.stdout
