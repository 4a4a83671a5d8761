"""What a new platform starts with: the category tree and a few legal grounds. Both are data that the authority goes on with.

Sources: CD2016-8 (base information), CD2016-40(3) (shared themes), 政务信息资源目录编制指南 (three kinds); the texts of the laws.
"""

KINDS = {"1": "基础信息资源", "2": "主题信息资源", "3": "部门信息资源"}

#: 项 → name. Each gets a first 目 under which entries can stand; departments' own 项 below 3 are added by the authority.
BASE = {"101": "人口", "102": "法人单位", "103": "自然资源", "104": "空间地理", "105": "宏观经济"}
THEMES = {
    "201": "公共交通",
    "202": "社会诚信",
    "203": "环境保护",
    "204": "社会保障",
    "205": "文化教育",
    "206": "卫生医疗",
    "207": "人力资源",
}


def nodes() -> list[tuple[str, str, str]]:
    """Code, name, code of the parent; parents first."""
    kinds = [(code, name, "") for code, name in KINDS.items()]
    branches = [(code, name, code[0]) for code, name in (BASE | THEMES).items()]
    leaves = [(f"{code}001", f"{name}基本信息" if code in BASE else f"{name}综合信息", code) for code, name in (BASE | THEMES).items()]
    return kinds + branches + leaves


_NPC = "全国人民代表大会常务委员会"

#: title, issuer, number, article, text, kind, allows. A start: the authority checks each text
#: against the official one before departments rest on it, closes what does not hold and adds what is missing.
GROUNDS = (
    (
        "中华人民共和国个人信息保护法",
        _NPC,
        "主席令第九十一号（2021）",
        "第二十八条",
        "敏感个人信息是一旦泄露或者非法使用，容易导致自然人的人格尊严受到侵害或者人身、财产安全受到危害的个人信息，包括生物识别、宗教信仰、特定身份、医疗健康、金融账户、行踪轨迹等信息，以及不满十四周岁未成年人的个人信息。\n只有在具有特定的目的和充分的必要性，并采取严格保护措施的情形下，个人信息处理者方可处理敏感个人信息。",
        "law",
        "both",
    ),
    (
        "中华人民共和国个人信息保护法",
        _NPC,
        "主席令第九十一号（2021）",
        "第三十四条",
        "国家机关为履行法定职责处理个人信息，应当依照法律、行政法规规定的权限、程序进行，不得超出履行法定职责所必需的范围和限度。",
        "law",
        "refuse_sharing",
    ),
    (
        "中华人民共和国数据安全法",
        _NPC,
        "主席令第八十四号（2021）",
        "第三十八条",
        "国家机关为履行法定职责的需要收集、使用数据，应当在其履行法定职责的范围内依照法律、行政法规规定的条件和程序进行；对在履行职责中知悉的个人隐私、个人信息、商业秘密、保密商务信息等数据应当依法予以保密，不得泄露或者非法向他人提供。",
        "law",
        "both",
    ),
    (
        "中华人民共和国政府信息公开条例",
        "国务院",
        "国务院令第711号（2019）",
        "第十四条",
        "依法确定为国家秘密的政府信息，法律、行政法规禁止公开的政府信息，以及公开后可能危及国家安全、公共安全、经济安全、社会稳定的政府信息，不予公开。",
        "regulation",
        "refuse_sharing",
    ),
)
