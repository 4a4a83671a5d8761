"""The first start in production: the authority, its first officers with their certificates, whom the platform trusts (CD2016-33, 35)."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from django.db import transaction

from govshare.audit import queries as audit
from govshare.duties import services as duties
from govshare.kernel.actor import PLATFORM
from govshare.kernel.clock import utc_now
from govshare.kernel.errors import Refused
from govshare.operations import plan as plans
from govshare.operations.plan import Plan
from govshare.operations.services import migrate
from govshare.operations.trouble import Trouble
from govshare.organizations.models import Organization
from govshare.organizations.services import certificates, founding, trust


def first_start(path: Path, *, say: Callable[[str], None] = print) -> None:
    """Make the database and put the plan into it, whole or not at all. A platform that has begun refuses a second first start."""
    plan = plans.read(path)
    migrate(say=say)
    authority = put_in(plan, now=utc_now())
    say(f"已登记 {authority.name}，{len(plan.officers)} 名首批人员已绑定证书，信任 {len(plan.trusted)} 个签发机构。")
    say("The authority, its first officers and the trusted authorities are on file.")
    say(f"日志公钥（请公布，验证回执用）/ the log's public key, to be published: {audit.verification_key()}")
    say("请立即将密钥目录纳入异地备份，然后执行 govshare doctor。/ Back up the key directory now, then run govshare doctor.")


@transaction.atomic
def put_in(plan: Plan, *, now: datetime) -> Organization:
    """Everything the plan says, by the platform itself; each act writes its own evidence."""
    officers = {
        officer.role: founding.Officer(name=officer.name, number=officer.number, duty=officer.duty, phone=officer.phone)
        for officer in plan.officers
    }
    authority, people = founding.found(
        name=plan.name,
        short_name=plan.short_name,
        uscc=plan.uscc,
        tier=plan.tier,
        region=plan.region,
        officers=officers,
        document=plan.document,
        now=now,
    )
    for trusted in plan.trusted:
        with _told(f"签发机构“{trusted.name}”", f"the authority {trusted.name}"):
            trust.enter_anchor(name=trusted.name, certificate=trusted.certificate, by=PLATFORM, now=now)
            trust.load_list(data=trusted.revocation_list, by=PLATFORM, now=now)
    for officer in {officer.number: officer for officer in plan.officers}.values():  # one person may hold two posts
        with _told(f"{officer.role.label}{officer.name}的证书", f"the certificate of officer {officer.number}"):
            certificates.enter(people[officer.role], officer.certificate, by=PLATFORM, now=now)
    duties.load_known(by=PLATFORM, now=now)
    return authority


@contextmanager
def _told(chinese: str, english: str) -> Iterator[None]:
    """Say which part of the plan a refusal is about."""
    try:
        yield
    except Refused as refusal:
        faults = "\n".join(f"{fault.place}：{fault.message}" for fault in getattr(refusal, "faults", ()))
        raise Trouble(f"方案中{chinese}不能使用：{refusal}", f"{english} in the plan cannot be used.", said=faults) from refusal
