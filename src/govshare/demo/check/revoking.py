"""A revoked certificate is refused within a second, on open sessions too (CD2016-35)."""

import base64
import time

from govshare.demo.authority import Identity
from govshare.demo.check.client import Declined, Session, sign_in_by_tls
from govshare.demo.check.scene import DidNotHold, Scene, declined, hold
from govshare.demo.check.steps import Part
from govshare.demo.roster import AUTHORITY, LAND, Body
from govshare.kernel.clock import utc_now
from govshare.kernel.roles import Role

PART = Part()
WITHIN = 1.0  # seconds


@PART.step("平台停用的证书一秒内被拒，已登录的会话同时结束", "CD2016-35")
def stopped(scene: Scene) -> str:
    identity, number, session = _second_certificate(scene, LAND, Role.REVIEWER)
    guard = scene.session(AUTHORITY, Role.SECURITY_ADMIN)
    guard.post(f"/certificates/{number}/revoke", {"reason": "演示：证书遗失"})
    took = _until_refused(session)
    declined(lambda: sign_in_by_tls(scene.platform, identity), status=403)
    return f"{took:.2f} 秒"


@PART.step("签发机构吊销的证书，载入吊销列表后一秒内被拒", "CD2016-35")
def listed(scene: Scene) -> str:
    identity, _, session = _second_certificate(scene, LAND, Role.REGISTRAR)
    revoked = scene.authority.revoke(identity, now=utc_now())
    guard = scene.session(AUTHORITY, Role.SECURITY_ADMIN)
    guard.post("/revocation-lists", {"data": base64.b64encode(revoked).decode()})
    took = _until_refused(session)
    declined(lambda: sign_in_by_tls(scene.platform, identity), status=403)
    return f"{took:.2f} 秒"


def _second_certificate(scene: Scene, body: Body, role: Role) -> tuple[Identity, str, Session]:
    """A further certificate of somebody, bound by the 安全管理员 and signed in with: the first one is needed again."""
    me = scene.session(body, role).get("/auth/me")
    identity = scene.authority.person(f"{body.key}-{role}-{scene.run}", name=me["name"], organization=body.name, now=utc_now())
    bind = {"certificate": base64.b64encode(identity.der).decode(), "person": me["id"]}
    bound = scene.session(AUTHORITY, Role.SECURITY_ADMIN).post("/certificates", bind)
    session = sign_in_by_tls(scene.platform, identity)
    hold(session.get("/auth/me")["id"] == me["id"], "新证书应能登录")
    return identity, bound["id"], session


def _until_refused(session: Session) -> float:
    """Seconds until the session is refused for want of a valid certificate."""
    begun = time.monotonic()
    while (passed := time.monotonic() - begun) < WITHIN:
        try:
            session.get("/auth/me")
        except Declined as refusal:
            hold(refusal.status in {401, 403}, f"应因证书失效拒绝，实为 {refusal}")
            return passed
        time.sleep(0.02)
    raise DidNotHold(f"{WITHIN:g} 秒后仍未拒绝")
