"""What is to be corrected, place by place 「逐处意见」: said when an entry is sent back (CD2016-15, 16)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields

from govshare.catalog.rules.contents import Content, ItemContent, Snapshot
from govshare.catalog.rules.shape import storable
from govshare.kernel.errors import Fault

MOST = 200  # remarks of one return
LONGEST = 500  # characters of one


@dataclass(frozen=True, slots=True)
class Remark:
    """``place`` as in ``Difference``: a field, ``items``, ``items.<column>`` or ``items.<column>.<field>``."""

    place: str
    text: str


def places(snapshot: Snapshot) -> frozenset[str]:
    """Every place a remark on ``snapshot`` may name."""
    of_items = {f"items.{item.column}" for item in snapshot.items}
    inner = {f"{place}.{each.name}" for place in of_items for each in fields(ItemContent)}
    return frozenset({each.name for each in fields(Content)} | {"items"} | of_items | inner)


def remark_faults(remarks: Sequence[Remark], known: frozenset[str]) -> Iterator[Fault]:
    """``known``: the places of what is sent back, and of what it is compared with (an item left out may be missed)."""
    if len(remarks) > MOST:
        yield Fault("remarks", f"一次最多 {MOST} 处意见")
    for position, remark in enumerate(remarks, 1):
        place = f"remarks.{position}"
        if remark.place not in known:
            yield Fault(f"{place}.place", "没有这一处，请指明字段或信息项")
        if not remark.text.strip() or len(remark.text) > LONGEST or not storable(remark.text):
            yield Fault(f"{place}.text", f"请写明意见，最多 {LONGEST} 字，不含无法保存的字符")
