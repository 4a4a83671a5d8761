"""Refusals in the form of RFC 9457, with the words they rest on: what every server of the platform answers alike."""

from typing import Any

from govshare.kernel.context import REQUEST_ID
from govshare.kernel.errors import Invalid, Refused
from govshare.regulation.articles import Article
from govshare.regulation.conventions import Convention

TITLES = {
    "refused": "不予办理",
    "not-signed-in": "未登录或登录已失效",
    "not-yours": "无权办理",
    "not-found": "没有找到",
    "wrong-state": "状态已变化",
    "invalid": "内容有误",
    "too-many": "过于频繁",
    "unavailable": "暂时不可用",
}


def basis_of(refusal: Refused) -> dict[str, str]:
    """The article or convention, with its words."""
    basis = refusal.basis
    if isinstance(basis, Article):
        return {"kind": "article", "citation": str(basis), "text": basis.text}
    if isinstance(basis, Convention):
        return {"kind": "convention", "citation": str(basis), "text": basis.text, "serves": basis.serves}
    return {"kind": "other", "citation": str(basis)}


def as_problem(refusal: Refused, *, status: int | None = None) -> dict[str, Any]:
    """The members of a problem+json answer; ``status`` where the refusal's own does not fit."""
    problem: dict[str, Any] = {
        "type": f"urn:govshare:problem:{refusal.code}",
        "title": TITLES.get(refusal.code, TITLES["refused"]),
        "status": status or refusal.status_code,
        "detail": str(refusal),
        "instance": f"urn:uuid:{REQUEST_ID.get()}" if REQUEST_ID.get() else None,
        "basis": basis_of(refusal),
    }
    if isinstance(refusal, Invalid) and refusal.faults:
        problem["faults"] = [{"place": fault.place, "message": fault.message} for fault in refusal.faults]
    return problem
