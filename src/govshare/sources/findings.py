"""What a test of a front-end database has found."""

from dataclasses import dataclass
from typing import Any

from govshare.connectors import Probe, Table
from govshare.sources import snapshot
from govshare.sources.models import FrontDatabase
from govshare.sources.rules import Engine, Purpose

_MOST_TABLES = 2000  # of one schema; a larger one is no exchange schema


@dataclass(frozen=True, slots=True)
class Finding:
    passed: bool
    message: str
    server_version: str = ""
    tables: tuple[Table, ...] = ()

    @property
    def count(self) -> int:
        return len(self.tables)

    @property
    def snapshot(self) -> dict[str, Any]:
        return snapshot.dump(self.tables)


def described(front: FrontDatabase, seen: Probe, tables: tuple[Table, ...]) -> Finding:
    """Nothing is wrong: what there is, and what is still to be done."""
    if len(tables) > _MOST_TABLES:
        return Finding(passed=False, message=f"模式“{front.schema}”中有 {len(tables)} 张表，前置交换模式不应超过 {_MOST_TABLES} 张")
    named = seen.engine if front.engine == Engine.POSTGRESQL else front.get_engine_display()
    message = f"测试通过：{named} {seen.version}，模式“{front.schema}”中有 {len(tables)} 张表"
    if front.purpose == Purpose.PROVIDE and not tables:
        message += "；还没有可提供的表，请放入数据并授予读取权限后再测试"
    return Finding(passed=True, message=message, server_version=seen.version[:60], tables=tables)
