"""Forms whose fields depend on what they are about, and whose refusals are told at the field meant."""

from collections.abc import Iterable, Mapping
from typing import Any, cast

from django import forms

from govshare.kernel.errors import Fault, Invalid, Refused
from govshare.portal.frame.forms import Form
from govshare.portal.frame.visitor import Request

Choices = Iterable[tuple[str, str]]
Fields = Mapping[str, forms.Field]


class PlacedForm(Form):
    """``more``: fields beside those of the class. ``placed`` says where a service's fault belongs on this form."""

    def __init__(
        self, request: Request, *, initial: Mapping[str, Any] | None = None, more: Mapping[str, forms.Field] | None = None
    ) -> None:
        self.__dict__["base_fields"] = {**type(self).base_fields, **(more or {})}
        super().__init__(request, initial=initial)

    def offer(self, name: str, choices: Choices) -> None:
        """What may be chosen in the field ``name``."""
        cast(forms.ChoiceField, self.fields[name]).choices = list(choices)

    def placed(self, place: str) -> str:
        """The name of the field that a service's ``place`` means."""
        return place

    def take(self, refusal: Refused) -> None:
        if isinstance(refusal, Invalid):
            refusal.faults = tuple(Fault(self.placed(fault.place), fault.message) for fault in refusal.faults)
        super().take(refusal)
