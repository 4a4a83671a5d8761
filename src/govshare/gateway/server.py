"""The gateway's server: systems with certificates, nobody else (CD2016-35). Live queries and interfaces will answer here."""

from datetime import datetime

from govshare.audit import services as audit
from govshare.kernel.actor import Actor
from govshare.kernel.clock import utc_now
from govshare.kernel.errors import NotFound, NotYours
from govshare.organizations import queries
from govshare.organizations.asgi import Receive, Scope, Send, answer, http_only, peer_of, refuse, with_database
from govshare.regulation.articles import cite


@http_only
async def application(scope: Scope, _receive: Receive, send: Send) -> None:
    """``GET /healthz`` says who is calling and that they are let in; who is not let in hears why, whatever the address."""
    now = utc_now()
    try:
        actor = await with_database(let_in, peer_of(scope), now=now)
    except NotYours as refusal:
        await refuse(send, refusal, status=403)
        return
    if (scope["method"], scope["path"]) != ("GET", "/healthz"):
        raise NotFound("网关没有这个地址", basis=cite("CD2016-24"))
    await answer(send, 200, health(actor, now))


def let_in(der: bytes, *, now: datetime) -> Actor:
    """Who calls; the refusal of somebody on file is recorded, a stranger's only logged."""
    try:
        return queries.actor_of_certificate(der=der, now=now)
    except NotYours as refusal:
        named = queries.named_by(der)
        if named is not None:
            audit.record_refusal(refusal=refusal, action="gateway:connection:open", by=named, now=now)
        raise


def health(actor: Actor, now: datetime) -> dict[str, object]:
    return {
        "status": "ok",
        "at": now.isoformat(),
        "actor": {
            "kind": actor.kind,
            "id": actor.id,
            "name": actor.name,
            "organization": actor.organization,
            "organization_name": actor.organization_name,
            "roles": sorted(actor.roles),
        },
    }
