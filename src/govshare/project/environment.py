"""Every setting the platform reads: environment variables only, each with its help. Documented in docs/reference/settings.md."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Variable:
    name: str
    default: str
    help: str
    secret: bool = False


def default_home() -> Path:
    """Where data lives unless told otherwise: root keeps it in the system's place, others in their own."""
    return Path("/var/lib/govshare") if os.geteuid() == 0 else Path.home() / ".local/share/govshare"


VARIABLES = (
    Variable("GOVSHARE_MODE", "production", "`production` or `demo`; only `demo` has a built-in certificate authority and a made-up city."),
    Variable(
        "GOVSHARE_HOME", "", "Directory of everything kept on disk. Default: `/var/lib/govshare` as root, else `~/.local/share/govshare`."
    ),
    Variable(
        "GOVSHARE_DATABASE_URL",
        "",
        "PostgreSQL (15 or newer), as the program's lesser role. Unset: a private cluster.",
        True,
    ),
    Variable(
        "GOVSHARE_OWNER_DATABASE_URL",
        "",
        "The same database as its owner; only `migrate` and `init` use it. Needed with `GOVSHARE_DATABASE_URL`.",
        True,
    ),
    Variable(
        "GOVSHARE_HOSTING_DATABASE_URL",
        "",
        "PostgreSQL database of the tables that departments keep on the platform, as the role that works in it. "
        "Unset: `govshare_hosting` on the private cluster; with `GOVSHARE_DATABASE_URL` set, hosting is off.",
        True,
    ),
    Variable(
        "GOVSHARE_POSTGRES_BIN",
        "",
        "Directory of PostgreSQL programs for the private cluster. Default: the system's, else the bundled ones.",
    ),
    Variable("GOVSHARE_KEYS", "", "Directory of the key files (0600). Default: `keys` below `GOVSHARE_HOME`."),
    Variable("GOVSHARE_EVIDENCE", "", "Directory of Merkle tiles and checkpoints. Default: `evidence` below `GOVSHARE_HOME`."),
    Variable(
        "GOVSHARE_ARCHIVE",
        "",
        "Where sealed segments of the log are kept: a directory, or `s3://bucket/prefix`. Default: `archive` below `GOVSHARE_HOME`.",
    ),
    Variable("GOVSHARE_ARCHIVE_ENDPOINT", "", "Address of the S3-compatible store, `https://host:port`. Default: that of AWS."),
    Variable("GOVSHARE_ARCHIVE_REGION", "us-east-1", "Region of the S3-compatible store; most ignore it."),
    Variable("GOVSHARE_ARCHIVE_ACCESS_KEY", "", "Access key of the S3-compatible store. Default: as the AWS libraries find it.", True),
    Variable("GOVSHARE_ARCHIVE_SECRET_KEY", "", "Secret key that belongs to it.", True),
    Variable(
        "GOVSHARE_SEALING",
        "",
        "Directory in which segments are sorted before they are sealed. Default: `sealing` below `GOVSHARE_HOME`.",
    ),
    Variable("GOVSHARE_UPLOADS", "", "Directory of attachments. Default: `uploads` below `GOVSHARE_HOME`."),
    Variable(
        "GOVSHARE_LOG_ORIGIN",
        "govshare.chengdu.gov/log",
        "Name of the evidence log in its checkpoints; never changed after the first start.",
    ),
    Variable(
        "GOVSHARE_LOG_TREE",
        "sha256",
        "Hash of the evidence log's tree: `sha256` or `sm3`; never changed after the first start (`/sm3` is added to the log's name).",
    ),
    Variable(
        "GOVSHARE_WITNESSES",
        "",
        "Witnesses of the evidence log: for each its verification key and its address (`…+…+… https://host/prefix`), separated by commas.",
    ),
    Variable("GOVSHARE_WITNESS_CA", "", "PEM file of the authorities that witnesses' server certificates are of. Default: the system's."),
    Variable("GOVSHARE_WITNESSED_LOGS", "", "Verification keys of the logs this platform is a witness of, separated by commas."),
    Variable("GOVSHARE_TSA_URL", "", "Address of a time-stamp authority (RFC 3161) for checkpoints; needs the extra `tsa`. Unset: none."),
    Variable("GOVSHARE_TSA_CERTIFICATE", "", "PEM file of the certificates its time stamps are verified by."),
    Variable("GOVSHARE_LOG_KEY", "ed25519", "Kind of signing key that is made at the first start: `ed25519` or `ecdsa-p256`."),
    Variable(
        "GOVSHARE_HOSTNAMES", "localhost,127.0.0.1", "Names under which the platform is reached, separated by commas; needed in production."
    ),
    Variable("GOVSHARE_BIND", "127.0.0.1", "Address the servers listen on."),
    Variable(
        "GOVSHARE_WEB_PROCESSES",
        "",
        "How many processes of `web` share its two ports, 1 to 32. Default: one per processor, at least 2, at most 4.",
    ),
    Variable("GOVSHARE_PORTAL_PORT", "8443", "Portal and machine API."),
    Variable("GOVSHARE_GATEWAY_PORT", "8444", "Gateway; every client shows a certificate."),
    Variable("GOVSHARE_SIGNIN_PORT", "8445", "Certificate sign-in; every client shows a certificate."),
    Variable(
        "GOVSHARE_METRICS_PORT",
        "9464",
        "Prometheus metrics of `web`, on loopback only; `gateway` and `worker` use the two ports after it. 0: none.",
    ),
    Variable("GOVSHARE_TLS_CERTIFICATE", "", "Server certificate chain, PEM. Default: `tls/server.pem` below `GOVSHARE_HOME`."),
    Variable("GOVSHARE_TLS_KEY", "", "Its private key, PEM. Default: `tls/server.key` below `GOVSHARE_HOME`."),
    Variable("GOVSHARE_LOG_LEVEL", "INFO", "DEBUG, INFO, WARNING or ERROR."),
)


LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class SettingMissing(SystemExit):
    """A setting that has no safe default is not set."""


@dataclass(frozen=True, slots=True)
class Environment:
    """What the environment says; ``env["GOVSHARE_BIND"]`` is the value or its default."""

    values: Mapping[str, str]

    def __getitem__(self, name: str) -> str:
        return self.values[name]

    def path(self, name: str, below_home: str) -> Path:
        return Path(self.values[name]) if self.values[name] else self.home / below_home

    def port(self, name: str) -> int:
        text = self.values[name]
        if not text.isdecimal() or not 0 <= int(text) < 65536:
            raise SettingMissing(f"{name} 应为 0–65535 的端口号，现为“{text}”。/ {name} must be a port number.")
        return int(text)

    def number(self, name: str, *, otherwise: int, most: int) -> int:
        text = self.values[name] or str(otherwise)
        if not text.isdecimal() or not 1 <= int(text) <= most:
            raise SettingMissing(f"{name} 应为 1–{most} 的整数，现为“{text}”。/ {name} must be a number from 1 to {most}.")
        return int(text)

    def parsed(self, name: str, parse: Callable[[str], T]) -> T:
        """The value as ``parse`` reads it; what it cannot read is said in a sentence."""
        try:
            return parse(self.values[name])
        except Exception as wrong:
            raise SettingMissing(f"{name} 不能使用：{wrong}") from wrong

    def choice(self, name: str, choices: tuple[str, ...]) -> str:
        if self.values[name] not in choices:
            words = "、".join(choices)
            raise SettingMissing(f"{name} 应为 {words} 之一，现为“{self.values[name]}”。/ {name} must be one of {', '.join(choices)}.")
        return self.values[name]

    @property
    def home(self) -> Path:
        return Path(self.values["GOVSHARE_HOME"]) if self.values["GOVSHARE_HOME"] else default_home()

    @property
    def demo(self) -> bool:
        return self.values["GOVSHARE_MODE"] == "demo"


def read(environ: Mapping[str, str] = os.environ) -> Environment:
    """Read all variables; say in a sentence what is missing or wrong."""
    env = Environment({v.name: environ.get(v.name, "") or v.default for v in VARIABLES})
    if env["GOVSHARE_MODE"] not in {"production", "demo"}:
        raise SettingMissing(
            f"GOVSHARE_MODE 应为 production 或 demo，现为“{env['GOVSHARE_MODE']}”。/ GOVSHARE_MODE must be production or demo."
        )
    if env["GOVSHARE_DATABASE_URL"] and not env["GOVSHARE_DATABASE_URL"].startswith(("postgres://", "postgresql://")):
        raise SettingMissing(
            "GOVSHARE_DATABASE_URL 应形如 postgresql://用户:口令@主机:端口/库名。/ GOVSHARE_DATABASE_URL must be a postgresql:// URL."
        )
    _check_words(env)
    return env


def _check_words(env: Environment) -> None:
    level, bind = env["GOVSHARE_LOG_LEVEL"], env["GOVSHARE_BIND"]
    if level.upper() not in LEVELS:
        raise SettingMissing(f"GOVSHARE_LOG_LEVEL 应为 {'、'.join(LEVELS)} 之一，现为“{level}”。/ GOVSHARE_LOG_LEVEL must be one of these.")
    if not any(name.strip() for name in env["GOVSHARE_HOSTNAMES"].split(",")):
        raise SettingMissing("GOVSHARE_HOSTNAMES 至少写一个主机名。/ GOVSHARE_HOSTNAMES must name at least one host.")
    if env.demo and bind not in LOOPBACK:
        raise SettingMissing(
            f"演示用的证书人人都能取得，所以演示只在本机回环地址上监听，GOVSHARE_BIND 不能是“{bind}”。"
            "/ Anybody can have the demonstration's certificates, so it listens on loopback only: mend GOVSHARE_BIND."
        )
