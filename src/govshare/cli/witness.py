"""``govshare witness``: a witness of logs that needs neither the platform nor its database."""

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="见证方：为别家的日志连署 / a witness: cosigns the logs of others", no_args_is_help=True)

State = Annotated[Path, typer.Option("--state", help="存放密钥和所见检查点的目录 / directory of its key and of what it saw")]
Name = Annotated[str, typer.Option("--name", help="见证方名称，形如 tax.example/witness / the witness's name")]


@app.command()
def key(state: State, name: Name) -> None:
    """显示本见证方的公钥；没有密钥则生成。/ Show this witness's public key; made where there is none."""
    from govshare.audit.witness_server import witness_key

    typer.echo(witness_key(state, name).verifier.text)


@app.command()
def serve(
    state: State,
    name: Name,
    log: Annotated[list[str], typer.Option("--log", help="所见证日志的公钥，可多次 / public key of a log; repeatable")],
    *,
    listen: Annotated[str, typer.Option("--listen", help="地址:端口 / address:port")] = "127.0.0.1:8490",
    certificate: Annotated[Path | None, typer.Option("--tls-certificate", help="TLS 证书 PEM / TLS certificate")] = None,
    private: Annotated[Path | None, typer.Option("--tls-key", help="TLS 私钥 PEM / its key")] = None,
) -> None:
    """开始见证（c2sp.org/tlog-witness）。/ Serve as a witness."""
    from govshare.audit.verifier import BadKey, load_key
    from govshare.audit.witness_server import Server, open_witness
    from govshare.project.logs import configure

    configure()
    host, _, port = listen.rpartition(":")
    if not host or not port.isdecimal() or (certificate is None) != (private is None):
        raise typer.BadParameter("--listen 应为 地址:端口；TLS 证书和私钥须一起给出 / give address:port, and both TLS files or none")
    try:
        logs = [load_key(one) for one in log]
    except (BadKey, OSError) as wrong:
        raise typer.BadParameter(f"--log：{wrong}") from None
    witness = open_witness(state, name, logs)
    with Server((host.strip("[]"), int(port)), witness, (certificate, private) if certificate and private else None) as server:
        typer.echo(f"见证方公钥（请公布）/ this witness's public key: {witness.key.verifier.text}")
        typer.echo(f"正在监听 / listening: {host}:{server.server_port}")
        server.serve_forever()
