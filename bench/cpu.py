"""Processor time of everything that took part: on a machine that others use too, it says more than the clock."""

import os
import resource
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


def seconds(server: int) -> float:
    """Of this process, of its children that ended, and of the PostgreSQL server ``server`` with its processes, running and ended."""
    own = sum(usage.ru_utime + usage.ru_stime for usage in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)))
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:  # it ended meanwhile
            continue
        if int(stat.parent.name) == server:
            ticks += sum(map(int, fields[11:15]))  # user, system, and both of its children that ended
        elif int(fields[1]) == server:
            ticks += sum(map(int, fields[11:13]))
    return own + ticks / _TICKS
