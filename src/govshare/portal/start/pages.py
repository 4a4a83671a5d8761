"""首次启用: the steps of the platform for those who run it, of the department for its people."""

from collections.abc import Sequence

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from govshare.kernel.clock import utc_now
from govshare.kernel.roles import Role
from govshare.organizations import queries
from govshare.portal.frame.answers import render
from govshare.portal.frame.pages import page
from govshare.portal.frame.visitor import Request
from govshare.portal.start import steps
from govshare.portal.start.steps import Step
from govshare.regulation.articles import cite

RUNS_IT = {Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN, Role.AUTHORITY}


@page("start/", title=_("首次启用"), basis=cite("CD2016-35"))
def start(request: Request) -> HttpResponse:
    """State at this moment; a leader of the operating authority sees both lists."""
    by, now = request.actor, utc_now()
    body = queries.get(by.organization)
    runs = body.operator and by.is_one_of(RUNS_IT | {Role.LEADER})
    lists: list[tuple[str, str, Sequence[Step]]] = []
    if runs:
        lists.append(("platform", "", steps.platform(now=now)))
    if not by.is_one_of({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN}):
        lists.append(("department", body.name, steps.department(body, now=now)))
    shown = [
        {"kind": kind, "name": name, "steps": found, "done": sum(step.state == "ok" for step in found), "of": len(found)}
        for kind, name, found in lists
    ]
    return render(request, "portal/start/start.html", lists=shown)
