"""Forms of hosting; the one of a row is made of the table's own columns."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from govshare.hosting.rules.columns import HostedColumn
from govshare.portal.frame.forms import Form
from govshare.portal.frame.visitor import Request

STAMP = "row-stamp"  # no column is called so
_LONG = 100_000
_HELP: Mapping[str, Any] = {
    "N": _("数字，不带千分位和单位"),
    "Y": _("金额，不带千分位和单位"),
    "I": _("整数"),
    "B": _("数字"),
    "F": _("数字"),
    "T": _("形如 2026-01-31 08:30:00"),
}


class Choose(Form):
    entry = forms.ChoiceField(label=_("信息资源"), help_text=_("按它的信息项建表；主键信息项须已在目录中标明"))

    def __init__(self, request: Request, entries: Sequence[tuple[str, str]]) -> None:
        self.base_fields["entry"].choices = [("", ""), *entries]  # type: ignore[attr-defined]
        super().__init__(request, initial={"entry": request.GET.get("entry", "")})


class Upload(Form):
    file = forms.FileField(
        label=_("数据文件"),
        help_text=_("CSV（UTF-8 或 GB18030）或 XLSX，第一行为表头；先核对，确认后才入库"),
        widget=forms.ClearableFileInput(attrs={"data-drop": "", "accept": ".csv,.xlsx"}),
    )


class Reason(Form):
    reason = forms.CharField(label=_("原因"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


def of_row(
    request: Request,
    columns: Sequence[HostedColumn],
    *,
    initial: Mapping[str, str | None] | None = None,
    stamp: str = "",
    key_stands: bool = False,
) -> Form:
    """A field for each column; with ``key_stands`` the key is shown and not changed."""
    fields: dict[str, forms.Field] = {column.column: _field(column, fixed=key_stands and column.key) for column in columns}
    if stamp:
        fields[STAMP] = forms.CharField(widget=forms.HiddenInput, max_length=64)
    made: type[Form] = type("RowForm", (Form,), fields)
    return made(request, initial={**(initial or {}), STAMP: stamp})


def cells(form: Form, columns: Sequence[HostedColumn]) -> dict[str, str]:
    """What was typed, by column."""
    return {column.column: form.cleaned_data[column.column] or "" for column in columns}


def _field(column: HostedColumn, *, fixed: bool) -> forms.Field:
    label = f"{column.name}（{column.column}）"
    common: dict[str, Any] = {"label": label, "required": column.key, "disabled": fixed, "help_text": _HELP.get(column.type, "")}
    match column.type:
        case "L":
            return forms.ChoiceField(choices=[("", ""), ("true", _("是")), ("false", _("否"))], **common)
        case "D":
            return forms.CharField(widget=forms.DateInput, **common)
        case "M" | "G":
            return forms.CharField(strip=False, max_length=_LONG, widget=forms.Textarea(attrs={"rows": 3, "lang": "zh"}), **common)
    return forms.CharField(strip=False, max_length=_LONG, widget=forms.TextInput(attrs={"lang": "zh"}), **common)
