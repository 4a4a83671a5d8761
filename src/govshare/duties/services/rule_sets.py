"""Acts that carry a lapsed rule set on: the prolonging or replacing act's issuer and number 「文号」 on file (CD2016-42)."""

import re
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from govshare.audit import services as audit
from govshare.duties.models import RuleSetAct
from govshare.duties.rules import VALIDITY, Effect
from govshare.duties.services import locks
from govshare.kernel.actor import Actor
from govshare.kernel.errors import Fault, Invalid, NotFound, WrongState
from govshare.kernel.roles import Role
from govshare.regulation.rule_set import CURRENT, RULE_SETS
from govshare.regulation.words import said

LONGEST_NUMBER = 60  # characters
_YEAR = re.compile(r"[〔\[［【(（](\d{4})[〕\]］】)）]")
_NUMBER = re.compile(r"\w+〔\d{4}〕(?:第)?\d+号|\w+第\d+号")


@transaction.atomic
def file_act(
    *,
    issuer: str,
    number: str,
    title: str,
    effect: Effect,
    valid_from: date,
    valid_until: date | None,
    by: Actor,
    now: datetime,
    rule_set: str = CURRENT.regulation,
) -> RuleSetAct:
    """Put on file the act by which ``rule_set`` is prolonged or replaced; ``valid_until`` None: until further notice."""
    by.need(Role.AUTHORITY, basis=VALIDITY)
    number = _YEAR.sub(r"〔\1〕", re.sub(r"\s", "", number))
    if rule_set not in RULE_SETS:
        raise NotFound(f"没有规则集{rule_set}", basis=VALIDITY)
    _check_act(issuer, number, title, valid_from, valid_until)
    locks.hold_acts_alone()
    if RuleSetAct.objects.filter(rule_set=rule_set, number=number, withdrawn_at=None).exists():
        raise WrongState(f"{number}已经在档", basis=VALIDITY)
    act = RuleSetAct.objects.create(
        rule_set=rule_set,
        issuer=issuer.strip(),
        number=number,
        title=title.strip(),
        effect=effect,
        valid_from=valid_from,
        valid_until=valid_until,
        recorded_at=now,
        recorded_by=by.id,
    )
    audit.record(
        action="duties:rule-set:file",
        basis=VALIDITY,
        by=by,
        now=now,
        about=number,
        detail={
            "rule_set": rule_set,
            "issuer": act.issuer,
            "title": act.title,
            "effect": effect,
            "valid_from": str(valid_from),
            "valid_until": str(valid_until or ""),
        },
    )
    return act


@transaction.atomic
def withdraw_act(*, act: UUID, reason: str, by: Actor, now: datetime) -> RuleSetAct:
    """An act filed in error no longer counts; it stays visible."""
    by.need(Role.AUTHORITY, basis=VALIDITY)
    filed = RuleSetAct.objects.select_for_update().filter(pk=act).first()
    if filed is None:
        raise NotFound("没有这份在档文件，请核对", basis=VALIDITY)
    if filed.withdrawn_at is not None:
        raise WrongState("该文件已经撤下", basis=VALIDITY)
    filed.withdrawn_at, filed.withdrawn_by, filed.withdrawn_reason = now, by.id, said("reason", reason, basis=VALIDITY)
    filed.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_reason"])
    audit.record(action="duties:rule-set:withdraw", basis=VALIDITY, by=by, now=now, reason=reason, about=filed.number)
    return filed


def _check_act(issuer: str, number: str, title: str, valid_from: date, valid_until: date | None) -> None:
    faults = [
        Fault(place, f"过长，最多 {longest} 个字符")
        for place, text, longest in (("issuer", issuer, 100), ("title", title, 200))
        if len(text) > longest
    ]
    if not issuer.strip():
        faults.append(Fault("issuer", "请写明制发机关"))
    if not title.strip():
        faults.append(Fault("title", "请写明文件名称"))
    if not _NUMBER.fullmatch(number) or len(number) > LONGEST_NUMBER:
        faults.append(Fault("number", "文号应形如“成办发〔2018〕25号”或“成都市人民政府令第99号”"))
    if valid_until is not None and valid_until < valid_from:
        faults.append(Fault("valid_until", "有效期止不能早于有效期起"))
    if faults:
        raise Invalid("文件信息有误，请逐项改正", basis=VALIDITY, faults=faults)
