"""From a decided demand to a grant, or to a longer one (CD2016-25, 31)."""

import hashlib
from datetime import date, datetime
from uuid import UUID

from govshare.audit.services import Promise
from govshare.catalog.queries import ListedEntry
from govshare.duties import queries as duty_queries
from govshare.kernel.actor import Actor
from govshare.kernel.clock import local_date
from govshare.kernel.ids import new_id
from govshare.kernel.workflow import Move
from govshare.regulation.rule_set import RULE_SET
from govshare.sharing.models import Demand, Grant, GrantItem
from govshare.sharing.queries import parties
from govshare.sharing.rules import Because, Decision, GrantFacts, GrantStatus, ItemAnswer, Kind, RowCondition, Side, Use, Verdict
from govshare.sharing.rules.access import STATUTORY, Way
from govshare.sharing.rules.demands import AGREED, WORKFLOW
from govshare.sharing.rules.elements import CALLED, QUOTA
from govshare.sharing.rules.grants import GrantedItem, condition_items, terms_text
from govshare.sharing.services import acts
from govshare.sharing.services.numbers import allocate


def quota_asked(demand: Demand) -> int | None:
    """Calls per day asked for; what was not stated counts as the convention's number (PC-42)."""
    if demand.mode not in CALLED:
        return None
    return demand.quota_per_day or duty_queries.parameter(str(QUOTA))


def as_asked(demand: Demand, verb: str, listed: ListedEntry, *, by: Actor, now: datetime, note: str = "") -> Grant:
    """Grant everything asked for, plainly: what no provider stands in the way of (CD2016-5.5, 25.1)."""
    if demand.renews:
        return prolong(demand, demand.renews, verb, demand.ends_on, by=by, now=now, note=note)
    answers = tuple(ItemAnswer(item=item) for item in demand.elements().items)
    return give(demand, verb, listed, Decision(items=answers, opinion=note), by=by, now=now)


def give(demand: Demand, verb: str, listed: ListedEntry, decision: Decision, *, by: Actor, now: datetime, late: bool = False) -> Grant:
    """Write the answers, the grant, its items and the history; a grant this one replaces is superseded."""
    move = _move(demand, verb)
    facts = _facts(demand, listed, decision, now)
    terms = _terms(demand, facts, listed)
    _write_answers(demand, decision, by=by, now=now, late=late)
    refused = [answer.item for answer in decision.items if answer.verdict == Verdict.REFUSED]
    promise = acts.record(
        demand,
        move,
        by=by,
        now=now,
        reason=decision.opinion,
        grant=facts.number,
        counts={"granted": len(decision.items) - len(refused), "refused": len(refused)},
        digests={"terms": f"sha256:{hashlib.sha256(terms.encode()).hexdigest()}"},
        detail=_detail(demand, facts, decision, late),
    )
    demand.decision_receipt = promise.number
    grant = _write_grant(demand, facts, listed, terms, promise, by=by, now=now)
    acts.settle(demand, move, promise, by=by, now=now, note=decision.opinion, late=late, grant=grant)
    if demand.replaces:
        _supersede(demand.replaces, grant, promise, by=by, now=now)
    return grant


def prolong(
    demand: Demand, grant: Grant, verb: str, ends_on: date | None, *, by: Actor, now: datetime, note: str = "", late: bool = False
) -> Grant:
    """Move the end of the renewed grant; everything else about it stays."""
    move = _move(demand, verb)
    grant = Grant.objects.select_for_update(of=("self",)).get(pk=grant.pk)
    before, grant.ends_on = grant.ends_on, ends_on or grant.ends_on
    grant.terms = _terms(demand, parties.facts(grant), parties.listed(grant.entry_id))
    demand.decided_at, demand.decided_by, demand.decided_late, demand.opinion = now, by.id, late, note
    digests = {"terms": f"sha256:{hashlib.sha256(grant.terms.encode()).hexdigest()}"}
    detail = {"kind": Kind.RENEWAL, "ends_on_before": str(before), "ends_on": str(grant.ends_on)}
    promise = acts.record(demand, move, by=by, now=now, reason=note, grant=grant.number, digests=digests, detail=detail)
    demand.decision_receipt = promise.number
    grant.save(update_fields=["ends_on", "terms"])
    acts.settle(demand, move, promise, by=by, now=now, note=note, late=late, grant=grant)
    return grant


def _move(demand: Demand, verb: str) -> Move:
    """A grant that the law orders rests on 5.5, not on 25.1."""
    move = WORKFLOW[verb]
    if demand.way != Way.STATUTORY:
        return move
    return Move(
        verb=move.verb, label=move.label, source=move.source, target=move.target, actors=move.actors, basis=STATUTORY, action=move.action
    )


def _facts(demand: Demand, listed: ListedEntry, decision: Decision, now: datetime) -> GrantFacts:
    asked = demand.elements()
    conditions = tuple(dict.fromkeys([*asked.conditions, *decision.conditions]))
    return GrantFacts(
        id=new_id(),
        number=allocate("SQS", now=now),
        entry=demand.entry_id,
        entry_code=demand.entry_code,
        provider=parties.side(demand, Side.PROVIDER),
        recipient=parties.side(demand, Side.RECIPIENT),
        granted_to=str(demand.recipient_id),
        way=demand.way,
        within_scope=bool(demand.within_scope),
        mode=asked.mode,
        purpose=asked.purpose,
        users=decision.users or asked.users,
        case_number_required=asked.case_number_required or decision.case_number_required,
        quota_per_day=decision.quota_per_day or quota_asked(demand),
        starts_on=local_date(now),
        ends_on=decision.ends_on or asked.ends_on or local_date(now),
        status=GrantStatus.ACTIVE,
        rule_set=RULE_SET,
        items=_items(decision.items, conditions, listed),
        conditions=conditions,
    )


def _items(answers: tuple[ItemAnswer, ...], conditions: tuple[RowCondition, ...], listed: ListedEntry) -> tuple[GrantedItem, ...]:
    given = [answer for answer in answers if answer.verdict != Verdict.REFUSED]
    uses: dict[UUID, tuple[str, int, int]] = {answer.item: (answer.verdict, answer.head, answer.tail) for answer in given}
    uses |= dict.fromkeys(condition_items(conditions, set(uses)), (Use.CONDITION.value, 0, 0))
    known = {item.id: item for item in listed.items}
    return tuple(
        GrantedItem(
            item=number,
            name=known[number].name,
            use=use,
            type=known[number].type,
            length=known[number].length,
            sensitivity=known[number].sensitivity,
            column=known[number].column if listed.route else "",
            head=head,
            tail=tail,
        )
        for number, (use, head, tail) in uses.items()
    )


def _terms(demand: Demand, facts: GrantFacts, listed: ListedEntry) -> str:
    return terms_text(
        facts,
        recipient=demand.recipient.name,
        provider=demand.provider.name,
        entry=listed.name,
        published=listed.terms if facts.way == Way.AGREED else "",
        transitional=demand.transitional,
    )


def _detail(demand: Demand, facts: GrantFacts, decision: Decision, late: bool) -> dict[str, str]:
    """What was decided, in few words; the terms themselves are in the grant, their digest in the record."""
    return {
        "grant": facts.number,
        "way": facts.way,
        "mode": facts.mode,
        "items": _by_treatment(facts.items),
        "refused": ";".join(f"{each.item}" for each in decision.items if each.verdict == Verdict.REFUSED),
        "grounds": ";".join(sorted(map(str, decision.grounds()))),
        "ends_on": facts.ends_on.isoformat(),
        "late": "是" if late else "否",
        "supersedes": str(demand.replaces or ""),
    }


def _by_treatment(items: tuple[GrantedItem, ...]) -> str:
    """``plain(0,0)=id,id;mask(6,4)=id``: short enough that the longest entry there can be fits one record."""
    groups: dict[str, list[str]] = {}
    for item in items:
        groups.setdefault(f"{item.use}({item.head},{item.tail})", []).append(str(item.item))
    return ";".join(f"{treatment}={','.join(ids)}" for treatment, ids in groups.items())


def _write_answers(demand: Demand, decision: Decision, *, by: Actor, now: datetime, late: bool) -> None:
    demand.decided_at, demand.decided_by, demand.decided_late, demand.opinion = now, by.id, late, decision.opinion
    write_reason(demand, decision.because)
    rows = {row.item: row for row in demand.items.all()}
    for answer in decision.items:
        row = rows[answer.item]
        row.verdict, row.head, row.tail = answer.verdict, answer.head, answer.tail
        row.ground_id = answer.because.ground if answer.because else None
        row.quote = answer.because.quote if answer.because else ""
        row.save()


def write_reason(demand: Demand, because: Because | None) -> None:
    """Why the terms are less than asked."""
    demand.terms_ground_id = because.ground if because else None
    demand.terms_quote = because.quote if because else ""


def _write_grant(
    demand: Demand, facts: GrantFacts, listed: ListedEntry, terms: str, promise: Promise, *, by: Actor, now: datetime
) -> Grant:
    grant = Grant.objects.create(
        id=facts.id,
        number=facts.number,
        demand=demand,
        provider_id=facts.provider,
        recipient_id=facts.recipient,
        authority_id=parties.side(demand, Side.AUTHORITY),
        entry_id=facts.entry,
        entry_code=facts.entry_code,
        entry_name=listed.name,
        revision=listed.revision,
        way=facts.way,
        within_scope=facts.within_scope,
        transitional=demand.transitional,
        rule_set=facts.rule_set,
        application=demand.application,
        mode=facts.mode,
        purpose=facts.purpose,
        users=list(facts.users),
        conditions=[row.as_json() for row in facts.conditions],
        case_number_required=facts.case_number_required,
        quota_per_day=facts.quota_per_day,
        starts_on=facts.starts_on,
        ends_on=facts.ends_on,
        terms=terms,
        granted_at=now,
        granted_by=by.id,
        receipt=promise.number,
    )
    columns = ("item", "name", "use", "type", "length", "sensitivity", "column", "head", "tail")
    GrantItem.objects.bulk_create(
        GrantItem(grant=grant, position=position, **{name: getattr(item, name) for name in columns})
        for position, item in enumerate(facts.items)
    )
    return grant


def _supersede(grant: Grant, new: Grant, promise: Promise, *, by: Actor, now: datetime) -> None:
    """The one record of the new grant says it; the old one's history refers to it."""
    old = Grant.objects.select_for_update(of=("self",)).select_related("demand").get(pk=grant.pk)
    if old.status == GrantStatus.ACTIVE:
        old.status, old.superseded_by, old.ended_at, old.ended_by = GrantStatus.SUPERSEDED, new, now, by.id
        old.save()
        label = f"被授权 {new.number} 取代"
        acts.write_event(
            old.demand, action="sharing:grant:supersede", label=label, basis=AGREED, promise=promise, by=by, now=now, grant=old
        )
