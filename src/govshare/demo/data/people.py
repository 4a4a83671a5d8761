"""Names of the officers: ordinary to read, made up, and the same at every building of the city."""

from random import Random

FAMILY = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许邓韩冯曹彭曾萧田董袁潘蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛"
GIVEN = "明远志诚思源雅琴文博静怡建国晓东海燕立新佳宁宇航雪梅春华子涵玉兰德胜慧敏俊杰丽娟永强婷云鹏梓萱光辉小红成林瑞雪晨曦安平"


def officer(key: str) -> str:
    """The person of this post or errand: one family name, two given characters."""
    draw = Random(f"officer {key}")
    return draw.choice(FAMILY) + draw.choice(GIVEN) + draw.choice(GIVEN)
