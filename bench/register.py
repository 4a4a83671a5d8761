"""The table that is moved: a register of legal entities, 15 columns; its rows lie as firms registered, not in the order of their codes."""

from typing import Final

from govshare.connectors import Column, Selection, Treatment

SCHEMA: Final = "register"
TABLE: Final = "legal_entity"
KEY: Final = "uscc"

#: Name and type, in the table's order.
COLUMNS: Final = {
    "uscc": "varchar(18)",  # 统一社会信用代码
    "name": "varchar(200)",
    "legal_representative": "varchar(60)",
    "representative_id": "varchar(18)",
    "phone": "varchar(20)",
    "address": "varchar(300)",
    "region_code": "char(6)",
    "industry_code": "varchar(6)",
    "business_scope": "text",
    "registered_capital": "numeric(18,2)",
    "established_on": "date",
    "status": "smallint",
    "bank_account": "varchar(30)",
    "case_officer": "varchar(60)",
    "updated_at": "timestamptz",
}

NOT_GRANTED: Final = frozenset({"phone", "bank_account", "case_officer", "status"})
GRANTED: Final = tuple(name for name in COLUMNS if name not in NOT_GRANTED)
MASKED: Final = "representative_id"
HEAD, TAIL = 6, 4  # characters a mask leaves readable


def selection() -> Selection:
    """What the recipient was granted: eleven columns, one of them masked, all rows."""
    columns = tuple(
        Column(name, name, treatment=Treatment.MASK, head=HEAD, tail=TAIL) if name == MASKED else Column(name, name) for name in GRANTED
    )
    return Selection(SCHEMA, TABLE, columns, key=(KEY,))


def columns_of(names: tuple[str, ...]) -> str:
    return ", ".join(f"{name} {COLUMNS[name]}" for name in names)


#: Rows ``1`` to ``rows``. Whatever varies is drawn from a hash of the row's number, so every run moves the same rows; the code's
#: nine digits are the number times an odd constant modulo 10⁹, which visits every value once, in no order.
FILL: Final = """
INSERT INTO register.legal_entity
SELECT '91' || region || lpad((n * 618033989 % 1000000000)::text, 9, '0') || substr('0123456789ABCDEFGHJKLMNPQRTUWXY', a % 31 + 1, 1),
       '成都' || words[a % 32 + 1] || words[b % 32 + 1] || trades[c % 16 + 1] || kinds[d % 4 + 1],
       surnames[b % 20 + 1] || words[c % 32 + 1],
       region || to_char(date '1950-01-01' + d % 20000, 'YYYYMMDD')
           || lpad((a % 1000)::text, 3, '0') || substr('0123456789X', c % 11 + 1, 1),
       '1' || lpad((b::bigint * 7 % 10000000000)::text, 10, '0'),
       '四川省成都市' || words[d % 32 + 1] || '街道' || words[a / 32 % 32 + 1] || '路'
           || b % 999 + 1 || '号' || c % 30 + 1 || '栋' || d % 3000 + 1 || '室',
       region,
       substr('ABCDEFGHIJKLMNOPQRST', a % 20 + 1, 1) || lpad((b % 9999)::text, 4, '0'),
       array_to_string(scopes[a % 6 + 1 : a % 6 + 2 + b % 5], '；') || '。',
       (c % 1000000)::numeric * 1000 + (d % 100)::numeric / 100,
       date '1985-01-01' + (n * 15000 / {rows})::int,
       (ARRAY[1, 1, 1, 1, 2, 3])[c % 6 + 1],
       '6222' || lpad((c::bigint * d % 1000000000000000)::text, 15, '0'),
       surnames[d % 20 + 1] || words[a % 32 + 1],
       timestamptz '2026-01-01 00:00+08' + (a % 31536000) * interval '1 second' + b % 1000000 * interval '1 microsecond'
FROM generate_series(1::bigint, {rows}) AS n
CROSS JOIN LATERAL (SELECT hashint8(n) & 2147483647 AS a, hashint8(n + 1000000007) & 2147483647 AS b,
                           hashint8(n * 31) & 2147483647 AS c, hashint8(n * 37 + 5) & 2147483647 AS d) AS drawn
CROSS JOIN LATERAL (SELECT '5101' || lpad((a % 22 + 1)::text, 2, '0') AS region) AS place
CROSS JOIN (SELECT
    string_to_array('锦 江 青 羊 金 牛 武 侯 成 华 龙 泉 新 都 温 双 流 郫 天 府 蓉 城 川 蜀 汇 通 恒 信 安 泰 瑞 祥', ' ') AS words,
    string_to_array('科技 商贸 餐饮管理 建筑工程 物业服务 医药 教育咨询 物流 '
        || '文化传播 机械设备 食品 环保 电子 农业开发 装饰 信息技术', ' ') AS trades,
    string_to_array('有限公司 有限责任公司 股份有限公司 合伙企业（有限合伙）', ' ') AS kinds,
    string_to_array('王 李 张 刘 陈 杨 赵 黄 周 吴 徐 孙 胡 朱 高 林 何 郭 马 罗', ' ') AS surnames,
    string_to_array('技术开发与技术咨询 货物进出口 食品销售 房屋建筑工程施工 计算机软硬件销售 会议及展览服务 '
        || '道路普通货物运输 企业管理咨询 园林绿化工程 医疗器械经营 餐饮服务 物业管理', ' ') AS scopes) AS pools
"""
