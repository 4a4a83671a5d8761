"""Every department's front-end exchange databases, registered by its resource administrator and tested (PC-26)."""

from datetime import datetime

from govshare.demo import frontends
from govshare.demo.city.posts import City
from govshare.demo.frontends import FrontEnds
from govshare.demo.roster import DEPARTMENTS, Body
from govshare.kernel.errors import WrongState
from govshare.kernel.roles import Role
from govshare.sources import services
from govshare.sources.models import FrontDatabase
from govshare.sources.rules import REGISTERED, Engine, Purpose, TlsMode


def name_of(body: Body, purpose: Purpose) -> str:
    return f"{body.short_name}前置库（{'提供' if purpose is Purpose.PROVIDE else '接收'}）"


def find(city: City, body: Body, purpose: Purpose) -> FrontDatabase | None:
    return FrontDatabase.objects.filter(organization=city.organization(body), name=name_of(body, purpose), retired_at=None).first()


def register_all(city: City, front_ends: FrontEnds, now: datetime) -> None:
    for body in DEPARTMENTS:
        for purpose in Purpose:
            _ready(city, front_ends, body, purpose, now)


def _ready(city: City, front_ends: FrontEnds, body: Body, purpose: Purpose, now: datetime) -> None:
    by = city.actor(body, Role.RESOURCE_ADMIN)
    account, password = front_ends.account(body, purpose)
    front = find(city, body, purpose) or services.register(
        organization=city.organization(body).pk,
        name=name_of(body, purpose),
        engine=Engine.POSTGRESQL,
        purpose=purpose,
        host="127.0.0.1",
        port=front_ends.port,
        database=body.database,
        schema=frontends.SHARE if purpose is Purpose.PROVIDE else frontends.LANDING,
        account=account,
        password=password,
        tls_mode=TlsMode.DISABLE,
        by=by,
        now=now,
    )
    if not front.test_passed:
        front = services.test(front_database=front.pk, by=by, now=now)
    if not front.test_passed:
        raise WrongState(f"“{front.name}”测试未通过：{front.test_message}", basis=REGISTERED)
