"""The items that made-up resources are composed of, by the word their tables use; and what a row holds under each.

A word that is not here describes itself: ``名称:column:C60`` (name, column, type and length), with ``*`` before the word for an item
that is personal information and ``!`` for a sensitive one.
"""

import re
from collections.abc import Callable
from random import Random

from govshare.demo.data import legal_entities, residents, words
from govshare.demo.data.tables import Field

Maker = Callable[[int, Random], str]

#: word → column, type, length, sensitivity
_ITEMS: dict[str, tuple[str, str, int | None, str]] = {
    "身份号码": ("id_number", "C", 18, "personal"),
    "姓名": ("name", "C", 40, "personal"),
    "性别": ("sex", "C", 2, "personal"),
    "出生日期": ("born_on", "D", None, "personal"),
    "手机号": ("mobile", "C", 11, "personal"),
    "住址": ("home", "C", 200, "personal"),
    "信用代码": ("uscc", "C", 18, "ordinary"),
    "单位名称": ("firm", "C", 120, "ordinary"),
    "法定代表人": ("representative", "C", 40, "ordinary"),
    "联系电话": ("phone", "C", 20, "ordinary"),
    "地址": ("address", "C", 200, "ordinary"),
    "区划代码": ("region", "C", 6, "ordinary"),
    "区县": ("district", "C", 40, "ordinary"),
    "经度": ("longitude", "N", 12, "ordinary"),
    "纬度": ("latitude", "N", 12, "ordinary"),
    "许可证号": ("permit_number", "C", 40, "ordinary"),
    "证书编号": ("certificate_number", "C", 40, "ordinary"),
    "许可事项": ("permitted", "C", 100, "ordinary"),
    "核发日期": ("issued_on", "D", None, "ordinary"),
    "有效期至": ("valid_until", "D", None, "ordinary"),
    "发证机关": ("issuer", "C", 80, "ordinary"),
    "状态": ("state", "C", 10, "ordinary"),
    "文书号": ("document_number", "C", 60, "ordinary"),
    "违法事实": ("facts", "C", 200, "ordinary"),
    "处罚种类": ("penalty", "C", 40, "ordinary"),
    "决定日期": ("decided_on", "D", None, "ordinary"),
    "决定机关": ("decided_by", "C", 80, "ordinary"),
    "金额": ("amount", "Y", 14, "ordinary"),
    "项目代码": ("project_code", "C", 30, "ordinary"),
    "项目名称": ("project", "C", 120, "ordinary"),
    "面积": ("area", "N", 12, "ordinary"),
    "投资额": ("investment", "Y", 14, "sensitive"),
    "等级": ("grade", "C", 10, "ordinary"),
    "类别": ("kind", "C", 40, "ordinary"),
    "编号": ("number", "C", 30, "ordinary"),
    "名称": ("title", "C", 120, "ordinary"),
    "点位": ("site", "C", 80, "ordinary"),
    "指标": ("indicator", "C", 60, "ordinary"),
    "数值": ("value", "N", 12, "ordinary"),
    "计量单位": ("unit", "C", 20, "ordinary"),
    "监测时间": ("measured_at", "T", None, "ordinary"),
    "年度": ("year", "C", 4, "ordinary"),
    "月份": ("month", "C", 6, "ordinary"),
    "数量": ("quantity", "I", None, "ordinary"),
    "比率": ("rate", "N", 12, "ordinary"),
    "人数": ("persons", "I", None, "ordinary"),
    "学校": ("school", "C", 80, "ordinary"),
    "医院": ("hospital", "C", 80, "ordinary"),
    "车牌号": ("plate", "C", 10, "sensitive"),
    "路线": ("line", "C", 60, "ordinary"),
    "开始日期": ("starts_on", "D", None, "ordinary"),
    "结束日期": ("ends_on", "D", None, "ordinary"),
    "检查日期": ("inspected_on", "D", None, "ordinary"),
    "结果": ("result", "C", 20, "ordinary"),
    "负责人": ("manager", "C", 40, "ordinary"),
    "备注": ("note", "M", None, "ordinary"),
    "更新时间": ("updated_at", "T", None, "ordinary"),
}
_OWN = re.compile(r"(?P<mark>[*!]?)(?P<title>[^:*!]+):(?P<column>[a-z_]+):(?P<type>[CNYDTLMI])(?P<length>\d*)")
_MARKS = {"": "ordinary", "*": "personal", "!": "sensitive"}
_LONG = {"身份号码": "公民身份号码", "信用代码": "统一社会信用代码", "区划代码": "行政区划代码", "区县": "所在区县", "文书号": "决定书文号"}


def field_of(word: str) -> Field:
    """The item that ``word`` stands for."""
    if word in _ITEMS:
        column, kind, length, sensitivity = _ITEMS[word]
        return Field(column, _LONG.get(word, word), kind, length, sensitivity)
    own = _OWN.fullmatch(word)
    if own is None:
        raise ValueError(f"neither in the vocabulary nor described: {word}")
    length = int(own["length"]) if own["length"] else (12 if own["type"] in "NY" else None)
    return Field(own["column"], own["title"], own["type"], length, _MARKS[own["mark"]])


def _district(serial: int) -> tuple[str, str]:
    return words.DISTRICTS[serial % len(words.DISTRICTS)]


def _one_of(*texts: str) -> Maker:
    return lambda _serial, draw: texts[int(draw.random() * len(texts))]


def _firm(_serial: int, draw: Random) -> str:
    return legal_entities.name_of(draw, words.TRADES[int(draw.random() * 12)][1], "有限责任公司")


def _day(first: int, span: int) -> Maker:
    return lambda _serial, draw: f"{first + int(draw.random() * span)}-{1 + int(draw.random() * 12):02d}-{1 + int(draw.random() * 28):02d}"


_MAKERS: dict[str, Maker] = {
    "id_number": lambda serial, _draw: residents.number_of(serial),
    "name": lambda _serial, draw: words.person(draw),
    "sex": lambda serial, _draw: "男" if serial % 2 else "女",
    "born_on": _day(1950, 55),
    "mobile": lambda _serial, draw: f"100{int(draw.random() * 100_000_000):08d}",
    "home": lambda serial, draw: words.address(draw, _district(serial)[1]),
    "uscc": lambda serial, _draw: legal_entities.code_of(serial),
    "firm": _firm,
    "representative": lambda _serial, draw: words.person(draw),
    "manager": lambda _serial, draw: words.person(draw),
    "phone": lambda _serial, draw: f"028-00{int(draw.random() * 1_000_000):06d}",
    "address": lambda serial, draw: words.address(draw, _district(serial)[1]),
    "region": lambda serial, _draw: _district(serial)[0],
    "district": lambda serial, _draw: _district(serial)[1],
    "longitude": lambda _serial, draw: f"{103.5 + draw.random():.2f}",
    "latitude": lambda _serial, draw: f"{30.2 + draw.random():.2f}",
    "state": _one_of("有效", "有效", "有效", "有效", "注销", "暂停"),
    "penalty": _one_of("警告", "罚款", "责令停业", "没收违法所得"),
    "grade": _one_of("A", "A", "B", "B", "C", "D"),
    "result": _one_of("合格", "合格", "合格", "整改", "不合格"),
    "unit": _one_of("个", "万元", "μg/m³", "mg/L", "%"),
    "indicator": _one_of("总量", "同比增速", "达标率", "日均值", "累计值"),
    "valid_until": _day(2027, 5),
    "ends_on": _day(2027, 3),
    "year": lambda serial, _draw: str(2018 + serial % 9),
    "month": lambda serial, _draw: f"{2024 + serial % 3}{1 + serial % 12:02d}",
    "plate": lambda serial, _draw: f"拟A{serial:05d}",
    "school": lambda serial, draw: f"{_district(serial)[1]}样例第{1 + int(draw.random() * 40)}小学",
    "hospital": lambda serial, draw: f"{_district(serial)[1]}样例第{1 + int(draw.random() * 9)}医院",
    "line": lambda _serial, draw: f"样例{1 + int(draw.random() * 900)}路",
    "facts": _one_of("未按规定公示信息", "超出许可范围经营", "未履行检查义务", "设施不符合技术规范"),
    "project": lambda serial, draw: f"{_district(serial)[1]}样例{words.STREETS[int(draw.random() * 5)]}建设项目（{serial % 97 + 1}期）",
}
_UNIQUE = frozenset({"id_number", "uscc", "plate"})
_BY_TYPE: dict[str, Maker] = {
    "N": lambda _serial, draw: f"{draw.random() * 500:.2f}",
    "Y": lambda _serial, draw: f"{int(draw.random() * 90_000) + 100}.00",
    "I": lambda _serial, draw: str(int(draw.random() * 3_000)),
    "L": lambda _serial, draw: "t" if draw.random() < 0.4 else "f",
    "D": _day(2019, 7),
    "T": lambda serial, draw: f"2026-{1 + serial % 9:02d}-{1 + int(draw.random() * 28):02d} {int(draw.random() * 24):02d}:30:00+08",
    "M": lambda _serial, _draw: "演示数据",
}


def maker_of(field: Field, *, key: bool) -> Maker:
    """What makes the field's value; a key's differs in every row."""
    if key and field.name in _UNIQUE:
        return _MAKERS[field.name]
    if key:
        return lambda serial, _draw: str(serial + 1) if field.type == "I" else f"{field.name[:2].upper()}{serial + 1:08d}"
    if field.name in _MAKERS:
        return _MAKERS[field.name]
    return _BY_TYPE.get(field.type) or _sample(field)


def _sample(field: Field) -> Maker:
    return lambda _serial, draw: f"样例{field.title[:6]}{1 + int(draw.random() * 60)}"[: field.length or 60]
