"""The catalog's stored words, as people read them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from govshare.catalog.queries import Edition
from govshare.catalog.rules.choices import Classification, FormatClass, ItemType, Mode, Sensitivity, ShareType, UpdateCycle
from govshare.catalog.rules.contents import KEY_LABELS, Content, Difference, ItemContent
from govshare.catalog.rules.workflows import ENTRY, LISTING, VERIFICATION
from govshare.kernel.choices import TextChoices

CHOICES: dict[str, type[TextChoices]] = {
    "share_type": ShareType,
    "modes": Mode,
    "format_class": FormatClass,
    "update_cycle": UpdateCycle,
    "classification": Classification,
    "type": ItemType,
    "sensitivity": Sensitivity,
}

PLACES: dict[str, str | Promise] = {
    "name": gettext_lazy("信息资源名称"),
    "node": gettext_lazy("信息资源分类"),
    "abstract": gettext_lazy("信息资源摘要"),
    "format_class": gettext_lazy("信息资源格式"),
    "format_type": gettext_lazy("格式类型"),
    "share_type": gettext_lazy("共享类型"),
    "terms": gettext_lazy("共享条件"),
    "ground": gettext_lazy("不予共享的依据"),
    "modes": gettext_lazy("提供方式"),
    "for_all": gettext_lazy("面向全部政府部门"),
    "scope": gettext_lazy("共享范围"),
    "statutory": gettext_lazy("依法向特定部门提供"),
    "open_to_public": gettext_lazy("向社会开放"),
    "open_conditions": gettext_lazy("开放条件"),
    "update_cycle": gettext_lazy("更新周期"),
    "update_limit": gettext_lazy("更新时限"),
    "related": gettext_lazy("关联资源"),
    "classification": gettext_lazy("分级"),
    "collection_basis": gettext_lazy("采集依据"),
    "collection_procedure": gettext_lazy("采集程序"),
    "source": gettext_lazy("权威来源"),
    "lead_unit": gettext_lazy("牵头单位"),
    "contact": gettext_lazy("联系人"),
    "contact_phone": gettext_lazy("联系电话"),
    "column": gettext_lazy("字段名"),
    "type": gettext_lazy("数据类型"),
    "length": gettext_lazy("数据长度"),
    "sensitivity": gettext_lazy("敏感级别"),
    "data_element": gettext_lazy("数据元"),
    "code_table": gettext_lazy("代码表"),
    "is_key": gettext_lazy("主键"),
}

SENSITIVITY_COLOURS = {"personal": "vio", "sensitive": "bad", "commercial_secret": "warn"}
ACTIONS: dict[str, str | Promise] = {
    "catalog:listing:confirm": gettext_lazy("主管部门确认，列入共享目录"),
    "catalog:listing:adjust": gettext_lazy("主管部门调整并列入共享目录"),
    "catalog:listing:delist": gettext_lazy("主管部门移出共享目录"),
    "catalog:listing:lapse": gettext_lazy("随停用移出共享目录"),
    "catalog:entry:retire": gettext_lazy("停用，移出共享目录"),
    "catalog:entry:publish": gettext_lazy("部门发布新版，未动关键要素，目录随之更新"),
}

#: Every act there is on an entry, by the name it has in evidence.
STEPS: dict[str, str] = {
    "catalog:entry:create": "登记",
    "catalog:entry:edit": "修改",
    "catalog:entry:set-items": "修改信息项",
    "catalog:entry:take-over": "由承接单位接管",
    "catalog:route:bind": "绑定访问接口",
    "catalog:route:test": "测试访问接口",
    **{move.action: move.label for flow in (ENTRY, LISTING, VERIFICATION) for move in flow},
}


def label(place: str, value: str) -> str:
    """A stored word in the reader's language; what is no choice stays as it is."""
    choices = CHOICES.get(place)
    return _(str(choices(value).label)) if choices and value in choices.values else value


def labels(place: str, values: Iterable[str]) -> list[str]:
    """In the order of the law or the standard."""
    held = set(values)
    return [_(str(choice.label)) for choice in CHOICES[place] if choice.value in held]


def item_type(item: ItemContent) -> str:
    """“字符 C50”."""
    said = label("type", item.type).partition(" (")[0]
    return f"{said.removesuffix('型') if len(said) > 2 else said} {item.type}{item.length or ''}"


@dataclass(frozen=True, slots=True)
class Change:
    """One difference as people read it. ``key``: it is a key element 「关键要素」."""

    place: str
    before: str
    after: str


def changes(found: Iterable[Difference], names: Mapping[str, str]) -> list[Change]:
    """``names``: of organizations, by id; ids stand in scopes."""
    return [Change(_place(each.place), *(_said(each.place, text, names) for text in (each.before, each.after))) for each in found]


def key_elements(edition: Edition) -> str:
    return _("、").join(_(KEY_LABELS[each]) for each in KEY_LABELS if each in edition.key_elements)


def _place(place: str) -> str:
    head, _dot, rest = place.partition(".")
    if head != "items":
        return str(PLACES.get(head, head))
    column, _dot, field = rest.partition(".")
    said = f"{_('信息项')} {column}"
    return f"{said} · {PLACES.get(field, field) if field != 'name' else _('名称')}" if field else said


def _said(place: str, text: str, names: Mapping[str, str]) -> str:
    field = place.rpartition(".")[2] if place.startswith("items.") else place
    parts = [names.get(part, label(field, part)) for part in text.split("、")] if text else []
    return "、".join(parts) or "—"


def organizations_in(content: Content) -> set[str]:
    """Ids of every organization that ``content`` names."""
    return {*content.scope, *(each.organization for each in content.statutory), content.lead_unit} - {""}
