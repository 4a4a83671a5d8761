"""A resident register 「人口基础信息」 of people who do not exist, in regions (99xxxx) that do not exist."""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from govshare.demo.data import words
from govshare.demo.data.codes import resident_number
from govshare.demo.data.tables import Field, MadeTable, Row

_FIRST_BIRTHDAY = date(1940, 1, 1)
_DAYS = 365 * 80
_ETHNIC = ("汉族",) * 17 + ("藏族", "羌族", "彝族")


def number_of(serial: int) -> str:
    """公民身份号码 of the person with this serial number; other tables name persons by it."""
    return resident_number(serial % 1000, region=_region(serial), born=_born(serial))


def _region(serial: int) -> str:
    return f"9901{1 + serial // 1000 % 99:02d}"


def _born(serial: int) -> date:
    return _FIRST_BIRTHDAY + timedelta(days=serial * 7919 % _DAYS)


def rows(count: int) -> Iterator[Row]:
    draw = Random("residents")
    household, head = 0, 0
    for serial in range(count):
        if serial == head:
            household, head = household + 1, serial + 1 + int(draw.random() * 4)
            region, district = words.DISTRICTS[int(draw.random() * 12)]
            home, relation = words.address(draw, district), "户主"
        else:
            relation = "家庭成员"
        yield (
            number_of(serial),
            words.person(draw),
            "男" if serial % 2 else "女",
            _ETHNIC[int(draw.random() * 20)],
            _born(serial).isoformat(),
            f"99{household:08d}",
            relation,
            region,
            home,
            f"100{int(draw.random() * 100_000_000):08d}",
            f"2026-0{1 + serial % 9}-{1 + serial % 28:02d} 03:00:00+08",
        )


RESIDENTS = MadeTable(
    name="resident",
    title="人口基础信息",
    fields=(
        Field("id_number", "公民身份号码", "C", 18, "personal"),
        Field("name", "姓名", "C", 40, "personal"),
        Field("sex", "性别", "C", 2, "personal"),
        Field("ethnic_group", "民族", "C", 20, "personal"),
        Field("born_on", "出生日期", "D", None, "personal"),
        Field("household", "户号", "C", 10, "personal"),
        Field("relation", "与户主关系", "C", 10, "personal"),
        Field("region", "户籍行政区划代码", "C", 6),
        Field("address", "户籍地址", "C", 200, "personal"),
        Field("mobile", "联系电话", "C", 11, "personal"),
        Field("updated_at", "更新时间", "T"),
    ),
    key=("id_number",),
    count=50_000,
    rows=rows,
)
