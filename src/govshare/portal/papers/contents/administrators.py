"""信息资源管理员备案表: what a department told its authority about one resource administrator (CD2016-29.2)."""

from datetime import datetime
from uuid import UUID

from govshare.kernel.actor import Actor
from govshare.kernel.errors import NotFound
from govshare.organizations.models import Filing, FilingChange, FilingStatus, Person
from govshare.organizations.rules import FILING
from govshare.papers.rules.forms import Form, Line, Opinion
from govshare.papers.rules.kinds import PaperKind
from govshare.portal.papers.contents.prepared import Prepared, day, listing, moment, shown, signed


def administrator_form(matter: UUID, *, by: Actor, now: datetime) -> Prepared:  # noqa: ARG001 - every builder is told when
    """The filing as it was made, and the authority's answer; to the two of them alone."""
    filing = Filing.objects.select_related("organization", "authority").filter(pk=matter).first()
    if filing is None or by.organization not in {str(filing.organization_id), str(filing.authority_id)}:
        raise NotFound("没有这份备案，或者您无权查看，请核对编号", basis=FILING)
    form = Form(
        heading=PaperKind.ADMINISTRATOR.label,
        subject=f"{filing.organization.name}信息资源管理员 {filing.name}",
        lines=_lines(filing),
        opinions=(Opinion("报备部门意见（第二十九条第二款）"), _answer(filing)),
        notes=(
            "依据《成都市政务信息资源共享管理暂行办法》第二十九条第二款，人员变动应及时更新备案。",
            f"存证回执：{listing([filing.receipt] if filing.receipt else [])}",
        ),
        seals=(f"{filing.organization.name}（盖章）", f"{filing.authority.name}（盖章）"),
    )
    sides = (str(filing.organization_id), str(filing.authority_id))
    return Prepared(kind=PaperKind.ADMINISTRATOR, about=str(filing.pk), form=form, parties=sides)


def _lines(filing: Filing) -> tuple[Line, ...]:
    pairs = {
        "报备部门": filing.organization.name,
        "受理备案的信息化主管部门": filing.authority.name,
        "信息资源管理员": filing.name,
        "职务": shown(filing.duty),
        "联系电话": shown(filing.phone),
        "变动事项": FilingChange(filing.change).label,
        "生效日期": day(filing.effective_on),
        "报备人及时间": f"{_name(filing.filed_by)} {moment(filing.filed_at)}",
        "备案状态": FilingStatus(filing.status).label,
    }
    return tuple(Line(label, text) for label, text in pairs.items())


def _answer(filing: Filing) -> Opinion:
    label = "信息化主管部门备案意见"
    if filing.answered_at is None:
        return Opinion(label)
    text = f"{FilingStatus(filing.status).label}。{filing.answer}".strip()
    return Opinion(label, text, signed(_name(filing.answered_by), filing.authority.name, filing.answered_at))


def _name(person: str) -> str:
    """Who acted, by the id that was kept."""
    found = Person.objects.filter(pk=person).first()
    return found.name if found else ""
