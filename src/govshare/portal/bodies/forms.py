"""Forms of organizations: registered, renamed, merged, split."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from govshare.organizations.models import Organization, OrganizationKind, Tier
from govshare.portal.frame.forms import Form
from govshare.portal.frame.visitor import Request

DOCUMENT = _("批准文件的文号，如 成编委〔2026〕12号")


class Registration(Form):
    name = forms.CharField(label=_("机构全称"), max_length=200)
    short_name = forms.CharField(label=_("机构简称"), max_length=60, help_text=_("列表和待办中显示，如“市人社局”"))
    uscc = forms.CharField(label=_("统一社会信用代码"), max_length=18, help_text=_("18 位，校验码须正确"))
    kind = forms.ChoiceField(label=_("类别"), choices=OrganizationKind.choices, initial=OrganizationKind.DEPARTMENT)
    tier = forms.ChoiceField(label=_("层级"), choices=Tier.choices, initial=Tier.CITY)
    region = forms.CharField(label=_("行政区划代码"), max_length=12, help_text=_("6 至 12 位数字，市级填本市的，如 510100"))
    document = forms.CharField(label=_("文号"), max_length=120, required=False, help_text=DOCUMENT)


class NewName(Form):
    name = forms.CharField(label=_("新的全称"), max_length=200)
    short_name = forms.CharField(label=_("新的简称"), max_length=60)
    document = forms.CharField(label=_("文号"), max_length=120, help_text=_("更名文件的文号；原名留档"))


class Merger(Form):
    predecessors = forms.MultipleChoiceField(
        label=_("并入的机构"),
        widget=forms.CheckboxSelectMultiple(attrs={"lang": "zh"}),
        help_text=_("它们的人员、岗位、系统和全部事项由本机构承接，随后不再存续"),
    )
    document = forms.CharField(label=_("文号"), max_length=120, help_text=DOCUMENT)

    def __init__(self, request: Request, *, others: Sequence[tuple[str, str]], initial: Mapping[str, Any] | None = None) -> None:
        super().__init__(request, initial=initial)
        _choices(self, "predecessors", others)


class Division(Form):
    """Heirs are chosen before, in the query string; every matter gets one of them, or stays with the main one (or the body itself)."""

    main = forms.ChoiceField(
        label=_("主要承接单位"),
        required=False,
        help_text=_("承接人员、岗位、系统和没有另行指定的全部事项；不选则原机构存续，只划转指定的事项"),
    )
    document = forms.CharField(label=_("文号"), max_length=120, help_text=DOCUMENT)

    def __init__(self, request: Request, *, heirs: Sequence[Organization], matters: Sequence[tuple[str, str]]) -> None:
        super().__init__(request)
        named = [(str(heir.pk), heir.name) for heir in heirs]
        _choices(self, "main", [("", _("（原机构存续）")), *named])
        for key, label in matters:
            self.fields[f"matter-{key}"] = forms.ChoiceField(label=label, required=False, choices=[("", _("随主要承接单位")), *named])
            self.fields[f"matter-{key}"].widget.attrs["class"] = "form-select form-select-sm"

    def shares(self, heirs: Sequence[Organization], parts: Mapping[str, Sequence[str]]) -> dict[Any, list[str]]:
        """Heir → everything that goes with the matters given to it."""
        given: dict[Any, list[str]] = {str(heir.pk): [] for heir in heirs}
        for key, together in parts.items():
            heir = self.cleaned_data.get(f"matter-{key}")
            if heir:
                given[heir] += together
        return given


def _choices(form: Form, name: str, choices: Sequence[tuple[str, Any]]) -> None:
    field = form.fields[name]
    if isinstance(field, forms.ChoiceField):
        field.choices = list(choices)
