"""Commands of the evidence log: its key, its archive."""

from pathlib import Path
from typing import Annotated

import typer

from govshare.cli.start import use_django

app = typer.Typer(name="audit", help="存证日志：封存、核查、导出、取回、密钥 / the evidence log: archive and key", no_args_is_help=True)


@app.callback()
def audit() -> None:
    """存证日志。/ The evidence log."""


@app.command("rotate-key")
def rotate_key(kind: Annotated[str, typer.Option(help="ed25519 或 ecdsa-p256 / ed25519 or ecdsa-p256")] = "ed25519") -> None:
    """更换日志签名密钥：新旧两把共同签字，旧密钥封存。/ Hand the log's signing key over to a new one, signed by both."""
    use_django()
    from govshare.audit.services import rotate_key as rotate
    from govshare.kernel.actor import PLATFORM
    from govshare.kernel.clock import utc_now

    link = rotate(kind=kind, by=PLATFORM, now=utc_now())
    typer.echo(f"自第 {link.size} 条起由新密钥签名。/ From entry {link.size} on the new key signs.")
    typer.echo(f"新公钥（请公布）/ the new public key, to be published: {link.new.text}")
    typer.echo("请立即将密钥目录和证据目录纳入备份。/ Back up the keys and the evidence directory now.")


First = Annotated[int, typer.Option(help="从第几条起 / index of the first entry")]
End = Annotated[int, typer.Option(help="到第几条之前；0 为到底 / index after the last; 0: to the end")]
Month = Annotated[str, typer.Option(help="只取含该月记录的分段，如 2026-03 / only segments with entries of that month")]


@app.command()
def seal(
    everything: Annotated[bool, typer.Option("--all", help="不等月末，凡已签名的都封存 / seal all that is signed, now")] = False,
    drop: Annotated[bool, typer.Option("--drop", help="再读回核对，把已全部封存的分区移出数据库 / then drop what is sealed")] = False,
) -> None:
    """封存到期的记录；--drop 由数据库属主移出已封存的分区。/ Seal what is due; --drop also drops sealed partitions, as the owner."""
    use_django()
    from govshare.archive import catalog, services
    from govshare.kernel.clock import utc_now
    from govshare.operations.services import as_owner

    for segment in services.seal(now=utc_now(), everything=everything):
        typer.echo(f"已封存 / sealed：{segment.name}，{segment.end_index - segment.first_index} 条，{segment.bytes} 字节")
    catalog.register()
    if not drop:
        return
    with as_owner():
        current = services.prepare(now=utc_now())
        dropped = services.drop(now=utc_now())
    for one in dropped:
        typer.echo(f"已移出 / dropped：分区 {one.number}，{one.entries} 条（第 {one.first_index} 至 {one.end_index - 1} 条）")
    typer.echo(f"正在写入分区 {current} / partition {current} is being written")


@app.command()
def verify(
    first: First = 0, end: End = 0, archive: Annotated[bool, typer.Option("--archive-only", help="只查归档 / archive only")] = False
) -> None:
    """从归档逐条重建、重算哈希，再核查数据库、瓦片和检查点；有改动说出在哪里。/ Check archive and log; say what is wrong and where."""
    use_django()
    from govshare.archive import services
    from govshare.audit.services import fsck
    from govshare.kernel.clock import utc_now

    findings = services.verify(now=utc_now(), first=first, end=end or None)
    if not archive:
        findings += fsck().findings
    for finding in findings:
        typer.secho(f"■ {finding.place}：{finding.message}（{finding.kind}，{finding.part}，{finding.index}）", fg="red")
    typer.echo(f"发现 {len(findings)} 处问题 / {len(findings)} findings" if findings else "没有发现改动 / nothing was altered")
    raise typer.Exit(1 if findings else 0)


@app.command()
def export(
    target: Annotated[Path, typer.Argument(help="新建的目录 / a new directory")], first: First = 0, end: End = 0, month: Month = ""
) -> None:
    """把封存的分段连同公钥导出到一个目录，govshare verify 可离线核验。/ Export sealed segments into a folder that verifies offline."""
    use_django()
    from govshare.archive import services
    from govshare.kernel.actor import PLATFORM
    from govshare.kernel.clock import utc_now

    segments = services.chosen(first=first, end=end or None, month=month)
    services.take_out(segments=segments, target=target, by=PLATFORM, now=utc_now())
    typer.echo(f"已导出 {len(segments)} 个分段；核验：govshare verify {target} --key {target / 'log.vkey'} / exported, verify it so")


@app.command()
def restore(
    source: Annotated[Path | None, typer.Argument(help="导出的目录，用来补回缺损 / an exported folder to mend from")] = None,
    table: Annotated[bool, typer.Option("--table", help="把分段读进数据表 archive_restored / copy segments into that table")] = False,
    first: First = 0,
    end: End = 0,
    month: Month = "",
) -> None:
    """从导出的目录补回归档；或把分段读进数据表供查询。/ Mend the archive from an export, or copy segments into a table."""
    use_django()
    from govshare.archive import services
    from govshare.kernel.actor import PLATFORM
    from govshare.kernel.clock import utc_now
    from govshare.operations.services import as_owner

    if source is None and not table:
        raise typer.BadParameter("请写明导出的目录，或用 --table / name an exported folder, or say --table")
    if source is not None:
        restored = services.put_back(source=source, by=PLATFORM, now=utc_now())
        typer.echo(f"已补回 {len(restored)} 个分段 / {len(restored)} segments put back")
    if table:
        with as_owner():
            segments = services.chosen(first=first, end=end or None, month=month)
            count = services.into_table(segments=segments, by=PLATFORM, now=utc_now())
        typer.echo(f"表 archive_restored 有 {count} 条 / {count} entries in table archive_restored")


@app.command()
def dispose(
    first: Annotated[int, typer.Argument(help="分段的第一条 / index of the segment's first entry")],
    reason: Annotated[str, typer.Option(help="理由和文号 / reason and document")],
) -> None:
    """处置满十五年且不在保全中的分段；哈希保留。/ Give up a segment past fifteen years and under no hold; its hashes stay."""
    use_django()
    from govshare.archive import services
    from govshare.kernel.actor import PLATFORM
    from govshare.kernel.clock import utc_now
    from govshare.operations.services import as_owner

    with as_owner():
        services.dispose(first_index=first, reason=reason, by=PLATFORM, now=utc_now())
    typer.echo("已处置，留有记录和摘要 / disposed of; a record and the digests stay")


@app.command()
def status() -> None:
    """归档的分段、最近核对、保全和待封存的条数。/ Segments, their last checks, holds, and what waits to be sealed."""
    use_django()
    from rich.console import Console
    from rich.table import Table

    from govshare.archive import queries
    from govshare.audit import queries as audit

    table = Table("范围", "条数", "字节", "起", "止", "核对", "保全", "处置")
    for state in queries.states():
        one, check = state.segment, state.check
        table.add_row(
            f"{one.first_index}–{one.end_index - 1}",
            str(one.end_index - one.first_index),
            str(one.bytes),
            f"{one.since:%Y-%m-%d}",
            f"{one.until:%Y-%m-%d}",
            f"{check.checked_at:%Y-%m-%d} {'■' if check.problems else '●'}" if check else "",
            "、".join(hold.document for hold in state.holds),
            f"{state.disposal.disposed_at:%Y-%m-%d}" if state.disposal else "",
        )
    Console().print(table)
    typer.echo(f"待封存 {audit.placed() - queries.sealed_end()} 条 / entries wait to be sealed")
