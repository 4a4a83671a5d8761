"""What a return asks to correct, place by place (CD2016-15, 16)."""

import json

import pytest
from django.db import IntegrityError, InternalError, transaction
from django.db.utils import DatabaseError

from govshare.audit.models import Entry as Evidence
from govshare.catalog import queries, services
from govshare.catalog.models import PlacedRemark
from govshare.catalog.rules.remarks import LONGEST, MOST, Remark
from govshare.kernel.clock import local_date
from govshare.kernel.errors import Invalid, NotYours, Refused
from govshare.kernel.roles import Role
from tests.catalog.world import Desk, filed, not_shared, version

pytestmark = pytest.mark.django_db

REMARKS = (Remark("abstract", "请写明采集范围"), Remark("items.capital.length", "请填长度"), Remark("items", "缺登记状态"))


def returned(desk: Desk, entry, remarks=REMARKS, reason=""):
    return services.return_entry(
        entry=entry.pk, reason=reason, remarks=remarks, expected_version=version(entry), by=desk.reviewer, now=desk.now
    )


def asked(desk: Desk, entry):
    return queries.entry(entry.pk, by=desk.registrar, today=local_date(desk.now)).asked


@pytest.mark.article("CD2016-15")
def test_a_reviewer_returns_an_entry_with_remarks_at_its_places(desk: Desk):
    entry = desk.draft()
    desk.submit(entry)

    returned(desk, entry)

    step = asked(desk, entry)
    assert [(row.place, row.text) for row in step.remarks.all()] == [(each.place, each.text) for each in REMARKS]
    assert step.reason == "有 3 处须修改，见逐处意见"


@pytest.mark.article("CD2016-15")
def test_remarks_are_answered_by_handing_in_again(desk: Desk):
    entry = desk.draft()
    desk.submit(entry)
    returned(desk, entry)
    desk.edit(entry, abstract="本市登记的法人单位，不含个体工商户。")
    assert asked(desk, entry) is not None

    desk.submit(entry)

    assert asked(desk, entry) is None


@pytest.mark.article("CD2016-30")
def test_remarks_stand_in_evidence_by_number_and_digest_not_by_text(desk: Desk):
    entry = desk.draft()
    desk.submit(entry)

    returned(desk, entry, reason="请修改")

    body = Evidence.objects.get(action="catalog:entry:return").body
    assert "请写明采集范围" not in body
    assert json.loads(body)["detail"]["remarks"] == "3"


@pytest.mark.parametrize(
    "remarks",
    [
        (Remark("nowhere", "改"),),
        (Remark("items.nowhere", "改"),),
        (Remark("abstract", " "),),
        (Remark("abstract", "改" * (LONGEST + 1)),),
        (Remark("abstract", "\0"),),
        (Remark("abstract", "改"),) * (MOST + 1),
    ],
)
@pytest.mark.article("CD2016-15")
def test_a_remark_names_a_place_and_says_something(desk: Desk, remarks):
    entry = desk.draft()
    desk.submit(entry)

    with pytest.raises(Invalid) as refused:
        returned(desk, entry, remarks=remarks)

    assert refused.value.faults


@pytest.mark.article("CD2016-15")
def test_a_return_says_something_at_least(desk: Desk):
    entry = desk.draft()
    desk.submit(entry)

    with pytest.raises(Invalid, match="请写明退回原因"):
        returned(desk, entry, remarks=())


@pytest.mark.article("CD2016-5.4")
def test_a_remark_bears_no_secrecy_marking(desk: Desk):
    entry = desk.draft()
    desk.submit(entry)

    with pytest.raises(Refused, match=r"秘密|涉密|保密"):
        returned(desk, entry, remarks=(Remark("abstract", "机密★"),))


@pytest.mark.article("CD2016-16")
def test_the_authority_sends_back_with_remarks_on_what_was_filed(desk: Desk):
    entry = desk.published()

    services.send_back(entry=entry.pk, remarks=REMARKS, expected_revision=filed(entry), by=desk.authority, now=desk.now)

    assert asked(desk, entry).remarks.count() == 3


@pytest.mark.article("CD2016-13.2")
def test_the_authority_returns_what_is_not_shared_with_remarks(desk: Desk):
    entry = desk.published(**not_shared())

    services.return_not_shared(
        entry=entry.pk, remarks=(Remark("ground", "该条不限制部门之间共享"),), expected_revision=1, by=desk.authority, now=desk.now
    )

    assert asked(desk, entry).remarks.get().place == "ground"


@pytest.mark.article("PC-20")
def test_why_somebody_may_not_review_is_told_beforehand_in_the_same_words(desk: Desk):
    entry = desk.draft()
    revision = desk.submit(entry)
    both = desk.cast.actor("provider", Role.REVIEWER)
    writer = type(both)(**{**{name: getattr(desk.registrar, name) for name in both.__slots__}, "roles": frozenset({Role.REVIEWER})})

    told = queries.moves.why_not("publish", revision, by=writer, now=desk.now)

    with pytest.raises(NotYours) as refused:
        services.publish(entry=entry.pk, expected_version=version(entry), by=writer, now=desk.now)
    assert str(told) == str(refused.value)
    assert queries.moves.why_not("publish", revision, by=desk.reviewer, now=desk.now) is None


@pytest.mark.article("CD2016-30")
def test_remarks_are_never_changed_or_removed(desk: Desk):
    entry = desk.draft()
    desk.submit(entry)
    returned(desk, entry)

    for attempt in (lambda rows: rows.update(text="别的"), lambda rows: rows.delete()):
        with pytest.raises((IntegrityError, InternalError, DatabaseError)), transaction.atomic():
            attempt(PlacedRemark.objects.all())
