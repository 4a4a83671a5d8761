"""Conventions of the portal, 80-89."""

from govshare.regulation.convention import Convention

ROWS = (
    Convention(
        "PC-80",
        "提交后短时间内可由提交人收回",
        "刚提交的信息资源或共享需求，在本约定的分钟数之内、尚无他人办理的，提交人本人可以收回：回到草稿，内容全部保留，提交和收回都留痕，"
        "因提交而起算的期限随之消失。过了时限按“撤回”办理。",
        "CD2016-14",
        5,
        "分钟",
    ),
)
