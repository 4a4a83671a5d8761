"""Administrative-division codes 「行政区划代码」 (GB/T 2260): the real thing, with the years each name was in force.

Source: ``stdnum/cn/loc.dat`` of the maintained python-stdnum package (LGPL-2.1-or-later), which gathers them from the
public tables of county-level and higher divisions. One row per code and name.
"""

import re
from collections.abc import Iterator
from importlib import resources

from govshare.demo.data.tables import Field, MadeTable, Row

_PROVINCE = re.compile(r'(?P<code>\d{2}) province="(?P<name>[^"]+)"')
_COUNTY = re.compile(r'\s+(?P<code>\d{4}) county="(?P<names>[^"]+)"')
_NAME = re.compile(r"(?:\[(?P<since>\d*)-(?P<until>\d*)\])?(?P<name>.+)")


def rows(count: int) -> Iterator[Row]:
    del count  # there are as many as there are
    seen: set[tuple[str, str, str]] = set()
    for row in _read():
        identity = (row[0], row[1], row[4])
        if identity not in seen:
            seen.add(identity)
            yield row


def _read() -> Iterator[Row]:
    province = ""
    for line in (resources.files("stdnum") / "cn" / "loc.dat").read_text("utf-8").splitlines():
        if found := _PROVINCE.fullmatch(line.strip()):
            province = found["code"]
        elif found := _COUNTY.fullmatch(line.rstrip()):
            for name in found["names"].split(","):
                yield _row(province + found["code"], name)


def _row(code: str, text: str) -> Row:
    found = _NAME.fullmatch(text)
    if found is None:
        raise ValueError(f"unreadable name of division {code}: {text}")
    level, parent = _place(code)
    return (code, found["name"], level, parent, found["since"] or "0", found["until"] or r"\N", "f" if found["until"] else "t")


def _place(code: str) -> tuple[str, str]:
    if code.endswith("0000"):
        return "省级", r"\N"
    return ("地级", f"{code[:2]}0000") if code.endswith("00") else ("县级", f"{code[:4]}00")


DIVISIONS = MadeTable(
    name="administrative_division",
    title="行政区划代码",
    fields=(
        Field("code", "行政区划代码", "C", 6),
        Field("name", "行政区划名称", "C", 60),
        Field("level", "层级", "C", 4),
        Field("parent", "上级行政区划代码", "C", 6),
        Field("since", "启用年份（不详为0）", "I"),
        Field("until", "停用年份", "I"),
        Field("in_force", "现行", "L"),
    ),
    key=("code", "name", "since"),
    count=0,
    rows=rows,
)
