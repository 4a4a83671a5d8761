"""A form does its work once: a second click, a reload, a way back and again are told instead of done again."""

import hashlib
from datetime import datetime, timedelta

from govshare.kernel.clock import utc_now
from govshare.kernel.errors import WrongState
from govshare.portal.frame.visitor import Request
from govshare.portal.models import SentForm
from govshare.regulation.conventions import convention

ONCE = convention("PC-83")
REMEMBERED = timedelta(days=2)  # longer than any session


AGAIN = WrongState("这张表单刚才已经提交并办成，没有重复办理；确实要再办一次的，请核对后再点一次提交", basis=ONCE)


def did_its_work(request: Request) -> bool:
    """Whether this very form was sent before and did what it says."""
    key = _key(request)
    return bool(key) and SentForm.objects.filter(key=key).exists()


def claim(request: Request) -> str:
    """Take the form for this request, in its transaction; returns what to ``release``. Raises ``WrongState`` when another
    request took it meanwhile."""
    key = _key(request)
    if key and request.visitor is not None:
        _, first = SentForm.objects.get_or_create(key=key, defaults={"sent_at": utc_now(), "sent_by": request.visitor.actor.id})
        if not first:
            raise WrongState(str(AGAIN), basis=ONCE)
    return key


def release(key: str) -> None:
    """It did not do its work after all, and may be sent again."""
    SentForm.objects.filter(key=key).delete()


def _key(request: Request) -> str:
    """Every page that is made bears a token of its own against forged forms: the same token at the same address is the same form.

    Empty for what is sent in the background (htmx): that may be sent again and again.
    """
    token = request.POST.get("csrfmiddlewaretoken", "")
    if not token or request.headers.get("HX-Request") or request.visitor is None:
        return ""
    return hashlib.sha256(f"{token} {request.path} {request.visitor.actor.id}".encode()).hexdigest()


def sweep(*, now: datetime) -> int:
    """Forget forms of days ago; return how many."""
    removed, _ = SentForm.objects.filter(sent_at__lt=now - REMEMBERED).delete()
    return removed
