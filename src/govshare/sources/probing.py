"""Looking into a front-end database: can it be reached, may the account do exactly what it should, which tables are there."""

from typing import Any

import psycopg

from govshare.connectors import postgres
from govshare.kernel.errors import Refused
from govshare.sources import connection, failures, probing_mysql, rights, rules
from govshare.sources.findings import Finding, described
from govshare.sources.models import FrontDatabase
from govshare.sources.rules import Engine, Purpose

ANSWER_SECONDS = 15  # for any one question to the other server


def examine(front: FrontDatabase, *, own: tuple[int, int] | None) -> Finding:
    """Connect with the registered account and judge what is found; ``own`` is the identity of the platform's own database.

    Never raises for what is wrong over there: the finding says it, and what to do about it, in a sentence.
    """
    if front.engine == Engine.MYSQL:
        return probing_mysql.examine(front)
    try:
        with psycopg.connect(connection.conninfo_of(front)) as link:
            link.read_only = True
            link.execute(f"SET statement_timeout = '{ANSWER_SECONDS}s'")
            fault = _own_fault(link, own) or _schema_fault(link, front) or _rights_fault(link, front)
            return Finding(passed=False, message=fault) if fault else _described(link, front)
    except Refused as refusal:
        return Finding(passed=False, message=str(refusal))
    except psycopg.Error as error:
        return Finding(passed=False, message=failures.in_words(error, front, seconds=connection.CONNECT_SECONDS))


def _own_fault(link: psycopg.Connection[Any], own: tuple[int, int] | None) -> str | None:
    return "这是共享平台自己的数据库，不能用作前置交换数据库" if own and rights.identity(link) == own else None


def _schema_fault(link: psycopg.Connection[Any], front: FrontDatabase) -> str | None:
    exists, usable, creatable = rights.schema_rights(link, front.schema)
    if not exists:
        return f"数据库“{front.database}”中没有模式“{front.schema}”，请核对模式名"
    if not usable:
        return f"账号“{front.account}”不能进入模式“{front.schema}”，请授予：GRANT USAGE ON SCHEMA {front.schema} TO {front.account}"
    if front.purpose == Purpose.RECEIVE and not creatable:
        return (
            f"账号“{front.account}”不能在落地模式“{front.schema}”中建表，请授予：GRANT CREATE ON SCHEMA {front.schema} TO {front.account}"
        )
    return None


def _rights_fault(link: psycopg.Connection[Any], front: FrontDatabase) -> str | None:
    beyond = rules.excess(front.purpose, front.schema, rights.changing_rights(link))
    return rules.excess_message(front.purpose, front.schema, beyond) if beyond else None


def _described(link: psycopg.Connection[Any], front: FrontDatabase) -> Finding:
    seen = postgres.probe(link)
    return described(front, seen, postgres.describe(link, front.schema))
