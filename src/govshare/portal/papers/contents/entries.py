"""政务信息资源目录备案表: an entry as its department published it and filed it with the authority (CD2016-14, 16)."""

from datetime import datetime
from uuid import UUID

from govshare.catalog import queries as catalog
from govshare.catalog.models import Node, Step
from govshare.catalog.queries import EntryView
from govshare.catalog.rules.choices import (
    Classification,
    FormatClass,
    ItemType,
    ListingStatus,
    Mode,
    Sensitivity,
    ShareType,
    Status,
    UpdateCycle,
    VerificationStatus,
)
from govshare.catalog.rules.contents import Content, Snapshot
from govshare.catalog.rules.workflows import ENTRY, LISTING, VERIFICATION
from govshare.kernel.actor import Actor
from govshare.kernel.clock import local_date
from govshare.kernel.errors import NotYours, WrongState
from govshare.organizations import queries as organizations
from govshare.papers.rules.forms import Form, Line, Opinion, Table
from govshare.papers.rules.kinds import PaperKind
from govshare.portal.papers.contents.prepared import EMPTY, Prepared, listing, shown, signed, yes
from govshare.portal.papers.contents.remarks import remarks_table
from govshare.regulation.articles import cite

FILED = cite("CD2016-16")
_DEPARTMENT = [ENTRY["publish"].action]
_AUTHORITY = [*(move.action for move in LISTING), *(move.action for move in VERIFICATION)]


def entry_form(matter: UUID, *, by: Actor, now: datetime) -> Prepared:
    """The published revision with its items, the department's and the authority's acts on it, room for both seals."""
    view = catalog.entry(matter, by=by, today=local_date(now))
    if not view.inside:
        raise NotYours("备案表由提供部门和其信息化主管部门出具", basis=FILED)
    revisions = catalog.revisions(matter, by=by)
    published = next((each for each in revisions if each.status == Status.PUBLISHED), None)
    if published is None:
        raise WrongState("发布并备案之后才能出具备案表", basis=FILED)
    authority = organizations.authority_for(view.provider)
    form = Form(
        heading=PaperKind.ENTRY.label,
        subject=published.snapshot.content.name,
        lines=_lines(view, published.number, published.snapshot.content),
        tables=(_items(published.snapshot), *remarks_table(view.history, revisions, number=published.number)),
        opinions=_opinions(view, published.number),
        notes=_notes(view, published.number),
        seals=(f"{view.provider_name}（盖章）", f"{authority.name}（盖章）"),
    )
    return Prepared(
        kind=PaperKind.ENTRY, about=str(view.id), form=form, parties=(str(view.provider), str(authority.pk)), resource=view.code
    )


def _lines(view: EntryView, number: int, content: Content) -> tuple[Line, ...]:
    pairs = {
        "信息资源名称": content.name,
        "信息资源代码": view.code,
        "目录版次": f"第 {number} 版",
        "信息资源分类": _category(content.node),
        "信息资源提供方": view.provider_name,
        "信息资源摘要": shown(content.abstract),
        "信息资源格式": shown(" ".join(filter(None, (_label(FormatClass, content.format_class), content.format_type)))),
        **_sharing(content),
        "更新周期": _label(UpdateCycle, content.update_cycle),
        "更新时限": shown(content.update_limit),
        "数据分级": _label(Classification, content.classification),
        "采集依据": shown(content.collection_basis),
        "采集程序": shown(content.collection_procedure),
        "数据源": f"非权威副本，来源 {content.source}" if content.source else "本部门为数据源部门",
        "是否向社会开放": yes(content.open_to_public) + (f"（{content.open_conditions}）" if content.open_conditions else ""),
        "联系人及电话": shown(f"{content.contact} {content.contact_phone}"),
        "目录状态": _standing(view),
    }
    return tuple(Line(label, text) for label, text in pairs.items())


def _sharing(content: Content) -> dict[str, str]:
    found = {"共享类型": _label(ShareType, content.share_type), "共享条件": shown(content.terms)}
    if content.ground:
        ground = catalog.ground(UUID(content.ground))
        found["不予共享依据"] = f"《{ground.title}》{ground.article}"
    scope = "全市各政府部门" if content.for_all else listing(sorted(organizations.get(each).name for each in content.scope))
    found["共享方式"] = listing([mode.label for mode in Mode if mode in content.modes])
    found["共享范围"] = scope
    if content.statutory:
        found["依法须提供的部门"] = listing(sorted(organizations.get(each.organization).name for each in content.statutory))
    return found


def _category(code: str) -> str:
    """Names from the root down: 基础信息资源 / 法人单位 / 登记信息."""
    found = Node.objects.filter(code__in=[code[:length] for length in range(1, len(code) + 1)]).order_by("code")
    return " / ".join(node.name for node in found)


def _label(choices: type[FormatClass | ShareType | UpdateCycle | Classification], value: str) -> str:
    return str(choices(value).label) if value else EMPTY


def _standing(view: EntryView) -> str:
    if view.verification:
        return VerificationStatus(view.verification.status).label
    return ListingStatus(view.listing.status).label if view.listing else Status.PUBLISHED.label


def _items(snapshot: Snapshot) -> Table:
    rows = tuple(
        (
            str(place),
            item.name,
            item.column,
            ItemType(item.type).label,
            str(item.length or EMPTY),
            Sensitivity(item.sensitivity).label,
            yes(item.is_key),
        )
        for place, item in enumerate(snapshot.items, start=1)
    )
    return Table("信息项", ("序号", "信息项名称", "英文名称", "数据类型", "长度", "敏感程度", "主键"), rows)


def _opinions(view: EntryView, number: int) -> tuple[Opinion, ...]:
    steps = [step for step in view.history if step.revision == number]
    return (
        _opinion("部门审核意见（第十四条、第十五条）", [step for step in steps if step.action in _DEPARTMENT]),
        _opinion(
            "信息化主管部门意见（第十六条）", [step for step in view.history if step.action in _AUTHORITY and step.revision >= number]
        ),
    )


def _opinion(label: str, steps: list[Step]) -> Opinion:
    """The last of the acts; an empty space where there was none yet."""
    if not steps:
        return Opinion(label)
    last = steps[-1]
    names = {move.action: move.label for workflow in (ENTRY, LISTING, VERIFICATION) for move in workflow}
    organization = organizations.get(last.organization).name if last.organization else ""
    return Opinion(label, f"{names[last.action]}。{last.reason}".strip(), signed(last.taken_by_name, organization, last.taken_at))


def _notes(view: EntryView, number: int) -> tuple[str, ...]:
    receipts = [step.receipt for step in view.history if step.revision == number and step.action in {*_DEPARTMENT, *_AUTHORITY}]
    return (
        "依据《成都市政务信息资源共享管理暂行办法》第十三条、第十四条、第十六条填报。",
        f"存证回执：{listing(receipts)}",
    )
