"""What was being typed when the session ended is not lost, and nobody else reads it."""

from datetime import timedelta
from pathlib import Path

import pytest

from govshare.duties import services as duty_services
from govshare.kernel.errors import Invalid, Refused
from govshare.kernel.roles import Role
from govshare.portal.desk import kept_forms
from govshare.portal.models import KeptForm
from tests.cast import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.article("PC-81")]
PAGE = "/entries/new/"
TYPED = {"name": ["参保人员信息 <b>"], "modes": ["table", "query"], "csrfmiddlewaretoken": ["x" * 64], "password": ["secret"]}


@pytest.fixture
def keys(tmp_path: Path, settings: object) -> Path:
    settings.GOVSHARE_KEYS = tmp_path / "keys"
    return settings.GOVSHARE_KEYS


def test_what_was_typed_comes_back_as_it_was(cast: Cast, keys: Path):
    by = cast.actor("provider", Role.REGISTRAR)

    kept_forms.keep(page=PAGE, fields=TYPED, by=by, now=cast.now)

    kept = kept_forms.kept(PAGE, by=by)
    assert kept.fields == {"name": ["参保人员信息 <b>"], "modes": ["table", "query"]}
    assert kept_forms.pages(by) == [(PAGE, cast.now)]
    assert kept_forms.kept("/entries/other/", by=by) is None


def test_nobody_else_reads_it_and_the_database_does_not_hold_it_in_clear(cast: Cast, keys: Path):
    by = cast.actor("provider", Role.REGISTRAR)
    row = kept_forms.keep(page=PAGE, fields=TYPED, by=by, now=cast.now)

    assert kept_forms.kept(PAGE, by=cast.actor("provider", Role.REVIEWER)) is None
    assert "参保人员信息".encode() not in bytes(KeptForm.objects.get(pk=row.pk).sealed)
    KeptForm.objects.update(person=cast.person("provider", Role.REVIEWER), page="/moved/")
    assert kept_forms.kept("/moved/", by=cast.actor("provider", Role.REVIEWER)) is None


def test_without_the_key_it_is_as_if_nothing_had_been_kept(cast: Cast, keys: Path):
    by = cast.actor("provider", Role.REGISTRAR)
    kept_forms.keep(page=PAGE, fields=TYPED, by=by, now=cast.now)

    (keys / "drafts.key").unlink()

    assert kept_forms.kept(PAGE, by=by) is None
    kept_forms.keep(page=PAGE, fields=TYPED, by=by, now=cast.now)
    assert kept_forms.kept(PAGE, by=by) is not None


def test_typing_on_replaces_it_and_sending_the_form_deletes_it(cast: Cast, keys: Path):
    by = cast.actor("provider", Role.REGISTRAR)
    kept_forms.keep(page=PAGE, fields={"name": ["一"]}, by=by, now=cast.now)
    kept_forms.keep(page=PAGE, fields={"name": ["二"]}, by=by, now=cast.now)

    assert kept_forms.kept(PAGE, by=by).fields == {"name": ["二"]}
    assert kept_forms.drop(page=PAGE, by=by, now=cast.now)
    assert not kept_forms.drop(page=PAGE, by=by, now=cast.now)
    assert not KeptForm.objects.exists()


def test_it_is_forgotten_after_the_days_the_convention_names(cast: Cast, keys: Path):
    by = cast.actor("provider", Role.REGISTRAR)
    kept_forms.keep(page=PAGE, fields=TYPED, by=by, now=cast.now)
    duty_services.set_parameter(number="PC-81", value=3, reason="从严", by=cast.actor("authority", Role.AUTHORITY), now=cast.now)

    assert kept_forms.sweep(now=cast.now + timedelta(days=3)) == 0
    assert kept_forms.sweep(now=cast.now + timedelta(days=3, seconds=1)) == 1


@pytest.mark.article("CD2016-5.4")
def test_a_state_secret_is_not_kept_in_any_form(cast: Cast, keys: Path):
    with pytest.raises(Refused) as refusal:
        kept_forms.keep(page=PAGE, fields={"abstract": ["机密★10年"]}, by=cast.actor("provider", Role.REGISTRAR), now=cast.now)

    assert str(refusal.value.basis) == "CD2016-5.4"
    assert not KeptForm.objects.exists()


@pytest.mark.parametrize(("page", "text"), [(PAGE, "长" * 200_000), ("elsewhere", "短"), ("/" + "x" * 500, "短"), ("/a\0b", "短")])
def test_what_cannot_be_kept_is_said_to_be(cast: Cast, keys: Path, page: str, text: str):
    with pytest.raises(Invalid):
        kept_forms.keep(page=page, fields={"name": [text]}, by=cast.actor("provider", Role.REGISTRAR), now=cast.now)


def test_even_half_a_character_comes_back(cast: Cast, keys: Path):
    by = cast.actor("provider", Role.REGISTRAR)

    kept_forms.keep(page=PAGE, fields={"name": ["\ud83d"]}, by=by, now=cast.now)

    assert kept_forms.kept(PAGE, by=by).fields == {"name": ["\ud83d"]}


def test_one_person_keeps_no_more_than_so_many(cast: Cast, keys: Path, monkeypatch: pytest.MonkeyPatch):
    by = cast.actor("provider", Role.REGISTRAR)
    monkeypatch.setattr(kept_forms, "MOST", 2)

    for number in range(4):
        kept_forms.keep(page=f"/{number}/", fields={"n": ["x"]}, by=by, now=cast.now + timedelta(seconds=number))

    assert [page for page, _ in kept_forms.pages(by)] == ["/3/", "/2/"]
