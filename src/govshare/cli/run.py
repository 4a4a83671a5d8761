"""Commands that run the platform: web, gateway, worker, migrate, init, doctor."""

import threading
from pathlib import Path
from typing import Annotated

import typer

from govshare.cli.start import use_django


def register(app: typer.Typer) -> None:
    for command in (web, gateway, worker, migrate, init, doctor):
        app.command()(command)


def web(
    sockets: Annotated[
        str, typer.Option(hidden=True, help="由 web 自己交给各进程的已绑定端口 / bound ports that web hands to its processes")
    ] = "",
) -> None:
    """门户、机器接口和证书登录。/ Portal, machine API and certificate sign-in."""
    use_django()
    from govshare.project.serve import serve_web

    serve_web([int(number) for number in sockets.split(",") if number])


def gateway() -> None:
    """网关：只接待出示证书的系统。/ The gateway, for machines with certificates."""
    use_django()
    from govshare.project.serve import serve_gateway

    serve_gateway()


def worker() -> None:
    """后台：数据交换、存证排序、时限。/ Transfers, placing of evidence, deadlines."""
    use_django()
    from procrastinate.contrib.django import app as jobs

    from govshare.audit.tasks import sequencer_loop
    from govshare.operations.metrics import serve_metrics

    serve_metrics("worker")
    stop = threading.Event()
    sequencer = threading.Thread(target=sequencer_loop, args=(stop,), name="sequencer", daemon=True)
    sequencer.start()
    try:
        with jobs.replace_connector(jobs.connector.get_worker_connector()) as ready:  # type: ignore[attr-defined]
            ready.run_worker(concurrency=4)
    finally:
        stop.set()
        sequencer.join(timeout=10)


def migrate() -> None:
    """建立或升级数据库。/ Create or upgrade the database."""
    use_django()
    from govshare.operations.services import migrate as run

    run()


def init(
    plan: Annotated[Path, typer.Argument(help="首次启用方案（TOML）/ the plan of the first start", exists=True, dir_okay=False)],
) -> None:
    """首次启用：主管部门、首批管理员、信任锚。/ First start in production."""
    use_django()
    from govshare.operations.first_start import first_start

    first_start(plan)


def doctor() -> None:
    """体检：哪里不对、怎么改。/ What is wrong and how to mend it."""
    use_django()
    from rich.console import Console

    from govshare.operations.doctor import examine

    console = Console()
    marks = {"ok": "[green]●[/]", "warn": "[yellow]▲[/]", "bad": "[red]■[/]"}
    findings = examine()
    for finding in findings:
        console.print(f"{marks[finding.level]} {finding.what}", highlight=False, soft_wrap=True)
        if finding.mend:
            console.print(f"   → {finding.mend}", highlight=False, soft_wrap=True)
    raise typer.Exit(any(finding.level == "bad" for finding in findings))
