"""Logs of every process: one JSON object per line on stdout, readable lines in the demonstration, and never a secret.

Rotation is the service manager's. What is masked is masked last, so that it holds for messages, values, tracebacks and the lines of
libraries alike.
"""

import logging
import re
import sys
from collections.abc import Mapping
from typing import Any, TextIO

import structlog
from structlog.types import EventDict, Processor, WrappedLogger

from govshare.kernel.context import REQUEST_ID
from govshare.project import environment

MASK = "***"

#: A value is masked when one of these words stands in its name: ``sealed_password``, ``x-api-key``, ``sessionToken``.
SECRET_WORDS = frozenset(
    {"password", "passwd", "pwd", "passphrase", "pin", "token", "ticket", "challenge", "nonce", "secret", "signature"}
    | {"key", "keys", "pkcs12", "p12", "authorization", "cookie", "cookies", "conninfo", "dsn", "credential", "credentials"}
)

_WORD = re.compile(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])")
_IN_TEXT: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----.*?(?:-----END [A-Z0-9 ]*PRIVATE KEY-----|\Z)", re.DOTALL), MASK),
    (re.compile(r"(\w+://[^\s:/@]*:)[^\s@]+(?=@)"), rf"\1{MASK}"),  # postgresql://role:password@host
    (re.compile(r"(/tickets?/)[^\s/?#\"']+"), rf"\1{MASK}"),  # an address that signs in
    (re.compile(r"\b(Bearer|Basic|Digest)\s+[\w.~+/=-]{6,}", re.IGNORECASE), rf"\1 {MASK}"),
    (
        re.compile(
            r"""(["']?\b[\w-]*(?:password|passwd|passphrase|token|secret|authorization|cookie|signature)["']?\s*[=:]\s*)"""
            r"""("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[^\s,;&)}\]]+)""",
            re.IGNORECASE,
        ),
        rf"\1{MASK}",
    ),
    (re.compile(r"(?<!\d)[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx](?!\d)"), MASK),  # 居民身份证号码
)


def configure(*, stream: TextIO | None = None) -> None:
    """Set up logging for this process, once, from the environment. ``stream``: stdout unless given."""
    env = environment.read()
    handler = logging.StreamHandler(stream or sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=_common(),
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                mask,
                _readable() if env.demo else structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(env["GOVSHARE_LOG_LEVEL"].upper())
    for chatty in ("procrastinate.blueprints", "procrastinate.periodic"):  # they announce every task at every start
        logging.getLogger(chatty).setLevel(logging.WARNING)
    logging.captureWarnings(True)
    structlog.configure(
        processors=[*_common(), structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,  # a handful of lines per request; and a module may take its logger before this
    )


def mask(_logger: WrappedLogger | None, _method: str, event: EventDict) -> EventDict:
    """The event with every secret in it masked."""
    return {name: MASK if _secret(name) else _masked(value) for name, value in event.items()}


def _secret(name: object) -> bool:
    return any(word.lower() in SECRET_WORDS for word in _WORD.findall(str(name)))


def _masked(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, Mapping):
        return {key: MASK if _secret(key) else _masked(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_masked(inner) for inner in value]
    text = value if isinstance(value, str) else repr(value) if isinstance(value, BaseException | bytes) else str(value)
    for pattern, replacement in _IN_TEXT:
        text = pattern.sub(replacement, text)
    return text


def _common() -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
        _add_request_id,
    ]


def _add_request_id(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """The id that the request's evidence and its answer carry too."""
    request_id = REQUEST_ID.get()
    if request_id:
        event["request_id"] = request_id
    return event


def _readable() -> Processor:
    return structlog.dev.ConsoleRenderer(colors=sys.stdout.isatty(), timestamp_key="at", exception_formatter=structlog.dev.plain_traceback)
