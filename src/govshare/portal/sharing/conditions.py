"""Row conditions in a form: a few lines of item, operator, values, with room for two more than there are."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _

from govshare.catalog.queries import ListedItem
from govshare.connectors import Operator
from govshare.portal.frame.visitor import Request
from govshare.portal.templatetags.gx import term
from govshare.sharing.rules import RowCondition

MOST = 20
_SEPARATORS = str.maketrans("；\n", ";;")
WITHOUT_VALUES = frozenset({Operator.IS_NULL, Operator.NOT_NULL})
SEVERAL = frozenset({Operator.IN, Operator.BETWEEN})


def fields(request: Request, items: Sequence[ListedItem], standing: Sequence[RowCondition]) -> dict[str, forms.Field]:
    """Form fields of all lines: those that stand, or were sent, and two empty ones."""
    sent = sum(f"c{n}_item" in request.POST for n in range(MOST))
    lines = sent or min(len(standing) + 2, MOST)
    names = [("", _("（不限）")), *((str(item.id), item.name) for item in items)]
    operators = [(operator.value, term(operator.label)) for operator in Operator]
    found: dict[str, forms.Field] = {}
    for n in range(lines):
        which = {"n": n + 1}
        found[f"c{n}_item"] = forms.ChoiceField(choices=names, required=False, label=_("第 %(n)s 个条件的信息项") % which)
        found[f"c{n}_op"] = forms.ChoiceField(choices=operators, required=False, label=_("第 %(n)s 个条件的运算") % which)
        found[f"c{n}_values"] = forms.CharField(required=False, label=_("第 %(n)s 个条件的取值") % which)
        found[f"c{n}_item"].widget.attrs["lang"] = "zh"
        for name in (f"c{n}_item", f"c{n}_op", f"c{n}_values"):
            found[name].widget.attrs["aria-label"] = found[name].label
    return found


def initial(standing: Sequence[RowCondition]) -> dict[str, str]:
    """What the lines of ``standing`` say."""
    found: dict[str, str] = {}
    for n, row in enumerate(standing[:MOST]):
        found |= {f"c{n}_item": str(row.item), f"c{n}_op": row.operator, f"c{n}_values": "；".join(row.values)}
    return found


def read(cleaned: Mapping[str, Any]) -> tuple[tuple[RowCondition, ...], tuple[int, ...]]:
    """The conditions that were filled in, and the line of each."""
    rows, lines = [], []
    for n in range(MOST):
        item, operator = cleaned.get(f"c{n}_item", ""), cleaned.get(f"c{n}_op", "") or Operator.EQ
        if item:
            rows.append(RowCondition(UUID(item), operator, _values(operator, cleaned.get(f"c{n}_values", ""))))
            lines.append(n)
    return tuple(rows), tuple(lines)


def _values(operator: str, text: str) -> tuple[str, ...]:
    if operator in WITHOUT_VALUES:
        return ()
    if operator in SEVERAL:
        return tuple(part.strip() for part in text.translate(_SEPARATORS).split(";") if part.strip())
    return (text.strip(),) if text.strip() else ()


def bound(form: forms.Form) -> Iterator[tuple[forms.BoundField, forms.BoundField, forms.BoundField]]:
    """The lines, for the template."""
    for n in range(MOST):
        if f"c{n}_item" in form.fields:
            yield form[f"c{n}_item"], form[f"c{n}_op"], form[f"c{n}_values"]
