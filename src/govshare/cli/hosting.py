"""``govshare hosting``: the database of the tables that departments keep on the platform."""

from typing import Annotated

import typer

from govshare.cli.start import use_django

app = typer.Typer(help="托管库 / hosted tables", no_args_is_help=True)


@app.callback()
def hosting() -> None:
    """托管库。/ Hosted tables."""


@app.command("sql")
def statements(
    database: Annotated[str, typer.Argument(help="托管库的库名 / name of the hosting database")],
    role: Annotated[str, typer.Argument(help="平台在其中使用的账号 / the role the platform works with there")],
) -> None:
    """托管库由他人管理时，请其超级用户在该库中执行这些语句。/ What a superuser runs in a hosting database that others administer."""
    use_django()
    from govshare.hosting.store.setup import for_administrator

    typer.echo(for_administrator(database=database, hosting=role).as_string(None))
