"""What people type about transfers: where to, and why."""

from django import forms
from django.utils.translation import gettext_lazy as _

from govshare.portal.frame.forms import Form
from govshare.portal.frame.visitor import Request
from govshare.sources.models import FrontDatabase


class OrderForm(Form):
    target = forms.TypedChoiceField(label=_("接收前置库"), empty_value=None)
    table = forms.CharField(
        label=_("目标表"), max_length=63, help_text=_("平台在落地模式中建这张表，每次交付整表替换；不覆盖不是平台交付的表")
    )
    begin = forms.BooleanField(label=_("登记后立即开始第一次传输"), required=False, initial=True)

    def __init__(self, request: Request, fronts: list[FrontDatabase], **more: object) -> None:
        super().__init__(request, **more)  # type: ignore[arg-type]
        choices = [(str(front.pk), f"{front.name}（{front.schema}）") for front in fronts]
        self.fields["target"].choices = choices if len(choices) == 1 else [("", "—"), *choices]  # type: ignore[attr-defined]


class ReasonForm(Form):
    reason = forms.CharField(label=_("原因"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))
