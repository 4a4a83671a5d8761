"""A service is keyword-only, says ``by`` and ``now``, and is one transaction."""

import inspect

import pytest

from tests.house.code import is_atomic, service_modules, services

#: Services that are no transaction of their own, with the reason.
NOT_ATOMIC = {
    "audit.services.rotation.rotate_key": "files and database, in steps that can each be repeated",
    "audit.services.recording.record": "writes in the caller's transaction: the act and its record stand or fall together",
    "audit.services.recording.record_many": "writes in the caller's transaction: the act and its record stand or fall together",
    "organizations.services.bodies.enter": "part of the transaction that registers or founds",
    "organizations.services.trust.enter_anchor": "part of the transaction that adds an anchor or founds",
    "audit.services.refusals.record_refusal": "one record, after the refused transaction was rolled back",
}
#: Functions exported beside the services that are none, with the reason.
NO_SERVICE = {
    "audit.services.recording.entry": "makes an entry and writes nothing",
    "audit.services.recording.record_many": "takes entries that each say by whom and when",
    "audit.services.sequencer.check_memory": "asks and changes nothing; refuses what does not continue what was signed",
    "audit.services.sequencer.place": "the log's own clockwork: places what others did, in steps that are transactions of their own",
    "audit.services.checking.check": "reads as long as the log is long, with its own clock; only its record is a transaction",
    "audit.services.checking.running": "asks and changes nothing",
    "audit.services.cosigning.cosign": "the log's own clockwork: asks others, keeps each answer in a transaction of its own",
    "audit.services.cosigning.witness": "another platform's log asks; its file is durable before the answer",
    "audit.services.stamping.stamp": "the log's own clockwork: asks another, and keeps its answer in one statement",
    "audit.services.reading.sees_all": "asks and changes nothing",
    "audit.services.reading.sees_none": "asks and changes nothing",
    "audit.services.reading.visible_to": "asks and changes nothing",
    "archive.services.searching.subject_of": "hashes and changes nothing",
    "audit.services.fsck.fsck": "reads and compares, changes nothing",
    "alerts.services.dispositions.need": "asks who may and changes nothing",
    "alerts.services.watching.watch": "the clock's own work: reads on in stretches that are transactions of their own, by the platform",
    "archive.services.sealing.seal": "the log's own clockwork: steps that may be repeated, each segment entered in one transaction",
    "archive.services.moving.chosen": "asks and changes nothing",
    "archive.services.moving.take_out": "writes a folder, then one record",
    "archive.services.moving.put_back": "writes files into the store, each segment by itself; one record",
    "archive.services.retention.remove_disposed": "finishes what a transaction decided; may be repeated",
    "archive.services.retention.finish_destructions": "finishes what a transaction decided; may be repeated",
    "archive.services.dropping.drop": "the owner's: each partition goes in a transaction of its own, after it was read back",
    "archive.services.dropping.prepare": "the owner's: makes empty tables",
    "archive.services.verifying.verify": "reads for hours; each segment's outcome is a transaction of its own",
    "exchange.services.acts.need_taker": "asks who may and changes nothing",
    "exchange.services.runs.need_startable": "asks who may and changes nothing",
    "exchange.services.runs.need_movable": "asks who may and changes nothing",
    "exchange.services.looks.look": "connects to both front-end databases and changes nothing",
    "exchange.services.orders.agreed": "asks whether it may be ordered and changes nothing",
    "exchange.services.carry.carry_out": "one attempt of the worker, in many transactions on both sides",
    **dict.fromkeys(
        (
            "exchange.services.upkeep.end_with_grants",
            "sharing.services.watch.escalate_overdue",
            "sharing.services.watch.expire_grants",
            "sharing.services.watch.follow_catalog",
            "sharing.services.watch.lapse_delisted",
            "sharing.services.watch.remind_expiring",
        ),
        "the clock's own work: what is found is done one by one, each in a transaction of its own, by the platform",
    ),
    "organizations.services.certificates.admit": "nobody is signed in yet; who shows a renewed certificate is the platform's finding",
    "organizations.services.founding.found": "nobody is there yet; the operator at the machine does it, once",
    "organizations.services.certificates.enter": "the inner half of bind, inside the transaction that founds",
    "organizations.services.sessions.open_challenge": "nobody is signed in yet; one row",
    "organizations.services.sessions.answer_challenge": "nobody is signed in yet; the challenge is used up although the answer be refused",
    "organizations.services.sessions.open_ticket": "nobody is signed in yet; a renewal waits for confirmation although it is refused",
    "organizations.services.sessions.redeem_ticket": "nobody is signed in yet; the ticket is used up although it be refused",
    "organizations.services.sessions.sign_in": "nobody is signed in yet; a renewal waits for confirmation although it is refused",
}


@pytest.mark.parametrize("name", services())
def test_a_service_says_everything_by_name(name):
    parameters = inspect.signature(services()[name]).parameters
    positional = [p.name for p in parameters.values() if p.kind in {p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD, p.VAR_POSITIONAL}]

    assert name in NO_SERVICE or not positional


@pytest.mark.parametrize("name", services())
def test_a_service_says_by_whom_and_when(name):
    assert name in NO_SERVICE or {"by", "now"} <= set(inspect.signature(services()[name]).parameters)


@pytest.mark.parametrize("name", services())
def test_a_service_is_one_transaction(name):
    assert name in NO_SERVICE or name in NOT_ATOMIC or is_atomic(services()[name])


@pytest.mark.parametrize("name", services())
def test_a_service_takes_no_web_request_and_says_what_for(name):
    function = services()[name]

    assert "request" not in inspect.signature(function).parameters
    assert function.__doc__


def test_excuses_are_for_services_that_exist():
    assert set(NOT_ATOMIC) | set(NO_SERVICE) <= set(services())


def test_services_were_found():
    rooms = {name.split(".")[0] for name in service_modules()}

    assert {"audit", "duties", "organizations", "catalog"} <= rooms
    assert rooms == {name.split(".")[0] for name in services()}
