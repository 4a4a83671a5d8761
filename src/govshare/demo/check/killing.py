"""A worker killed in the middle of a transfer, and a source that changes meanwhile: the recipient ends with one snapshot, exactly."""

import os
import signal
import socket
import time
from pathlib import Path
from uuid import UUID

from psycopg import sql

from govshare.demo.check import compare, material
from govshare.demo.check.client import Session
from govshare.demo.check.material import PROVIDER, RECIPIENT
from govshare.demo.check.scene import DidNotHold, Scene, hold
from govshare.demo.check.steps import Part
from govshare.demo.check.transferring import landing, wait_for
from govshare.demo.frontends import LANDING, SHARE
from govshare.demo.roster import AUTHORITY
from govshare.exchange.models import Run
from govshare.exchange.rules import RunStatus
from govshare.kernel.roles import Role

PART = Part()
LEASE, SHORT_LEASE = "PC-52", 10  # seconds, while this step runs
TRIES = 8  # a transfer may be over before it is killed


@PART.step("交换途中强杀后台进程（kill -9），来源同时变动：接收方最终恰为一个快照", "PC-50")
def killed(scene: Scene) -> str:
    keeper = scene.session(RECIPIENT, Role.RESOURCE_ADMIN)
    usual = _lease(scene)
    _set_lease(scene, SHORT_LEASE)
    try:
        run, chunks = _kill_one(scene, keeper)
        _change_source(scene)
        done = wait_for(keeper, run)
    finally:
        _set_lease(scene, usual)
    hold(done["status"] == "delivered", f"应已交付，实为 {done['status']}：{done['reason']}")
    hold(done["attempt"] > 1, "应由另一次办理接续")
    side = compare.equal(scene, landing(scene))
    hold(done["source_digest"] == done["target_digest"], "平台所记两端摘要应相等")
    return f"第 {chunks} 批之后被杀，第 {done['attempt']} 次办理交付 {side.rows} 行"


def _kill_one(scene: Scene, keeper: Session) -> tuple[str, int]:
    """Start runs until one is killed between its first chunk and its delivery; return it and the chunks it had committed."""
    for _ in range(TRIES):
        run = keeper.post(f"/transfers/{scene['transfer']}/runs")["id"]
        chunks = _first_chunk(scene, run)
        worker = Run.objects.get(pk=run).started_by
        if chunks and worker:
            os.kill(_process(worker), signal.SIGKILL)
            if Run.objects.get(pk=run).status == RunStatus.RUNNING:
                return run, chunks
        wait_for(keeper, run)
    raise DidNotHold(f"{TRIES} 次都在强杀之前办理完毕")


def _process(worker: str) -> int:
    """The process number in ``host:number``, if it is a worker of this machine."""
    host, _, number = worker.rpartition(":")
    hold(host == socket.gethostname(), f"后台进程在另一台机器上：{host}")
    command = Path(f"/proc/{number}/cmdline").read_bytes().split(b"\0")
    hold(b"worker" in command, f"进程 {number} 不是后台进程")
    return int(number)


def _first_chunk(scene: Scene, run: str) -> int:
    """Chunks of ``run`` in the recipient's ledger as soon as there is one; 0 when it is over first."""
    query = sql.SQL("SELECT count(*) FROM {} WHERE run = %s AND kind = 'load'").format(sql.Identifier(LANDING, "govshare_ledger"))
    with scene.front_ends.owner(RECIPIENT) as link:
        link.autocommit = True
        while Run.objects.get(pk=run).status in {RunStatus.QUEUED, RunStatus.RUNNING}:
            row = link.execute(query, [UUID(run)]).fetchone()
            if row and row[0]:
                return int(row[0])
            time.sleep(0.005)
    return 0


def _change_source(scene: Scene) -> None:
    """Rows go, rows change, rows come: what a plain continuation would get wrong."""
    table = sql.Identifier(SHARE, material.table(scene))
    with scene.front_ends.owner(PROVIDER) as link:
        link.execute(sql.SQL("DELETE FROM {} WHERE uscc LIKE '%7'").format(table))
        link.execute(sql.SQL("UPDATE {} SET status = '已变更' WHERE uscc LIKE '%8'").format(table))
        link.execute(sql.SQL("UPDATE {0} SET uscc = 'Z' || substr(uscc, 2) WHERE uscc LIKE '%9'").format(table))


def _lease(scene: Scene) -> int:
    officer = scene.session(AUTHORITY, Role.AUTHORITY)
    return next(int(row["in_force"]) for row in officer.get("/conventions") if row["number"] == LEASE)


def _set_lease(scene: Scene, seconds: int) -> None:
    officer = scene.session(AUTHORITY, Role.AUTHORITY)
    officer.call("PUT", f"/conventions/{LEASE}", {"value": seconds, "reason": "演示核验：缩短或恢复租约"})
