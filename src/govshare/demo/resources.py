"""What the city's departments have in their catalogs, and how far each has come. Nothing here touches anything."""

from dataclasses import dataclass
from typing import Literal

from govshare.demo.data.tables import Field, MadeTable
from govshare.demo.roster import CIVIL, FUND, LABOUR, LAND, MARKET, POLICE, Body

#: How far an entry is taken: the department's own steps, then the authority's.
Stage = Literal["draft", "review", "filed", "returned", "listed", "unverified", "verified"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """One entry to be. ``scope`` empty means all departments; ``fields`` describe what has no table; ``ground`` is title and article."""

    body: Body
    name: str
    node: str
    abstract: str
    share_type: Literal["unconditional", "conditional", "none"]
    stage: Stage
    basis: str  # of collection
    table: MadeTable | None = None
    fields: tuple[Field, ...] = ()
    key: tuple[str, ...] = ()
    terms: str = ""
    scope: tuple[Body, ...] = ()
    ground: tuple[str, str] = ("", "")
    modes: tuple[str, ...] = ("table", "query")
    format_class: str = "database"
    update_cycle: str = "daily"
    update_limit: str = "每日 08:00 前"
    classification: str = "2"
    procedure: str = "由业务处室受理、核验后入库，信息中心维护，按更新时限推送到前置交换数据库。"
    open_to_public: bool = False

    @property
    def items(self) -> tuple[Field, ...]:
        return self.table.fields if self.table else self.fields

    @property
    def key_columns(self) -> tuple[str, ...]:
        return self.table.key if self.table else self.key


def _table(body: Body) -> MadeTable:
    (table,) = body.tables
    return table


LEGAL_ENTITIES = Resource(
    body=MARKET,
    name="法人单位基本信息",
    node="102001",
    abstract="本市登记的法人单位名称、统一社会信用代码、法定代表人、住所、登记状态等基本信息（演示数据，均为虚构）。",
    share_type="unconditional",
    stage="listed",
    basis="《中华人民共和国市场主体登记管理条例》第三条",
    table=_table(MARKET),
)
RESIDENTS = Resource(
    body=POLICE,
    name="人口基础信息",
    node="101001",
    abstract="户籍人口的公民身份号码、姓名、性别、出生日期、户籍地址等基础信息（演示数据，人员均不存在）。",
    share_type="conditional",
    stage="listed",
    basis="《中华人民共和国户口登记条例》第三条",
    table=_table(POLICE),
    terms="限于办理本部门法定业务时核验身份；非必要不提供明文公民身份号码和联系电话；不得留存超过授权期限。",
    scope=(MARKET, LABOUR, FUND, CIVIL, LAND),
    classification="3",
)
SOCIAL_INSURANCE = Resource(
    body=LABOUR,
    name=_table(LABOUR).title,
    node="204001",
    abstract="用人单位和参保人员的险种、基数、金额和状态（演示数据，均为虚构）。",
    share_type="conditional",
    stage="listed",
    basis="《中华人民共和国社会保险法》第五十七条、第七十四条",
    table=_table(LABOUR),
    terms="限于办理公积金、不动产、救助等法定业务时核验参保状态；金额不作他用。",
    scope=(POLICE, FUND, CIVIL, LAND),
    update_cycle="monthly",
    update_limit="每月 10 日前",
    classification="3",
)
HOUSING_FUND = Resource(
    body=FUND,
    name="住房公积金缴存信息",
    node="204001",
    abstract="缴存单位、缴存职工、月缴存额、账户余额和账户状态（演示数据，均为虚构）。",
    share_type="conditional",
    stage="listed",
    basis="《住房公积金管理条例》第十三条、第十四条",
    table=_table(FUND),
    terms="限于核验缴存状态；账户余额仅在本人授权的业务中使用。",
    scope=(LABOUR, CIVIL, LAND),
    update_cycle="monthly",
    update_limit="每月 5 日前",
    classification="3",
)
DIVISIONS = Resource(
    body=CIVIL,
    name="行政区划代码",
    node="104001",
    abstract="全国县级以上行政区划代码、名称、层级、上级和启用停用年份（真实公开数据，GB/T 2260）。",
    share_type="unconditional",
    stage="listed",
    basis="《行政区划管理条例》",
    table=_table(CIVIL),
    update_cycle="yearly",
    update_limit="每年 3 月底前",
    classification="1",
    open_to_public=True,
)
REAL_ESTATE = Resource(
    body=LAND,
    name="不动产登记信息",
    node="103001",
    abstract="不动产权证号、权利人、坐落、用途、面积、登记日期和抵押状态（演示数据，均为虚构）。",
    share_type="conditional",
    stage="listed",
    basis="《不动产登记暂行条例》第八条",
    table=_table(LAND),
    terms="限于办理税务、公积金、救助核对等法定业务；坐落信息不得用于公示。",
    scope=(POLICE, FUND, CIVIL, MARKET),
    classification="3",
)
BASE_MAP = Resource(
    body=LAND,
    name="基础地理信息数据",
    node="104001",
    abstract="1:10000 基础地理要素分幅目录（演示条目，尚未提供访问接口）。",
    share_type="unconditional",
    stage="listed",
    basis="《中华人民共和国测绘法》",
    fields=(Field("sheet", "图幅号", "C", 20), Field("name", "图名", "C", 60), Field("surveyed_on", "测制日期", "D")),
    key=("sheet",),
    update_cycle="yearly",
    update_limit="每年 6 月底前",
    classification="1",
)
PENALTIES = Resource(
    body=MARKET,
    name="行政处罚结果信息",
    node="202001",
    abstract="市场监管领域行政处罚决定书文号、当事人、违法事实类型、处罚内容和决定日期（演示条目）。",
    share_type="unconditional",
    stage="review",
    basis="《中华人民共和国行政处罚法》第四十八条",
    fields=(
        Field("decision", "处罚决定书文号", "C", 60),
        Field("uscc", "当事人统一社会信用代码", "C", 18),
        Field("facts", "违法事实类型", "C", 100),
        Field("fine", "罚款金额", "Y", 14),
        Field("decided_on", "决定日期", "D"),
    ),
    key=("decision",),
)
TRAINING = Resource(
    body=LABOUR,
    name="职业技能等级证书信息",
    node="207001",
    abstract="职业技能等级证书编号、职业（工种）、等级和发证日期（演示条目，登记中）。",
    share_type="unconditional",
    stage="draft",
    basis="《中华人民共和国职业教育法》第十一条",
    fields=(Field("certificate", "证书编号", "C", 30), Field("trade", "职业（工种）", "C", 60), Field("issued_on", "发证日期", "D")),
    key=("certificate",),
)
SOCIAL_ORGANIZATIONS = Resource(
    body=CIVIL,
    name="社会组织登记信息",
    node="102001",
    abstract="社会团体、基金会、社会服务机构的名称、统一社会信用代码、业务范围和登记状态（演示条目）。",
    share_type="unconditional",
    stage="filed",
    basis="《社会团体登记管理条例》第六条",
    fields=(Field("uscc", "统一社会信用代码", "C", 18), Field("name", "组织名称", "C", 120), Field("status", "登记状态", "C", 10)),
    key=("uscc",),
)
PLANNING = Resource(
    body=LAND,
    name="建设项目规划许可信息",
    node="103001",
    abstract="建设用地规划许可、建设工程规划许可的证号、项目名称和核发日期（演示条目，退回调整中）。",
    share_type="unconditional",
    stage="returned",
    basis="《中华人民共和国城乡规划法》第三十七条、第四十条",
    fields=(Field("permit", "许可证号", "C", 40), Field("project", "项目名称", "C", 120), Field("issued_on", "核发日期", "D")),
    key=("permit",),
)
MINORS = Resource(
    body=CIVIL,
    name="困境儿童保障对象信息",
    node="204001",
    abstract="不满十四周岁困境儿童的保障类别和保障标准（演示条目，依法不予共享）。",
    share_type="none",
    stage="verified",
    basis="《中华人民共和国未成年人保护法》第九十一条",
    fields=(Field("case_number", "保障编号", "C", 20), Field("name", "姓名", "C", 40, "personal"), Field("category", "保障类别", "C", 40)),
    key=("case_number",),
    ground=("中华人民共和国个人信息保护法", "第二十八条"),
    classification="4",
)
HOLDINGS = Resource(
    body=FUND,
    name="职工公积金贷款征信授权影像",
    node="204001",
    abstract="贷款职工签署的征信查询授权书影像（演示条目，不予共享，待核定）。",
    share_type="none",
    stage="unverified",
    basis="《征信业管理条例》第十八条",
    fields=(Field("loan", "贷款编号", "C", 20), Field("signed_on", "签署日期", "D")),
    key=("loan",),
    ground=("中华人民共和国数据安全法", "第三十八条"),
    format_class="image",
    classification="4",
)

RESOURCES = (
    LEGAL_ENTITIES,
    RESIDENTS,
    SOCIAL_INSURANCE,
    HOUSING_FUND,
    DIVISIONS,
    REAL_ESTATE,
    BASE_MAP,
    PENALTIES,
    TRAINING,
    SOCIAL_ORGANIZATIONS,
    PLANNING,
    MINORS,
    HOLDINGS,
)
