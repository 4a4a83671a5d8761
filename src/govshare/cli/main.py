"""``govshare``: everything an operator, an auditor or a newcomer starts from a shell."""

import sys
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    name="govshare",
    help="锦享 GovShare · 政务信息资源共享平台 / government information-resource sharing platform",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def main() -> None:
    """Run the command; what it refuses is one sentence, never a stack trace."""
    from govshare.kernel.errors import Refused
    from govshare.operations.trouble import Trouble

    try:
        app()
    except Refused as refusal:
        typer.secho(f"✗ {refusal}（依据 {refusal.basis}）", fg="red", err=True)
        for fault in getattr(refusal, "faults", ()):
            typer.secho(f"   {fault.place}：{fault.message}", err=True)
        sys.exit(1)
    except Trouble as trouble:
        typer.secho(f"✗ {trouble}", fg="red", err=True)
        sys.exit(1)


@app.command()
def verify(
    receipts: Annotated[list[Path], typer.Argument(help="回执文件 / receipt files", exists=True, dir_okay=False)],
    key: Annotated[str, typer.Option("--key", help="日志公钥：文件或 vkey 文本 / the log's public key: a file or vkey text")],
) -> None:
    """离线验证回执：不需要网络和数据库。/ Verify receipts offline."""
    from govshare.audit import verifier

    raise typer.Exit(verifier.main(["--key", key, *map(str, receipts)]))


@app.command()
def articles(citation: Annotated[str, typer.Argument(help="如 CD2016-17；不填列出全部 / e.g. CD2016-17")] = "") -> None:
    """查看《办法》条文与平台约定。/ Show the regulation's articles and the platform's conventions."""
    from rich.console import Console
    from rich.table import Table

    from govshare.regulation import articles as law
    from govshare.regulation.conventions import CONVENTIONS

    console = Console()
    if citation:
        try:
            console.print(CONVENTIONS[citation].text if citation in CONVENTIONS else law.cite(citation).text, highlight=False)
        except (ValueError, LookupError) as wrong:
            raise typer.BadParameter(f"没有“{citation}”：{wrong}") from None
        return
    table = Table("编号", "内容", title="成都市政务信息资源共享管理暂行办法")
    for article in law.articles("CD2016").values():
        table.add_row(str(article), article.text.partition("\n")[0])
    for row in CONVENTIONS.values():
        table.add_row(str(row), f"{row.title}（平台约定）")
    console.print(table)


def _register() -> None:
    from govshare.cli import database, demo, run

    run.register(app)
    app.add_typer(database.app, name="database")
    demo.register(app)


_register()
