"""The ``govshare`` command, as its own help has it."""

from typing import Any

import typer
from typer.core import TyperGroup, TyperOption

from govshare.cli.main import app

HEAD = """\
# Commands

<!-- Made by `python -m tools.reference` from the code: change the code, not this page. -->

`govshare COMMAND --help` says the same. Settings come from the environment: see [settings](settings.md).
"""


def page() -> str:
    group = typer.main.get_command(app)
    if not isinstance(group, TyperGroup):
        raise TypeError("govshare is a group of commands")
    return HEAD + "".join(_command(name, group.commands[name]) for name in sorted(group.commands))


def _command(name: str, command: Any) -> str:
    usage = " ".join(["govshare", name, *command.collect_usage_pieces(typer.Context(command, info_name=name))])
    rows = [_parameter(parameter) for parameter in command.params]
    table = "\n| | |\n|---|---|\n" + "\n".join(rows) + "\n" if rows else ""
    return f"\n## {name}\n\n    {usage}\n\n{(command.help or '').strip()}\n{table}"


def _parameter(parameter: Any) -> str:
    spelled = ", ".join(parameter.opts) if isinstance(parameter, TyperOption) else parameter.name.upper()
    return f"| `{spelled}` | {parameter.help or ''} |"
