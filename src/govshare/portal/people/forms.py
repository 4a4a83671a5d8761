"""Forms of people and posts."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from govshare.kernel.roles import Role
from govshare.organizations.models import Organization, Person
from govshare.organizations.rules import posts_of
from govshare.portal.frame.forms import Form
from govshare.portal.frame.visitor import Request

DAY = {"type": "date"}


def day(**options: Any) -> forms.DateField:
    return forms.DateField(widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d"), **options)


class Particulars(Form):
    name = forms.CharField(label=_("姓名"), max_length=60)
    duty = forms.CharField(label=_("职务"), max_length=60, required=False)
    phone = forms.CharField(label=_("联系电话"), max_length=40, required=False, help_text=_("办公电话，备案时一并报主管部门"))


class NewPerson(Particulars):
    organization = forms.UUIDField(widget=forms.HiddenInput)
    number = forms.CharField(label=_("工号"), max_length=40, help_text=_("本单位内不重复"))
    field_order = ("organization", "name", "number", "duty", "phone")


class Appointment(Form):
    role = forms.ChoiceField(label=_("岗位"))
    starts_on = day(label=_("任职起始"))
    ends_on = day(label=_("任职截止"), required=False, help_text=_("不填为长期；截止日当天仍在任"))
    document = forms.CharField(label=_("文号"), max_length=120, required=False)

    def __init__(self, request: Request, *, body: Organization, today: date) -> None:
        super().__init__(request, initial={"starts_on": today})
        _offer(self, "role", [(role.value, _(str(role.label))) for role in Role if role in posts_of(body)])


class Ending(Form):
    reason = forms.CharField(label=_("原因"), max_length=200, widget=forms.Textarea(attrs={"rows": 3}))


class StandIn(Form):
    person = forms.ChoiceField(label=_("代岗人"), help_text=_("本单位其他在册人员，以本人证书办理"))
    starts_on = day(label=_("代岗起始"))
    ends_on = day(label=_("代岗截止"), help_text=_("当天仍有效，到期自动结束"))
    reason = forms.CharField(label=_("原因"), max_length=200)

    def __init__(self, request: Request, *, colleagues: Iterable[Person], today: date) -> None:
        super().__init__(request, initial={"starts_on": today})
        _offer(self, "person", named(colleagues))


class Handover(Form):
    to = forms.ChoiceField(label=_("交接给"))
    note = forms.CharField(
        label=_("交接说明"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("纸质材料、口头约定等平台以外的事"),
    )
    leaves = forms.BooleanField(label=_("交接后离任"), required=False, initial=True, help_text=_("立即不能再登录；不勾选则只交出岗位"))

    def __init__(self, request: Request, *, colleagues: Iterable[Person]) -> None:
        super().__init__(request)
        _offer(self, "to", named(colleagues))


class Import(Form):
    file = forms.FileField(
        label=_("人员名单"),
        required=False,
        help_text=_("按模板填写的 .xlsx，最多 500 人、5 MB"),
        widget=forms.ClearableFileInput(attrs={"data-drop": ""}),
    )
    text = forms.CharField(
        label=_("或粘贴"),
        required=False,
        max_length=200_000,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 8, "class": "mono"}),
        help_text=_("从 Excel 或 WPS 连同表头一起复制"),
    )
    field_order = ("file", "text")

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not self.errors and not given.get("file") and not str(given.get("text", "")).strip():
            self.add_error("file", _("请选择文件，或粘贴名单"))
        return given


def named(people: Iterable[Person]) -> list[tuple[str, str]]:
    """For a select: id, name and number."""
    return [(str(person.pk), f"{person.name}（{person.number}）") for person in people]


def _offer(form: Form, name: str, choices: list[tuple[str, Any]]) -> None:
    field = form.fields[name]
    if isinstance(field, forms.ChoiceField):
        field.choices = choices
