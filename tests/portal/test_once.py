"""A form does its work once."""

from datetime import timedelta

import pytest
from django import forms
from django.http import HttpResponse
from django.test import RequestFactory

from govshare.kernel.clock import utc_now
from govshare.kernel.errors import Invalid, WrongState
from govshare.kernel.roles import Role
from govshare.organizations.queries import open_session
from govshare.portal.frame import once
from govshare.portal.frame.forms import Form
from govshare.portal.frame.pages import INPUT
from govshare.portal.frame.visitor import Visitor
from govshare.portal.models import SentForm
from tests.portal.conftest import Site


class Wish(Form):
    wish = forms.CharField()


def send(site: Site, *, token: str, wish: str = "一件", **headers: str):
    visitor = site.visitor("provider", Role.REGISTRAR)
    request = RequestFactory(headers=headers).post("/wishes/", {"csrfmiddlewaretoken": token, "wish": wish})
    request.visitor = Visitor(visitor.token, open_session(token=visitor.token, now=utc_now()))
    return request


def granted(request, done: list[str]) -> Form | HttpResponse:
    form = Wish(request)
    if form.sent:
        with form.refusals():
            if form.cleaned_data["wish"] == "不可能":
                raise Invalid("办不到", basis=INPUT)
            done.append(form.cleaned_data["wish"])
            return HttpResponse(status=302)
    return form


@pytest.mark.article("PC-83")
def test_the_same_form_sent_twice_does_its_work_once(site: Site):
    done: list[str] = []

    first, second = (granted(send(site, token="a" * 64), done) for _ in range(2))

    assert isinstance(first, HttpResponse)
    assert isinstance(second, Form) and isinstance(second.refusal, WrongState) and second.status == 409
    assert done == ["一件"]


@pytest.mark.article("PC-83")
def test_a_form_that_was_refused_may_be_sent_again(site: Site):
    done: list[str] = []

    refused = granted(send(site, token="b" * 64, wish="不可能"), done)
    again = granted(send(site, token="b" * 64, wish="可能"), done)

    assert isinstance(refused, Form) and refused.status == 422
    assert isinstance(again, HttpResponse)
    assert done == ["可能"]


@pytest.mark.article("PC-83")
def test_a_page_made_anew_is_another_form_and_what_is_sent_in_the_background_is_none(site: Site):
    done: list[str] = []

    for token, headers in (("c" * 64, {}), ("d" * 64, {}), ("d" * 64, {"HX-Request": "true"}), ("d" * 64, {"HX-Request": "true"})):
        granted(send(site, token=token, **headers), done)

    assert len(done) == 4


def test_sent_forms_are_forgotten_after_some_days(site: Site):
    granted(send(site, token="e" * 64), [])

    early, late = once.sweep(now=utc_now()), once.sweep(now=utc_now() + timedelta(days=3))

    assert (early, late, SentForm.objects.count()) == (0, 1, 0)
