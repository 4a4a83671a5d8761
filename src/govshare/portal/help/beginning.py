"""How to begin, role by role, and what makes the work quick. Words only."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from govshare.kernel.roles import Role

Words = str | Promise


@dataclass(frozen=True, slots=True)
class Step:
    """``page`` is the name of the page where it is done; ``basis`` the article or convention behind it."""

    title: Words
    text: Words
    page: str
    basis: str


@dataclass(frozen=True, slots=True)
class RoleGuide:
    role: Role
    intro: Words
    steps: tuple[Step, ...]


GUIDES = {
    guide.role: guide
    for guide in (
        RoleGuide(
            Role.REGISTRAR,
            _("您把本部门掌握的信息资源逐条登记进目录。"),
            (
                Step(_("登记一条"), _("从“本部门目录”点“登记资源”，按清单一节一节填；随时可以离开，草稿都在。"), "entries", "CD2016-14"),
                Step(_("带入信息项"), _("从表格粘贴，或从登记好的前置库表读入，再补中文名和敏感级别。"), "entries", "CD2016-13.1"),
                Step(_("自检后提交"), _("自检把每处问题连同依据一次列全；改完再提交，提交后几分钟内可以收回。"), "entries", "PC-80"),
                Step(_("被退回时"), _("待办里有退回的条目和逐处意见，改好重新提交即可。"), "todo", "CD2016-14"),
            ),
        ),
        RoleGuide(
            Role.REVIEWER,
            _("您审核本部门登记的条目，并发布本部门的目录。"),
            (
                Step(_("打开审核"), _("左右对照看改了什么，逐处可以写意见。"), "review", "CD2016-15"),
                Step(_("通过或退回"), _("自己登记、修改或提交过的条目不能自己审核，按钮会说明原因。"), "review", "PC-20"),
                Step(
                    _("发布并备案"), _("发布之后即向主管部门备案；关键要素变了的，同时开始十五个工作日的告知期限。"), "entries", "CD2016-17"
                ),
            ),
        ),
        RoleGuide(
            Role.RESOURCE_ADMIN,
            _("您对本部门的共享事项把关：要别人的、给别人的，都从您这里过。"),
            (
                Step(_("登记前置库"), _("先登记、后测试、再使用；测试会指出账号权限多了什么、少了什么。"), "sources", "PC-26"),
                Step(_("申请数据"), _("在共享目录找到资源，按五个要素写清楚；无条件共享的把关后即开通。"), "catalog", "CD2016-29.1"),
                Step(_("答复需求"), _("逐个信息项答复；不给或少给都要选登记在册的依据。"), "demands", "CD2016-22"),
                Step(_("取第一份数据"), _("授权页上有向导：选接收库和表，先试跑，再运行，最后拿回执。"), "grants", "CD2016-24"),
                Step(_("看交换任务"), _("行数、速度、剩余时间实时可见；来源异常减少时停下来等您确认。"), "transfers", "PC-51"),
            ),
        ),
        RoleGuide(
            Role.LEADER,
            _("您任命本部门的岗位人员，必要时代为审核或把关。"),
            (
                Step(_("任命"), _("登记人员、审核人员、信息资源管理员由您任命；不能任命自己。"), "people", "PC-11"),
                Step(_("代岗与移交"), _("有人离开时先安排代岗，写明起止日期；离任先移交。"), "people", "PC-12"),
                Step(_("报备案"), _("信息资源管理员的变动要在期限内报主管部门备案。"), "filings", "CD2016-29.2"),
                Step(_("看本部门的时限"), _("每项要做的事都有到期日和依据；红灯的先办。"), "help", "CD2016-17"),
            ),
        ),
        RoleGuide(
            Role.AUTHORITY,
            _("您统筹全市（本级）的目录和共享。"),
            (
                Step(_("确认备案的条目"), _("确认、调整或退回；确认的列入共享目录。"), "listings", "CD2016-16"),
                Step(_("核定不予共享"), _("看所依据的法律、法规、规章原文，核定或退回。"), "verifications", "CD2016-13.2"),
                Step(_("受理与督办需求"), _("超出共享范围的由您受理；提供部门逾期不答复的转来督办。"), "demands", "CD2016-22"),
                Step(_("调整平台约定"), _("在限定范围内调整，写明理由，只对以后发生的事项生效。"), "rules", "PC-06"),
                Step(_("载入工作日历"), _("国务院公布下一年安排后载入，暂定的到期日随之确定。"), "calendar", "PC-05"),
            ),
        ),
        RoleGuide(
            Role.SYSTEM_ADMIN,
            _("您登记机构和分管领导，看平台运行。"),
            (
                Step(_("首次启用"), _("按页上的清单一步步做：机构、领导、证书、信任根。"), "start", "PC-10"),
                Step(_("登记机构"), _("依文件登记；更名、合并、分立写明文号，原有事项由承接单位继续办理。"), "organizations", "PC-10"),
            ),
        ),
        RoleGuide(
            Role.SECURITY_ADMIN,
            _("您绑定和停用证书，管信任根和吊销列表。"),
            (
                Step(_("绑定证书"), _("首次使用的证书绑定到已备案的人员或系统。"), "certificates", "PC-16"),
                Step(_("停用证书"), _("丢失、离任时停用，即时生效，不能恢复。"), "certificates", "CD2016-35"),
                Step(_("换吊销列表"), _("过了下次更新时间先告警，再过宽限即不放行。"), "certificates", "PC-13"),
            ),
        ),
        RoleGuide(
            Role.AUDIT_ADMIN,
            _("您看全部日志，但不能改任何记录；您的查看同样留痕。"),
            (
                Step(_("检索日志"), _("按时间、部门、人员、资源、授权检索；写明检索条件，另记一条。"), "log", "PC-62"),
                Step(_("校验完整性"), _("核对整条日志和签名检查点，结果存档。"), "integrity", "CD2016-26"),
                Step(_("验回执"), _("把别人给的回执文件拖进来，当场核对。"), "receipts", "PC-60"),
            ),
        ),
    )
}

KEYS: tuple[tuple[tuple[str, ...], Words], ...] = (
    (("/",), _("到搜索框")),
    (("J", "K"), _("在列表里下移、上移")),
    (("Enter",), _("打开选中的一行")),
    (("Esc",), _("关掉打开的菜单")),
    (("Tab",), _("依次到每个按钮和输入框；页首第一个是“跳到主要内容”")),
)

HINTS: tuple[Words, ...] = (
    _("任何清单的网址把末尾的 / 换成 .json 或 .xlsx，就是同一份清单的数据或表格；查询条件照样有效。"),
    _("灯号看形状也看颜色：■ 二个工作日以内或已逾期，▲ 五个工作日以内，● 其余，‖ 中止。"),
    _("到期日旁标“暂定”的，是跨入了节假日安排尚未公布的年度，公布后确定一次。"),
    _("灰着的按钮会说明为什么现在不能办，以及依据哪一条。"),
    _("每个办理行为都有回执编号；回执文件离线也能验证。"),
    _("登录过期时填了一半的内容不会丢：在新标签页重新登录，回来继续提交。"),
)
