"""The form of a demand: the five elements of CD2016-29.1 and what belongs to them. Drafts may be incomplete."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy

from govshare.catalog.queries import ListedEntry, ListedItem
from govshare.catalog.rules.choices import ItemType, Mode, Sensitivity
from govshare.portal.frame.forms import Form
from govshare.portal.frame.visitor import Request
from govshare.portal.sharing import conditions
from govshare.portal.sharing.fields import PlacedForm
from govshare.portal.templatetags.gx import term
from govshare.sharing.rules import Elements
from govshare.sharing.rules.elements import modes_offered

_PLACE = re.compile(r"(\w+)\[(\d+)\]")


class Files(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Any number of files, none included."""

    widget = Files

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        single = super().clean
        return [single(each, initial) for each in data or []]


@dataclass(frozen=True, slots=True)
class Choice:
    """One item of the entry as a line of the form."""

    item: ListedItem
    chosen: bool

    @property
    def kind(self) -> str:
        return " ".join(filter(None, [term(ItemType(self.item.type).label), str(self.item.length or "")]))

    @property
    def sensitivity(self) -> str:
        return Sensitivity(self.item.sensitivity).label


class ElementsForm(PlacedForm):
    """``elements()`` is what it says; ``listed`` the entry it is about."""

    application = forms.CharField(
        label=gettext_lazy("应用业务"), required=False, help_text=gettext_lazy("信息用在哪一项业务里，例如“企业开办联办”。")
    )
    purpose = forms.CharField(
        label=gettext_lazy("用途"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("拿到后做什么。获取的信息只能用于这一用途（第三十一条）。"),
    )
    duty_basis = forms.CharField(
        label=gettext_lazy("履职依据"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("哪部法规、三定规定或职责条款要求使用这些信息。"),
    )
    users = forms.CharField(
        label=gettext_lazy("使用对象"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("哪些岗位或系统使用，一行写一个。"),
    )
    mode = forms.ChoiceField(label=gettext_lazy("共享模式"), required=False, widget=forms.RadioSelect)
    quota_per_day = forms.IntegerField(
        label=gettext_lazy("预计日调用量"), required=False, min_value=1, help_text=gettext_lazy("只有信息查询和接口服务填写。")
    )
    ends_on = forms.DateField(
        label=gettext_lazy("截止时间"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    case_number_required = forms.BooleanField(label=gettext_lazy("每次使用填写办件编号"), required=False)
    items = forms.TypedMultipleChoiceField(label=gettext_lazy("所需信息"), required=False, coerce=UUID, empty_value=[])
    attached = FilesField(
        label=gettext_lazy("附件"),
        required=False,
        help_text=gettext_lazy("可一次选多个：三定规定、会议纪要、业务流程等。不收带密级标志的文件。"),
    )

    def __init__(self, request: Request, *, listed: ListedEntry, initial: Mapping[str, Any]) -> None:
        self.listed = listed
        standing = initial.get("conditions", ())
        more = conditions.fields(request, listed.items, standing)
        super().__init__(request, initial={**initial, **conditions.initial(standing)}, more=more)
        offered = modes_offered(listed)
        self.offer("mode", [(mode.value, term(mode.label)) for mode in Mode if mode in offered])
        self.offer("items", [(str(item.id), item.name) for item in listed.items])

    def elements(self) -> Elements:
        """What was filled in."""
        plain = {name: self.cleaned_data[name] for name in ("application", "purpose", "duty_basis", "mode", "ends_on", "quota_per_day")}
        rows, _lines = conditions.read(self.cleaned_data)
        return Elements(
            **plain,
            users=tuple(line.strip() for line in self.cleaned_data["users"].splitlines() if line.strip()),
            items=tuple(self.cleaned_data["items"]),
            conditions=rows,
            case_number_required=self.cleaned_data["case_number_required"],
        )

    def placed(self, place: str) -> str:
        found = _PLACE.match(place)
        if found is None:
            return {"file": "attached"}.get(place, place)
        if found[1] != "conditions":
            return found[1]
        _rows, lines = conditions.read(self.cleaned_data)
        return f"c{lines[int(found[2])]}_values"

    @property
    def choices(self) -> list[Choice]:
        """The entry's items, those chosen marked."""
        chosen = {str(value) for value in self["items"].value() or ()}
        return [Choice(item, str(item.id) in chosen) for item in self.listed.items]

    @property
    def lines(self) -> Iterator[Any]:
        return conditions.bound(self)

    @property
    def limited(self) -> bool:
        """Whether any row condition is filled in: the part of the form is open then."""
        return any(item.value() or values.errors for item, _operator, values in self.lines)


class TermForm(Form):
    """A renewal: the same content for longer."""

    ends_on = forms.DateField(label=gettext_lazy("新的截止时间"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    duty_basis = forms.CharField(label=gettext_lazy("履职依据"), required=False, widget=forms.Textarea(attrs={"rows": 3}))


def as_initial(elements: Elements) -> dict[str, Any]:
    """A demand's elements as the form shows them."""
    plain = asdict(elements)
    return {**plain, "users": "\n".join(elements.users), "items": list(map(str, elements.items)), "conditions": elements.conditions}


def prefilled(last: Elements | None, listed: ListedEntry, *, ends_on: date) -> dict[str, Any]:
    """What a new form begins with: the words of the department's last demand that hold for any, and what there is but one of."""
    offered = modes_offered(listed)
    mode = Mode.TABLE if Mode.TABLE in offered else next((mode for mode in Mode if mode in offered), "")
    found: dict[str, Any] = {"ends_on": ends_on, "mode": str(mode)}
    if last is not None:
        found |= {"users": "\n".join(last.users), "duty_basis": last.duty_basis, "application": last.application}
    return found
