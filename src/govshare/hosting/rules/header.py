"""The first row of a file: which of its columns is which item. Everything that does not fit is named at once (PC-154)."""

from collections import Counter
from collections.abc import Sequence

from govshare.hosting.rules.columns import HostedColumn
from govshare.kernel.errors import Fault


def places(columns: Sequence[HostedColumn], header: Sequence[str]) -> tuple[list[int], list[Fault]]:
    """For each of ``columns`` where it stands in the file; a heading is an item's name or its English name."""
    titles = [_plain(title) for title in header]
    while titles and not titles[-1]:
        titles.pop()
    found = {index: _named(columns, title) for index, title in enumerate(titles)}
    faults = [
        Fault(f"第 {index + 1} 列", f"表头“{header[index][:40]}”不是本表的信息项，请删去这一列或改正表头")
        for index in found
        if not found[index]
    ]
    counts = Counter(column.column for column in found.values() if column)
    faults += [
        Fault(column.column, f"表头“{column.name}”出现了 {counts[column.column]} 次") for column in columns if counts[column.column] > 1
    ]
    missing = [column for column in columns if not counts[column.column]]
    faults += [Fault(column.column, f"表头缺“{column.name}”（{column.column}）一列；没有值的列也要保留表头") for column in missing]
    if faults:
        return [], faults
    return [next(index for index, named in found.items() if named == column) for column in columns], []


def _named(columns: Sequence[HostedColumn], title: str) -> HostedColumn | None:
    exact = (column for column in columns if _plain(column.column) == title)
    return next(exact, None) or next((column for column in columns if _plain(column.name) == title), None)


def _plain(title: str) -> str:
    return title.strip().lstrip("\ufeff").lower()
