"""Departments' front-end exchange databases, registered by the resource administrator and tested (PC-26)."""

from govshare.demo import frontends
from govshare.demo.city.agenda import Story, soon
from govshare.demo.city.people import City
from govshare.demo.roster import Body
from govshare.kernel.errors import WrongState
from govshare.kernel.roles import Role
from govshare.sources import services
from govshare.sources.models import FrontDatabase
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


def mistyped(city: City, body: Body) -> Story:
    """A second database to receive in, registered with a password that is not its account's; the test says so, and so it stands."""
    front = _register(city, body, Purpose.RECEIVE, name=f"{body.short_name}前置库（备用）", schema="spare", password="mistyped")  # noqa: S106
    yield soon(10)
    if front is not None:
        services.test(front_database=front.pk, by=city.actor(body, Role.RESOURCE_ADMIN), now=city.now)


def _registered(city: City, body: Body, purpose: Purpose) -> None:
    front = _register(city, body, purpose, name=name_of(body, purpose))
    if front is not None:
        city.fronts[body.key, purpose.value] = front.pk


def _register(city: City, body: Body, purpose: Purpose, *, name: str, schema: str = "", password: str = "") -> FrontDatabase | None:
    if city.front_ends is None:
        return None
    account, own = city.front_ends.account(body, purpose)
    return services.register(
        organization=city.organization(body).pk,
        name=name,
        engine=Engine.POSTGRESQL,
        purpose=purpose,
        host="127.0.0.1",
        port=city.front_ends.port,
        database=body.database,
        schema=schema or (frontends.SHARE if purpose is Purpose.PROVIDE else frontends.LANDING),
        account=account,
        password=password or own,
        tls_mode=TlsMode.DISABLE,
        by=city.actor(body, Role.RESOURCE_ADMIN),
        now=city.now,
    )


def _tested(city: City, body: Body, purpose: Purpose) -> None:
    key = (body.key, purpose.value)
    if key not in city.fronts:
        return
    front = services.test(front_database=city.fronts[key], by=city.actor(body, Role.RESOURCE_ADMIN), now=city.now)
    if not front.test_passed:
        raise WrongState(f"“{front.name}”测试未通过：{front.test_message}", basis=REGISTERED)
