"""Departments' front-end exchange databases, registered by the resource administrator and tested (PC-26)."""

from govshare.demo import frontends
from govshare.demo.city.agenda import Story, soon
from govshare.demo.city.people import City
from govshare.demo.roster import Body
from govshare.kernel.errors import WrongState
from govshare.kernel.roles import Role
from govshare.sources import services
from govshare.sources.rules import REGISTERED, Engine, Purpose, TlsMode


def name_of(body: Body, purpose: Purpose) -> str:
    return f"{body.short_name}前置库（{'提供' if purpose is Purpose.PROVIDE else '接收'}）"


def registered(city: City, body: Body) -> Story:
    """The one it provides from and the one it receives in."""
    for purpose in Purpose:
        _registered(city, body, purpose)
        yield soon(5)
        _tested(city, body, purpose)
        yield soon(5)


def _registered(city: City, body: Body, purpose: Purpose) -> None:
    if city.front_ends is None:
        return
    account, password = city.front_ends.account(body, purpose)
    front = services.register(
        organization=city.organization(body).pk,
        name=name_of(body, purpose),
        engine=Engine.POSTGRESQL,
        purpose=purpose,
        host="127.0.0.1",
        port=city.front_ends.port,
        database=body.database,
        schema=frontends.SHARE if purpose is Purpose.PROVIDE else frontends.LANDING,
        account=account,
        password=password,
        tls_mode=TlsMode.DISABLE,
        by=city.actor(body, Role.RESOURCE_ADMIN),
        now=city.now,
    )
    city.fronts[body.key, purpose.value] = front.pk


def _tested(city: City, body: Body, purpose: Purpose) -> None:
    key = (body.key, purpose.value)
    if key not in city.fronts:
        return
    front = services.test(front_database=city.fronts[key], by=city.actor(body, Role.RESOURCE_ADMIN), now=city.now)
    if not front.test_passed:
        raise WrongState(f"“{front.name}”测试未通过：{front.test_message}", basis=REGISTERED)
