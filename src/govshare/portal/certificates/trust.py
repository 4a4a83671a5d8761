"""信任根与吊销列表: whom the platform trusts, and how late its lists are (PC-13)."""

from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from govshare.kernel.clock import utc_now
from govshare.kernel.errors import NotFound
from govshare.kernel.roles import Role
from govshare.organizations.models import TrustAnchor
from govshare.organizations.rules import IDENTITY, LATE_LIST
from govshare.organizations.services import trust as services
from govshare.portal.certificates import forms, reading
from govshare.portal.frame.answers import done, render
from govshare.portal.frame.pages import page
from govshare.portal.frame.visitor import Request

KEEPERS = (Role.SECURITY_ADMIN,)


@page("trust/", title=_("信任根与吊销列表"), basis=IDENTITY, roles=(Role.SECURITY_ADMIN, Role.AUDIT_ADMIN, Role.SYSTEM_ADMIN))
def trust(request: Request) -> HttpResponse:
    return render(request, "portal/certificates/trust.html", rows=reading.trusted(now=utc_now()), now=utc_now())


@page("trust/anchors/new/", title=_("加入签发机构"), basis=IDENTITY, roles=KEEPERS, methods=("GET", "POST"))
def trust_anchor_new(request: Request) -> HttpResponse:
    form, back = forms.Anchor(request), reverse("trust")
    if form.sent:
        with form.refusals():
            row = services.add_anchor(**form.cleaned_data, by=request.actor, now=utc_now())
            return done(request, gettext("已信任“%(name)s”。下一步：载入它的吊销列表") % {"name": row.name}, to=back)
    intro = gettext("加入后，它签发的证书才能绑定和登录；没有吊销列表的，宽限期满后一律不予放行。")
    return render(request, "portal/form.html", form=form, status=form.status, intro=intro, submit=gettext("加入"), back=back)


@page("trust/anchors/<uuid:anchor>/withdraw/", title=_("撤出签发机构"), basis=IDENTITY, roles=KEEPERS, methods=("GET", "POST"))
def trust_anchor_withdraw(request: Request, anchor: UUID) -> HttpResponse:
    row = TrustAnchor.objects.defer("der").filter(pk=anchor).first()
    if row is None:
        raise NotFound(gettext("没有这个签发机构，请核对"), basis=IDENTITY)
    form, back = forms.Reason(request), reverse("trust")
    if form.sent:
        with form.refusals():
            services.withdraw_anchor(anchor=row.pk, reason=form.cleaned_data["reason"], by=request.actor, now=utc_now())
            return done(request, gettext("已撤出，它签发的证书即刻失效"), to=back)
    title = gettext("撤出：%(name)s") % {"name": row.name}
    intro = gettext("它和它下级签发的证书即刻不能登录，业务系统的证书也在内。不能恢复。")
    return render(request, "portal/form.html", title=title, form=form, status=form.status, intro=intro, submit=gettext("撤出"), back=back)


@page("trust/lists/new/", title=_("载入吊销列表"), basis=LATE_LIST, roles=KEEPERS, methods=("GET", "POST"))
def trust_list_new(request: Request) -> HttpResponse:
    form, back = forms.List(request), reverse("trust")
    if form.sent:
        with form.refusals():
            row = services.load_list(data=form.cleaned_data["data"], by=request.actor, now=utc_now())
            return done(request, gettext("已载入“%(name)s”的吊销列表") % {"name": row.anchor.name}, to=back)
    intro = gettext("列表由谁签发由平台核验；比现行的旧、已过下次更新时间的不予载入。")
    return render(request, "portal/form.html", form=form, status=form.status, intro=intro, submit=gettext("载入"), back=back)
