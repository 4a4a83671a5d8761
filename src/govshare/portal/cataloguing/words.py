"""What a revision says, in words people read: labels of places, names behind ids and codes."""

from collections.abc import Iterable, Mapping
from functools import cache
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from govshare.catalog.models import LegalGround, Node
from govshare.catalog.rules.choices import Classification, FormatClass, ItemType, Mode, Sensitivity, ShareType, UpdateCycle
from govshare.catalog.rules.contents import ItemContent, Snapshot, Statutory
from govshare.kernel.choices import TextChoices
from govshare.organizations.models import Organization

FIELDS: Mapping[str, str | Promise] = {
    "name": _("信息资源名称"),
    "node": _("信息资源分类"),
    "abstract": _("信息资源摘要"),
    "format_class": _("格式分类"),
    "format_type": _("格式类型"),
    "share_type": _("共享类型"),
    "terms": _("共享条件"),
    "ground": _("不予共享依据"),
    "modes": _("共享服务模式"),
    "for_all": _("面向全部部门"),
    "scope": _("共享范围"),
    "statutory": _("法定共享"),
    "open_to_public": _("向社会开放"),
    "open_conditions": _("开放条件"),
    "update_cycle": _("更新周期"),
    "update_limit": _("更新时限"),
    "related": _("关联资源"),
    "classification": _("数据分级"),
    "collection_basis": _("采集依据"),
    "collection_procedure": _("采集程序"),
    "source": _("权威数据源"),
    "lead_unit": _("牵头单位"),
    "contact": _("联系人"),
    "contact_phone": _("联系电话"),
}
ITEM_FIELDS: Mapping[str, str | Promise] = {
    "name": _("信息项名称"),
    "column": _("英文名称"),
    "type": _("数据类型"),
    "length": _("长度"),
    "sensitivity": _("敏感级别"),
    "data_element": _("数据元"),
    "code_table": _("代码表"),
    "is_key": _("主键"),
}
_CHOICES: Mapping[str, type[TextChoices]] = {
    "format_class": FormatClass,
    "share_type": ShareType,
    "update_cycle": UpdateCycle,
    "classification": Classification,
}
_ITEM_CHOICES: Mapping[str, type[TextChoices]] = {"type": ItemType, "sensitivity": Sensitivity}


class Words:
    """Looks every name up once; made for one page."""

    def __init__(self) -> None:
        self.organization = cache(self._organization)
        self.ground = cache(self._ground)
        self.node = cache(self._node)

    def said(self, place: str, value: object) -> str:
        """One field of ``Content``; empty for what is not stated."""
        match value:
            case "" | None:
                return ""
            case bool():
                return gettext("是") if value else gettext("否")
            case frozenset():
                return "、".join(sorted(self._one(place, each) for each in value))
            case _:
                return self._one(place, value)

    def _one(self, place: str, value: object) -> str:
        if isinstance(value, Statutory):
            return f"{self.organization(value.organization)}（{self.ground(value.ground)}）"
        text = str(value)
        match place:
            case "node":
                return f"{text} {self.node(text)}"
            case "ground":
                return self.ground(text)
            case "scope" | "lead_unit":
                return self.organization(text)
            case "modes":
                return label(Mode, text)
        return label(_CHOICES[place], text) if place in _CHOICES else text

    def _organization(self, key: str) -> str:
        return Organization.objects.filter(pk=UUID(key)).values_list("short_name", flat=True).first() or key

    def _ground(self, key: str) -> str:
        found = LegalGround.objects.filter(pk=UUID(key)).first()
        return str(found) if found else key

    def _node(self, code: str) -> str:
        above = [code[:1], code[:3], *(code[:end] for end in range(6, len(code) + 1))]
        return " / ".join(Node.objects.filter(code__in=above).order_by("code").values_list("name", flat=True))


def label(choices: type[TextChoices], value: str) -> str:
    """What people read for a stored word; the word itself when it is none of them."""
    return gettext(str(choices(value).label)) if value in choices.values else value


def item_said(field: str, item: ItemContent) -> str:
    """One field of an item."""
    value = getattr(item, field)
    if isinstance(value, bool):
        return gettext("是") if value else ""
    text = "" if value is None else str(value)
    return label(_ITEM_CHOICES[field], text) if field in _ITEM_CHOICES else text


def place_said(place: str, snapshot: Snapshot) -> str:
    """“信息项 注册资本 · 长度” for ``items.4.length`` (a fault) and for ``items.capital.length`` (a remark) alike."""
    head, _dot, rest = place.partition(".")
    if head != "items":
        return str(FIELDS.get(head, place))
    if not rest:
        return gettext("信息项")
    which, _dot, field = rest.partition(".")
    name = _item_name(which, snapshot.items)
    inner = f" · {ITEM_FIELDS[field]}" if field in ITEM_FIELDS else ""
    return gettext("信息项 %(name)s") % {"name": name} + inner


def _item_name(which: str, items: tuple[ItemContent, ...]) -> str:
    if which.isdecimal() and 0 < int(which) <= len(items):
        return items[int(which) - 1].name or which
    return next((item.name for item in items if item.column == which), which)


def organizations(but: str = "") -> Iterable[Organization]:
    """Everybody an entry may be shared with: the city's bodies first, then the districts'."""
    rows = Organization.objects.filter(active=True).order_by("tier", "region", "name")
    return [row for row in rows if str(row.pk) != but]
