"""Business tables 「业务数据库」 of other departments; they name the same made-up persons and firms."""

from collections.abc import Iterator
from random import Random

from govshare.demo.data import legal_entities, residents, words
from govshare.demo.data.tables import Field, MadeTable, Row

_MONTHS = tuple(f"{year}{month:02d}" for year in (2025, 2026) for month in range(1, 13))[:20]


def insurance_rows(count: int) -> Iterator[Row]:
    draw = Random("social insurance")
    for serial in range(count):
        base = 4_246 + int(draw.random() * 17_000)
        yield (
            f"SI{serial + 1:08d}",
            residents.number_of(serial % 20_000),
            legal_entities.code_of(int(draw.random() * 200_000)),
            ("城镇职工基本养老保险", "城镇职工基本医疗保险", "失业保险", "工伤保险")[serial % 4],
            _MONTHS[int(draw.random() * 20)],
            f"{base}.00",
            f"{base * 0.16:.2f}",
            f"{base * 0.08:.2f}",
            "正常缴费" if draw.random() < 0.93 else "欠缴",
            f"2026-0{1 + serial % 9}-{1 + serial % 28:02d} 06:30:00+08",
        )


def fund_rows(count: int) -> Iterator[Row]:
    draw = Random("housing fund")
    for serial in range(count):
        monthly = 200 + int(draw.random() * 4_000)
        yield (
            f"HF{serial + 1:08d}",
            residents.number_of(serial),
            legal_entities.code_of(int(draw.random() * 200_000)),
            f"{monthly}.00",
            f"{monthly * (3 + int(draw.random() * 120))}.00",
            _MONTHS[int(draw.random() * 20)],
            "正常" if draw.random() < 0.9 else "封存",
            f"2026-0{1 + serial % 9}-{1 + serial % 28:02d} 05:00:00+08",
        )


def estate_rows(count: int) -> Iterator[Row]:
    draw = Random("real estate")
    for serial in range(count):
        region, district = words.DISTRICTS[int(draw.random() * 12)]
        yield (
            f"川（2026）拟不动产权第{serial + 1:07d}号",
            residents.number_of(int(draw.random() * 50_000)),
            region,
            words.address(draw, district),
            ("住宅", "商业", "办公", "工业")[int(draw.random() ** 2 * 4)],
            f"{40 + draw.random() * 180:.2f}",
            _MONTHS[int(draw.random() * 20)][:4] + f"-0{1 + serial % 9}-{1 + serial % 28:02d}",
            "t" if draw.random() < 0.35 else "f",
        )


SOCIAL_INSURANCE = MadeTable(
    name="social_insurance",
    title="社会保险参保缴费信息",
    fields=(
        Field("record_number", "缴费记录编号", "C", 12),
        Field("id_number", "公民身份号码", "C", 18, "personal"),
        Field("employer", "用人单位统一社会信用代码", "C", 18),
        Field("insurance", "险种", "C", 40),
        Field("month", "费款所属期", "C", 6),
        Field("base", "缴费基数", "Y", 12, "personal"),
        Field("paid_by_employer", "单位缴费金额", "Y", 12, "personal"),
        Field("paid_by_person", "个人缴费金额", "Y", 12, "personal"),
        Field("state", "缴费状态", "C", 10),
        Field("updated_at", "更新时间", "T"),
    ),
    key=("record_number",),
    count=20_000,
    rows=insurance_rows,
)

#: Large and read at leisure: a delivery of it takes minutes.
CONTRIBUTIONS = MadeTable(
    name="insurance_contribution",
    title="社会保险费缴纳明细",
    fields=(
        Field("serial", "缴费流水号", "I"),
        Field("employer", "用人单位统一社会信用代码", "C", 18),
        Field("insurance", "险种", "C", 40),
        Field("month", "费款所属期", "C", 6),
        Field("amount", "缴费金额", "Y", 12),
        Field("paid_at", "到账时间", "T"),
    ),
    key=("serial",),
    count=400_000,
    rows=lambda _count: iter(()),
    made_by="""serial, '91510104XN' || lpad((serial % 200000)::text, 8, '0'),
        (ARRAY['城镇职工基本养老保险', '城镇职工基本医疗保险', '失业保险', '工伤保险'])[1 + serial % 4],
        '2026' || lpad((1 + serial % 9)::text, 2, '0'), 100 + serial % 9000, timestamptz '2026-01-05 09:00+08' + serial * interval '1 minute'""",
    pace=800,
)

HOUSING_FUND = MadeTable(
    name="housing_fund",
    title="住房公积金缴存信息",
    fields=(
        Field("account", "个人账号", "C", 12),
        Field("id_number", "公民身份号码", "C", 18, "personal"),
        Field("employer", "缴存单位统一社会信用代码", "C", 18),
        Field("monthly", "月缴存额", "Y", 12, "personal"),
        Field("balance", "账户余额", "Y", 14, "personal"),
        Field("paid_until", "缴至月份", "C", 6),
        Field("state", "账户状态", "C", 10),
        Field("updated_at", "更新时间", "T"),
    ),
    key=("account",),
    count=15_000,
    rows=fund_rows,
)

REAL_ESTATE = MadeTable(
    name="real_estate",
    title="不动产登记信息",
    fields=(
        Field("certificate", "不动产权证号", "C", 40),
        Field("owner_id_number", "权利人公民身份号码", "C", 18, "personal"),
        Field("region", "行政区划代码", "C", 6),
        Field("location", "坐落", "C", 200, "personal"),
        Field("use", "用途", "C", 10),
        Field("area", "建筑面积（平方米）", "N", 12),
        Field("registered_on", "登记日期", "D"),
        Field("mortgaged", "是否抵押", "L"),
    ),
    key=("certificate",),
    count=10_000,
    rows=estate_rows,
)
