"""Looking for a word everywhere the platform keeps anything: found where it is, and only there."""

import pytest
from django.db import connection

from govshare.demo.check import traces
from govshare.demo.check.client import Declined
from govshare.demo.check.scene import DidNotHold, Scene, declined, hold

WORD = "needle-7d1e"


@pytest.fixture
def as_owner(own_database, settings):
    place = dict(connection.settings_dict)
    place.update(USER="govshare_owner", PASSWORD="owner")
    settings.GOVSHARE_OWNER_DATABASE = place


def test_a_word_in_any_column_of_any_table_is_found(as_owner):
    assert traces.in_tables(WORD) == []

    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO organizations_challenge (id, text, opened, expires) VALUES (gen_random_uuid(), %s, now(), now())", [WORD]
        )

    assert traces.in_tables(WORD) == ["public.organizations_challenge"]


def test_a_word_in_any_file_is_found_but_not_in_the_departments_own(tmp_path):
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "web.log").write_bytes(b"\0" * 5000 + WORD.encode())
    (tmp_path / "empty").touch()
    (tmp_path / "postgres" / "frontends").mkdir(parents=True)
    (tmp_path / "postgres" / "frontends" / "page").write_text(WORD)

    assert traces.in_files(tmp_path, WORD) == ["logs/web.log"]


def test_a_step_that_should_be_refused_and_is_not_does_not_hold():
    with pytest.raises(DidNotHold, match="没有拒绝"):
        declined(lambda: None, status=403)


@pytest.mark.parametrize(("status", "basis"), [(404, "CD2016-15"), (403, "CD2016-14")])
def test_a_refusal_for_another_reason_does_not_hold(status, basis):
    def refuse():
        raise Declined(403, {"detail": "不行", "basis": {"citation": "CD2016-15"}})

    assert declined(refuse, status=403, basis="CD2016-15").basis == "CD2016-15"
    with pytest.raises(DidNotHold):
        declined(refuse, status=status, basis=basis)


def test_what_an_earlier_step_did_not_make_is_missed_by_name(tmp_path):
    scene = Scene(home=tmp_path, platform=None, authority=None, front_ends=None, run="x")
    scene["rows"] = 0

    assert scene["rows"] == 0
    with pytest.raises(DidNotHold, match="grant"):
        scene["grant"]


def test_holding_says_what_would_have_been_right():
    hold(True, "不会说")
    with pytest.raises(DidNotHold, match="应当"):
        hold([], "应当如此")
