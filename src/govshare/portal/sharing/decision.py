"""The form of the provider's answer: one line for each item asked for, then terms; each place that gives less has its ground."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from govshare.catalog import queries as catalog
from govshare.catalog.models import LegalGround
from govshare.catalog.queries import ListedItem
from govshare.catalog.rules.choices import Allows
from govshare.kernel.errors import Refused
from govshare.portal.frame.visitor import Request
from govshare.portal.sharing import conditions
from govshare.portal.sharing.demand import AskedItem
from govshare.portal.sharing.fields import PlacedForm
from govshare.portal.templatetags.gx import term
from govshare.sharing.models import Demand
from govshare.sharing.rules import Because, Decision, ItemAnswer, Verdict
from govshare.sharing.rules.elements import CALLED

_ITEM = re.compile(r"items\[(\d+)\](?:\.(because)(\.quote)?)?")
_ROW = re.compile(r"conditions\[(\d+)\]")


def grounds() -> list[LegalGround]:
    """What a demand may be refused by: the register, no more."""
    return list(catalog.grounds(allows=Allows.REFUSE_SHARING))


def ground_choices(found: Iterable[LegalGround]) -> list[tuple[str, str]]:
    return [("", _("（选择法定依据）")), *((str(ground.pk), str(ground)) for ground in found)]


@dataclass(frozen=True, slots=True)
class Line:
    """One item's fields, with the item."""

    asked: AskedItem
    verdict: forms.BoundField
    head: forms.BoundField
    tail: forms.BoundField
    ground: forms.BoundField
    quote: forms.BoundField

    @property
    def errors(self) -> list[str]:
        return [str(error) for each in (self.verdict, self.head, self.tail, self.ground, self.quote) for error in each.errors]


@dataclass(frozen=True, slots=True)
class Question:
    """What is to be answered."""

    demand: Demand
    items: Sequence[AskedItem]
    listed: Sequence[ListedItem]
    grounds: Sequence[LegalGround] = field(default_factory=grounds)

    @property
    def called(self) -> bool:
        return self.demand.mode in CALLED


class DecisionForm(PlacedForm):
    ends_on = forms.DateField(
        label=gettext_lazy("截止时间"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    users = forms.MultipleChoiceField(label=gettext_lazy("使用对象"), required=False, widget=forms.CheckboxSelectMultiple)
    quota_per_day = forms.IntegerField(label=gettext_lazy("日调用量上限"), required=False, min_value=1)
    case_number_required = forms.BooleanField(label=gettext_lazy("每次使用填写办件编号"), required=False)
    ground = forms.ChoiceField(label=gettext_lazy("法定依据"), required=False, widget=forms.Select(attrs={"lang": "zh"}))
    quote = forms.CharField(label=gettext_lazy("共享条件原文摘录"), required=False, max_length=2000)
    opinion = forms.CharField(label=gettext_lazy("答复意见"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, request: Request, question: Question) -> None:
        self.question = question
        demand = question.demand
        lines = {name: made for n in range(len(question.items)) for name, made in self._line_fields(n).items()}
        super().__init__(
            request,
            more=lines | conditions.fields(request, question.listed, ()),
            initial={
                "ends_on": demand.ends_on,
                "users": demand.users,
                "quota_per_day": demand.quota_per_day,
                "case_number_required": demand.case_number_required,
                "version": demand.version,
            },
        )
        self.offer("users", [(user, user) for user in demand.users])
        self.offer("ground", ground_choices(question.grounds))
        if not question.called:
            del self.fields["quota_per_day"]

    def _line_fields(self, n: int) -> dict[str, forms.Field]:
        verdicts = [(verdict.value, term(verdict.label)) for verdict in Verdict if verdict != Verdict.QUERY_KEY or self.question.called]
        found: dict[str, forms.Field] = {
            f"v{n}": forms.ChoiceField(choices=verdicts, label=_("答复")),
            f"h{n}": forms.IntegerField(required=False, min_value=0, max_value=100, label=_("前几位")),
            f"t{n}": forms.IntegerField(required=False, min_value=0, max_value=100, label=_("后几位")),
            f"g{n}": forms.ChoiceField(choices=ground_choices(self.question.grounds), required=False, label=_("法定依据")),
            f"q{n}": forms.CharField(required=False, max_length=2000, label=_("共享条件原文摘录")),
        }
        for letter, column in {"v": "v", "g": "g", "q": "g"}.items():
            found[f"{letter}{n}"].widget.attrs["aria-labelledby"] = f"n{n} col-{column}"
        found[f"g{n}"].widget.attrs["lang"] = "zh"
        found[f"v{n}"].widget.attrs["data-answer"] = ""
        found[f"q{n}"].widget.attrs["placeholder"] = _("或摘录共享条件原文")
        return found

    @property
    def answers(self) -> list[Line]:
        return [Line(asked, *(self[f"{letter}{n}"] for letter in "vhtgq")) for n, asked in enumerate(self.question.items)]

    @property
    def lines(self) -> Iterator[Any]:
        return conditions.bound(self)

    @property
    def narrowed(self) -> bool:
        """Whether terms beyond the items were touched, or are faulty: that part of the form is open then."""
        return self.is_bound and bool(self.refusal or self.errors or self["ground"].value() or self["quote"].value())

    def decision(self) -> Decision:
        """What is answered; what stands as asked for says nothing."""
        said, demand = self.cleaned_data, self.question.demand
        rows, _lines = conditions.read(said)
        return Decision(
            items=tuple(self._answer(n, asked.row.item, said) for n, asked in enumerate(self.question.items)),
            conditions=rows,
            users=None if set(said["users"]) == set(demand.users) else tuple(said["users"]),
            quota_per_day=None if said.get("quota_per_day") == demand.quota_per_day else said.get("quota_per_day"),
            ends_on=None if said["ends_on"] == demand.ends_on else said["ends_on"],
            case_number_required=said["case_number_required"],
            because=because(said["ground"], said["quote"]),
            opinion=said["opinion"],
        )

    @staticmethod
    def _answer(n: int, item: UUID, said: Mapping[str, Any]) -> ItemAnswer:
        verdict = said[f"v{n}"]
        masked = verdict == Verdict.MASK
        return ItemAnswer(
            item=item,
            verdict=verdict,
            head=(said[f"h{n}"] or 0) if masked else 0,
            tail=(said[f"t{n}"] or 0) if masked else 0,
            because=None if verdict == Verdict.PLAIN else because(said[f"g{n}"], said[f"q{n}"]),
        )

    def take(self, refusal: Refused) -> None:
        """A refusal of what has no ground names its places in the detail (CD2016-22)."""
        super().take(refusal)
        for place, message in refusal.detail.items():
            if self.placed(place) in self.fields:
                self.add_error(self.placed(place), message)

    def placed(self, place: str) -> str:
        item, row = _ITEM.fullmatch(place), _ROW.fullmatch(place)
        if item:
            letter = "v" if not item[2] else "q" if item[3] else "g"
            return f"{letter}{item[1]}"
        if row:
            _rows, lines = conditions.read(self.cleaned_data)
            return f"c{lines[int(row[1])]}_values"
        return {"because": "ground", "because.quote": "quote"}.get(place, place)


def because(ground: str, quote: str) -> Because | None:
    """The reason that was filled in, if one was."""
    if not ground and not quote.strip():
        return None
    return Because(ground=UUID(ground) if ground else None, quote=quote.strip())
