"""Commands of the evidence log."""

from typing import Annotated

import typer

from govshare.cli.start import use_django

app = typer.Typer(name="audit", help="存证日志：密钥 / the evidence log: its key", no_args_is_help=True)


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
