"""``python -m bench [ONLY] [--rows N] [--pairs N]``: measure, print a table, write ``build/bench.json``."""

import argparse
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, NoReturn

from rich.console import Console

from bench import evidence, portal, transfer
from bench.measure import Measure, machine, show, write

PARTS: Final[dict[str, Callable[..., list[Measure]]]] = {"transfer": transfer.run, "portal": portal.run, "evidence": evidence.run}
RESULT: Final = Path("build/bench.json")


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("only", nargs="?", choices=PARTS, help="one part; without it all")
    parser.add_argument("--rows", type=int, help="rows to move, for a quick look; the published numbers are of the default")
    parser.add_argument("--pairs", type=int, help="pairs of plain and governed")
    parser.add_argument("--out", type=Path, default=RESULT, help=f"where the result goes, {RESULT} by default")
    chosen = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, _leave)
    talk = Console(stderr=True, soft_wrap=True)
    talk.print(machine())
    names = [chosen.only] if chosen.only else list(PARTS)
    measures = [measure for name in names for measure in PARTS[name](talk.print, rows=chosen.rows, pairs=chosen.pairs)]
    write(measures, chosen.out)
    talk.print(machine())
    show(measures, Console())
    return 0


def _leave(*_: object) -> NoReturn:
    """Ended from outside: by way of an exception, so that the servers are stopped."""
    sys.exit(143)


if __name__ == "__main__":
    sys.exit(main())
