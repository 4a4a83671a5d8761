"""Forms that keep what was typed, and show a service's refusal where it belongs."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, cast

from django import forms
from django.core.validators import MaxLengthValidator
from django.db import transaction
from django.utils.translation import gettext as _

from govshare.kernel.errors import Invalid, NotSignedIn, Refused
from govshare.operations.faults import told
from govshare.portal.desk import kept_forms
from govshare.portal.desk.kept_forms import Kept
from govshare.portal.frame import once, refusals
from govshare.portal.frame.visitor import Request

LONGEST = 4_000  # characters of any one field that names no limit of its own


class Form(forms.Form):
    """``Form(request, initial={…})``. In a page::

        form = DraftForm(request)
        if form.sent:
            with form.refusals():
                draft = services.…(…)
                return done(request, _("已保存"), to=…)
        return render(request, "…", form=form, status=form.status)

    A refusal inside ``refusals()`` rolls back, is recorded, and comes back as an error of the form with everything typed.
    """

    required_css_class = "required"
    error_css_class = "is-invalid"

    def __init__(self, request: Request, *, initial: Mapping[str, Any] | None = None, prefix: str | None = None) -> None:
        posted = request.method == "POST"
        data, files = (request.POST, request.FILES) if posted else (None, None)
        super().__init__(data, files, initial=dict(initial or {}), prefix=prefix, label_suffix="", use_required_attribute=False)
        self.request = request
        self.refusal: Refused | None = None
        self.status = 200
        for field in self.fields.values():
            _dress(field)
        if not posted and "restore" in request.GET:
            self._restore()

    @property
    def kept(self) -> Kept | None:
        """What lies on the writer's desk for this page since a session ended in its middle (PC-81); shown, never sent by itself."""
        visitor = self.request.visitor
        return kept_forms.kept(self.request.path, by=visitor.actor) if visitor and self.request.method == "GET" else None

    def _restore(self) -> None:
        """Begin with what was kept, in place of what the page would begin with."""
        found = self.kept
        for name, field in self.fields.items() if found else ():
            values = found.fields.get(self.add_prefix(name), []) if found else []
            if isinstance(field, forms.BooleanField):
                self.initial[name] = bool(values)
            elif isinstance(field, forms.MultipleChoiceField):
                self.initial[name] = values
            elif values and not isinstance(field, forms.FileField):
                self.initial[name] = values[0]

    @property
    def sent(self) -> bool:
        """Whether it was sent, and holds by itself; ``status`` tells if not."""
        if not self.is_bound:
            return False
        if not self.is_valid():
            self.status = 422
            return False
        if once.did_its_work(self.request):
            self.take(once.AGAIN)
            return False
        return True

    @contextmanager
    def refusals(self) -> Iterator[None]:
        """Do what the form asks for, once, all or nothing; a refusal ends the block and is shown with the form."""
        with transaction.atomic():
            claimed = once.claim(self.request)  # raised to the frame when another click is just doing it
            try:
                with transaction.atomic():
                    yield
            except NotSignedIn:
                raise
            except Exception as error:
                what = told(error, path=self.request.path)
                if not what.recorded:
                    raise
                once.release(claimed)
                refusals.record(self.request, what.refusal)
                self.take(what.refusal)

    def take(self, refusal: Refused) -> None:
        """Show ``refusal``: faults at the fields they name, the rest above the form."""
        self.refusal, self.status = refusal, refusal.status_code
        faults = refusal.faults if isinstance(refusal, Invalid) else ()
        for fault in faults:
            place = fault.place if fault.place in self.fields else None
            said = fault.message if place else f"{fault.place}：{fault.message}"
            self.add_error(place, said)

    @property
    def has_faults(self) -> bool:
        return bool(self.is_bound and self.errors)


def _dress(field: forms.Field) -> None:
    """Bootstrap's classes, a limit on length, and messages in the house's voice."""
    widget = field.widget
    match widget:
        case forms.CheckboxInput() | forms.RadioSelect() | forms.CheckboxSelectMultiple():
            css = "form-check-input"
        case forms.Select():
            css = "form-select"
        case _:
            css = "form-control"
    widget.attrs["class"] = f"{widget.attrs.get('class', '')} {css}".strip()
    if isinstance(widget, forms.DateInput):
        widget.format, widget.input_type = "%Y-%m-%d", "date"  # what browsers take, whatever the language
    if isinstance(field, forms.ChoiceField):
        _in_the_readers_language(field)
    if isinstance(field, forms.CharField) and not isinstance(field, forms.UUIDField):
        if field.max_length is None:
            field.max_length = LONGEST
            field.validators.append(MaxLengthValidator(LONGEST))
        field.validators.append(no_control_characters)
    if field.required:
        field.error_messages["required"] = _("请填写")


def _in_the_readers_language(field: forms.ChoiceField) -> None:
    """Words that rooms say in Chinese are translated; where the choice is among data, it is marked as Chinese."""
    told = [(value, _(str(label)) if label and isinstance(label, str) else label) for value, label in cast(Any, field.choices)]
    field.choices = told
    if any(isinstance(label, str) and not label.isascii() for _value, label in told):
        field.widget.attrs["lang"] = "zh"


def no_control_characters(value: str) -> None:
    if any(ord(sign) < 32 and sign not in "\t\r\n" for sign in value):
        raise forms.ValidationError(_("含有看不见的控制字符，请删去后再填"))
