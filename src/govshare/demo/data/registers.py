"""What the authority adds to the registers that a new platform starts with."""

#: Categories beside the first one of each 项.
CATEGORIES = {
    "101002": "流动人口信息",
    "102002": "市场主体信用信息",
    "103002": "土地与矿产信息",
    "104002": "地名地址信息",
    "105002": "投资与价格信息",
    "201002": "车辆与驾驶人信息",
    "203002": "污染源监管信息",
    "204002": "社会救助信息",
    "206002": "医药服务信息",
}

#: title, issuer, number, article, text, kind, allows. Texts from the laws as published.
GROUNDS = (
    (
        "中华人民共和国统计法",
        "全国人民代表大会常务委员会",
        "主席令第十五号（2009）",
        "第二十五条",
        "统计调查中获得的能够识别或者推断单个统计调查对象身份的资料，任何单位和个人不得对外提供、泄露，不得用于统计以外的目的。",
        "law",
        "both",
    ),
    (
        "中华人民共和国税收征收管理法",
        "全国人民代表大会常务委员会",
        "主席令第四十九号（2001）",
        "第八条第二款",
        "纳税人、扣缴义务人有权要求税务机关为纳税人、扣缴义务人的情况保密。税务机关应当依法为纳税人、扣缴义务人的情况保密。",
        "law",
        "refuse_sharing",
    ),
)
