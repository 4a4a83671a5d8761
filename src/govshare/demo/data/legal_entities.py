"""Basic information of legal entities 「法人单位基本信息」, which CD2016-5.2 names first among what is shared without conditions."""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from govshare.demo.data import words
from govshare.demo.data.codes import credit_code
from govshare.demo.data.tables import Field, MadeTable, Row

_FIRST_DAY = date(1996, 1, 1)
_FORMS = (("91", "有限责任公司"), ("91", "股份有限公司"), ("91", "个人独资企业"), ("93", "农民专业合作社"))
_STATUS = ("存续", "存续", "存续", "存续", "存续", "存续", "存续", "注销", "吊销", "迁出")
_DAYS = tuple((_FIRST_DAY + timedelta(days=n)).isoformat() for n in range(365 * 30))
_UPDATED = tuple(f"2026-{1 + n // 28 % 9:02d}-{1 + n % 28:02d} {8 + n % 11:02d}:{n % 60:02d}:{n * 7 % 60:02d}+08" for n in range(2520))


def code_of(serial: int) -> str:
    """统一社会信用代码 of the firm with this serial number; other tables name firms by it."""
    form, _ = _FORMS[3 if serial % 20 == 19 else serial % 3]
    return credit_code(serial, region=words.DISTRICTS[serial % len(words.DISTRICTS)][0], kind=form)


def name_of(draw: Random, trade: str, form: str) -> str:
    brand = "".join(words.BRANDS[int(draw.random() * 30)] for _ in range(3))
    return f"成都{words.FAMILY_NAMES[int(draw.random() * 5)]}{brand}{trade}{form}"


def rows(count: int) -> Iterator[Row]:
    draw = Random("legal entities")
    for serial in range(count):
        _, form = _FORMS[3 if serial % 20 == 19 else serial % 3]
        region, district = words.DISTRICTS[serial % len(words.DISTRICTS)]
        industry, trade = words.TRADES[int(draw.random() * 12)]
        started = int(draw.random() * len(_DAYS))
        yield (
            code_of(serial),
            name_of(draw, trade, form),
            form,
            words.person(draw),
            f"{(1 + int(draw.random() * 500)) * 10}.00",
            region,
            district,
            words.address(draw, district),
            _DAYS[started],
            _STATUS[int(draw.random() * 10)],
            industry,
            trade,
            f"028-00{int(draw.random() * 1_000_000):06d}",
            str(int(draw.random() * draw.random() * 800)),
            _UPDATED[int(draw.random() * 2520)],
        )


LEGAL_ENTITIES = MadeTable(
    name="legal_entity",
    title="法人单位基本信息",
    fields=(
        Field("uscc", "统一社会信用代码", "C", 18),
        Field("name", "单位名称", "C", 120),
        Field("type", "单位类型", "C", 40),
        Field("representative", "法定代表人", "C", 40),
        Field("capital", "注册资本（万元）", "Y", 18),
        Field("region", "行政区划代码", "C", 6),
        Field("district", "所在区县", "C", 40),
        Field("address", "住所", "C", 200),
        Field("established_on", "成立日期", "D"),
        Field("status", "登记状态", "C", 10),
        Field("industry", "行业代码", "C", 4),
        Field("business", "经营类别", "C", 40),
        Field("phone", "联系电话", "C", 20),
        Field("employees", "从业人数", "I"),
        Field("updated_at", "更新时间", "T"),
    ),
    key=("uscc",),
    count=200_000,
    rows=rows,
)
