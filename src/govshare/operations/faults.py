"""What a fault of the database, of the frameworks or of ours means to whoever asked: a refusal in words, and how it is logged."""

from dataclasses import dataclass

import psycopg
import structlog
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import DatabaseError, IntegrityError, InterfaceError, OperationalError
from django.http import Http404
from django.http.multipartparser import MultiPartParserError

from govshare.kernel.errors import Invalid, NotFound, Refused, Unavailable, WrongState
from govshare.regulation.articles import cite
from govshare.regulation.conventions import convention

log = structlog.get_logger("faults")


@dataclass(frozen=True, slots=True)
class Told:
    """The refusal to answer with, under which status; ``recorded``: it is the asker's act, and belongs into evidence."""

    refusal: Refused
    status: int
    recorded: bool


def told(error: Exception, *, path: str) -> Told:
    """How ``error`` is told. A fault of ours is logged with its traceback and answered without its inside."""
    match error:
        case Refused():
            return Told(error, error.status_code, recorded=True)
        case Http404():
            return Told(NotFound("没有这个地址", basis=convention("PC-70")), 404, recorded=True)
        case RequestDataTooBig() | TooManyFieldsSent() | TooManyFilesSent() | MultiPartParserError():
            return Told(Invalid("请求过大或不完整，单次不超过20 MB", basis=convention("PC-70")), 422, recorded=True)
        case IntegrityError() if isinstance(error.__cause__, psycopg.errors.UniqueViolation | psycopg.errors.ExclusionViolation):
            log.warning("crossed", path=path, constraint=error.__cause__.diag.constraint_name)
            return Told(WrongState("同一时刻已有别的改动，请刷新后再看", basis=convention("PC-70")), 409, recorded=True)
        case OperationalError() | InterfaceError() if not isinstance(error, IntegrityError):
            log.error("database unavailable", path=path, error=type(error).__name__)
            said = "数据库暂时不可用，请稍后再试；本次请求没有留下任何改动"
            return Told(Unavailable(said, basis=cite("CD2016-34")), 503, recorded=False)
        case DatabaseError() | Exception():
            log.exception("unexpected error", path=path, exc_info=error)
            said = "平台内部出错，已记录请求编号，请把编号告知运维人员；本次请求没有留下任何改动"
            return Told(Unavailable(said, basis=cite("CD2016-34")), 500, recorded=False)
