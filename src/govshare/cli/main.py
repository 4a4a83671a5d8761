"""``govshare``: everything an operator, an auditor or a newcomer starts from a shell."""

import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from govshare.cli.start import use_django

app = typer.Typer(
    name="govshare",
    help="锦享 GovShare · 政务信息资源共享平台 / government information-resource sharing platform",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def main() -> None:
    """Run the command; what it refuses or cannot do is one sentence, never a stack trace."""
    from django.db import DatabaseError

    from govshare.audit.log import LogRewound
    from govshare.kernel.errors import Refused
    from govshare.operations.trouble import Trouble

    try:
        app()
    except Refused as refusal:
        faults = [f"   {fault.place}：{fault.message}" for fault in getattr(refusal, "faults", ())]
        _give_up(f"{refusal}（依据 {refusal.basis}）", *faults)
    except (Trouble, LogRewound) as trouble:
        _give_up(str(trouble))
    except DatabaseError as error:
        _give_up(
            f"数据库不可用，或者还没有建立（{type(error).__name__}）。请运行 govshare doctor，它会说明哪里不对、怎么改。",
            "The database does not answer or is not there yet. Run govshare doctor: it says what is wrong and how to mend it.",
        )


def _give_up(what: str, *more: str) -> NoReturn:
    typer.secho(f"✗ {what}", fg="red", err=True)
    for line in more:
        typer.secho(line, err=True)
    sys.exit(1)


@app.command()
def verify(
    receipts: Annotated[
        list[Path] | None,
        typer.Argument(
            help="回执、ZIP 或文件夹；不填则核查本平台的全部日志 / receipts, ZIP files or folders; none: this platform's whole log"
        ),
    ] = None,
    *,
    key: Annotated[str, typer.Option("--key", help="日志公钥：文件或 vkey 文本 / the log's public key: a file or vkey text")] = "",
    handover: Annotated[Path | None, typer.Option("--handover", help="密钥交接文件 / the log's file of hand-overs")] = None,
    witness: Annotated[list[str] | None, typer.Option("--witness", help="见证方公钥，可多次 / a witness's public key; repeatable")] = None,
    quorum: Annotated[int | None, typer.Option("--quorum", help="至少几个见证方 / how many must have cosigned")] = None,
    tsa: Annotated[
        Path | None,
        typer.Option("--tsa-certificate", help="时间戳机构证书：核验旁边的 .tsr / verifies the time stamp (.tsr) beside a receipt"),
    ] = None,
    fork: Annotated[bool, typer.Option("--fork", help="两份检查点或回执是否互相矛盾 / do two files contradict each other?")] = False,
) -> None:
    """离线验证回执，不需要网络和数据库；或核查全部日志。/ Verify receipts offline, or check the whole log."""
    if not receipts:
        raise typer.Exit(_check_log())
    if not key:
        raise typer.BadParameter("验证回执需要 --key：日志公钥文件，或它的文本 / --key is needed to verify receipts")
    from govshare.audit import verifier

    options = [["--witness", one] for one in witness or []]
    options += [["--handover", str(handover)]] if handover else []
    options += [["--quorum", str(quorum)]] if quorum is not None else []
    options += [["--fork"]] if fork else []
    words = ["--key", key, *(word for option in options for word in option), "--", *map(str, receipts)]
    raise typer.Exit(verifier.main(words, beside=lambda path: _time_stamp(path, tsa)))


def _time_stamp(receipt: Path, authority: Path | None) -> list[str]:
    """What the time stamp beside a receipt says; one that does not hold is as bad as a receipt that does not."""
    from govshare.audit import timestamps, verifier

    token = receipt.with_suffix(".tsr")
    if not receipt.is_file() or not token.is_file():
        return []
    if authority is None:
        return [f"未核 时间戳 {token.name}：请用 --tsa-certificate 给出时间戳机构证书 / time stamp not verified: give its certificate"]
    try:
        note = verifier.checkpoint_in(receipt.read_bytes())
        at = timestamps.stamped_at(note, token.read_bytes(), authority=authority)
    except timestamps.NotStamped as wrong:
        raise verifier.Altered(f"时间戳 {token.name} 不成立", f"the time stamp {token.name} does not hold ({wrong})") from wrong
    return [f"  时间戳 stamped {at:%Y-%m-%dT%H:%M:%SZ}：检查点此时已经存在 / the checkpoint was there by then"]


def _check_log() -> int:
    use_django()
    from govshare.audit.services import fsck

    report = fsck()
    for finding in report.findings:
        typer.secho(f"■ {finding.place}：{finding.message}（{finding.kind}，{finding.part}）", fg="red")
    outcome = "没有发现改动" if report.sound else f"{len(report.findings)} 处有问题"
    typer.echo(f"核查 {report.entries} 条记录、{report.checkpoints} 个检查点，{outcome}。")
    return 0 if report.sound else 1


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
            console.print(
                CONVENTIONS[citation].text if citation in CONVENTIONS else law.cite(citation).text, highlight=False, soft_wrap=True
            )
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
    from govshare.cli import audit, database, demo, hosting, run, witness

    run.register(app)
    app.add_typer(database.app, name="database")
    app.add_typer(audit.app, name="audit")
    app.add_typer(witness.app, name="witness")
    app.add_typer(hosting.app, name="hosting")
    demo.register(app)


_register()
