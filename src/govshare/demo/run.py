"""One command on a laptop: make the city, start its processes, run the main job in it, keep it running."""

import fcntl
import shutil
import signal
import socket
import ssl
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from rich.console import Console
from rich.table import Table

from govshare.demo import check as main_job
from govshare.demo import city, frontends, guide
from govshare.demo.roster import BODIES, MAIN_BODIES
from govshare.kernel.clock import utc_now
from govshare.operations.processes import Program, Supervisor
from govshare.operations.services import close_database, migrate
from govshare.operations.trouble import Trouble

MARK = "govshare-demo"  # a directory without this file is never emptied; it says how far the city is
BEGUN, STANDS = "begun 1", "stands 1"  # the number rises when a city of before is no city of now
KEPT = "keys"  # made with the settings of this process, which would not know new ones
PATIENCE = 120.0  # seconds for the processes to answer

console = Console(highlight=False, soft_wrap=True)


def run(*, check: bool, stay: bool, reset: bool, small: bool = False) -> int:
    """Return the exit code: 0 when everything asked for held. ``small``: a city to be made has its main bodies only."""
    home = settings.GOVSHARE_HOME
    for number in (signal.SIGTERM, signal.SIGINT):  # asked to stop is asked to stop, however, and from wherever it was started
        signal.signal(number, signal.default_int_handler)
    with _alone(home) as alone:
        if not alone:
            return _beside_the_running(check=check, reset=reset)
        if reset:
            _empty(home)
        try:
            _prepare(home, small=small)
            with Supervisor(_programs(home), say=lambda text: console.print(f"[dim]{text}[/]")):
                _wait_until_they_answer(home)
                result = main_job.run(home, console) if check else 0
                if stay:
                    _tell(home)
                    signal.pause()
        except KeyboardInterrupt:
            console.print("正在停止… / stopping…")
            return 0
        finally:
            frontends.find(home).cluster.stop()
            close_database()
    return result


def _beside_the_running(*, check: bool, reset: bool) -> int:
    """Another ``govshare demo`` keeps this city running."""
    if reset:
        console.print("演示正在运行，请先在那个窗口按 Ctrl-C 停止，再用 --reset。/ The demonstration is running; stop it before --reset.")
        return 1
    if check:
        return main_job.run(settings.GOVSHARE_HOME, console)
    console.print("演示已经在运行。/ The demonstration is already running.")
    _tell(settings.GOVSHARE_HOME)
    return 0


@contextmanager
def _alone(home: Path) -> Iterator[bool]:
    """Whether this is the one process that keeps the city of ``home``."""
    home.parent.mkdir(parents=True, exist_ok=True)
    with home.with_name(f"{home.name}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True


def _empty(home: Path) -> None:
    if not home.exists():
        return
    if not (home / MARK).exists():
        raise Trouble(
            f"{home} 不是演示目录，不会清空。请检查 GOVSHARE_HOME。",
            f"{home} is no demonstration's directory and will not be emptied; check GOVSHARE_HOME.",
        )
    frontends.find(home).cluster.stop()
    close_database()
    for path in home.iterdir():
        if path.name == KEPT:
            continue
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def _prepare(home: Path, *, small: bool) -> None:
    begun = time.monotonic()
    found = _found(home)
    if found == BEGUN:  # it was killed on the way: what is half made is made anew
        _empty(home)
    home.mkdir(parents=True, exist_ok=True)
    with console.status("准备演示城市…") as status:
        if found != STANDS:
            (home / MARK).write_text(BEGUN)
        migrate(say=lambda text: status.update(f"数据库：{text}"))
        roster = MAIN_BODIES if small else BODIES
        front_ends = frontends.prepare(home, roster=roster, tell=lambda text: status.update(f"前置库：{text}"))
        if found != STANDS:
            city.build(front_ends, roster=roster, tell=status.update)
            (home / MARK).write_text(STANDS)
        city.renew(utc_now())
    console.print(f"演示城市已就绪（{time.monotonic() - begun:.0f} 秒）。/ The city is ready.")


def _found(home: Path) -> str:
    """What the directory says of the city in it; empty: nothing is there yet."""
    if not home.exists() or not {path.name for path in home.iterdir()} - {KEPT}:
        return ""
    if not (home / MARK).exists():
        raise Trouble(
            f"{home} 里有别的数据，演示不会使用它。请换一个 GOVSHARE_HOME。",
            f"{home} holds something else; the demonstration will not use it. Choose another GOVSHARE_HOME.",
        )
    said = (home / MARK).read_text().strip()
    if said not in {BEGUN, STANDS}:
        raise Trouble(
            f"{home} 里的演示城市由较早的版本建立，请用 govshare demo --reset 重新建立。",
            f"The city in {home} was made by an earlier version; make it anew with govshare demo --reset.",
        )
    return said


def _programs(home: Path) -> list[Program]:
    logs = home / "logs"
    logs.mkdir(exist_ok=True)
    command = (sys.executable, "-m", "govshare.cli")
    return [Program(name, (*command, name), output=logs / f"{name}.log") for name in ("web", "gateway", "worker")]


def _wait_until_they_answer(home: Path) -> None:
    ports = (settings.GOVSHARE_PORTAL_PORT, settings.GOVSHARE_GATEWAY_PORT, settings.GOVSHARE_SIGNIN_PORT)
    deadline = time.monotonic() + PATIENCE
    for port in ports:
        while not _answers(port):
            if time.monotonic() > deadline:
                raise Trouble(
                    f"端口 {port} 没有应答，请看 {home / 'logs'} 里的日志，或用 GOVSHARE_*_PORT 换端口。",
                    f"Port {port} does not answer; see the logs in {home / 'logs'}, or change the port.",
                )
            time.sleep(0.2)


def _answers(port: int) -> bool:
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE  # only whether somebody speaks TLS there
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2) as plain, context.wrap_socket(plain):
            return True
    except OSError:
        return False


def _tell(home: Path) -> None:
    portal = f"https://localhost:{settings.GOVSHARE_PORTAL_PORT}"
    console.print()
    console.print(f"[bold]请打开 / open[/]          [bold]{portal}/signin/demo/[/]")
    console.print(_suggested())
    console.print(f"证书登录 / sign-in       https://localhost:{settings.GOVSHARE_SIGNIN_PORT}/")
    console.print(f"机器接口 / machine API   {portal}/api/v1/openapi.json")
    console.print(f"证书和密钥 / certificates {home / 'ca'}")
    console.print("另开一个窗口：govshare demo --check 再跑一遍主流程。按 Ctrl-C 停止。/ Ctrl-C stops.")


def _suggested() -> Table:
    """As whom, of those who are there."""
    there = {(each.body, role): each for each in guide.people() for role in each.roles}
    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in ("单位", "姓名", "角色", "会看到"):
        table.add_column(column)
    for body, role, finds in guide.SUGGESTED:
        if found := there.get((body.key, role)):
            table.add_row(body.short_name, found.name, str(role.label), finds)
    return table
