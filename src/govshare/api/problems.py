"""Refusals as problem+json (RFC 9457), with what they rest on."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja.errors import ValidationError

from govshare.kernel.errors import Fault, Invalid, NotFound, Refused, Unavailable
from govshare.regulation.articles import cite
from govshare.regulation.conventions import convention
from govshare.regulation.problems import as_problem

LONGEST_PLACE = 100  # characters of a field's name, which may be made up
MOST_FAULTS = 100  # told at once
LONGEST_METHOD = 10  # letters; longer ones are not repeated
#: pydantic's error kinds in the reader's language; the rest say “格式不对”.
KINDS = {
    "missing": "必填",
    "extra_forbidden": "没有这个字段，请删去",
    "string_too_long": "过长，最多 {max_length} 个字符",
    "string_too_short": "过短，至少 {min_length} 个字符",
    "string_type": "应为文字",
    "string_pattern_mismatch": "格式应为 {pattern}",
    "int_parsing": "应为整数",
    "int_type": "应为整数",
    "bool_parsing": "应为 true 或 false",
    "bool_type": "应为 true 或 false",
    "uuid_parsing": "应为编号（UUID）",
    "date_from_datetime_parsing": "应为日期，形如 2026-12-31",
    "date_parsing": "应为日期，形如 2026-12-31",
    "datetime_parsing": "应为时间，形如 2026-12-31T08:00:00+08:00",
    "timezone_aware": "须写明时区，形如 2026-12-31T08:00:00+08:00",
    "enum": "应为其中之一：{expected}",
    "literal_error": "应为其中之一：{expected}",
    "greater_than_equal": "应不小于 {ge}",
    "less_than_equal": "应不大于 {le}",
    "list_type": "应为列表",
    "dict_type": "应为对象",
    "model_type": "应为对象",
    "model_attributes_type": "应为对象",
    "too_long": "过多，最多 {max_length} 项",
    "too_short": "过少，至少 {min_length} 项",
    "json_invalid": "不是有效的 JSON",
    "value_error": "{error}",
}


def as_response(refusal: Refused, *, status: int | None = None) -> HttpResponse:
    body = json.dumps(as_problem(refusal, status=status), ensure_ascii=False)
    response = HttpResponse(body, status=status or refusal.status_code, content_type="application/problem+json; charset=utf-8")
    if refusal.status_code == 401:
        response["WWW-Authenticate"] = 'Bearer realm="govshare"'
    return response


def from_validation(error: ValidationError) -> Invalid:
    """Places and what to do; never the rejected input itself, which may be what must not be kept (CD2016-5.4)."""
    faults = [Fault(_place(item["loc"]), _message(item)) for item in error.errors[:MOST_FAULTS]]
    shown = "" if len(error.errors) <= MOST_FAULTS else f"，先列出 {MOST_FAULTS} 处"
    return Invalid(f"请求内容有 {len(error.errors)} 处需要改正{shown}", basis=convention("PC-70"), faults=faults)


def _place(location: tuple[str | int, ...]) -> str:
    parts = [str(part) for part in location]
    parts = [part[:LONGEST_PLACE] for part in parts]
    return ".".join(parts[2:] if parts[:1] == ["body"] and len(parts) > 2 else parts)


def _message(item: dict[str, Any]) -> str:
    template = KINDS.get(item["type"], "格式不对")
    try:
        return template.format(**{key: str(value) for key, value in item.get("ctx", {}).items()})
    except KeyError:
        return template.partition("，")[0].partition(" {")[0]


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """What Django itself refuses: a foreign host name, a body that is too large or not what it says."""
    return as_response(Invalid("请求不符合规范（主机名、大小或编码），请检查后重试", basis=convention("PC-70")), status=400)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return as_response(NotFound("没有这个地址；机器接口的说明在 /api/v1/openapi.json", basis=convention("PC-70")))


def method_not_allowed(method: str, allowed: list[str]) -> HttpResponse:
    """The address is right, the verb is not."""
    verb = method if method.isascii() and method.isalpha() and len(method) <= LONGEST_METHOD else "这种"
    response = as_response(Invalid(f"这个地址不接受 {verb} 方法，可用：{'、'.join(allowed)}", basis=convention("PC-70")), status=405)
    response["Allow"] = ", ".join(allowed)
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    return as_response(Unavailable("平台内部出错，请把请求编号告知运维人员", basis=cite("CD2016-34")), status=500)
