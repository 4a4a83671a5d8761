"""Nobody gets in without a valid certificate (CD2016-35)."""

import ssl

from govshare.demo.check.client import Session, sign_in_by_challenge, sign_in_by_tls
from govshare.demo.check.scene import DidNotHold, Scene, declined, hold
from govshare.demo.check.steps import Part
from govshare.demo.city.certificates import SM2_PERSON, stem
from govshare.demo.roster import MARKET
from govshare.demo.sm2 import Sm2Authority
from govshare.kernel.clock import utc_now
from govshare.kernel.roles import Role

PART = Part()


@PART.step("用数字证书（TLS 双向认证）登录", "CD2016-35")
def by_tls(scene: Scene) -> str:
    me = scene.session(MARKET, Role.REGISTRAR).get("/auth/me")
    hold(me["roles"] == [Role.REGISTRAR] and me["organization_name"] == MARKET.name, f"登录后应是{MARKET.name}的登记人员")
    return f"{me['organization_name']} {me['name']}"


@PART.step("用证书私钥签名登录质询", "PC-17")
def by_challenge(scene: Scene) -> str:
    identity = scene.authority.identity(stem(MARKET, Role.REVIEWER))
    hold(identity, "应有审核人员的证书")
    me = sign_in_by_challenge(scene.platform, identity).get("/auth/me") if identity else {}
    hold(me.get("roles") == [Role.REVIEWER], "登录后应是审核人员")
    return f"ECDSA：{me['name']}"


@PART.step("用国密 SM2 证书签名登录质询", "CD2016-35")
def by_sm2(scene: Scene) -> str:
    body, role = SM2_PERSON
    identity = Sm2Authority(scene.authority.directory / "sm2", now=utc_now()).identity(stem(body, role))
    if identity is None:
        raise DidNotHold("应有 SM2 证书")
    me = sign_in_by_challenge(scene.platform, identity).get("/auth/me")
    hold(me["roles"] == [role], "登录后应是信息资源管理员")
    return f"SM2：{me['name']}"


@PART.step("没有证书、没有会话的请求一律不予放行", "CD2016-35")
def strangers(scene: Scene) -> str:
    declined(lambda: Session(scene.platform).get("/auth/me"), status=401)
    declined(lambda: Session(scene.platform, "made-up").get("/auth/me"), status=401)
    try:
        sign_in_by_tls(scene.platform, None)
    except (ssl.SSLError, OSError):
        return "登录端口拒绝了没有证书的连接"
    raise DidNotHold("登录端口应拒绝没有证书的连接")
