"""What names and addresses are made of."""

from random import Random

#: Districts of Chengdu with their codes (GB/T 2260); the two development zones have none and are left out.
DISTRICTS = (
    ("510104", "锦江区"),
    ("510105", "青羊区"),
    ("510106", "金牛区"),
    ("510107", "武侯区"),
    ("510108", "成华区"),
    ("510112", "龙泉驿区"),
    ("510113", "青白江区"),
    ("510114", "新都区"),
    ("510115", "温江区"),
    ("510116", "双流区"),
    ("510117", "郫都区"),
    ("510118", "新津区"),
)
FAMILY_NAMES = "虚拟例测样"  # no family is called so
GIVEN_NAMES = "安柏晨德恩帆光涵嘉景凯岚敏宁品清荣舒桐维文熙晓欣雅言宜远泽知子佳"
BRANDS = "川锦蓉岷沱青天都江河星云松竹海澜泰和瑞恒信达盛源启明宏远嘉华"
TRADES = (
    ("I65", "软件科技"),
    ("C39", "电子设备"),
    ("F51", "商贸"),
    ("H62", "餐饮管理"),
    ("E48", "建设工程"),
    ("G54", "物流"),
    ("M73", "生物技术"),
    ("L72", "商务咨询"),
    ("R88", "文化传播"),
    ("K70", "物业服务"),
    ("A01", "农业发展"),
    ("C27", "医药"),
)
STREETS = ("虚构", "样例", "演示", "测试", "拟设")
WAYS = ("路", "大道", "一街", "二街", "巷", "东路", "西路")


def person(draw: Random) -> str:
    """A name that nobody bears."""
    return FAMILY_NAMES[int(draw.random() * 5)] + GIVEN_NAMES[int(draw.random() * 31)] + GIVEN_NAMES[int(draw.random() * 31)]


def address(draw: Random, district: str) -> str:
    street = STREETS[int(draw.random() * 5)] + WAYS[int(draw.random() * 7)]
    return f"四川省成都市{district}{street}{1 + int(draw.random() * 999)}号{1 + int(draw.random() * 30)}栋{101 + int(draw.random() * 3000)}"
