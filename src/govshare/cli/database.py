"""``govshare database``: the private cluster by hand, and for the service manager."""

import typer

from govshare.cli.start import use_django

app = typer.Typer(help="私有数据库：启动、停止、查看 / the private database cluster", no_args_is_help=True)


@app.command()
def start() -> None:
    """启动私有数据库；已在运行则什么也不做。/ Start the private database; nothing to do when it runs."""
    use_django()
    from govshare.operations.services import open_database

    cluster = open_database()
    _say(f"数据库正在运行，数据在 {cluster.data} / running, its data are there" if cluster else _OTHERS)


@app.command()
def stop() -> None:
    """干净地停止私有数据库。/ Stop the private database cleanly."""
    use_django()
    from govshare.operations.services import close_database, private_cluster

    close_database()
    _say("数据库已停止 / stopped" if private_cluster() else _OTHERS)


@app.command()
def status() -> None:
    """私有数据库是否在运行；不在则以 1 退出。/ Whether the private database runs; exit code 1 when not."""
    use_django()
    from govshare.operations.services import private_cluster

    cluster = private_cluster()
    _say(_OTHERS if cluster is None else f"{'正在运行 / running' if cluster.running() else '没有运行 / not running'}：{cluster.data}")
    raise typer.Exit(0 if cluster is None or cluster.running() else 1)


_OTHERS = "平台用的是 GOVSHARE_DATABASE_URL 所指的数据库，由其管理者启停 / the database of GOVSHARE_DATABASE_URL is run by others"


def _say(text: str) -> None:
    typer.echo(text)
