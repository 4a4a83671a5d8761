"""Registering, testing and retiring front-end exchange databases 「前置交换数据库」 (CD2016-12.2, 40(5); PC-26 to PC-29)."""

from datetime import datetime
from uuid import UUID

from cryptography import x509
from django.conf import settings
from django.db import connection as own_connection
from django.db import transaction

from govshare.audit import services as audit
from govshare.kernel.actor import Actor
from govshare.kernel.errors import Fault, Invalid, Refused, WrongState
from govshare.kernel.ids import new_id
from govshare.kernel.roles import Role
from govshare.organizations import queries as organizations
from govshare.sources import connection, probing, queries, rules, sealing
from govshare.sources.models import FrontDatabase
from govshare.sources.rules import Engine, Purpose, TlsMode

_HOSTED_PORT = 5432  # says nothing: where the hosting database lies is a setting
_KEY_LOCK = 0x5EA1  # advisory lock: sealing shares it, sealing everything again holds it alone


@transaction.atomic
def register(
    *,
    organization: UUID,
    name: str,
    engine: str,
    purpose: str,
    host: str,
    port: int,
    database: str,
    schema: str,
    account: str,
    password: str,
    tls_mode: str,
    ca_certificate: str = "",
    by: Actor,
    now: datetime,
) -> FrontDatabase:
    """Register a department's front-end exchange database; it may be used once ``test`` has passed."""
    by.need(Role.RESOURCE_ADMIN, basis=rules.REGISTERED)
    by.need_own(organization, basis=rules.REGISTERED)
    owner = organizations.get(organization)
    host = host.lower().removesuffix(".")
    faults = rules.registration_faults(
        name=name,
        engine=engine,
        purpose=purpose,
        host=host,
        port=port,
        database=database,
        schema=schema,
        account=account,
        tls_mode=tls_mode,
    )
    faults += _own_faults(host=host, port=port, database=database, tls_mode=tls_mode, ca_certificate=ca_certificate, password=password)
    if faults:
        raise Invalid(f"登记内容有 {len(faults)} 处需要改正", basis=rules.ADDRESSES, faults=faults)
    _lock_keys(alone=True)  # one registration at a time, so that looking for doubles means something
    _refuse_doubles(owner.id, name=name, host=host, port=port, database=database, schema=schema)
    number = new_id()
    front = FrontDatabase(
        id=number,
        organization=owner,
        name=name,
        engine=engine,
        purpose=purpose,
        host=host,
        port=port,
        database=database,
        schema=schema,
        account=account,
        sealed_password=_seal(password, row=number),
        tls_mode=tls_mode,
        ca_certificate=ca_certificate,
        registered_at=now,
        registered_by=by.id,
        password_changed_at=now,
        password_changed_by=by.id,
    )
    return _recorded(front, action="sources:front-database:register", basis=rules.FRONT_DATABASE, by=by, now=now, detail=_address(front))


@transaction.atomic
def register_hosted(*, organization: UUID, name: str, schema: str, account: str, password: str, by: Actor, now: datetime) -> FrontDatabase:
    """Register a department's part of the platform's hosting database, as a front-end database that provides (CD2016-27).

    Whoever makes schema and account calls this; the account is judged by ``test`` like any other.
    """
    by.need(Role.RESOURCE_ADMIN, basis=rules.HOSTING)
    by.need_own(organization, basis=rules.HOSTING)
    owner = organizations.get(organization)
    _lock_keys(alone=True)
    _refuse_doubles(owner.id, name=name, host=rules.HOSTED, port=_HOSTED_PORT, database=rules.HOSTED, schema=schema)
    number = new_id()
    front = FrontDatabase(
        id=number,
        organization=owner,
        name=name,
        engine=Engine.POSTGRESQL,
        purpose=Purpose.PROVIDE,
        host=rules.HOSTED,
        port=_HOSTED_PORT,
        database=rules.HOSTED,
        schema=schema,
        account=account,
        sealed_password=_seal(password, row=number),
        tls_mode=TlsMode.VERIFY_FULL,
        registered_at=now,
        registered_by=by.id,
        password_changed_at=now,
        password_changed_by=by.id,
    )
    return _recorded(front, action="sources:front-database:host", basis=rules.HOSTING, by=by, now=now, detail=_address(front))


@transaction.atomic
def change_password(*, front_database: UUID, password: str, by: Actor, now: datetime) -> FrontDatabase:
    """Set the account's new password; the former test no longer counts."""
    front = _owned(front_database, by=by)
    _refuse_hosted(front)
    fault = rules.password_fault(password)
    if fault:
        raise Invalid("口令需要改正", basis=rules.REGISTERED, faults=[Fault("password", fault)])
    front.sealed_password = _seal(password, row=front.id)
    front.password_changed_at, front.password_changed_by = now, by.id
    front.tested_at, front.tested_by, front.test_passed, front.test_message = None, "", None, ""
    return _recorded(front, action="sources:front-database:change-password", basis=rules.REGISTERED, by=by, now=now)


@transaction.atomic
def test(*, front_database: UUID, by: Actor, now: datetime) -> FrontDatabase:
    """Connect, see what the account may do and which tables there are; keep the outcome, good or bad.

    The department's resource administrator and the system administrator may test. The registration is locked only
    after the other server has answered; a password changed meanwhile makes the answer worthless.
    """
    by.need(Role.RESOURCE_ADMIN, Role.SYSTEM_ADMIN, Role.PLATFORM, basis=rules.REGISTERED)
    seen = queries.get(front_database)
    if by.is_one_of({Role.RESOURCE_ADMIN}):
        by.need_own(queries.owner(seen).id, basis=rules.REGISTERED)
    _refuse_retired(seen)
    finding = probing.examine(seen, own=_own_identity())
    front = _locked(front_database)
    _refuse_retired(front)
    if front.sealed_password != seen.sealed_password:
        raise WrongState("测试期间口令已修改，请重新测试", basis=rules.REGISTERED)
    front.tested_at, front.tested_by, front.test_passed, front.test_message = now, by.id, finding.passed, finding.message
    if finding.passed:
        front.server_version, front.seen_tables = finding.server_version, finding.snapshot
        front.seen_at, front.seen_by = now, by.id
    detail = {"result": "passed" if finding.passed else "failed", "message": finding.message}
    return _recorded(
        front, action="sources:front-database:test", basis=rules.REGISTERED, by=by, now=now, detail=detail, counts={"tables": finding.count}
    )


@transaction.atomic
def retire(*, front_database: UUID, reason: str, by: Actor, now: datetime) -> FrontDatabase:
    """End the use of a front-end database, with the reason; its sealed password stays useless, because nothing connects any more."""
    by.need(Role.RESOURCE_ADMIN, Role.SYSTEM_ADMIN, basis=rules.WITHDRAWN)
    front = _locked(front_database)
    if not by.is_one_of({Role.SYSTEM_ADMIN}):
        by.need_own(queries.owner(front).id, basis=rules.WITHDRAWN)
    _refuse_retired(front)
    _refuse_hosted(front)
    if not reason.strip():
        raise Invalid("请写明停用原因", basis=rules.WITHDRAWN, faults=[Fault("reason", "必填")])
    front.retired_at, front.retired_by, front.retired_reason = now, by.id, reason.strip()
    return _recorded(front, action="sources:front-database:retire", basis=rules.WITHDRAWN, by=by, now=now, reason=reason.strip())


@transaction.atomic
def reseal_all(*, by: Actor, now: datetime) -> int:
    """Seal every password under the current ``credentials.key``; return how many were sealed under a former one.

    Run after ``sealing.rotate``; when it returns 0 the former key files may be destroyed.
    """
    by.need(Role.SECURITY_ADMIN, Role.PLATFORM, basis=rules.REGISTERED)
    _lock_keys(alone=True)
    ring = connection.keyring()
    stale = [f for f in FrontDatabase.objects.select_for_update().order_by("id") if not sealing.sealed_by_current(ring, f.sealed_password)]
    for front in stale:
        front.sealed_password = sealing.seal(ring, sealing.open_sealed(ring, front.sealed_password, row=front.id), row=front.id)
        front.save(update_fields=["sealed_password"])
    audit.record(
        action="sources:password:reseal", basis=rules.REGISTERED, by=by, now=now, about="credentials.key", counts={"passwords": len(stale)}
    )
    return len(stale)


def _owned(front_database: UUID, *, by: Actor) -> FrontDatabase:
    by.need(Role.RESOURCE_ADMIN, basis=rules.REGISTERED)
    front = _locked(front_database)
    by.need_own(queries.owner(front).id, basis=rules.REGISTERED)
    _refuse_retired(front)
    return front


def _locked(front_database: UUID) -> FrontDatabase:
    queries.get(front_database)
    return FrontDatabase.objects.select_for_update().get(id=front_database)


def _refuse_retired(front: FrontDatabase) -> None:
    if front.retired_at:
        raise WrongState(f"“{front.name}”已停用", basis=rules.WITHDRAWN)


def _refuse_hosted(front: FrontDatabase) -> None:
    if front.hosted:
        raise WrongState("这是本部门在平台的托管库，账号和口令由平台保管；不再托管的，请在“托管库”中撤销各张表", basis=rules.HOSTING)


def _own_faults(*, host: str, port: int, database: str, tls_mode: str, ca_certificate: str, password: str) -> list[Fault]:
    """What rules alone cannot know: this installation's mode, its own database, whether an authority's certificate reads."""
    found: list[tuple[str, str | None]] = [("password", rules.password_fault(password))]
    if tls_mode == TlsMode.DISABLE and not settings.GOVSHARE_DEMO:
        found.append(("tls_mode", "不加密的连接只能用于演示，请选择“校验证书和主机名”"))
    reachable = not rules.host_fault(host) and rules.is_port(port)
    if reachable and connection.is_own_database(host, port, database):
        found.append(("database", "这是共享平台自己的数据库，不能登记为前置交换数据库"))
    if reachable:
        found.append(("host", _address_fault(host, port)))
    if ca_certificate:
        found.append(("ca_certificate", _ca_fault(ca_certificate)))
    return [Fault(place, message) for place, message in found if message]


def _address_fault(host: str, port: int) -> str | None:
    """A name that does not resolve may be registered, because the network may come later; a forbidden address may not."""
    try:
        connection.addresses_of(host, port)
    except Invalid as refusal:
        return str(refusal)
    except Refused:
        return None
    return None


def _ca_fault(pem: str) -> str | None:
    try:
        found = x509.load_pem_x509_certificates(pem.encode())
    except ValueError:
        return "不是 PEM 格式的证书"
    return None if len(pem) <= 100_000 and found else "证书过多"


def _refuse_doubles(organization: UUID, *, name: str, host: str, port: int, database: str, schema: str) -> None:
    living = FrontDatabase.objects.filter(retired_at=None)
    faults = []
    if living.filter(organization=organization, name=name).exists():
        faults.append(Fault("name", "本部门已有同名的前置交换数据库"))
    if living.filter(host=host, port=port, database=database, schema=schema).exists():
        faults.append(Fault("schema", "这个模式已经登记过，一个模式只登记一次"))
    if faults:
        raise Invalid("不能重复登记", basis=rules.REGISTERED, faults=faults)


def _seal(password: str, *, row: UUID) -> str:
    _lock_keys(alone=False)
    return sealing.seal(connection.keyring(), password, row=row)


def _lock_keys(*, alone: bool) -> None:
    """Nobody seals under a former key while everything is being sealed again."""
    function = "pg_advisory_xact_lock" if alone else "pg_advisory_xact_lock_shared"
    with own_connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s)", [_KEY_LOCK])


def _own_identity() -> tuple[int, int] | None:
    with own_connection.cursor() as cursor:
        cursor.execute(
            "SELECT system_identifier, (SELECT oid FROM pg_database WHERE datname = current_database()) FROM pg_control_system()"
        )
        row = cursor.fetchone()
    return (int(row[0]), int(row[1])) if row else None


def _address(front: FrontDatabase) -> dict[str, str]:
    return {
        "name": front.name,
        "engine": front.engine,
        "purpose": Purpose(front.purpose).label,
        "address": f"{front.host}:{front.port}/{front.database}.{front.schema}",
        "account": front.account,
        "tls_mode": front.tls_mode,
    }


def _recorded(
    front: FrontDatabase,
    *,
    action: str,
    basis: object,
    by: Actor,
    now: datetime,
    reason: str = "",
    detail: dict[str, str] | None = None,
    counts: dict[str, int] | None = None,
) -> FrontDatabase:
    """Save ``front`` with the receipt number of the record that says what was done to it."""
    promise = audit.record(
        action=action,
        basis=basis,
        by=by,
        now=now,
        about=str(front.id),
        reason=reason,
        parties={str(front.organization_id), str(queries.owner(front).id)},
        detail=detail,
        counts=counts,
    )
    front.receipt_number = promise.number
    front.save()
    return front
