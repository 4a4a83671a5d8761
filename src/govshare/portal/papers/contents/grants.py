"""政务信息资源共享授权书: a grant with its terms and items, room for both seals (CD2016-25, 31)."""

from datetime import datetime
from uuid import UUID

from govshare.catalog.rules.choices import ItemType, Mode, Sensitivity
from govshare.kernel.actor import Actor
from govshare.papers.rules.forms import Form, Line, Opinion, Table
from govshare.papers.rules.kinds import PaperKind
from govshare.portal.papers.contents.prepared import EMPTY, Prepared, condition_words, day, listing, moment, yes
from govshare.sharing import queries
from govshare.sharing.models import Grant, GrantItem
from govshare.sharing.queries import parties
from govshare.sharing.rules import GrantStatus, Use
from govshare.sharing.rules.access import Way
from govshare.sharing.rules.elements import RowCondition
from govshare.sharing.rules.grants import EndReason


def grant_form(matter: UUID, *, by: Actor, now: datetime) -> Prepared:  # noqa: ARG001 - every builder is told when
    """What was granted to whom for what until when, with all terms, and how it ended if it did."""
    grant = queries.grants.get(matter, by=by)
    items = list(grant.items.all())
    form = Form(
        heading=PaperKind.GRANT.label,
        subject=f"{grant.entry_name}（{grant.number}）",
        lines=_lines(grant, items),
        tables=(_items(items),),
        opinions=(Opinion("授权条款", grant.terms, f"存证回执 {grant.receipt}，{moment(grant.granted_at)}"),),
        notes=("依据《成都市政务信息资源共享管理暂行办法》第二十四条、第二十五条、第三十一条。", f"所依规则版本：{grant.rule_set}"),
        seals=(f"{grant.provider.name}（授权单位盖章）", f"{grant.recipient.name}（使用单位盖章）"),
    )
    sides = (*(parties.answering(each, grant.pk) for each in (grant.provider_id, grant.recipient_id)), str(grant.authority_id))
    return Prepared(kind=PaperKind.GRANT, about=str(grant.pk), form=form, parties=sides, resource=grant.entry_code)


def _lines(grant: Grant, items: list[GrantItem]) -> tuple[Line, ...]:
    names = {str(item.item): item.name for item in items}
    pairs = {
        "授权编号": grant.number,
        "据以授权的需求": grant.demand.number,
        "授权单位（提供部门）": grant.provider.name,
        "使用单位（需求部门）": grant.recipient.name,
        "信息资源": f"{grant.entry_name}（{grant.entry_code}，第 {grant.revision} 版）",
        "取得方式": Way(grant.way).label + ("（过渡）" if grant.transitional else ""),
        "应用业务": grant.application,
        "用途": grant.purpose,
        "使用对象": listing(grant.users),
        "共享模式": Mode(grant.mode).label,
        "记录范围": listing([condition_words(RowCondition.from_json(row), names) for row in grant.conditions]),
        "每日调用上限": f"{grant.quota_per_day} 次" if grant.quota_per_day else EMPTY,
        "每次使用填写办件编号": yes(grant.case_number_required),
        "有效期": f"{day(grant.starts_on)}至{day(grant.ends_on)}",
        "授权状态": _standing(grant),
    }
    return tuple(Line(label, text) for label, text in pairs.items())


def _standing(grant: Grant) -> str:
    standing = GrantStatus(grant.status).label
    return f"{standing}（{EndReason(grant.end_reason).label}）" if grant.end_reason else standing


def _items(items: list[GrantItem]) -> Table:
    rows = tuple(
        (str(place), item.name, _use(item), ItemType(item.type).label, str(item.length or EMPTY), Sensitivity(item.sensitivity).label)
        for place, item in enumerate(items, start=1)
    )
    return Table("授权信息项", ("序号", "信息项", "提供形式", "数据类型", "长度", "敏感程度"), rows)


def _use(item: GrantItem) -> str:
    words = Use(item.use).label
    return f"{words}（保留前 {item.head} 位、后 {item.tail} 位）" if item.use == Use.MASK else words
