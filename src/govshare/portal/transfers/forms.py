"""What people type about transfers: where to, and why."""

from collections.abc import Sequence

from django import forms
from django.utils.translation import gettext_lazy as _

from govshare.exchange.rules import Way
from govshare.exchange.services import Manner
from govshare.exchange.services.orders import MOST_OVERLAP
from govshare.portal.frame.forms import Form
from govshare.portal.frame.visitor import Request
from govshare.sources.models import FrontDatabase


class OrderForm(Form):
    target = forms.TypedChoiceField(label=_("接收前置库"), empty_value=None)
    table = forms.CharField(label=_("目标表"), max_length=63, help_text=_("平台在落地模式中建这张表；不覆盖不是平台交付的表"))
    mode = forms.ChoiceField(
        label=_("传输方式"),
        choices=Way.choices,
        initial=Way.FULL,
        required=False,
        widget=forms.RadioSelect,
        help_text=_(
            "整表替换：每次全部重送。按水位增量：只送水位之后变动的行，最快，但看不见删除。快照比对：两端逐行比对，只送不同的行，也找出删除的行。"
        ),
    )
    watermark = forms.ChoiceField(
        label=_("水位字段"),
        required=False,
        help_text=_("每次变动都会变大、来源不允许为空的时间、日期或整数字段，例如更新时间"),
    )
    overlap = forms.IntegerField(
        label=_("往前重叠"),
        required=False,
        min_value=0,
        max_value=MOST_OVERLAP,
        help_text=_("时间和日期以分钟计，整数以数值计；不填的，时间按平台约定（PC-58），整数不重叠"),
    )
    begin = forms.BooleanField(label=_("登记后立即开始第一次传输"), required=False, initial=True)

    def __init__(self, request: Request, fronts: list[FrontDatabase], *, rising: Sequence[tuple[str, str]] = (), **more: object) -> None:
        super().__init__(request, **more)  # type: ignore[arg-type]
        choices = [(str(front.pk), f"{front.name}（{front.schema}）") for front in fronts]
        self.fields["target"].choices = choices if len(choices) == 1 else [("", "—"), *choices]  # type: ignore[attr-defined]
        self.fields["watermark"].widget.attrs["lang"] = "zh"
        self.fields["watermark"].choices = [("", "—"), *rising]  # type: ignore[attr-defined]

    @property
    def how(self) -> Manner:
        """The manner that was chosen; what belongs to another one is left aside."""
        given = self.cleaned_data
        mode = given["mode"] or Way.FULL
        if mode != Way.INCREMENT:
            return Manner(mode)
        return Manner(mode, given["watermark"], given["overlap"])


class ReasonForm(Form):
    reason = forms.CharField(label=_("原因"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))
