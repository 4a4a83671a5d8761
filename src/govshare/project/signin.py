"""Certificate sign-in on a port of its own, so that the portal's port asks no browser for a certificate (CD2016-35).

``GET /`` hands a person over to the portal by a one-time ticket; ``POST /session`` gives a machine its session token.
"""

from django.conf import settings

from govshare.kernel.clock import utc_now
from govshare.kernel.errors import NotFound
from govshare.organizations import services
from govshare.organizations.asgi import Receive, Scope, Send, answer, http_only, peer_of, with_database
from govshare.regulation.articles import cite


@http_only
async def application(scope: Scope, _receive: Receive, send: Send) -> None:
    match scope["method"], scope["path"]:
        case "GET", "/":
            ticket = await with_database(services.open_ticket, certificate_der=peer_of(scope), now=utc_now())
            await answer(send, 303, None, headers=[(b"location", f"{portal(scope)}/signin/ticket/{ticket}".encode())])
        case "POST", "/session":
            signed_in = await with_database(services.sign_in, certificate_der=peer_of(scope), now=utc_now())
            await answer(send, 201, as_json(signed_in))
        case _:
            raise NotFound("证书登录端口没有这个地址，请访问首页", basis=cite("CD2016-35"))


def portal(scope: Scope) -> str:
    """Where the portal is, under the name the visitor used if that is one of ours: never a redirect to somewhere else."""
    asked = next((value.decode("latin-1") for name, value in scope["headers"] if name == b"host"), "")
    host = asked.rpartition(":")[0] if ":" in asked.rpartition("]")[2] else asked
    if host.strip("[]") not in settings.ALLOWED_HOSTS:
        host = settings.ALLOWED_HOSTS[0]
    return f"https://{host}:{settings.GOVSHARE_PORTAL_PORT}"


def as_json(signed_in: services.SignedIn) -> dict[str, object]:
    actor = signed_in.actor
    return {
        "token": signed_in.token,
        "expires_at": signed_in.expires_at.isoformat(),
        "actor": {
            "kind": actor.kind,
            "id": actor.id,
            "name": actor.name,
            "organization": actor.organization,
            "organization_name": actor.organization_name,
            "roles": sorted(actor.roles),
            "standing_in_for": actor.standing_in_for,
        },
        "standings": [{"id": standing.id, "role": standing.appointment.role} for standing in signed_in.standings],
    }
