"""Forms of the calendar, and how an announcement is typed: one line per day or span, ``2027-02-06 至 2027-02-12 春节``."""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from govshare.duties.rules import LONGEST_TERM
from govshare.kernel.clock import local_date, utc_now
from govshare.portal.frame.forms import Form

LONGEST_SPAN = 40  # days
_DAY = r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?"
_LINE = re.compile(rf"{_DAY}(?:\s*(?:至|到|~|～|—|－|-)\s*{_DAY})?[\s,，:：]*(.*)")


class DaysField(forms.CharField):
    """Text of lines to days with their names; each wrong line is told by its number."""

    def __init__(self, **options: Any) -> None:
        super().__init__(widget=forms.Textarea(attrs={"rows": 9, "class": "mono", "spellcheck": "false"}), max_length=8_000, **options)

    def clean(self, value: Any) -> Any:
        found: dict[date, str] = {}
        faults = []
        for number, line in enumerate(super().clean(value).splitlines(), start=1):
            if not line.strip():
                continue
            try:
                found |= days_of(line)
            except ValueError:
                faults.append(gettext("第 %(number)s 行看不懂：%(line)s") % {"number": number, "line": line.strip()[:60]})
        if faults:
            raise forms.ValidationError(faults)
        return found


def days_of(line: str) -> dict[date, str]:
    """One line's days; a ValueError when it is no day, or the span is too long or runs backwards."""
    match = _LINE.fullmatch(line.strip())
    if match is None:
        raise ValueError(line)
    *numbers, name = match.groups()
    first = date(*map(int, numbers[:3]))
    last = date(*map(int, numbers[3:])) if numbers[3] else first
    if not timedelta() <= last - first < timedelta(days=LONGEST_SPAN):
        raise ValueError(line)
    return {first + timedelta(days=n): name.strip() for n in range((last - first).days + 1)}


def lines_of(days: Mapping[date, str]) -> str:
    """What ``days_of`` reads, neighbours of one name joined."""
    spans: list[tuple[date, date, str]] = []
    for day, name in sorted(days.items()):
        if spans and spans[-1][2] == name and spans[-1][1] == day - timedelta(days=1):
            spans[-1] = (spans[-1][0], day, name)
        else:
            spans.append((day, day, name))
    return "\n".join(f"{first} {name}" if first == last else f"{first} 至 {last} {name}" for first, last, name in spans)


class YearForm(Form):
    year = forms.IntegerField(label=_("年度"), min_value=2016, max_value=2100)
    source = forms.CharField(
        label=_("公布文件"),
        max_length=200,
        help_text=_("名称和文号，如 《国务院办公厅关于2027年部分节假日安排的通知》国办发明电〔2026〕7号"),
    )
    holidays = DaysField(label=_("放假"), help_text=_("一行一天或一段：2027-02-06 至 2027-02-12 春节"))
    workdays = DaysField(label=_("调休上班"), required=False, help_text=_("只能是周六或周日：2027-02-14 春节"))


class DayForm(Form):
    day = forms.DateField(label=_("日期"), widget=forms.DateInput(attrs={"type": "date"}))
    becomes = forms.ChoiceField(
        label=_("改为"), choices=[("workday", _("上班")), ("holiday", _("放假"))], initial="holiday", widget=forms.RadioSelect()
    )
    name = forms.CharField(label=_("名称"), max_length=40, required=False, help_text=_("节日或事由"))
    source = forms.CharField(label=_("依据"), max_length=200, help_text=_("公布的文件名称和文号"))


class TermForm(forms.Form):
    """The counting aid: from a day, so many working days."""

    start = forms.DateField(label=_("起算日"), widget=forms.DateInput(attrs={"type": "date", "class": "fi"}, format="%Y-%m-%d"))
    days = forms.IntegerField(
        label=_("工作日"),
        min_value=1,
        max_value=LONGEST_TERM,
        widget=forms.NumberInput(attrs={"class": "fi nw", "min": 1, "max": LONGEST_TERM}),
    )

    @classmethod
    def asked(cls, given: Mapping[str, Any]) -> "TermForm":
        """As asked in the query; otherwise with today and fifteen days, the law's own term (CD2016-17)."""
        return cls(given) if "days" in given else cls(initial={"start": local_date(utc_now()), "days": 15})
