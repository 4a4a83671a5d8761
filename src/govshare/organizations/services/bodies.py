"""Register, rename, merge and split organizations (PC-10)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from govshare.audit import services as audit
from govshare.duties import services as duties
from govshare.kernel.actor import Actor
from govshare.kernel.errors import Fault, Invalid, WrongState
from govshare.kernel.roles import Role
from govshare.organizations import rules
from govshare.organizations.models import FormerName, Organization, OrganizationKind, Succession, SuccessionKind, Tier
from govshare.organizations.services import locking, transfer
from govshare.organizations.services.words import fitting


@transaction.atomic
def register(
    *, name: str, short_name: str, uscc: str, kind: str, tier: str, region: str, document: str = "", by: Actor, now: datetime
) -> Organization:
    """Register a department or an authority. ``region`` is its 行政区划代码, six to twelve digits."""
    by.need(Role.SYSTEM_ADMIN, basis=rules.REGISTRATION)
    return enter(
        name=name, short_name=short_name, uscc=uscc, kind=kind, tier=tier, region=region, operator=False, document=document, by=by, now=now
    )


def enter(
    *, name: str, short_name: str, uscc: str, kind: str, tier: str, region: str, operator: bool, document: str, by: Actor, now: datetime
) -> Organization:
    """Check and store; who may is the caller's question (``register``, or the founding)."""
    code = rules.check_credit_code(uscc)
    fitting(Organization, basis=rules.REGISTRATION, name=name, short_name=short_name)
    _check_free(name=name, code=code, kind=kind, tier=tier, region=region)
    body = Organization.objects.create(
        name=rules.need_text(name, "name", "请填写机构全称"),
        short_name=rules.need_text(short_name, "short_name", "请填写机构简称"),
        uscc=code,
        kind=OrganizationKind(kind),
        tier=Tier(tier),
        region=region,
        operator=operator,
        registered_at=now,
        registered_by=by.id,
    )
    audit.record(
        action="organizations:organization:register",
        basis=rules.REGISTRATION,
        by=by,
        now=now,
        about=str(body.pk),
        parties=[str(body.pk)],
        detail={"name": body.name, "uscc": code, "kind": kind, "tier": tier, "region": region, "document": document},
    )
    return body


def _check_free(*, name: str, code: str, kind: str, tier: str, region: str) -> None:
    if not (region.isascii() and region.isdecimal() and 6 <= len(region) <= 12):
        raise Invalid("行政区划代码应为6至12位数字", basis=rules.REGISTRATION, faults=[Fault("region", "6至12位数字")])
    if Organization.objects.filter(uscc=code).exists():
        raise WrongState("这个统一社会信用代码已经登记，请查看已登记的机构", basis=rules.REGISTRATION)
    if Organization.objects.filter(name=name.strip(), active=True).exists():
        raise WrongState("同名机构已经登记，请查看已登记的机构", basis=rules.REGISTRATION)
    if kind == OrganizationKind.AUTHORITY:
        same = Organization.objects.filter(active=True, kind=kind, tier=tier)
        if tier == Tier.DISTRICT:
            same = same.filter(region=region)
        if same.exists():
            raise WrongState("本级信息化主管部门已经登记，一级只有一个", basis=rules.REGISTRATION)


@transaction.atomic
def rename(*, organization: UUID | str, name: str, short_name: str, document: str, by: Actor, now: datetime) -> Organization:
    """Give the organization a new name; the old one stays on file. Its code, people and matters are untouched."""
    by.need(Role.SYSTEM_ADMIN, basis=rules.REGISTRATION)
    number = rules.need_text(document, "document", "请填写更名文件的文号")
    fitting(FormerName, basis=rules.REGISTRATION, name=name, short_name=short_name, document=number)
    body = locking.organization(organization)
    new = rules.need_text(name, "name", "请填写机构全称")
    if Organization.objects.filter(name=new, active=True).exclude(pk=body.pk).exists():
        raise WrongState("同名机构已经登记，请核对", basis=rules.REGISTRATION)
    old = FormerName.objects.create(
        organization=body, name=body.name, short_name=body.short_name, document=number, changed_at=now, changed_by=by.id
    )
    body.name, body.short_name = new, rules.need_text(short_name, "short_name", "请填写机构简称")
    body.save(update_fields=["name", "short_name"])
    audit.record(
        action="organizations:organization:rename",
        basis=rules.REGISTRATION,
        by=by,
        now=now,
        about=str(body.pk),
        parties=[str(body.pk)],
        detail={"from": old.name, "to": body.name, "document": number},
    )
    return body


@transaction.atomic
def merge(*, predecessors: Sequence[UUID | str], into: UUID | str, document: str, by: Actor, now: datetime) -> Organization:
    """``into`` takes over everything of ``predecessors``, which cease. Their people and posts go on there."""
    by.need(Role.SYSTEM_ADMIN, basis=rules.REGISTRATION)
    number = rules.need_text(document, "document", "请填写合并文件的文号")
    fitting(Succession, basis=rules.REGISTRATION, document=number)
    bodies = _lock_all({str(into), *map(str, predecessors)})
    successor = bodies.pop(str(into))
    if not bodies:
        raise Invalid("请至少选择一个并入的机构", basis=rules.REGISTRATION, faults=[Fault("predecessors", "至少一个")])
    for body in bodies.values():
        _cease(body, kind=SuccessionKind.MERGE, heirs={successor: ()}, main=successor, document=number, by=by, now=now)
    return successor


@transaction.atomic
def split(
    *,
    organization: UUID | str,
    heirs: Mapping[UUID | str, Sequence[str]],
    main: UUID | str | None,
    document: str,
    by: Actor,
    now: datetime,
) -> list[Organization]:
    """Divide an organization among ``heirs``: each takes the matters named by id; ``main`` takes people, systems and all the rest.

    ``main`` None: the organization goes on beside those it gave matters to (派生分立).
    """
    by.need(Role.SYSTEM_ADMIN, basis=rules.REGISTRATION)
    number = rules.need_text(document, "document", "请填写分立文件的文号")
    fitting(Succession, basis=rules.REGISTRATION, document=number)
    named = {str(heir): tuple(matters) for heir, matters in heirs.items()}
    _check_division(str(organization), named, None if main is None else str(main))
    bodies = _lock_all({str(organization), *named})
    body = bodies[str(organization)]
    shares = {bodies[heir]: matters for heir, matters in named.items()}
    if main is None:
        _bequeath(body, kind=SuccessionKind.SPLIT, heirs=shares, main=None, document=number, by=by, now=now)
    else:
        _cease(body, kind=SuccessionKind.SPLIT, heirs=shares, main=bodies[str(main)], document=number, by=by, now=now)
    return list(shares)


def _check_division(organization: str, heirs: Mapping[str, Sequence[str]], main: str | None) -> None:
    if not heirs or organization in heirs or (main is not None and main not in heirs):
        fault = Fault("heirs", "至少一个其他机构；主要承接单位须在其中")
        raise Invalid("请写明分立后的承接单位", basis=rules.REGISTRATION, faults=[fault])
    matters = [matter for share in heirs.values() for matter in share]
    if len(matters) != len(set(matters)):
        raise Invalid("同一事项只能由一个单位承接", basis=rules.REGISTRATION, faults=[Fault("heirs", "有事项分给了两个单位")])


def _lock_all(ids: set[str]) -> dict[str, Organization]:
    return {key: locking.organization(key) for key in sorted(ids)}  # in one order, so that two reorganizations cannot block each other


def _bequeath(
    body: Organization,
    *,
    kind: SuccessionKind,
    heirs: Mapping[Organization, Sequence[str]],
    main: Organization | None,
    document: str,
    by: Actor,
    now: datetime,
) -> None:
    for heir, matters in heirs.items():
        Succession.objects.create(
            kind=kind,
            predecessor=body,
            successor=heir,
            main=heir == main,
            matters=list(matters),
            document=document,
            decided_at=now,
            decided_by=by.id,
        )
        if matters:
            duties.hand_over(owner=str(body.pk), to=str(heir.pk), about=matters, reason=document, by=by, now=now)
    audit.record(
        action=f"organizations:organization:{kind}",
        basis=rules.REGISTRATION,
        by=by,
        now=now,
        about=str(body.pk),
        parties=[str(body.pk), *(str(heir.pk) for heir in heirs)],
        counts={"heirs": len(heirs), "matters": sum(map(len, heirs.values()))},
        detail={
            "organization": body.name,
            "heirs": "、".join(heir.name for heir in heirs),
            "main": main.name if main else "",
            "document": document,
        },
    )


def _cease(
    body: Organization,
    *,
    kind: SuccessionKind,
    heirs: Mapping[Organization, Sequence[str]],
    main: Organization,
    document: str,
    by: Actor,
    now: datetime,
) -> None:
    if body.operator:
        raise WrongState("运行本平台的主管部门不能撤并，只能更名", basis=rules.REGISTRATION)
    _bequeath(body, kind=kind, heirs=heirs, main=main, document=document, by=by, now=now)
    duties.hand_over(owner=str(body.pk), to=str(main.pk), reason=document, by=by, now=now)
    transfer.move_everybody(body, to=main, document=document, by=by, now=now)
    duties.hand_over(owner=str(body.pk), to=str(main.pk), reason=document, by=by, now=now)
    body.active = False
    body.save(update_fields=["active"])
