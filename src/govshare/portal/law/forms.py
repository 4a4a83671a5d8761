"""Forms of rules and conventions."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from govshare.duties.rules import Effect
from govshare.portal.frame.forms import Form
from govshare.portal.frame.visitor import Request
from govshare.portal.law.state import ConventionNow

LONGEST_REASON = 500  # characters


class ChangeForm(Form):
    """A new number within the convention's bounds, and why."""

    value = forms.IntegerField(label=_("新的数值"))
    reason = forms.CharField(
        label=_("理由"),
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("写明为什么调整、依据什么会议或文件；所有人都看得到。"),
    )

    def __init__(self, request: Request, now: ConventionNow) -> None:
        super().__init__(request, initial={"value": now.value})
        row, field = now.row, self.fields["value"]
        field.widget = forms.NumberInput(attrs={"min": row.least, "max": row.most, "class": "form-control num"})
        field.help_text = _("%(least)s 至 %(most)s，单位：%(unit)s；现为 %(value)s。") % {
            "least": row.least,
            "most": row.most,
            "unit": now.unit,
            "value": now.value,
        }


class ActForm(Form):
    """The act that prolongs or replaces the regulation."""

    issuer = forms.CharField(label=_("制发机关"), max_length=100)
    number = forms.CharField(label=_("文号"), max_length=60, help_text=_("如 成办发〔2018〕25号"))
    title = forms.CharField(label=_("文件名称"), max_length=200)
    effect = forms.ChoiceField(label=_("作用"), choices=Effect.choices, widget=forms.RadioSelect())
    valid_from = forms.DateField(label=_("有效期起"), widget=forms.DateInput(attrs={"type": "date"}))
    valid_until = forms.DateField(
        label=_("有效期止"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("最后一天；文件没有写明的留空。"),
    )

    def given(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


class WithdrawForm(Form):
    reason = forms.CharField(label=_("撤下的原因"), max_length=LONGEST_REASON, widget=forms.Textarea(attrs={"rows": 3}))
