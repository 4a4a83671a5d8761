"""A session in the hosting database, as its owner: one transaction, ended with the block."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import structlog
from django.conf import settings

from govshare.connectors import postgres
from govshare.hosting.rules import HOSTING
from govshare.kernel.errors import Unavailable

Link = psycopg.Connection[tuple[Any, ...]]

log = structlog.get_logger("hosting")


def available() -> bool:
    """Whether this platform has a hosting database at all."""
    return bool(settings.GOVSHARE_HOSTING_DATABASE_URL)


@contextmanager
def session() -> Iterator[Link]:
    """Raises ``Unavailable`` where there is none, or where it does not answer; what was done in the block is then undone."""
    if not available():
        raise Unavailable("本平台没有设置托管库，请联系运维人员设置 GOVSHARE_HOSTING_DATABASE_URL，或登记自己的前置库", basis=HOSTING)
    try:
        with postgres.connect(settings.GOVSHARE_HOSTING_DATABASE_URL, name="govshare hosting") as link, link.transaction():
            yield link
    except psycopg.Error as error:
        log.warning("hosting database", error=type(error).__name__, sqlstate=error.sqlstate)
        raise Unavailable(f"托管库暂时不可用（{error.sqlstate or '连接中断'}），请稍后再试；本次没有改动", basis=HOSTING) from error
