"""Working on under a lapsed text needs the prolonging or replacing act on file; otherwise 演示/试行 (CD2016-42)."""

from datetime import date
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from govshare.audit.models import Entry
from govshare.duties import queries, services
from govshare.duties.models import RuleSetAct
from govshare.duties.rules import Effect
from govshare.kernel.errors import Invalid, NotFound, NotYours, WrongState
from tests.duties.world import AUTHORITY, OFFICER, at

pytestmark = [pytest.mark.django_db, pytest.mark.article("CD2016-42")]
NOW = at(2026, 9, 17)


def file(**changes):
    given = {
        "issuer": "成都市人民政府办公厅",
        "number": "成办发〔2018〕25号",
        "title": "关于延长有效期的通知",
        "effect": Effect.PROLONG,
        "valid_from": date(2018, 6, 25),
        "valid_until": None,
        "by": AUTHORITY,
        "now": NOW,
    }
    return services.file_act(**given | changes)


def test_within_its_two_years_the_text_is_in_force():
    status = queries.rule_set_status(at(2018, 6, 24, 23))

    assert (status.state, status.may_order) == ("in_force", True)
    assert "2018-06-24" in status.text


def test_a_lapsed_text_without_an_act_on_file_is_a_trial_and_gives_no_orders():
    for now in (at(2018, 6, 25, 0), NOW, at(2016, 6, 24)):
        status = queries.rule_set_status(now)

        assert (status.state, status.may_order) == ("trial", False)
        assert "演示/试行" in status.text


def test_an_act_on_file_carries_the_text_on_and_is_shown_with_issuer_and_number():
    act = file()

    status = queries.rule_set_status(NOW)

    assert (status.state, status.may_order, status.act) == ("prolonged", True, act)
    assert "成都市人民政府办公厅成办发〔2018〕25号" in status.text
    assert Entry.objects.filter(action="duties:rule-set:file").count() == 1


def test_an_act_counts_from_its_first_to_its_last_day():
    file(valid_from=date(2026, 9, 17), valid_until=date(2026, 9, 18))

    states = [queries.rule_set_status(at(2026, 9, day)).state for day in (16, 17, 18, 19)]

    assert states == ["trial", "prolonged", "prolonged", "trial"]


def test_an_act_filed_in_error_is_withdrawn_and_stays_visible():
    act = file()

    services.withdraw_act(act=act.id, reason="文号有误", by=AUTHORITY, now=NOW)

    assert queries.rule_set_status(NOW).state == "trial"
    assert RuleSetAct.objects.get().withdrawn_reason == "文号有误"
    with pytest.raises(WrongState):
        services.withdraw_act(act=act.id, reason="文号有误", by=AUTHORITY, now=NOW)
    assert file().number == act.number


def test_an_act_is_filed_once_and_only_by_the_authority():
    with pytest.raises(NotYours):
        file(by=OFFICER)
    act = file()
    with pytest.raises(WrongState, match="在档"):
        file(number="成办发[2018]25号")
    with pytest.raises(NotYours):
        services.withdraw_act(act=act.id, reason="文号有误", by=OFFICER, now=NOW)
    with pytest.raises(NotFound):
        services.withdraw_act(act=uuid4(), reason="文号有误", by=AUTHORITY, now=NOW)


@pytest.mark.parametrize("number", ["成办发〔2018〕25号", "成办发[2018] 25 号", "成办发（2018）第25号", "成都市人民政府令第99号"])
def test_the_number_is_kept_in_its_official_form(number):
    assert file(number=number).number in {"成办发〔2018〕25号", "成办发〔2018〕第25号", "成都市人民政府令第99号"}


def test_an_act_without_issuer_or_number_is_refused_with_every_fault_named():
    with pytest.raises(Invalid) as refusal:
        file(issuer=" ", number="25", title="", valid_until=date(2018, 6, 1))

    assert [fault.place for fault in refusal.value.faults] == ["issuer", "title", "number", "valid_until"]
    with pytest.raises(NotFound, match="XX2020"):
        file(rule_set="XX2020")


def test_what_an_act_says_is_not_changed_afterwards():
    act = file()

    with pytest.raises(IntegrityError, match="on file"), transaction.atomic():
        RuleSetAct.objects.filter(pk=act.pk).update(number="成办发〔2099〕1号")
