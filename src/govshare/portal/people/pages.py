"""人员与任职: the own people, one person, and what the 分管领导 and the 系统管理员 do with posts."""

from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from govshare.kernel.clock import local_date, utc_now
from govshare.kernel.errors import NotFound, Refused
from govshare.kernel.roles import Role
from govshare.organizations.models import Appointment, Handover, Organization, Person
from govshare.organizations.queries.trust import certificates_of
from govshare.organizations.rules import APPOINTMENTS, IDENTITY, STAND_IN, WHO_APPOINTS, check_keeper
from govshare.organizations.services import appointments, people
from govshare.portal.bodies import reading
from govshare.portal.frame.answers import done, render
from govshare.portal.frame.lists import Column, listing
from govshare.portal.frame.pages import act, page
from govshare.portal.frame.visitor import Request
from govshare.portal.people import forms, passing

KEEPERS = (Role.SYSTEM_ADMIN, Role.LEADER)

COLUMNS = (
    Column("name", _("姓名"), lambda row: row.name, cell="portal/people/cells/name.html"),
    Column("number", _("工号"), lambda row: row.number, css="mono"),
    Column("duty", _("职务"), lambda row: row.duty),
    Column("posts", _("岗位"), lambda row: [str(post.get_role_display()) for post in row.posts], cell="portal/people/cells/posts.html"),
    Column("phone", _("电话"), lambda row: row.phone, css="nowrap"),
    Column(
        "certificate", _("证书"), lambda row: row.bound[0].not_after if row.bound else None, cell="portal/people/cells/certificate.html"
    ),
    Column("id", _("编号"), lambda row: row.pk, only_export=True),
)


@page("people/", title=_("人员与任职"), basis=IDENTITY, lists=True, name="people")
def people_list(request: Request) -> HttpResponse:
    """Of the own organization, or of ``?organization=`` where one may look."""
    body, today = body_asked_for(request), local_date(utc_now())
    return listing(
        request,
        "portal/people/list.html",
        title=gettext("人员与任职"),
        columns=COLUMNS,
        rows=reading.roster(body, on=today),
        body=body,
        today=today,
        vacancies=reading.vacancies(body, on=today) if body.active else [],
        keeper=_keeps(request, body),
    )


@page("people/new/", title=_("登记人员"), basis=WHO_APPOINTS, roles=KEEPERS, methods=("GET", "POST"))
def person_new(request: Request) -> HttpResponse:
    body = body_asked_for(request)
    form = forms.NewPerson(request, initial={"organization": body.pk})
    back = f"{reverse('people')}?organization={body.pk}"
    if form.sent:
        with form.refusals():
            person = people.add(**form.cleaned_data, by=request.actor, now=utc_now())
            return done(
                request, gettext("已登记“%(name)s”。下一步：任命岗位") % {"name": person.name}, to=reverse("person", args=[person.pk])
            )
    title = gettext("登记人员：%(name)s") % {"name": body.short_name}
    return render(request, "portal/form.html", title=title, form=form, status=form.status, submit=gettext("登记"), back=back)


@page("people/<uuid:person>/", title=_("人员"), basis=IDENTITY)
def person(request: Request, person: UUID) -> HttpResponse:
    """Somebody's posts, stand-ins, certificates and what was handed over."""
    somebody, today = reading.person(person, by=request.actor), local_date(utc_now())
    posts = somebody.appointments.select_related("organization").prefetch_related("stand_ins__person").order_by("-starts_on", "-id")
    return render(
        request,
        "portal/people/one.html",
        person=somebody,
        today=today,
        current=[post for post in posts if post.ended_at is None and (post.ends_on is None or post.ends_on >= today)],
        past=[post for post in posts if post.ended_at is not None or (post.ends_on is not None and post.ends_on < today)],
        stands_in=somebody.standing_in.select_related("appointment__person").order_by("-starts_on"),
        certificates=certificates_of(somebody),
        handovers=_handovers(somebody),
        keeper=_keeps(request, somebody.organization) and somebody.left_at is None,
    )


@page("people/<uuid:person>/edit/", title=_("更正人员信息"), basis=WHO_APPOINTS, roles=KEEPERS, methods=("GET", "POST"))
def person_edit(request: Request, person: UUID) -> HttpResponse:
    somebody = reading.person(person, by=request.actor)
    form = forms.Particulars(request, initial={"name": somebody.name, "duty": somebody.duty, "phone": somebody.phone})
    back = reverse("person", args=[somebody.pk])
    if form.sent:
        with form.refusals():
            people.correct(person=somebody.pk, **form.cleaned_data, by=request.actor, now=utc_now())
            return done(request, gettext("已更正；担任信息资源管理员的，变动须报备案"), to=back)
    title = gettext("更正：%(name)s") % {"name": somebody.name}
    return render(request, "portal/form.html", title=title, form=form, status=form.status, submit=gettext("保存"), back=back)


@page("people/<uuid:person>/appoint/", title=_("任命"), basis=WHO_APPOINTS, roles=KEEPERS, methods=("GET", "POST"), name="appointment-new")
def appointment_new(request: Request, person: UUID) -> HttpResponse:
    somebody, today = reading.person(person, by=request.actor), local_date(utc_now())
    form, back = forms.Appointment(request, body=somebody.organization, today=today), reverse("person", args=[somebody.pk])
    if form.sent:
        with form.refusals():
            given = form.cleaned_data | {"role": Role(form.cleaned_data["role"])}
            appointments.appoint(person=somebody.pk, organization=somebody.organization_id, **given, by=request.actor, now=utc_now())
            return done(request, gettext("已任命；信息资源管理员须报主管部门备案"), to=back)
    title = gettext("任命：%(name)s") % {"name": somebody.name}
    intro = gettext("分管领导由系统管理员登记；其他岗位由本单位分管领导任命。不能任命自己。")
    return render(request, "portal/form.html", title=title, intro=intro, form=form, status=form.status, submit=gettext("任命"), back=back)


@page("appointments/<uuid:appointment>/end/", title=_("结束任命"), basis=WHO_APPOINTS, roles=KEEPERS, methods=("GET", "POST"))
def appointment_end(request: Request, appointment: UUID) -> HttpResponse:
    post = _post(request, appointment)
    form, back = forms.Ending(request), reverse("person", args=[post.person_id])
    if form.sent:
        with form.refusals():
            appointments.end(appointment=post.pk, reason=form.cleaned_data["reason"], by=request.actor, now=utc_now())
            return done(request, gettext("任命已结束，正在使用的登录随即失效"), to=back)
    title = gettext("结束任命：%(name)s · %(role)s") % {"name": post.person.name, "role": gettext(post.get_role_display())}
    intro = gettext("立即生效；由他人代岗的一并结束。在办事项仍由本单位继续办理。")
    return render(
        request, "portal/form.html", title=title, intro=intro, form=form, status=form.status, submit=gettext("结束任命"), back=back
    )


@page("appointments/<uuid:appointment>/stand-in/", title=_("安排代岗"), basis=STAND_IN, roles=KEEPERS, methods=("GET", "POST"))
def appointment_stand_in(request: Request, appointment: UUID) -> HttpResponse:
    post, today = _post(request, appointment), local_date(utc_now())
    form = forms.StandIn(request, colleagues=_colleagues(post.person), today=today)
    back = reverse("person", args=[post.person_id])
    if form.sent:
        with form.refusals():
            appointments.stand_in(appointment=post.pk, **form.cleaned_data, by=request.actor, now=utc_now())
            return done(request, gettext("已安排代岗，到期自动结束"), to=back)
    title = gettext("代岗：%(name)s · %(role)s") % {"name": post.person.name, "role": gettext(post.get_role_display())}
    return render(request, "portal/form.html", title=title, form=form, status=form.status, submit=gettext("安排代岗"), back=back)


@act("stand-ins/<uuid:stand_in>/end/", title=_("结束代岗"), basis=STAND_IN, roles=KEEPERS, name="appointment-stand-in-end")
def stand_in_end(request: Request, stand_in: UUID) -> HttpResponse:
    row = appointments.end_stand_in(stand_in=stand_in, by=request.actor, now=utc_now())
    return done(request, gettext("代岗已结束"), to=reverse("person", args=[row.appointment.person_id]))


@page("people/<uuid:person>/hand-over/", title=_("交接"), basis=APPOINTMENTS, roles=KEEPERS, methods=("GET", "POST"))
def person_hand_over(request: Request, person: UUID) -> HttpResponse:
    """What is handed over, and to whom."""
    somebody, now = reading.person(person, by=request.actor), utc_now()
    form, back = forms.Handover(request, colleagues=_colleagues(somebody)), reverse("person", args=[somebody.pk])
    if form.sent:
        with form.refusals():
            people.hand_over(person=somebody.pk, **form.cleaned_data, by=request.actor, now=now)
            return done(request, gettext("已交接：岗位即日起由接手人担任"), to=back)
    left = passing.of(somebody, on=local_date(now))
    return render(request, "portal/people/hand_over.html", person=somebody, passing=left, form=form, status=form.status, back=back)


def body_asked_for(request: Request) -> Organization:
    """The own organization, or the one asked for; as if there were none when one may not look."""
    wanted = request.POST.get("organization") or request.GET.get("organization") or request.actor.organization
    body = reading.one(_id(wanted))
    if not reading.sees_people(request.actor, body):
        raise NotFound(gettext("人员名单只有本单位、其主管部门和平台三员可以查看"), basis=IDENTITY)
    return body


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)


def _post(request: Request, appointment: UUID) -> Appointment:
    found = Appointment.objects.select_related("person__organization", "organization").filter(pk=appointment).first()
    if found is None or not reading.sees_people(request.actor, found.organization):
        raise NotFound(gettext("没有这项任命，请核对"), basis=APPOINTMENTS)
    return found


def _colleagues(of: Person) -> list[Person]:
    return list(Person.objects.filter(organization=of.organization_id, left_at=None).exclude(pk=of.pk).order_by("added_at", "id"))


def _handovers(of: Person) -> list[Handover]:
    found = [*of.handovers.select_related("to"), *of.takeovers.select_related("person")]
    return sorted(found, key=lambda each: each.handed_at, reverse=True)


def _keeps(request: Request, body: Organization) -> bool:
    """Whether the buttons are for the visitor."""
    try:
        check_keeper(request.actor, body.pk)
    except Refused:
        return False
    return body.active
