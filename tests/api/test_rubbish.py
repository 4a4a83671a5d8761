"""Whatever an allowed caller sends, the answer is in words and with its basis: never a fault of ours, never a stack trace.

Every operation of the description gets requests made at random from its schema, and the operations that need much to
be right first get good requests with something wrong in them. The randomness is seeded: a failure comes again.
"""

import json
import random
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.http import HttpResponse

from govshare.api.routes import api
from govshare.kernel.roles import Role
from tests.api.conftest import Caller, Town
from tests.api.requests import Good, good_requests
from tests.api.rubbish import Rubbish, known_ids
from tests.api.test_authorization import HOMES, operations

#: How many requests of every operation, and of every good request; in the long form, what takes minutes.
HOW_MANY = [(4, 10), pytest.param(20, 50, marks=pytest.mark.long)]
MOSTLY = {Role.REGISTRAR: ("provider", "recipient", "third"), Role.LEADER: ("provider", "recipient", "authority")}


def send(caller: Caller, method: str, path: str, content: str | None) -> HttpResponse:
    """Sent, answered, and undone, so that every request meets the same town."""
    with transaction.atomic():
        response = caller.send_raw(method, path, content)
        transaction.set_rollback(True)
    return response


def problem(response: HttpResponse) -> str:
    """What is wrong with an answer; nothing when it is as it should be."""
    if response.status_code < 400:
        return ""
    if response.status_code == 500 or not response["Content-Type"].startswith("application/problem+json"):
        return f"{response.status_code} {response['Content-Type']}"
    said = response.json()
    complete = said["detail"] and said["basis"]["citation"] and said["basis"]["text"] and said["status"] == response.status_code
    return "" if complete else f"incomplete: {said}"


@pytest.mark.article("PC-70")
@pytest.mark.parametrize(("each", "spoilt"), HOW_MANY)
def test_whatever_is_sent_the_answer_is_in_words(town: Town, each: int, spoilt: int):
    goods = good_requests(town)
    chance = random.Random(20161)  # noqa: S311 - rubbish, no secrets
    rubbish = Rubbish(chance, api.get_openapi_schema(path_prefix="")["components"]["schemas"], known_ids())

    not_taken = [
        f"{good.method} {good.path}: {answer.content.decode()}" for good in goods if (answer := as_it_is(town, good)).status_code >= 400
    ]
    broken = [*random_requests(town, rubbish, each), *spoilt_requests(town, goods, rubbish, spoilt)]

    assert (not_taken, broken) == ([], [])


def as_it_is(town: Town, good: Good) -> HttpResponse:
    return send(town.caller(good.who, good.role), good.method, good.path, json.dumps(good.body))


def random_requests(town: Town, rubbish: Rubbish, times: int) -> Iterator[str]:
    for method, path, operation in operations():
        for _ in range(times):
            caller, who = somebody(town, operation, rubbish.chance)
            address = rubbish.path(path, operation.get("parameters", []))
            body = operation.get("requestBody", {}).get("content", {}).get("application/json")
            content = rubbish.body(body["schema"]) if body else None
            if wrong := problem(send(caller, method, address, content)):
                yield f"{wrong}: {who}: {method} {address} {content}"


def somebody(town: Town, operation: dict[str, Any], chance: random.Random) -> tuple[Caller, str]:
    """Who may call it."""
    role = Role(chance.choice(operation["x-roles"] or [Role.REGISTRAR]))
    who = HOMES.get(role) or chance.choice(MOSTLY.get(role, ("provider", "recipient")))
    return town.caller(who, role), f"{role} of {who}"


def spoilt_requests(town: Town, goods: list[Good], rubbish: Rubbish, times: int) -> Iterator[str]:
    for good in goods:
        for _ in range(times):
            content = rubbish.spoilt(good.body, rubbish.chance.choice((1, 1, 1, 2, 3)))
            if wrong := problem(send(town.caller(good.who, good.role), good.method, good.path, content)):
                yield f"{wrong}: {good.method} {good.path} {content}"
