"""The parts of an entry as forms. Nothing is required in a draft but its name and category; the self-check says what is missing."""

import re
from collections.abc import Mapping
from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from govshare.catalog import queries as catalog
from govshare.catalog.models import Node
from govshare.catalog.rules.choices import Allows, Classification, FormatClass, Mode, ShareType, UpdateCycle
from govshare.catalog.rules.contents import Content, Statutory
from govshare.kernel.choices import TextChoices
from govshare.portal.cataloguing.words import organizations
from govshare.portal.frame.forms import Form
from govshare.portal.frame.visitor import Request

_PARTS = re.compile(r"[\s,，、;；]+")
SPARE = 2  # empty rows for departments that the law names
OTHERS = 30  # rows of them at most


def choices(of: type[TextChoices], *, empty: bool = True) -> list[tuple[str, str]]:
    """Stored words with what people read."""
    rows = [(value, gettext(str(label))) for value, label in of.choices]
    return [("", gettext("请选择")), *rows] if empty else rows


def categories() -> list[tuple[str, Any]]:
    """目 and 细目 in use, grouped by the 项 they stand below."""
    groups: dict[str, list[tuple[str, str]]] = {}
    names = dict(Node.objects.values_list("code", "name"))
    for code, name in Node.objects.filter(active=True, code__regex=r"^.{6,}$").order_by("code").values_list("code", "name"):
        above = f"{names.get(code[:1], '')} / {names.get(code[:3], '')}"
        groups.setdefault(above, []).append((code, f"{code} {name}"))
    return [("", gettext("请选择")), *groups.items()]


def theirs() -> forms.Select:
    """A picker of names that stay in Chinese whatever the reader's language."""
    return forms.Select(attrs={"lang": "zh"})


class Part(Form):
    """One section of an entry. ``version`` is what the writer saw; ``fields_of`` gives what changes in ``Content``."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, request: Request, *, content: Content | None = None, version: int = 0, provider: str = "") -> None:
        self.provider = provider
        initial = {**(self.shown(content) if content else {}), "version": version}
        super().__init__(request, initial=initial)

    @staticmethod
    def shown(content: Content) -> dict[str, Any]:
        """What stands in the fields before anything is typed."""
        return {name: getattr(content, name) for name in Content.__dataclass_fields__}

    def changes(self) -> dict[str, Any]:
        """As the catalog's own values."""
        return {name: value for name, value in self.cleaned_data.items() if name in Content.__dataclass_fields__}


class Basics(Part):
    name = forms.CharField(label=_("信息资源名称"), max_length=200, help_text=_("让别的部门一看就懂，例如“法人单位基本信息”"))
    node = forms.ChoiceField(label=_("信息资源分类"), widget=theirs(), help_text=_("代码由平台按登记时的分类赋予，以后不变"))
    abstract = forms.CharField(
        label=_("信息资源摘要"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("记录了谁的什么情况，时间范围，覆盖范围"),
    )
    format_class = forms.ChoiceField(label=_("格式分类"), required=False)
    format_type = forms.CharField(label=_("格式类型"), required=False, max_length=60, help_text=_("例如 PostgreSQL、XLSX、JSON"))
    classification = forms.ChoiceField(label=_("数据分级"), required=False)
    lead_unit = forms.ChoiceField(
        label=_("牵头单位"), required=False, widget=theirs(), help_text=_("只有基础信息资源填写：基础数据库建设项目牵头单位")
    )
    related = forms.CharField(label=_("关联资源"), required=False, max_length=2000, help_text=_("信息资源代码，多个用逗号或空格隔开"))
    contact = forms.CharField(label=_("联系人"), required=False, max_length=60)
    contact_phone = forms.CharField(label=_("联系电话"), required=False, max_length=40)

    def __init__(self, request: Request, **given: Any) -> None:
        super().__init__(request, **given)
        self.fields["node"].choices = categories()  # type: ignore[attr-defined]
        self.fields["format_class"].choices = choices(FormatClass)  # type: ignore[attr-defined]
        self.fields["classification"].choices = choices(Classification)  # type: ignore[attr-defined]
        bodies = [(str(each.pk), each.name) for each in organizations()]
        self.fields["lead_unit"].choices = [("", gettext("不填")), *bodies]  # type: ignore[attr-defined]

    @staticmethod
    def shown(content: Content) -> dict[str, Any]:
        return {**Part.shown(content), "related": "、".join(sorted(content.related))}

    def changes(self) -> dict[str, Any]:
        return {**super().changes(), "related": frozenset(filter(None, _PARTS.split(self.cleaned_data["related"])))}


class New(Form):
    """What a new entry needs to get its code; everything else is filled in afterwards."""

    name = forms.CharField(label=_("信息资源名称"), max_length=200, help_text=_("让别的部门一看就懂，例如“法人单位基本信息”"))
    node = forms.ChoiceField(label=_("信息资源分类"), widget=theirs(), help_text=_("代码由平台按登记时的分类赋予，以后不变"))

    def __init__(self, request: Request, *, initial: Mapping[str, Any] | None = None) -> None:
        super().__init__(request, initial=initial)
        self.fields["node"].choices = categories()  # type: ignore[attr-defined]


class Sharing(Part):
    share_type = forms.ChoiceField(label=_("共享类型"), required=False, widget=forms.RadioSelect)
    terms = forms.CharField(
        label=_("共享条件"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("条件共享须写明：谁、为何事、怎样使用；无条件共享不得附加条件"),
    )
    ground = forms.ChoiceField(label=_("不予共享依据"), required=False, widget=forms.RadioSelect)
    for_all = forms.BooleanField(label=_("面向全部部门"), required=False)
    scope = forms.MultipleChoiceField(label=_("共享范围"), required=False, widget=forms.CheckboxSelectMultiple)
    open_to_public = forms.BooleanField(label=_("向社会开放"), required=False)
    open_conditions = forms.CharField(
        label=_("开放条件"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("含个人信息、商业秘密的须写明"),
    )

    def __init__(self, request: Request, *, content: Content | None = None, **given: Any) -> None:
        super().__init__(request, content=content, **given)
        kept = content.ground if content else ""
        self.grounds = [each for each in catalog.grounds() if each.permits_not_sharing or str(each.pk) == kept]
        self.fields["share_type"].choices = choices(ShareType, empty=False)  # type: ignore[attr-defined]
        self.fields["ground"].choices = [("", gettext("不填")), *((str(each.pk), str(each)) for each in self.grounds)]  # type: ignore[attr-defined]
        self.bodies = organizations(but=self.provider)
        self.fields["scope"].choices = [(str(each.pk), each.short_name) for each in self.bodies]  # type: ignore[attr-defined]
        self.legal = list(catalog.grounds())
        self.stored = [(each.organization, each.ground) for each in sorted(content.statutory)] if content else []

    @staticmethod
    def shown(content: Content) -> dict[str, Any]:
        return {**Part.shown(content), "scope": sorted(content.scope)}

    @property
    def statutory(self) -> list[tuple[str, str]]:
        """Departments that the law names, with the ground, as rows of two pickers; what was typed comes before what is stored."""
        rows = self.stored
        if self.is_bound:
            typed = zip(*(cast(QueryDict, self.data).getlist(name) for name in ("statutory_to", "statutory_by")), strict=False)
            rows = [(to, by) for to, by in typed if to or by][:OTHERS]
        return [*rows, *[("", "")] * SPARE]

    def clean(self) -> dict[str, Any]:
        told = super().clean() or self.cleaned_data
        known = {str(each.pk) for each in self.bodies}, {str(each.pk) for each in self.legal}
        for to, by in self.statutory:
            if (to or by) and (to not in known[0] or by not in known[1]):
                raise forms.ValidationError(gettext("法定共享：每一行都要同时选部门和依据"))
        return told

    def changes(self) -> dict[str, Any]:
        rows = frozenset(Statutory(organization=to, ground=by) for to, by in self.statutory if to and by)
        return {**super().changes(), "scope": frozenset(self.cleaned_data["scope"]), "statutory": rows}


class Updating(Part):
    update_cycle = forms.ChoiceField(label=_("更新周期"), required=False)
    update_limit = forms.CharField(label=_("更新时限"), required=False, max_length=100, help_text=_("例如“每日 08:00 前”“每月 5 日前”"))

    def __init__(self, request: Request, **given: Any) -> None:
        super().__init__(request, **given)
        self.fields["update_cycle"].choices = choices(UpdateCycle)  # type: ignore[attr-defined]


class Provision(Part):
    modes = forms.MultipleChoiceField(
        label=_("共享服务模式"), required=False, widget=forms.CheckboxSelectMultiple, help_text=_("信息查询和直接数据交换要有主键信息项")
    )
    collection_basis = forms.CharField(
        label=_("采集依据"), required=False, widget=forms.Textarea(attrs={"rows": 2}), help_text=_("依据哪部法律、哪项职责采集")
    )
    collection_procedure = forms.CharField(
        label=_("采集程序"), required=False, widget=forms.Textarea(attrs={"rows": 3}), help_text=_("由谁收集、怎样发布、谁维护")
    )
    source = forms.CharField(
        label=_("权威数据源"),
        required=False,
        max_length=80,
        help_text=_("本部门就是来源的不填；是别处的副本，填权威资源的代码，形如 102001/00001"),
    )

    def __init__(self, request: Request, **given: Any) -> None:
        super().__init__(request, **given)
        self.fields["modes"].choices = choices(Mode, empty=False)  # type: ignore[attr-defined]

    @staticmethod
    def shown(content: Content) -> dict[str, Any]:
        return {**Part.shown(content), "modes": sorted(content.modes)}

    def changes(self) -> dict[str, Any]:
        return {**super().changes(), "modes": frozenset(self.cleaned_data["modes"]), "source": self.cleaned_data["source"].strip()}


class Adjustment(Form):
    """What the authority may set itself (CD2016-16); everything else is the department's."""

    revision = forms.IntegerField(widget=forms.HiddenInput)
    name = forms.CharField(label=_("信息资源名称"), max_length=200)
    node = forms.ChoiceField(label=_("信息资源分类"), widget=theirs())
    share_type = forms.ChoiceField(label=_("共享类型"), widget=forms.RadioSelect)
    terms = forms.CharField(label=_("共享条件"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
    modes = forms.MultipleChoiceField(label=_("共享服务模式"), required=False, widget=forms.CheckboxSelectMultiple)
    for_all = forms.BooleanField(label=_("面向全部部门"), required=False)
    scope = forms.MultipleChoiceField(label=_("共享范围"), required=False, widget=forms.CheckboxSelectMultiple)
    update_cycle = forms.ChoiceField(label=_("更新周期"), required=False)
    update_limit = forms.CharField(label=_("更新时限"), required=False, max_length=100)
    lead_unit = forms.ChoiceField(label=_("牵头单位"), required=False, widget=theirs())
    related = forms.CharField(label=_("关联资源"), required=False, max_length=2000)
    reason = forms.CharField(
        label=_("调整理由"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}), help_text=_("提供部门会看到，并随记录保存")
    )

    def __init__(self, request: Request, *, content: Content, revision: int, provider: str) -> None:
        self.before = content
        shown = {**Basics.shown(content), "scope": sorted(content.scope), "modes": sorted(content.modes), "revision": revision}
        super().__init__(request, initial=shown)
        bodies = organizations(but=provider)
        offered: dict[str, Any] = {
            "node": categories(),
            "share_type": [row for row in choices(ShareType, empty=False) if row[0] != ShareType.NONE],
            "modes": choices(Mode, empty=False),
            "scope": [(str(each.pk), each.short_name) for each in bodies],
            "update_cycle": choices(UpdateCycle),
            "lead_unit": [("", gettext("不填")), *((str(each.pk), each.name) for each in organizations())],
        }
        for name, rows in offered.items():
            self.fields[name].choices = rows  # type: ignore[attr-defined]

    def changes(self) -> dict[str, Any]:
        """Only what differs from what was filed."""
        told = {name: value for name, value in self.cleaned_data.items() if name in Content.__dataclass_fields__}
        told |= {"modes": frozenset(told["modes"]), "scope": frozenset(told["scope"])}
        told["related"] = frozenset(filter(None, _PARTS.split(told["related"])))
        return {name: value for name, value in told.items() if value != getattr(self.before, name)}


class Ground(Form):
    """One article for the register of legal grounds."""

    title = forms.CharField(label=_("名称"), max_length=200, help_text=_("法律、法规、规章的全称，不带书名号"))
    issuer = forms.CharField(label=_("制定机关"), max_length=200)
    number = forms.CharField(label=_("文号"), required=False, max_length=100)
    article = forms.CharField(label=_("条款"), max_length=60, help_text=_("例如“第三十四条”"))
    text = forms.CharField(label=_("条文"), max_length=8000, widget=forms.Textarea(attrs={"rows": 5}))
    kind = forms.ChoiceField(label=_("效力层级"))
    allows = forms.ChoiceField(label=_("可用于"))

    def __init__(self, request: Request, *, kinds: type[TextChoices]) -> None:
        super().__init__(request)
        self.fields["kind"].choices = choices(kinds)  # type: ignore[attr-defined]
        self.fields["allows"].choices = choices(Allows)  # type: ignore[attr-defined]


class Category(Form):
    """A category of the tree."""

    code = forms.CharField(label=_("类目代码"), max_length=40, help_text=_("上级代码后面加位：项加两位，目加三位，细目位数不限"))
    name = forms.CharField(label=_("类目名称"), max_length=100)
    lead = forms.ChoiceField(label=_("牵头单位"), required=False, widget=theirs())

    def __init__(self, request: Request, *, initial: Mapping[str, Any] | None = None) -> None:
        super().__init__(request, initial=initial)
        bodies = [(str(each.pk), each.name) for each in organizations()]
        self.fields["lead"].choices = [("", gettext("不填")), *bodies]  # type: ignore[attr-defined]


class Reason(Form):
    """Why: for acts that have to say so."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(label=_("理由"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))


class Confirm(Form):
    """Nothing to type: only that it is meant, at the version that was looked at."""

    version = forms.IntegerField(widget=forms.HiddenInput)


class Verdict(Form):
    """The authority's decision on one revision; each kind names its own two ``verdict`` values. Remarks come beside it."""

    revision = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("意见"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("退回须写明原因，或在左侧逐处写意见；同意时可以不写"),
    )
