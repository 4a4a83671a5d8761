"""Platform conventions 「平台约定」: what the platform needs beyond the text, numbered, with its own words — never dressed up as law.

A convention may carry one whole-number parameter (days, minutes, 1/0). The number in force is read through
``duties.queries.parameter``; ``default`` here is what a new platform starts with.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Convention:
    """``str(convention)`` is its number, the way it is cited everywhere."""

    number: str
    title: str
    text: str
    serves: str  # the article in whose service it stands
    default: int | None = None
    unit: str = ""

    def __str__(self) -> str:
        return self.number


_ROWS = (
    # duties 01-09
    Convention(
        "PC-01", "期限按工作日计算", "期限自次日起算，开始的当日不计入；工作日依国务院公布的节假日安排，末日为工作日。", "CD2016-17"
    ),
    Convention(
        "PC-02",
        "到期日一经产生即存定",
        "到期日在期限产生时算定并存入，此后只能由留痕的行为变更（延期、中止、恢复、公布的工作日历变动），并记明由谁、因何、改为何日；同一事项同时只有一个未了结的期限。",
        "CD2016-17",
    ),
    Convention(
        "PC-03",
        "补正期间中止计时",
        "等待补正材料期间期限中止，恢复后按中止时剩余的工作日续算；已经届满的期限不能中止，只能由主管部门延期。",
        "CD2016-22",
    ),
    Convention("PC-04", "期限灯号", "剩余二个工作日以内或已逾期为■，五个工作日以内为▲，其余为●；中止的期限为‖。", "CD2016-17"),
    Convention(
        "PC-05",
        "未公布年度的到期日为暂定",
        "期限跨入节假日安排尚未公布的年度时，该年度部分只扣除周末，到期日标明“暂定”；该年度安排载入时确定一次并留痕。",
        "CD2016-17",
    ),
    Convention(
        "PC-06",
        "平台参数由主管部门调整",
        "平台约定中的数值由信息化主管部门调整，须写明理由，自调整之时起对新产生的事项生效，已产生的期限不受影响。",
        "CD2016-6",
    ),
    # organizations 10-19
    # catalog 20-29
    Convention(
        "PC-20",
        "登记与审核不为同一人",
        "登记、修改或提交过一条信息资源的人不审核、不发布它；本部门没有在任的目录审核人员时，由分管领导审核，同样不得审核自己登记的。",
        "CD2016-15",
    ),
    Convention(
        "PC-21",
        "信息资源代码由平台赋予，不变更、不重用",
        "代码由登记时所属类目的代码和流水号组成；以后调整类目、停用或放弃，代码都不变更，也不再赋予其他信息资源。",
        "CD2016-16",
    ),
    Convention(
        "PC-22",
        "提供访问接口的期限",
        "列入共享目录之日起，提供部门应在此期限内提供并测试通过访问接口；期满前标明“接口未提供”和到期日，未提供的计入该部门。",
        "CD2016-19",
        default=20,
        unit="工作日",
    ),
    Convention(
        "PC-23",
        "变更确认前按原内容共享",
        "已列入共享目录的信息资源变更关键要素的，新内容发布即告知主管部门；主管部门确认或调整之前，共享目录仍按原内容。不涉及关键要素的修改随发布更新。",
        "CD2016-17",
    ),
    Convention(
        "PC-24",
        "两人同时修改时后存者重新核对",
        "保存、提交、审核、确认时须指明所看到的版本；此间他人已改动的，不予保存，请重新打开核对后再办。",
        "CD2016-15",
    ),
    Convention(
        "PC-25",
        "非权威副本不列入共享目录",
        "本部门持有、但权威来源在其他部门的信息资源照样登记并注明权威数据源，不列入共享目录；共享向权威来源办理。",
        "CD2016-18",
    ),
    Convention(
        "PC-26",
        "前置交换数据库先登记、后测试、再使用",
        "前置交换数据库由本部门信息资源管理员登记，一库一模式一账号只作提供或接收一种用途；测试通过后才可使用。口令加密保存，平台只在连接时解开，任何人不能读回；改口令后须重新测试。",
        "CD2016-40(5)",
    ),
    Convention(
        "PC-27",
        "前置交换数据库的地址",
        "平台只连接政务外网上的主机：不连接平台自己（回环地址、本机套接字、平台自己的数据库）、链路本地和云平台元数据地址；每次连接前重新核对主机名解析出的全部地址。除演示外一律加密连接并校验对方证书和主机名。",
        "CD2016-34",
    ),
    Convention(
        "PC-28",
        "前置交换数据库账号最小权限",
        "提供用的账号只能读取所登记的模式，接收用的账号只能写入自己的落地模式；权限更大的账号逐项指出后不予使用，由部门收回多余权限后再测试。",
        "CD2016-34",
    ),
    Convention(
        "PC-29",
        "前置交换数据库的停用",
        "本部门信息资源管理员可以停用本部门的前置交换数据库；出现安全问题时系统管理员也可以停用。停用须写明原因，停用后不再连接，也不能恢复，需要时重新登记。",
        "CD2016-32",
    ),
    # sharing 30-49
    # exchange 50-59
    # audit 60-69
    # machine API 70-79
    Convention("PC-70", "请求须符合接口规范", "不符合接口规范的请求逐项指出位置和改法，不予受理，不留内容。", "CD2016-11"),
)

CONVENTIONS = {row.number: row for row in _ROWS}
if len(CONVENTIONS) != len(_ROWS):
    raise ValueError("two conventions share a number")


def convention(number: str) -> Convention:
    """Return ``PC-07``; an unknown number is a ValueError, at import time."""
    if number not in CONVENTIONS:
        raise ValueError(f"no convention {number}; they stand in regulation/conventions.py")
    return CONVENTIONS[number]
