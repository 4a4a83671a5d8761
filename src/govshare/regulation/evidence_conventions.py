"""Conventions of the evidence that lasts fifteen years, 100-139."""

from govshare.regulation.convention import Convention

ROWS = (
    # recording 100-104
    Convention(
        "PC-100",
        "查询对象的号码按月加密",
        "日志对查询涉及的个人或单位，除密钥摘要外另存以当月密钥加密的号码。各月密钥分开保存；依法责令删除的，销毁该月密钥并留下销毁记录，"
        "此后任何人不能再打开该月的号码，原有的记录、证明和回执不受影响。",
        "CD2016-39",
    ),
    # format and witnesses 105-109
    # archive 110-117
    # search and openings 118-124
    # unusual use 125-139
)
