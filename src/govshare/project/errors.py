"""What Django itself refuses, told in the form of whoever asked: problem+json to machines, a page to people."""

from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse

from govshare.api import problems
from govshare.kernel.context import REQUEST_ID
from govshare.kernel.errors import Invalid, NotFound, Refused, Unavailable
from govshare.kernel.ids import new_id
from govshare.operations.metrics import count_request
from govshare.portal.frame import refusals
from govshare.regulation.articles import cite
from govshare.regulation.conventions import convention

API = "/api/"


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if request.path.startswith(API):
        return problems.bad_request(request, exception)
    return _page(request, Invalid("请求不符合规范（主机名、大小或编码），请检查后重试", basis=convention("PC-70")), 400)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    if request.path.startswith(API):
        return problems.not_found(request, exception)
    return refusals.nowhere(request, NotFound("没有这个地址", basis=convention("PC-70")), status=404)


def forbidden(request: HttpRequest, _exception: Exception | None = None) -> HttpResponse:
    return _page(request, Invalid("请求被拒绝，请回到页面重试", basis=convention("PC-70")), 403)


def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - Django hands it by name
    """A form without the token that this site gave out: from elsewhere, or older than the browser's memory."""
    return _page(request, Invalid("这张表单已经失效（可能打开太久或来自别处），请回到页面刷新后重新提交", basis=convention("PC-70")), 403)


def server_error(request: HttpRequest) -> HttpResponse:
    if request.path.startswith(API):
        return problems.server_error(request)
    return _page(request, Unavailable("平台内部出错，请把请求编号告知运维人员", basis=cite("CD2016-34")), 500)


def _page(request: HttpRequest, refusal: Refused, status: int) -> HttpResponse:
    return refusals.shown(request, refusal, status=status)


class RequestContext:
    """Every request gets an id that evidence, log lines and answers share; what frameworks refuse by themselves is put in words."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        token = REQUEST_ID.set(str(new_id()))
        try:
            response = _in_words(request, self.get_response(request))
            response["X-Request-Id"] = REQUEST_ID.get()
            count_request(request.method or "", response.status_code)
            return response
        finally:
            REQUEST_ID.reset(token)


def _in_words(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    if response.status_code != HTTPStatus.METHOD_NOT_ALLOWED:
        return response
    allowed = sorted(response.get("Allow", "").replace(" ", "").split(","))
    if request.path.startswith(API):
        return problems.method_not_allowed(request.method or "", allowed)
    page = _page(request, Invalid("这个地址不能这样打开，请从菜单进入", basis=convention("PC-70")), 405)
    page["Allow"] = ", ".join(allowed)
    return page
