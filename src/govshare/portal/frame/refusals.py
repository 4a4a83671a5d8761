"""A refusal as a page: what, why, by which article, and what to do. Recorded as every refusal is."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import structlog
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from govshare.audit import services as audit
from govshare.kernel.clock import utc_now
from govshare.kernel.context import REQUEST_ID
from govshare.kernel.errors import Invalid, NotSignedIn, Refused, Unavailable
from govshare.operations.faults import Told
from govshare.operations.metrics import count_refusal
from govshare.organizations import queries as organizations
from govshare.portal.desk import kept_forms
from govshare.portal.frame.visitor import COOKIE, Nowhere, Request, whoever

log = structlog.get_logger("portal")

KEPT = 200  # fields of a form carried over the end of a session
WAIT = 10  # seconds after which to try again what the platform could not do just now


def record(request: HttpRequest, refusal: Refused) -> None:
    """Into evidence, outside the transaction that it rolled back; who names nobody is counted, not recorded (PC-71)."""
    visitor = getattr(request, "visitor", None)
    if visitor is not None:
        page = getattr(request, "page", None)
        verb = "do" if request.method == "POST" else "open"
        action = f"portal:{page.name if page else 'unknown'}:{verb}"
        audit.record_refusal(refusal=refusal, action=action, by=visitor.actor, now=utc_now(), about=request.path[:200])
    count_refusal(refusal)
    log.info("refused", code=refusal.code, basis=str(refusal.basis), path=request.path)


def page(request: HttpRequest, what: Told) -> HttpResponse:
    """The refusal as a page of its own (JSON and workbooks are refused in plain text)."""
    try:
        if what.recorded:
            record(request, what.refusal)
    except Unavailable as unrecorded:  # what cannot be recorded is not answered (PC-101)
        what = Told(unrecorded, unrecorded.status_code, recorded=False)
    if getattr(request, "kind", "html") != "html":
        return HttpResponse(f"{what.refusal}（{what.refusal.basis}）", status=what.status, content_type="text/plain; charset=utf-8")
    return shown(request, what.refusal, status=what.status)


def why_not(check: Callable[[], object]) -> Refused | None:
    """The refusal's own words for a button that cannot be pressed; None when it can. Nothing was tried, so nothing is recorded."""
    try:
        check()
    except Refused as refusal:
        return refusal
    return None


def nowhere(request: HttpRequest, refusal: Refused, *, status: int) -> HttpResponse:
    """An address that is none: who is signed in keeps menu and search, to go on from there."""
    request.visitor, request.page = whoever(request), Nowhere()  # type: ignore[attr-defined]  # as a page's request has
    return shown(request, refusal, status=status)


def shown(request: HttpRequest, refusal: Refused, *, status: int) -> HttpResponse:
    """The page, within the shell for who is signed in; of a fault of ours it stands alone, and needs neither database nor session."""
    within = getattr(request, "visitor", None) is not None and status < HTTPStatus.INTERNAL_SERVER_ERROR
    context = {
        "layout": "portal/base.html" if within else "portal/solo.html",
        "advice": advice(status),
        "again": request.get_full_path() if request.method == "GET" and status in AGAIN else "",
        "refusal": refusal,
        "status": status,
        "heading": heading(status),
        "faults": refusal.faults if isinstance(refusal, Invalid) else (),
        "typed": _typed(request),
        "back": _back(request),
        "request_id": REQUEST_ID.get(),
    }
    response = _answer(request, "portal/refused.html", context, status=status)
    if status in {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}:
        response["Retry-After"] = str(WAIT)
    return response


def expired(request: Request, refusal: NotSignedIn) -> HttpResponse:
    """A form that met the end of its session: everything typed stands in the answer, to be sent again after signing in,
    and lies on the writer's own desk, should this answer be closed (PC-81)."""
    context = {
        "refusal": refusal,
        "heading": _("登录已结束"),
        "typed": _typed(request),
        "files": list(request.FILES),
        "back": request.path,
        "kept": _kept(request),
    }
    return _answer(request, "portal/expired.html", context, status=401)


def _kept(request: HttpRequest) -> bool:
    """Whether what was typed could be kept for whom the session belonged to."""
    now = utc_now()
    try:
        owner = organizations.stranded(token=request.COOKIES.get(COOKIE, ""), now=now)
        if owner is None:
            return False
        kept_forms.keep(page=request.path, fields=dict(request.POST.lists()), by=owner, now=now)
    except (Refused, DatabaseError):
        return False
    return True


def heading(status: int) -> str:
    return {
        HTTPStatus.UNAUTHORIZED: _("请先登录"),
        HTTPStatus.FORBIDDEN: _("这件事不归您办理"),
        HTTPStatus.NOT_FOUND: _("没有找到"),
        HTTPStatus.METHOD_NOT_ALLOWED: _("这个地址不能这样用"),
        HTTPStatus.CONFLICT: _("情况已经变化"),
        HTTPStatus.UNPROCESSABLE_ENTITY: _("内容需要改正"),
        HTTPStatus.BAD_REQUEST: _("请求不符合规范"),
        HTTPStatus.TOO_MANY_REQUESTS: _("请稍后再试"),
        HTTPStatus.SERVICE_UNAVAILABLE: _("暂时不可用"),
        HTTPStatus.INTERNAL_SERVER_ERROR: _("平台内部出错"),
    }.get(HTTPStatus(status), _("不予办理"))


#: Opening the same address again may help.
AGAIN = frozenset({HTTPStatus.CONFLICT, HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.INTERNAL_SERVER_ERROR})


def advice(status: int) -> str:
    """What to do next."""
    ours = _("这不是您的操作有误，本次没有留下任何改动。稍后再试；仍不行的，把请求编号告诉运维人员，他们凭编号就能查到原因。")
    return {
        HTTPStatus.FORBIDDEN: _("有几个职务的，在右上角换一个职务再试；确需办理的，请本部门分管领导任命。"),
        HTTPStatus.NOT_FOUND: _("请核对网址，或从菜单、搜索进入。它也可能已经移出，或者不归您查看。"),
        HTTPStatus.METHOD_NOT_ALLOWED: _("请从菜单进入，用页面上的按钮办理。"),
        HTTPStatus.CONFLICT: _("别人可能刚刚办过同一件事。请重新打开，看清最新情况再决定。"),
        HTTPStatus.UNPROCESSABLE_ENTITY: _("请按下面的说明改正后再提交，其余内容都还在。"),
        HTTPStatus.BAD_REQUEST: _("请回到刚才的页面，刷新之后再试。"),
        HTTPStatus.TOO_MANY_REQUESTS: _("请等一会儿再试，不要连续点击。"),
        HTTPStatus.SERVICE_UNAVAILABLE: ours,
        HTTPStatus.INTERNAL_SERVER_ERROR: ours,
    }.get(HTTPStatus(status), "")


def _answer(request: HttpRequest, template: str, context: dict[str, Any], *, status: int) -> HttpResponse:
    return HttpResponse(render_to_string(template, context, request=request), status=status)


def _typed(request: HttpRequest) -> list[tuple[str, str]]:
    """Names and values of the form that was sent; passwords are typed anew."""
    if request.method != "POST":
        return []
    try:
        sent = [(name, value) for name, values in request.POST.lists() if not kept_forms.NOT_KEPT.fullmatch(name) for value in values]
    except Exception:  # noqa: BLE001 - a body that cannot be read was told already
        return []
    return [(name, str(value)) for name, value in sent][:KEPT]


def _back(request: HttpRequest) -> str:
    """Where the visitor came from, if that is a page of ours and not this very one."""
    came = request.headers.get("Referer", "")
    ours = f"{request.scheme}://{request.headers.get('Host', '')}/"
    return came if came.startswith(ours) and came != ours.rstrip("/") + request.get_full_path() else ""
