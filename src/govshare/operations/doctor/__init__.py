"""``govshare doctor``: what is wrong with this installation, in plain words, and how to mend it (CD2016-34).

It looks and changes nothing. Checks that need the database are left out while it does not answer.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from govshare.kernel.clock import utc_now
from govshare.operations.doctor import database, files, law, machine, running
from govshare.operations.doctor.findings import Finding, Level, bad

Check = Callable[[datetime], Iterable[Finding]]

WITHOUT_DATABASE: tuple[Check, ...] = (machine.disks, machine.addresses, files.keys, files.evidence, files.tls, database.programs)
WITH_DATABASE: tuple[Check, ...] = (
    database.server,
    database.roles,
    files.lost_keys,
    machine.clock,
    law.anchors,
    law.calendar,
    law.rule_set,
    running.placing,
    running.signing,
    running.worker,
)

__all__ = ["Finding", "Level", "examine"]


def examine(*, now: datetime | None = None) -> list[Finding]:
    """All findings, in the order in which they are best mended."""
    moment = now or utc_now()
    return list(_all(moment))


def _all(now: datetime) -> Iterator[Finding]:
    for check in WITHOUT_DATABASE:
        yield from _look(check, now)
    reached = list(_look(database.reachable, now))
    yield from reached
    if any(finding.level == "bad" for finding in reached):
        return
    migrated = list(_look(database.migrations, now))
    yield from migrated
    if any(finding.level == "bad" for finding in migrated):
        return
    for check in WITH_DATABASE:
        yield from _look(check, now)


def _look(check: Check, now: datetime) -> list[Finding]:
    try:
        return list(check(now))
    except Exception as error:  # noqa: BLE001 - one check that fails must not hide what the others find
        name = f"{check.__module__.rpartition('.')[2]}.{check.__name__}"
        return [
            bad(
                f"检查项 {name} 未能完成：{type(error).__name__}",
                "the check could not be made",
                mend=("请把这一行连同日志报告给维护者", "report this line and the log to the maintainers"),
            )
        ]
