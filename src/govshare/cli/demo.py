"""``govshare demo``: a made-up city on this machine, and the main job run through it."""

from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    app.command()(demo)


def demo(
    check: Annotated[bool, typer.Option("--check", help="跑一遍完整主流程 / run the whole main job")] = False,
    stay: Annotated[bool, typer.Option("--stay", help="与 --check 同用：跑完后继续运行 / keep running after --check")] = False,
    reset: Annotated[bool, typer.Option("--reset", help="清空后重新建立 / start from nothing")] = False,
) -> None:
    """演示城市：一条命令建好并运行。/ The demonstration city."""
    from govshare.demo.run import run

    raise typer.Exit(run(check=check, stay=stay or not check, reset=reset))
