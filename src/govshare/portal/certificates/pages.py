"""数字证书: on file, about to end, bound from a file, confirmed, stopped."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from govshare.kernel.clock import local_date, utc_now
from govshare.kernel.errors import NotFound
from govshare.kernel.roles import Role
from govshare.organizations.models import CertificateStatus, Person, System
from govshare.organizations.rules import IDENTITY, RENEWAL
from govshare.organizations.services import certificates as services
from govshare.portal.certificates import forms, reading
from govshare.portal.frame.answers import done, render
from govshare.portal.frame.lists import Column, listing
from govshare.portal.frame.pages import act, page
from govshare.portal.frame.visitor import Request

#: The leader of the operating authority binds the 安全管理员's own certificate; the service looks which case it is.
BINDERS = (Role.SECURITY_ADMIN, Role.LEADER)
READERS = (Role.SECURITY_ADMIN, Role.AUDIT_ADMIN, Role.LEADER, Role.RESOURCE_ADMIN)


def _holder(row: Any) -> Any:
    return row.person or row.system


COLUMNS = (
    Column("holder", _("持有者"), lambda row: _holder(row).name, cell="portal/certificates/cells/holder.html"),
    Column("organization", _("单位"), lambda row: _holder(row).organization.short_name, cell="portal/systems/cells/organization.html"),
    Column("serial", _("序列号"), lambda row: row.serial, cell="portal/certificates/cells/serial.html"),
    Column("algorithm", _("算法"), lambda row: row.algorithm.upper()),
    Column("issuer", _("签发机构"), lambda row: row.anchor.name, cell="portal/systems/cells/organization.html"),
    Column("not_after", _("有效期至"), lambda row: local_date(row.not_after), cell="portal/certificates/cells/until.html"),
    Column("status", _("状态"), lambda row: row.get_status_display(), cell="portal/certificates/cells/status.html"),
    Column("fingerprint", _("指纹"), lambda row: row.fingerprint, only_export=True),
    Column("subject", _("主体"), lambda row: row.subject, only_export=True),
)


@page("certificates/", title=_("数字证书"), basis=IDENTITY, roles=READERS, lists=True)
def certificates(request: Request) -> HttpResponse:
    """``?state=`` a status, ``ending`` or ``over``; ``?q=``."""
    now, state, text = utc_now(), request.GET.get("state", ""), request.GET.get("q", "")
    seen = reading.visible(request.actor)
    names = [("pending", _("待确认")), ("bound", _("有效")), ("ending", _("30 天内到期")), ("over", _("已过期")), ("revoked", _("已停用"))]
    return listing(
        request,
        "portal/certificates/list.html",
        title=gettext("数字证书"),
        columns=COLUMNS,
        rows=reading.narrowed(seen, state=state, text=text, now=now),
        tabs=[(key, label, reading.narrowed(seen, state=key, text="", now=now).count()) for key, label in names],
        state=state,
        text=text,
        today=local_date(now),
        now=now,
    )


@page("certificates/bind/", title=_("绑定证书"), basis=RENEWAL, roles=BINDERS, methods=("GET", "POST"))
def certificate_bind(request: Request) -> HttpResponse:
    """First whose (``?person=`` or ``?system=``, found by ``?q=``), then the file."""
    chosen = {name: request.POST.get(name) or request.GET.get(name, "") for name in ("person", "system")}
    if not any(chosen.values()):
        text = request.GET.get("q", "")
        people, systems = reading.holders(text, by=request.actor)
        return render(request, "portal/certificates/holders.html", text=text, people=people, systems=systems, most=reading.MOST)
    holder = _chosen(**chosen)
    form = forms.Binding(request, initial=chosen)
    if form.sent:
        with form.refusals():
            given = form.cleaned_data
            row = services.bind(
                certificate=given["certificate"], person=given["person"], system=given["system"], by=request.actor, now=utc_now()
            )
            return done(request, gettext("已绑定，即刻可以登录"), to=reverse("certificate", args=[row.pk]))
    back = reverse("person" if isinstance(holder, Person) else "system", args=[holder.pk])
    title = gettext("绑定证书：%(name)s · %(organization)s") % {"name": holder.name, "organization": holder.organization.short_name}
    intro = gettext("首次使用的证书由安全管理员核对本人后绑定。一张证书、一个密钥只属于一个持有者。")
    return render(request, "portal/form.html", title=title, intro=intro, form=form, status=form.status, submit=gettext("绑定"), back=back)


def _chosen(*, person: str, system: str) -> Person | System:
    try:
        kind, key = (Person, UUID(person)) if person else (System, UUID(system))
    except ValueError:
        kind, key = Person, UUID(int=0)
    found = kind.objects.select_related("organization").filter(pk=key).first()
    if not isinstance(found, Person | System):
        raise NotFound(gettext("没有这个人员或系统，请重新选择"), basis=IDENTITY)
    return found


@page("certificates/<uuid:certificate>/", title=_("数字证书"), basis=IDENTITY)
def certificate(request: Request, certificate: UUID) -> HttpResponse:
    row, now = reading.one(certificate, by=request.actor), utc_now()
    binder = request.actor.is_one_of(BINDERS)
    holder = row.person or row.system
    stops = row.status == CertificateStatus.BOUND and (
        Role.SECURITY_ADMIN in request.actor.roles
        or str(row.person_id) == request.actor.id
        or (Role.LEADER in request.actor.roles and holder is not None and str(holder.organization_id) == request.actor.organization)
    )
    return render(
        request,
        "portal/certificates/one.html",
        certificate=row,
        holder=holder,
        left=reading.days_left(row, today=local_date(now)),
        now=now,
        today=local_date(now),
        waits=row.status == CertificateStatus.PENDING and binder,
        stops=stops,
        others=(holder.certificates.exclude(pk=row.pk).defer("der").order_by("-presented_at") if holder else []),
    )


@act("certificates/<uuid:certificate>/confirm/", title=_("确认换证"), basis=RENEWAL, roles=BINDERS)
def certificate_confirm(request: Request, certificate: UUID) -> HttpResponse:
    row = services.confirm(certificate=certificate, by=request.actor, now=utc_now())
    return done(request, gettext("已确认，这张证书即刻可以登录"), to=reverse("certificate", args=[row.pk]))


@page("certificates/<uuid:certificate>/reject/", title=_("不予确认"), basis=RENEWAL, roles=BINDERS, methods=("GET", "POST"))
def certificate_reject(request: Request, certificate: UUID) -> HttpResponse:
    return _close(request, certificate, verb="reject", title=gettext("不予确认"), said=gettext("没有确认，这张证书不能登录"))


@page("certificates/<uuid:certificate>/revoke/", title=_("停用证书"), basis=IDENTITY, methods=("GET", "POST"))
def certificate_revoke(request: Request, certificate: UUID) -> HttpResponse:
    """By the 安全管理员, the own leader, or the holder who lost it."""
    return _close(request, certificate, verb="revoke", title=gettext("停用证书"), said=gettext("已停用，正在使用的登录随即结束"))


def _close(request: Request, certificate: UUID, *, verb: str, title: str, said: str) -> HttpResponse:
    row = reading.one(certificate, by=request.actor)
    form, back = forms.Reason(request), reverse("certificate", args=[row.pk])
    if form.sent:
        with form.refusals():
            close = services.revoke if verb == "revoke" else services.reject
            close(certificate=row.pk, reason=form.cleaned_data["reason"], by=request.actor, now=utc_now())
            return done(request, said, to=back)
    intro = gettext("即时生效，不等签发机构的吊销列表；不能恢复，以后换用新密钥的证书。") if verb == "revoke" else ""
    holder = row.person or row.system
    heading = f"{title}：{holder.name if holder else ''}"
    return render(request, "portal/form.html", title=heading, intro=intro, form=form, status=form.status, submit=title, back=back)
