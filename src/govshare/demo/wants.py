"""What the city's departments ask of one another, and how far each demand has come. Nothing here touches anything."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from govshare.demo.resources import DIVISIONS, HOUSING_FUND, LEGAL_ENTITIES, REAL_ESTATE, RESIDENTS, SOCIAL_INSURANCE, Resource
from govshare.demo.roster import CIVIL, FUND, LABOUR, LAND, MARKET, POLICE, Body

Stage = Literal["draft", "checking", "deciding", "incomplete", "granted", "refused", "withdrawn"]


@dataclass(frozen=True, slots=True)
class Treated:
    """How an item is given when not plainly, and the words of the published terms that say why."""

    verdict: Literal["mask", "keyed_hash"]
    quote: str
    head: int = 0
    tail: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Want:
    """``items`` are columns of the resource; ``treated`` says which of them are given masked or hashed; ``ground`` is title and article."""

    body: Body
    resource: Resource
    items: tuple[str, ...]
    application: str
    users: tuple[str, ...]
    duty_basis: str
    purpose: str
    stage: Stage
    days: int = 365
    treated: Mapping[str, Treated] = field(default_factory=dict)
    ground: tuple[str, str] = ("", "")


_NO_PLAIN_NUMBER = "非必要不提供明文公民身份号码"

WANTS = (
    Want(
        body=FUND,
        resource=LEGAL_ENTITIES,
        items=("uscc", "name", "type", "representative", "address", "status", "updated_at"),
        application="住房公积金单位缴存登记",
        users=("单位登记岗", "稽核岗"),
        duty_basis="《住房公积金管理条例》第十四条：单位应当办理住房公积金缴存登记",
        purpose="核验缴存单位的登记状态，减少单位重复提交营业执照。",
        stage="granted",
    ),
    Want(
        body=LABOUR,
        resource=RESIDENTS,
        items=("id_number", "name", "sex", "born_on", "updated_at"),
        application="社会保险待遇资格核验",
        users=("待遇核验岗",),
        duty_basis="《中华人民共和国社会保险法》第七十四条",
        purpose="核验领取社会保险待遇人员的身份信息，防止冒领。",
        stage="granted",
        treated={
            "id_number": Treated("keyed_hash", _NO_PLAIN_NUMBER),
            "name": Treated("mask", "限于办理本部门法定业务时核验身份", head=1),
        },
    ),
    Want(
        body=MARKET,
        resource=DIVISIONS,
        items=("code", "name", "level", "parent", "since", "until", "in_force"),
        application="市场主体登记住所规范",
        users=("登记注册岗",),
        duty_basis="《中华人民共和国市场主体登记管理条例》第十一条",
        purpose="登记住所时按现行行政区划代码规范填写。",
        stage="granted",
    ),
    Want(
        body=CIVIL,
        resource=HOUSING_FUND,
        items=("id_number", "monthly", "state", "updated_at"),
        application="低收入家庭经济状况核对",
        users=("救助核对岗",),
        duty_basis="《社会救助暂行办法》第五十八条",
        purpose="核对申请救助家庭的住房公积金缴存情况。",
        stage="deciding",
    ),
    Want(
        body=POLICE,
        resource=SOCIAL_INSURANCE,
        items=("id_number", "employer", "state"),
        application="居住证办理条件核验",
        users=("户政岗",),
        duty_basis="《居住证暂行条例》第九条",
        purpose="核验申领居住证人员在本市合法稳定就业的情况。",
        stage="incomplete",
    ),
    Want(
        body=MARKET,
        resource=REAL_ESTATE,
        items=("certificate", "owner_id_number", "location", "mortgaged"),
        application="市场主体住所（经营场所）核验",
        users=("登记注册岗",),
        duty_basis="《中华人民共和国市场主体登记管理条例》第十一条",
        purpose="核验登记住所的权属，减少申请人提交证明材料。",
        stage="refused",
        ground=("中华人民共和国个人信息保护法", "第三十四条"),
    ),
    Want(
        body=CIVIL,
        resource=LEGAL_ENTITIES,
        items=("uscc", "name", "status"),
        application="社会组织出资单位核验",
        users=("社会组织登记岗",),
        duty_basis="《社会团体登记管理条例》第六条",
        purpose="核验社会组织出资单位的登记状态。",
        stage="checking",
    ),
    Want(
        body=LAND,
        resource=RESIDENTS,
        items=("id_number", "name"),
        application="不动产登记申请人身份核验",
        users=("登记受理岗",),
        duty_basis="《不动产登记暂行条例》第十六条",
        purpose="核验不动产登记申请人的身份。",
        stage="draft",
    ),
    Want(
        body=LAND,
        resource=SOCIAL_INSURANCE,
        items=("id_number", "month", "state"),
        application="住房限购资格核验",
        users=("交易核验岗",),
        duty_basis="本市房地产市场调控有关规定",
        purpose="核验购房人参保情况。",
        stage="withdrawn",
    ),
)
