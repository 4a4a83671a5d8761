"""What a benchmark says: a name, a value with its unit, what it stands against, and how it came about."""

import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True, slots=True)
class Measure:
    """One line of ``bench.json``. ``against``: the value of the thing compared with, in the same unit; lower is better."""

    name: str
    value: float
    unit: str
    against: float
    note: str


@dataclass(frozen=True, slots=True)
class Pair:
    """Seconds of the plain tool and of the platform, one right after the other."""

    plain: float
    ours: float

    @property
    def ratio(self) -> float:
        return self.ours / self.plain


def ratio(name: str, pairs: Sequence[Pair], note: str) -> Measure:
    """The median of the pairs' ratios; smallest and largest, and the seconds behind them, go into the note."""
    ratios = [pair.ratio for pair in pairs]
    seconds = f"{median(pair.ours for pair in pairs):.2f} s : {median(pair.plain for pair in pairs):.2f} s"
    spread = f"median of {len(pairs)} pairs, {min(ratios):.2f} to {max(ratios):.2f}; {seconds}"
    return Measure(name, round(median(ratios), 3), "× plain", 1.0, f"{spread}; {note}")


def machine() -> str:
    """Cores and load, without which no number says anything."""
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    return f"{os.cpu_count()} cores shared by client and servers; load average {load}"


def show(measures: Iterable[Measure], console: Console) -> None:
    table = Table(highlight=True)
    for column in ("name", "value", "unit", "against"):
        table.add_column(column, no_wrap=True)
    table.add_column("note")
    for measure in measures:
        table.add_row(measure.name, f"{measure.value:g}", measure.unit, f"{measure.against:g}", measure.note)
    console.print(table)


def write(measures: Iterable[Measure], path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps([asdict(measure) for measure in measures], ensure_ascii=False, indent=2) + "\n")
