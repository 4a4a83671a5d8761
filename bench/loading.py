"""One governed full load in a process of its own, as a worker is: ``python -m bench.loading``, told on stdin, answering on stdout.

The platform is set up in it as in ``govshare worker``, so that the memory it says is the memory a worker takes.
"""

import json
import re
import sys
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter, process_time
from uuid import uuid4

import django

from bench import register
from bench.fronts import LANDING
from govshare.connectors.full import Load, Progress, full_load


@dataclass(slots=True)
class Watch:
    """When each phase was first told of, in seconds since the start."""

    started: float = field(default_factory=perf_counter)
    phases: dict[str, float] = field(default_factory=dict)

    def __call__(self, at: Progress) -> None:
        self.phases.setdefault(at.phase, perf_counter() - self.started)


def peak_mb() -> float:
    """The most memory this process ever held, in MiB. Not ``ru_maxrss``: that one begins at the parent's."""
    found = re.search(r"^VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text(), re.MULTILINE)
    if not found:
        raise OSError("/proc/self/status names no VmHWM")
    return int(found.group(1)) / 1024


def main() -> None:
    told = json.load(sys.stdin)
    django.setup()
    load = Load(
        transfer=uuid4(),
        run=uuid4(),
        token=1,
        selection=register.selection(),
        source=told["source"],
        target=told["target"],
        schema=LANDING,
        table=register.TABLE,
        reread=told["reread"],
    )
    idle_mb = peak_mb()
    watch, cpu = Watch(), process_time()
    delivery = full_load(load, watch)
    said = {
        "seconds": perf_counter() - watch.started,
        "cpu": process_time() - cpu,
        "phases": watch.phases,
        "rows": delivery.target.rows,
        "chunks": delivery.chunks,
        "source_digest": str(delivery.source),
        "target_digest": str(delivery.target),
        "bytes": delivery.size,
        "idle_mb": idle_mb,
        "peak_mb": peak_mb(),
    }
    json.dump(said, sys.stdout)


if __name__ == "__main__":
    main()
