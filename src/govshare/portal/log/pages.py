"""Pages of the log: the check of everything on demand."""

from django.http import HttpResponse
from django.utils.translation import get_language, gettext_lazy

from govshare.audit import queries, services
from govshare.audit.log import LogRewound, open_log
from govshare.kernel.clock import utc_now
from govshare.kernel.roles import Role
from govshare.portal.frame.answers import render
from govshare.portal.frame.pages import page
from govshare.portal.frame.visitor import Request
from govshare.regulation.conventions import convention

CHECKED = convention("PC-62")


@page("integrity/", title=gettext_lazy("完整性校验"), basis=CHECKED, roles=(Role.AUDIT_ADMIN,), methods=("GET", "POST"))
def integrity(request: Request) -> HttpResponse:
    """Where the log stands; on demand every root is derived again from the entries, and that is recorded."""
    report = services.check(by=request.actor, now=utc_now()) if request.method == "POST" else None
    signed, head, trouble = open_log(), None, ""
    try:
        head = signed.head()
    except LogRewound as rewound:
        trouble = rewound.english if get_language() == "en" else rewound.chinese
    return render(
        request,
        "portal/log/integrity.html",
        report=report,
        checked_at=utc_now() if report else None,
        origin=signed.verification_key().name,
        key=queries.verification_key(),
        head=head,
        trouble=trouble,
        root=head.root.hex() if head else "",
        placed=queries.placed(),
        waits=queries.anything_waits(),
    )
