"""登记: a new entry, its parts one by one as a list of tasks, the self-check, and what its registrar does with the draft."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from govshare.catalog import queries as catalog
from govshare.catalog import services
from govshare.catalog.models import Revision
from govshare.catalog.queries import EntryView
from govshare.catalog.queries.contents import faults
from govshare.catalog.rules.choices import Status
from govshare.catalog.rules.contents import Content
from govshare.duties import queries as duties
from govshare.kernel.clock import utc_now
from govshare.kernel.errors import WrongState
from govshare.kernel.roles import Role
from govshare.portal.cataloguing import forms, keeping, looking, sections
from govshare.portal.cataloguing.words import Words, place_said
from govshare.portal.frame.answers import done, render
from govshare.portal.frame.pages import act, page
from govshare.portal.frame.visitor import Request
from govshare.regulation.articles import cite
from govshare.regulation.conventions import convention

REGISTER = cite("CD2016-14")
REGISTRAR = (Role.REGISTRAR,)
FORM = ("GET", "POST")


@page("entries/new/", title=_("登记资源"), basis=REGISTER, roles=REGISTRAR, methods=FORM)
def entry_new(request: Request) -> HttpResponse:
    """Name and category; the code is given at once, the rest is filled in part by part."""
    form = forms.New(request)
    if form.sent:
        with form.refusals():
            content = Content(name=form.cleaned_data["name"].strip(), node=form.cleaned_data["node"])
            entry = services.create_entry(content=content, by=request.actor, now=utc_now())
            keeping.forget(request)
            said = gettext("已登记，代码 %(code)s；请逐部分填写") % {"code": entry.code}
            return done(request, said, to=reverse("entry-tasks", args=[entry.pk]), receipt=looking.receipt_of(entry.pk))
    kept = keeping.kept(request, form)
    return render(request, "portal/cataloguing/new.html", form=form, kept=kept, status=form.status)


@page("entries/<uuid:entry>/tasks/", title=_("登记任务"), basis=REGISTER, roles=REGISTRAR)
def entry_tasks(request: Request, entry: UUID) -> HttpResponse:
    """How far each part is, what the self-check says, and the way to review."""
    view = looking.seen(request, entry)
    revision = looking.worked_on(view)
    if view.pending and view.pending.status == Status.REVIEW:
        return HttpResponseRedirect(reverse("entry", args=[entry]))
    found = _faults(view)
    remarks = tuple(view.asked.remarks.all()) if view.asked else ()
    parts = sections.progress(revision.snapshot, found, remarks)
    clocks = [duty for duty in duties.open_for(str(view.provider), now=utc_now()) if duty.about == view.code]
    return render(
        request,
        "portal/cataloguing/tasks.html",
        view=view,
        revision=revision,
        parts=parts,
        finished=sum(part.state == "done" for part in parts),
        faults=[(place_said(fault.place, revision.snapshot), fault.message, _address(entry, fault.place)) for fault in found],
        way=looking.way(view, pending=True),
        asked=looking.asked(view),
        clocks=duties.standings(clocks, now=utc_now()),
        changed=view.published is not None,
        route=view.route,
    )


def _faults(view: EntryView) -> Any:
    """Of the draft; of what is published when nothing is being worked on: rules may have moved on since."""
    if view.pending:
        return view.faults
    return faults(Revision.objects.select_related("entry", "ground", "source", "node").get(pk=looking.worked_on(view).id))


def _address(entry: UUID, place: str) -> str:
    """Where a fault is put right, down to the field."""
    section = sections.section_of(place)
    anchor = place.replace(".", "-") if section is sections.ITEMS else f"id_{place}"
    return f"{reverse(section.page, args=[entry])}#{anchor}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Clash:
    """What stands now beside what was typed, after somebody else was quicker."""

    label: str
    now: str
    typed: str


def _part(request: Request, entry: UUID, section: sections.Section, of: type[forms.Part]) -> HttpResponse:
    """One part of the entry: shown, saved, or given back with everything typed."""
    view = looking.seen(request, entry)
    base = looking.worked_on(view)
    content = base.snapshot.content
    form = of(request, content=content, version=view.version, provider=str(view.provider))
    if form.sent:
        after = replace(content, **form.changes())
        with form.refusals():
            if after != content or _outdated(view):
                version = form.cleaned_data["version"] or 0
                services.edit_entry(entry=entry, content=after, expected_version=version, by=request.actor, now=utc_now())
            keeping.forget(request)
            return done(request, gettext("已保存：%(part)s") % {"part": section.title}, to=_onward(request, entry, section))
    clash = _clash(form, content) if _stale(form) else []
    kept = keeping.kept(request, form)
    return render(
        request,
        f"portal/cataloguing/{section.page.removeprefix('entry-')}.html",
        view=view,
        section=section,
        sections=sections.SECTIONS,
        form=form,
        clash=clash,
        version=view.version,
        kept=kept,
        remarks=remarks_of(view, section),
        status=form.status,
    )


def _outdated(view: EntryView) -> bool:
    """A draft made before the authority adjusted: saving it, even unchanged, says that it was compared."""
    draft = view.pending
    return draft is not None and view.published is not None and draft.based_on != view.published.number


def _stale(form: forms.Part) -> bool:
    return isinstance(form.refusal, WrongState) and str(form.refusal.basis) == "PC-24"


def _clash(form: forms.Part, content: Content) -> list[Clash]:
    """Fields that differ between what stands now and what was typed."""
    words, typed = Words(), form.changes()
    rows = [
        Clash(
            label=str(form.fields[name].label if name in form.fields else name),
            now=words.said(name, getattr(content, name)),
            typed=words.said(name, value),
        )
        for name, value in typed.items()
        if value != getattr(content, name)
    ]
    return rows or [Clash(label=gettext("这一部分"), now=gettext("与您填写的相同"), typed=gettext("没有差别"))]


def remarks_of(view: EntryView, section: sections.Section) -> Mapping[str, list[str]]:
    """What a return asks to correct here, by field."""
    found: dict[str, list[str]] = {}
    for each in view.asked.remarks.all() if view.asked else ():
        if sections.section_of(each.place) is section:
            found.setdefault(each.place.partition(".")[0], []).append(each.text)
    return found


def _onward(request: Request, entry: UUID, section: sections.Section) -> str:
    """The next part when asked to go on, else the list of tasks."""
    if "next_part" not in request.POST:
        return reverse("entry-tasks", args=[entry])
    place = sections.SECTIONS.index(section) + 1
    following = sections.SECTIONS[place].page if place < len(sections.SECTIONS) else "entry-tasks"
    return reverse(following, args=[entry])


@page("entries/<uuid:entry>/basics/", title=_("基本信息"), basis=REGISTER, roles=REGISTRAR, methods=FORM)
def entry_basics(request: Request, entry: UUID) -> HttpResponse:
    return _part(request, entry, sections.BASICS, forms.Basics)


@page("entries/<uuid:entry>/sharing/", title=_("共享类型与条件"), basis=cite("CD2016-5"), roles=REGISTRAR, methods=FORM)
def entry_sharing(request: Request, entry: UUID) -> HttpResponse:
    return _part(request, entry, sections.SHARING, forms.Sharing)


@page("entries/<uuid:entry>/update/", title=_("更新周期"), basis=cite("CD2016-16"), roles=REGISTRAR, methods=FORM)
def entry_update(request: Request, entry: UUID) -> HttpResponse:
    return _part(request, entry, sections.UPDATING, forms.Updating)


@page("entries/<uuid:entry>/provision/", title=_("提供方式与数据来源"), basis=cite("CD2016-18"), roles=REGISTRAR, methods=FORM)
def entry_provision(request: Request, entry: UUID) -> HttpResponse:
    return _part(request, entry, sections.PROVISION, forms.Provision)


@act("entries/<uuid:entry>/submit/", title=_("提交审核"), basis=REGISTER, roles=REGISTRAR)
def entry_submit(request: Request, entry: UUID) -> HttpResponse:
    """Hand the draft in; within minutes it can be taken back."""
    revision = services.submit(entry=entry, expected_version=version_seen(request), by=request.actor, now=utc_now())
    undo = f"{reverse('entry-undo', args=[entry])}?version={revision.entry.version}"
    until = catalog.undo.until(revision, by=request.actor, now=utc_now())
    said = gettext("已提交部门审核") if until is None else gettext("已提交部门审核；几分钟之内可以收回")
    return done(request, said, to=reverse("entry", args=[entry]), receipt=looking.receipt_of(entry), undo=undo if until else "")


@act("entries/<uuid:entry>/undo/", title=_("收回刚提交的"), basis=convention("PC-80"), roles=REGISTRAR)
def entry_undo(request: Request, entry: UUID) -> HttpResponse:
    services.undo(entry=entry, expected_version=version_seen(request), by=request.actor, now=utc_now())
    return done(request, gettext("已收回，内容都在"), to=reverse("entry-tasks", args=[entry]), receipt=looking.receipt_of(entry))


@act("entries/<uuid:entry>/withdraw/", title=_("撤回提交"), basis=REGISTER, roles=REGISTRAR)
def entry_withdraw(request: Request, entry: UUID) -> HttpResponse:
    services.withdraw(entry=entry, expected_version=version_seen(request), by=request.actor, now=utc_now())
    return done(request, gettext("已撤回，可以继续修改"), to=reverse("entry-tasks", args=[entry]), receipt=looking.receipt_of(entry))


@page("entries/<uuid:entry>/discard/", title=_("放弃修改"), basis=cite("CD2016-15"), roles=REGISTRAR, methods=FORM)
def entry_discard(request: Request, entry: UUID) -> HttpResponse:
    """Give the draft up; what is published stays."""
    view = looking.seen(request, entry)
    form = forms.Confirm(request, initial={"version": view.version})
    if form.sent:
        with form.refusals():
            services.discard_draft(entry=entry, expected_version=form.cleaned_data["version"], by=request.actor, now=utc_now())
            return done(request, gettext("已放弃这一稿"), to=reverse("entry", args=[entry]), receipt=looking.receipt_of(entry))
    return render(
        request,
        "portal/form.html",
        form=form,
        title=gettext("放弃这一稿 · %(code)s") % {"code": view.code},
        intro=gettext("这一稿里的修改不再保留；已发布的内容不受影响，代码不再给别的资源用。"),
        submit=gettext("放弃这一稿"),
        back=reverse("entry-tasks", args=[entry]),
        status=form.status,
    )


@act("entries/<uuid:entry>/copy/", title=_("复制登记"), basis=REGISTER, roles=REGISTRAR)
def entry_copy(request: Request, entry: UUID) -> HttpResponse:
    """A new draft that says the same under a name of its own."""
    view = looking.seen(request, entry)
    snapshot = looking.worked_on(view).snapshot
    name = gettext("%(name)s（副本）") % {"name": snapshot.content.name[:190]}
    items = [replace(item, id=None) for item in snapshot.items]
    copy = services.create_entry(content=replace(snapshot.content, name=name), items=items, by=request.actor, now=utc_now())
    said = gettext("已复制为新的登记，代码 %(code)s；请改名") % {"code": copy.code}
    return done(request, said, to=reverse("entry-basics", args=[copy.pk]), receipt=looking.receipt_of(copy.pk))


def version_seen(request: Request) -> int:
    """The version the visitor looked at; what is no number names none that ever was."""
    asked = request.POST.get("version") or request.GET.get("version") or ""
    return int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 10 else -1


def reasoned(request: Request, entry: UUID, *, title: str, intro: str, submit: str, said: str, service: Any) -> HttpResponse:
    """An act on an entry that has to say why: its form, and ``service`` when it is sent."""
    view = looking.seen(request, entry)
    form = forms.Reason(request, initial={"version": view.version})
    if form.sent:
        with form.refusals():
            reason, version = form.cleaned_data["reason"], form.cleaned_data["version"]
            service(entry=entry, reason=reason, expected_version=version, by=request.actor, now=utc_now())
            return done(request, said, to=reverse("entry", args=[entry]), receipt=looking.receipt_of(entry))
    back = reverse("entry", args=[entry])
    return render(
        request, "portal/form.html", form=form, title=f"{title} · {view.code}", intro=intro, submit=submit, back=back, status=form.status
    )
