"""What every request gets: an id that evidence, log lines and answers share."""

from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse

from govshare.api.problems import method_not_allowed
from govshare.kernel.context import REQUEST_ID
from govshare.kernel.ids import new_id
from govshare.operations.metrics import count_request


class RequestContext:
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
    """What the frameworks say no to by themselves, said as every other refusal is."""
    if response.status_code != HTTPStatus.METHOD_NOT_ALLOWED:
        return response
    return method_not_allowed(request.method or "", sorted(response.get("Allow", "").replace(" ", "").split(",")))
