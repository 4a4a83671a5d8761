"""The log by the machine API: who may search, by what, and that a number that is sent is kept nowhere."""

import json
import zipfile

import pytest

from govshare.audit import services as audit
from govshare.audit import verifier
from govshare.audit.log import open_log
from govshare.audit.models import Entry
from govshare.kernel.clock import utc_now
from govshare.kernel.roles import Role
from govshare.regulation.articles import cite
from tests.api.conftest import Town

pytestmark = pytest.mark.django_db
TYPED = "51010419900101001X"


def look_up(town: Town, who: str = "provider") -> str:
    by = town.cast.actor(who, Role.REGISTRAR)
    return audit.record(
        action="exchange:query:answer", basis=cite("CD2016-26"), by=by, now=utc_now(), about=f"Q-{who}", subject=TYPED
    ).number


@pytest.mark.article("PC-119", "CD2016-31")
def test_a_number_sent_in_the_body_finds_its_entries_and_is_kept_nowhere(town):
    number = look_up(town)
    auditor = town.caller("authority", Role.AUDIT_ADMIN)

    answer = auditor.post("/evidence/searches", {"identifier": TYPED.lower(), "counted": True})
    again = auditor.get(f"/evidence/entries?subject={answer.json()['found'][0]['subject']}&action=exchange:")

    assert [each["number"] for each in answer.json()["found"]] == [number] == [each["number"] for each in again.json()["found"]]
    assert answer.json()["counts"]["complete"] is True
    assert TYPED not in answer.content.decode()
    assert not [entry for entry in Entry.objects.all() if TYPED in entry.body]
    assert auditor.post("/evidence/searches", {"identifier": ""}).status_code == 422


@pytest.mark.article("PC-108", "CD2016-26")
def test_a_department_takes_the_receipts_of_its_own_side_at_once_and_none_can_be_left_out(town, tmp_path):
    numbers = {look_up(town), look_up(town)}
    look_up(town, "third")
    log = open_log()
    trust = verifier.trust_in(verifier.Key(log.key.name, log.key.public))

    answer = town.caller("provider", Role.REGISTRAR).get("/evidence/receipts.zip?action=exchange:")
    whole, short = tmp_path / "receipts.zip", tmp_path / "short.zip"
    whole.write_bytes(b"".join(answer.streaming_content))
    with zipfile.ZipFile(whole) as given, zipfile.ZipFile(short, "w") as kept:
        receipts = [name for name in given.namelist() if name.startswith("receipts/")]
        for name in given.namelist():
            if name != receipts[0]:
                kept.writestr(name, given.read(name))

    assert {name.removeprefix("receipts/").partition(".")[0] for name in receipts} == numbers
    assert verifier.examine(whole, trust)
    with pytest.raises(verifier.Altered):
        verifier.examine(short, trust)
    assert Entry.objects.filter(action="audit:entry:export").exists()


@pytest.mark.article("PC-61", "PC-118", "CD2016-33")
@pytest.mark.parametrize(
    ("who", "role", "seen"),
    [
        ("authority", Role.AUDIT_ADMIN, {"Q-provider", "Q-third"}),
        ("provider", Role.REGISTRAR, {"Q-provider"}),
        ("provider", Role.LEADER, {"Q-provider"}),
        ("third", Role.SYSTEM, {"Q-third"}),
        ("recipient", Role.REVIEWER, set()),
        ("authority", Role.AUTHORITY, set()),
        ("authority", Role.SYSTEM_ADMIN, None),
        ("authority", Role.SECURITY_ADMIN, None),
    ],
)
def test_each_finds_its_own_side_and_two_of_the_three_administrators_nothing(town, who, role, seen):
    look_up(town), look_up(town, "third")
    caller = town.caller(who, role)

    answers = [
        caller.get("/evidence/entries?action=exchange:"),
        caller.post("/evidence/searches", {"identifier": TYPED, "action": "exchange:"}),
    ]

    if seen is None:
        assert {answer.status_code for answer in answers} == {403}
        assert caller.get("/evidence/receipts.zip").status_code == 403
    else:
        assert [{each["about"] for each in json.loads(answer.content)["found"]} for answer in answers] == [seen, seen]
