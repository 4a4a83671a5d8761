"""Self-check 「自查」 of an entry before it goes to review: all its faults at once, each with its place (CD2016-5, 13 to 19)."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from govshare.catalog.rules.choices import PROTECTED, FormatClass, Mode, Sensitivity, ShareType
from govshare.catalog.rules.contents import Content, ItemContent, Snapshot
from govshare.kernel.errors import Fault

_WITH_ITEMS = frozenset({FormatClass.SHEET, FormatClass.DATABASE, FormatClass.SELF_DESCRIBING, FormatClass.SERVICE})
_WHOLE_FILES = frozenset({FormatClass.DOCUMENT, FormatClass.IMAGE, FormatClass.STREAM})
_BY_ROW = frozenset({Mode.QUERY, Mode.TABLE})

_STATED = {
    "abstract": "请填写信息资源摘要",
    "format_class": "请选择信息资源格式",
    "share_type": "请选择共享类型",
    "update_cycle": "请选择更新周期",
    "classification": "请选择分级",
    "collection_basis": "请填写采集依据（CD2016-18）",
    "collection_procedure": "请填写信息收集、发布、维护的规范和程序（CD2016-18）",
    "contact": "请填写联系人",
    "contact_phone": "请填写联系电话",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What the check must know beyond the entry itself."""

    provider: str  # id of the department
    ground_permits: bool = False  # the legal ground allows 不予共享
    same_names: tuple[str, ...] = ()  # codes of the department's other entries of the same name
    source_stands: bool = True  # the entry named as authoritative source is published and is itself authoritative


def self_check(snapshot: Snapshot, around: Surroundings) -> tuple[Fault, ...]:
    """Empty when it may go to review."""
    content, items = snapshot.content, snapshot.items
    return (
        *_stated(content, around),
        *_class(content, around),
        *_scope(content, around),
        *_modes(content, items),
        *_items(content, items),
    )


def _stated(content: Content, around: Surroundings) -> Iterator[Fault]:
    for place, message in _STATED.items():
        if not str(getattr(content, place)).strip():
            yield Fault(place, message)
    if around.same_names:
        yield Fault("name", f"本部门已有同名的信息资源：{'、'.join(around.same_names)}；请改名，或修改原有的一条")
    if not around.source_stands:
        yield Fault("source", "所指的权威数据源须是已发布的权威信息资源（CD2016-18）")


def _class(content: Content, around: Surroundings) -> Iterator[Fault]:
    terms = content.terms.strip()
    if content.share_type == ShareType.CONDITIONAL and not terms:
        yield Fault("terms", "条件共享须写明共享条件（CD2016-5.3）")
    if content.share_type == ShareType.UNCONDITIONAL and terms:
        yield Fault("terms", "无条件共享不能附加条件；确需条件的请改为条件共享（CD2016-5.1）")
    if content.share_type != ShareType.NONE:
        if content.ground:
            yield Fault("ground", "只有不予共享的信息资源填写不予共享依据（CD2016-13.2）")
        return
    if not content.ground:
        yield Fault("ground", "不予共享须从法律依据登记簿中选择法律、法规或规章依据（CD2016-13.2）")
    elif not around.ground_permits:
        yield Fault("ground", "所选依据在登记簿中不可用于不予共享，请另选（CD2016-13.2）")


def _scope(content: Content, around: Surroundings) -> Iterator[Fault]:
    scoped = bool(content.scope) or content.for_all
    if content.share_type == ShareType.NONE and scoped:
        yield Fault("scope", "不予共享的信息资源不设共享范围；法定共享请列入“法定共享”（CD2016-5.5）")
    if content.share_type not in {"", ShareType.NONE} and not scoped:
        yield Fault("scope", "请确定共享范围：全部部门，或逐个列出相关政府部门（CD2016-5.2）")
    if content.for_all and content.scope:
        yield Fault("scope", "共享范围或为全部部门，或逐个列出，不能两者都填")
    if around.provider in content.scope:
        yield Fault("scope", "共享范围中不应有本部门")
    if any(each.organization == around.provider for each in content.statutory):
        yield Fault("statutory", "法定共享的对象不应有本部门")


def _modes(content: Content, items: tuple[ItemContent, ...]) -> Iterator[Fault]:
    if content.share_type in {"", ShareType.NONE}:
        return
    if not content.modes:
        yield Fault("modes", "请选择至少一种共享服务模式（CD2016-24）")
    if not content.update_limit.strip():
        yield Fault("update_limit", "请填写更新时限，例如“每日 08:00 前”（CD2016-16）")
    by_row = content.modes & _BY_ROW
    if by_row and content.format_class in _WHOLE_FILES:
        yield Fault("modes", "电子文件、图形图像、流媒体不能以信息查询或直接数据交换提供，请改选接口服务或定制处理")
    elif by_row and items and not any(item.is_key for item in items):
        yield Fault("items", "信息查询和直接数据交换需要主键，请至少标明一个主键信息项")


def _items(content: Content, items: tuple[ItemContent, ...]) -> Iterator[Fault]:
    if not items and content.format_class in _WITH_ITEMS:
        yield Fault("items", "请逐项登记信息项（CD2016-14）")
    names = Counter(item.name.strip() for item in items)
    for position, item in enumerate(items, 1):
        place = f"items.{position}"
        if names[item.name.strip()] > 1:
            yield Fault(f"{place}.name", "信息项名称重复")
        if item.type == "C" and item.length is None:
            yield Fault(f"{place}.length", "字符型信息项须填写数据长度")
        if item.sensitivity not in PROTECTED:
            continue
        label = Sensitivity(item.sensitivity).label
        if content.share_type == ShareType.UNCONDITIONAL:
            yield Fault(f"{place}.sensitivity", f"含{label}的信息资源不能列入无条件共享类，请改为条件共享，或移出这一项（CD2016-5.3）")
        if content.open_to_public and not content.open_conditions.strip():
            yield Fault(f"{place}.sensitivity", f"含{label}的信息资源向社会开放须写明开放条件")
