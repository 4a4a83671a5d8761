"""Receipts verify offline with the public key alone, and no altered one does (CD2016-26)."""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from govshare.audit import verifier
from govshare.demo.check.client import Session
from govshare.demo.check.material import PROVIDER, RECIPIENT
from govshare.demo.check.scene import DidNotHold, Scene, declined, hold
from govshare.demo.check.steps import Part
from govshare.demo.roster import CIVIL
from govshare.kernel.roles import Role

PART = Part()
PLACED_WITHIN = 60  # seconds: what the platform promises


@PART.step("双方下载回执，只凭公钥离线验证", "CD2016-26")
def receipts(scene: Scene) -> str:
    key = Session(scene.platform).get("/evidence/key").decode()
    for body in (PROVIDER, RECIPIENT):
        receipt = _proof(scene.session(body, Role.RESOURCE_ADMIN), scene["grant receipt"])
        said = _verify_offline(receipt, key)
        hold(said.returncode == 0, f"{body.short_name}的回执应能验证：{said.stdout}{said.stderr}")
    scene["receipt"], scene["key"] = receipt, key
    shown = verifier.verify(receipt, verifier.parse_key(key))
    hold(shown.stage == 2, "应已入日志")
    return f"{scene['grant receipt']}：日志第 {shown.index} 条，共 {shown.size} 条"


def _proof(session: Session, number: str) -> bytes:
    """The receipt in its second stage; the platform promises it within a minute."""
    deadline = time.monotonic() + PLACED_WITHIN
    while True:
        receipt: bytes = session.get(f"/evidence/receipts/{number}")
        if receipt.startswith(verifier.PROOF.encode()):
            return receipt
        if time.monotonic() > deadline:
            raise DidNotHold(f"{PLACED_WITHIN} 秒内应入日志")
        time.sleep(0.2)


def _verify_offline(receipt: bytes, key: str) -> "subprocess.CompletedProcess[str]":
    """The verifier as anybody would run it: its one file, isolated from this program, with nothing in its environment."""
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "receipt"
        path.write_bytes(receipt)
        command = [sys.executable, "-I", str(verifier.__file__), str(path), "--key", key.strip()]
        return subprocess.run(command, env={"LC_ALL": "C.UTF-8"}, capture_output=True, text=True, check=False, timeout=60)


@PART.step("数据交换的回执写明快照和两端摘要，也能验证", "CD2016-26")
def delivery(scene: Scene) -> str:
    run, key = scene["run"], verifier.parse_key(scene["key"])
    shown = verifier.verify(_proof(scene.session(RECIPIENT, Role.RESOURCE_ADMIN), run["finish_receipt"]), key)
    said = str(shown.entry)
    hold(run["source_digest"].rpartition(":")[2] in said and run["snapshot"] in said, "回执应写明快照和摘要")
    return f"{run['finish_receipt']}：{run['snapshot']}"


@PART.step("改动回执的任何一个字节，验证不通过", "CD2016-26")
def altered(scene: Scene) -> str:
    receipt, key = scene["receipt"], verifier.parse_key(scene["key"])
    for place in range(len(receipt)):
        try:
            verifier.verify(receipt[:place] + bytes([receipt[place] ^ 1]) + receipt[place + 1 :], key)
        except verifier.Altered:
            continue
        raise DidNotHold(f"第 {place} 字节改动后仍通过")
    said = _verify_offline(receipt.replace(b"c2sp", b"c2sq", 1), scene["key"])
    hold(said.returncode == 1, "核验程序应以 1 结束")
    return f"{len(receipt)} 个字节逐一改动，全部查出"


@PART.step("与己无关的回执看不到", "CD2016-36")
def strangers(scene: Scene) -> str:
    outsider = scene.session(CIVIL, Role.RESOURCE_ADMIN)
    return str(declined(lambda: outsider.get(f"/evidence/receipts/{scene['grant receipt']}"), status=404))
