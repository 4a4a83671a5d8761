"""The steps of a first start, each with its state at this moment; nothing is ticked off by hand."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from django.utils.translation import gettext

from govshare.audit.models import Checkpoint
from govshare.catalog.queries import statistics
from govshare.duties import queries as duties
from govshare.duties.models import WorkYear
from govshare.kernel.clock import local_date
from govshare.kernel.roles import EXCLUSIVE, Role
from govshare.organizations import queries
from govshare.organizations.models import Appointment, CertificateStatus, Filing, Organization, Person, TrustAnchor
from govshare.organizations.queries.posts import in_force
from govshare.sources import queries as sources

State = Literal["ok", "part", "todo"]
NAMED = 5  # names that a step mentions


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """``page`` is where it is done, ``query`` what follows its address; ``who`` does it."""

    title: str
    said: str
    state: State
    who: str
    basis: str
    page: str
    query: str = ""


def platform(*, now: datetime) -> list[Step]:
    """What the whole platform needs before the first department can work."""
    return list(_platform(now))


def department(organization: Organization, *, now: datetime) -> list[Step]:
    """What one department needs before its first resource is listed."""
    return list(_department(organization, now))


def _state(done: int, of: int) -> State:
    return "ok" if of and done >= of else "part" if done else "todo"


def _platform(now: datetime) -> Iterator[Step]:
    today = local_date(now)
    yield _officers(now)
    yield from _trust(now)
    bodies = list(Organization.objects.filter(active=True, operator=False))
    yield Step(
        title=gettext("登记各部门和区（市）县"),
        said=gettext("已登记 %(n)s 个机构") % {"n": len(bodies)},
        state="ok" if bodies else "todo",
        who=gettext("系统管理员"),
        basis="PC-10",
        page="organizations",
    )
    led = set(Appointment.objects.filter(in_force(today), role=Role.LEADER, person__left_at=None).values_list("organization", flat=True))
    yield _each_body(gettext("登记各单位的分管领导"), bodies, led, who=gettext("系统管理员"), basis="PC-11", page="organizations")
    yield _certificates(None)
    years = set(WorkYear.objects.values_list("year", flat=True))
    yield Step(
        title=gettext("载入工作日历"),
        said=gettext("已载入：%(years)s") % {"years": "、".join(map(str, sorted(years)[-3:])) or gettext("没有")},
        state="ok" if today.year in years else "todo",
        who=gettext("主管部门经办人"),
        basis="PC-05",
        page="calendar",
    )
    rule_set = duties.rule_set_status(now)
    yield Step(
        title=gettext("存档现行规则的依据"),
        said=rule_set.text,
        state="todo" if rule_set.state == "trial" else "ok",
        who=gettext("主管部门经办人"),
        basis="CD2016-42",
        page="rules",
    )
    yield Step(
        title=gettext("存证日志签出第一个检查点"),
        said=gettext("已签出") if Checkpoint.objects.exists() else gettext("还没有；平台的后台进程运行一分钟内会签出"),
        state="ok" if Checkpoint.objects.exists() else "todo",
        who=gettext("平台"),
        basis="CD2016-26",
        page="log",
    )


def _officers(now: datetime) -> Step:
    body, today = queries.operator(), local_date(now)
    wanted = [*sorted(EXCLUSIVE), Role.AUTHORITY]
    missing = [role for role in wanted if body is None or not queries.holders(organization=body.pk, role=role, on=today)]
    named = "、".join(gettext(str(role.label)) for role in missing)
    return Step(
        title=gettext("主管部门的三员和经办人在任"),
        said=gettext("还缺：%(roles)s") % {"roles": named} if missing else gettext("三员由三个人担任，经办人在任"),
        state=_state(len(wanted) - len(missing), len(wanted)),
        who=gettext("主管部门分管领导"),
        basis="PC-11",
        page="people",
        query=f"?organization={body.pk}" if body else "",
    )


def _trust(now: datetime) -> Iterator[Step]:
    anchors = TrustAnchor.objects.filter(withdrawn_at=None).count()
    late = queries.late_lists(now=now)
    yield Step(
        title=gettext("信任城市数字证书的签发机构"),
        said=gettext("已信任 %(n)s 个") % {"n": anchors},
        state="ok" if anchors else "todo",
        who=gettext("安全管理员"),
        basis="CD2016-35",
        page="trust",
    )
    names = "、".join(case.anchor.name for case in late[:NAMED])
    yield Step(
        title=gettext("载入现行的吊销列表"),
        said=gettext("逾期或没有：%(names)s") % {"names": names} if late else gettext("都在期内"),
        state=_state(anchors - len(late), anchors),
        who=gettext("安全管理员"),
        basis="PC-13",
        page="trust",
    )


def _each_body(title: str, bodies: list[Organization], done: set[UUID], *, who: str, basis: str, page: str) -> Step:
    missing = [body.short_name for body in bodies if body.pk not in done]
    named = "、".join(missing[:NAMED]) + (gettext(" 等") if len(missing) > NAMED else "")
    said = (
        gettext("还差 %(n)s 个：%(names)s") % {"n": len(missing), "names": named}
        if missing
        else gettext("%(n)s 个单位都有") % {"n": len(bodies)}
    )
    return Step(title=title, said=said, state=_state(len(bodies) - len(missing), len(bodies)), who=who, basis=basis, page=page)


def _certificates(organization: Organization | None) -> Step:
    """Of everybody who holds a post, on the platform or in one department."""
    holders = Person.objects.filter(left_at=None, appointments__ended_at=None, appointments__isnull=False).distinct()
    if organization is not None:
        holders = holders.filter(organization=organization)
    count = holders.count()
    bound = holders.filter(certificates__status=CertificateStatus.BOUND).count()
    return Step(
        title=gettext("给在岗人员绑定证书"),
        said=gettext("%(count)s 名在岗人员中 %(bound)s 名已绑定") % {"count": count, "bound": bound},
        state=_state(bound, count),
        who=gettext("安全管理员"),
        basis="PC-16",
        page="certificate-bind" if organization is None else "people",
    )


def _department(body: Organization, now: datetime) -> Iterator[Step]:
    today = local_date(now)
    held = set(Appointment.objects.filter(in_force(today), organization=body, person__left_at=None).values_list("role", flat=True))
    for role, who, basis in (
        (Role.LEADER, gettext("系统管理员"), "PC-11"),
        (Role.REGISTRAR, gettext("分管领导"), "CD2016-15"),
        (Role.REVIEWER, gettext("分管领导"), "CD2016-15"),
        (Role.RESOURCE_ADMIN, gettext("分管领导"), "CD2016-29.1"),
    ):
        yield Step(
            title=gettext("确定%(role)s") % {"role": gettext(str(role.label))},
            said=gettext("在任") if role in held else gettext("还没有在任的"),
            state="ok" if role in held else "todo",
            who=who,
            basis=basis,
            page="people",
        )
    yield _filed(body, now)
    yield _certificates(body)
    yield _front(body)
    yield from _catalog(body)


def _filed(body: Organization, now: datetime) -> Step:
    owed = [duty for duty in duties.open_for(str(body.pk), now=now) if duty.kind == "organizations:filing"]
    filed = Filing.objects.filter(organization=body).exclude(status="returned").exists()
    return Step(
        title=gettext("信息资源管理员报主管部门备案"),
        said=gettext("还有 %(n)s 项要报") % {"n": len(owed)} if owed else gettext("已报备") if filed else gettext("确定之后报备"),
        state="part" if owed and filed else "ok" if filed and not owed else "todo",
        who=gettext("信息资源管理员"),
        basis="CD2016-29.2",
        page="filings",
    )


def _front(body: Organization) -> Step:
    fronts = sources.of_organization(body.pk)
    passed = [front for front in fronts if front.test_passed]
    return Step(
        title=gettext("登记并测试前置交换数据库"),
        said=gettext("登记 %(n)s 个，测试通过 %(passed)s 个") % {"n": len(fronts), "passed": len(passed)},
        state=_state(len(passed), len(fronts)) if fronts else "todo",
        who=gettext("信息资源管理员"),
        basis="PC-26",
        page="sources",
    )


def _catalog(body: Organization) -> Iterator[Step]:
    now = statistics.standing(providers=[body.pk])
    begun = now.drafts + now.in_review + now.published
    yield Step(
        title=gettext("登记第一条信息资源"),
        said=gettext("草稿 %(drafts)s 条，审核中 %(review)s 条，已发布 %(published)s 条")
        % {"drafts": now.drafts, "review": now.in_review, "published": now.published},
        state="ok" if now.published else "part" if begun else "todo",
        who=gettext("目录登记人员"),
        basis="CD2016-14",
        page="entries",
    )
    yield Step(
        title=gettext("列入共享目录并提供访问接口"),
        said=gettext("列入 %(listed)s 条，其中 %(without)s 条还没有接口") % {"listed": now.listed, "without": now.without_interface},
        state="ok" if now.listed and not now.without_interface else "part" if now.listed else "todo",
        who=gettext("信息资源管理员"),
        basis="CD2016-19",
        page="entries",
    )
