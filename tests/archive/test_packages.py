"""The signed package: what is in it, that it is verified without the platform, and that no byte of it can be changed."""

import io
import json
import zipfile
from datetime import timedelta

import pytest
from openpyxl import load_workbook

from govshare.archive import services
from govshare.archive.search.criteria import Criteria
from govshare.audit import services as audit
from govshare.audit import verifier
from govshare.audit.log import open_log
from govshare.audit.models import Entry
from govshare.kernel.errors import Invalid, NotFound, NotYours, Unavailable
from govshare.kernel.roles import Role
from tests.audit.actors import AUDITOR, CIVIL_AFFAIRS, HOUSING, LAW, NOW, person

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(minutes=5)


def record(about, by=None, **more):
    return audit.record(action="exchange:chunk:commit", basis=LAW, by=by or person(), now=NOW, about=about, **more)


def package(by=AUDITOR, **asked):
    with services.package(criteria=Criteria(**asked), by=by, now=LATER) as file:
        return file.read()


def verify(content, tmp_path):
    path = tmp_path / "package.zip"
    path.write_bytes(content)
    return "\n".join(verifier.examine(path, verifier.trust_in(open_log().verification_key())))


def members(content):
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        return {name: file.read(name) for name in file.namelist()}


def packed(files):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as file:
        for name, content in files.items():
            file.writestr(name, content)
    return target.getvalue()


@pytest.mark.article("CD2016-26", "PC-121")
def test_a_package_holds_every_line_with_its_proof_and_is_verified_offline(tmp_path):
    promises = [record("=1+1"), record("B", by=person(HOUSING)), record("C")]
    audit.place(now=NOW)
    late = record("not in the log yet")

    content = package(action="exchange:")

    files = members(content)
    receipts = {f"receipts/{promise.number}.tlog-proof" for promise in promises} | {f"receipts/{late.number}.promise"}
    assert set(files) == {"list.jsonl", "list.xlsx", "package", *receipts}
    assert [json.loads(line)["about"] for line in files["list.jsonl"].splitlines()] == ["not in the log yet", "C", "B", "=1+1"]
    assert "4" in verify(content, tmp_path)
    cells = [cell for line in load_workbook(io.BytesIO(files["list.xlsx"])).active.iter_rows() for cell in line]
    assert "=1+1" in [cell.value for cell in cells] and "f" not in {cell.data_type for cell in cells}
    (look,) = [json.loads(entry.body) for entry in Entry.objects.filter(actor=AUDITOR.id)]
    assert (look["action"], look["counts"], look["detail"]) == (
        "audit:entry:export",
        {"found": 4},
        {"action": "exchange:", "form": "package"},
    )


@pytest.mark.article("PC-121")
def test_no_member_of_a_package_can_be_changed_dropped_added_or_swapped(tmp_path):
    numbers = [record("A").number, record("B").number]
    audit.place(now=NOW)
    files = members(package())
    one, other = (f"receipts/{number}.tlog-proof" for number in numbers)

    altered = {
        f"byte of {name}": files | {name: bytes([content[9] ^ 1 if n == 9 else byte for n, byte in enumerate(content)])}
        for name, content in files.items()
    }
    dropped = {f"without {name}": {each: content for each, content in files.items() if each != name} for name in files}
    others = {
        "added": files | {"receipts/HZ-99-0.tlog-proof": files[one]},
        "swapped": files | {one: files[other], other: files[one]},
        "a line twice": files | {"list.jsonl": files["list.jsonl"] * 2},
    }

    assert verify(packed(files), tmp_path)
    for name, forged in (altered | dropped | others).items():
        if name == "without package":
            continue  # then it is a folder of receipts, and says so
        with pytest.raises(verifier.Altered):
            pytest.fail(f"{name}: {verify(packed(forged), tmp_path)}")


@pytest.mark.article("PC-61")
def test_a_department_gets_its_own_side_only():
    record("own")
    record("another's", by=person(HOUSING))
    audit.place(now=NOW)

    listed = members(package(by=person(CIVIL_AFFAIRS)))["list.jsonl"]

    assert [json.loads(line)["about"] for line in listed.splitlines()] == ["own"]


def test_a_package_of_nothing_of_too_much_or_for_the_wrong_eyes_is_refused(monkeypatch):
    with pytest.raises(NotFound, match="没有符合条件"):
        package(by=person())
    for n in range(4):
        record(f"E-{n}")
    monkeypatch.setattr("govshare.archive.services.searching.EXPORTED", 3)

    with pytest.raises(Invalid, match="缩小时间范围"):
        package(by=person())
    with pytest.raises(NotYours):
        package(by=person(CIVIL_AFFAIRS, Role.SECURITY_ADMIN))


@pytest.mark.article("PC-64")
@pytest.mark.parametrize("damage", ["tile missing", "tile altered", "checkpoint altered"])
def test_no_package_is_given_while_the_log_does_not_hold_together(damage, evidence):
    for n in range(3):
        record(f"E-{n}")
    audit.place(now=NOW)
    tile = evidence / "tile/0/000.p/3"
    if damage == "tile missing":
        tile.unlink()
    elif damage == "tile altered":
        tile.write_bytes(bytes(96))
    else:
        (evidence / "checkpoint").write_text("something else")

    with pytest.raises(Unavailable, match="日志正在核查"):
        package(by=person())
