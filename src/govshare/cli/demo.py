"""``govshare demo``: a made-up city on this machine, and the main job run through it."""

import logging
import os
from typing import Annotated

import typer

from govshare.cli.start import use_django
from govshare.project.environment import default_home


def register(app: typer.Typer) -> None:
    app.command()(demo)


def demo(
    check: Annotated[bool, typer.Option("--check", help="跑一遍完整主流程 / run the whole main job")] = False,
    stay: Annotated[bool, typer.Option("--stay", help="与 --check 同用：跑完后继续运行 / keep running after --check")] = False,
    reset: Annotated[bool, typer.Option("--reset", help="清空后重新建立 / start from nothing")] = False,
    small: Annotated[bool, typer.Option("--small", help="新建时只建主要部门 / when made anew, with the main bodies only")] = False,
) -> None:
    """演示城市：一条命令建好并运行。/ The demonstration city."""
    os.environ["GOVSHARE_MODE"] = "demo"
    home = default_home()
    os.environ.setdefault("GOVSHARE_HOME", str(home.with_name(f"{home.name}-demo")))  # never in a production's directory
    use_django()
    logging.getLogger("procrastinate").setLevel(logging.WARNING)  # this terminal is for people; the worker's log has it all
    from govshare.demo.run import run

    raise typer.Exit(run(check=check, stay=stay or not check, reset=reset, small=small))
