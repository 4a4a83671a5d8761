"""With another department's ids nobody gets anywhere: not to see, not to act, not in a body either (CD2016-31, 35)."""

import json
import re

import pytest

from govshare.api.routes import api
from govshare.kernel.roles import Role
from tests.api.conftest import Town
from tests.api.requests import Good, good_requests
from tests.api.rubbish import MEANS, known_ids
from tests.api.test_authorization import operations
from tests.api.test_rubbish import send

#: Shown to everybody who is signed in.
PUBLIC = {("GET", "/organizations/{organization_id}"), ("GET", "/entries/{entry_id}")}
#: What the three administrators 三员 of the platform do for every department.
FOR_ALL = {Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN}


def stranger_to(good: Good) -> str:
    """Who holds the same post elsewhere."""
    return "district_authority" if good.who == "authority" else "third"


@pytest.mark.article("CD2016-31", "CD2016-35", "CD2016-29.1")
def test_what_one_departments_people_may_do_the_same_post_elsewhere_may_not(town: Town):
    goods = [good for good in good_requests(town) if good.own and good.role not in FOR_ALL]

    taken = {
        f"{good.method} {good.path}: {answer.status_code}"
        for good in goods
        if (answer := send(town.caller(stranger_to(good), good.role), good.method, good.path, json.dumps(good.body))).status_code
        not in {403, 404}
    }

    assert taken == set()


@pytest.mark.article("CD2016-31", "CD2016-35")
@pytest.mark.parametrize("most", [12, pytest.param(40, marks=pytest.mark.long)])
def test_no_id_of_another_department_opens_anything(town: Town, most: int):
    """``most``: ids of each kind, spread over all there are."""
    good_requests(town)
    ids = known_ids()
    schema = api.get_openapi_schema(path_prefix="")
    let_in = set()

    for method, path, operation in operations():
        places = re.findall(r"{(\w+)}", path)
        roles = [Role(role) for role in operation["x-roles"] if Role(role) not in FOR_ALL]
        if len(places) != 1 or (method, path) in PUBLIC or not roles:
            continue
        name = places[0].removesuffix("_id")
        body = operation.get("requestBody", {}).get("content", {}).get("application/json")
        content = json.dumps(_least(body["schema"], schema["components"]["schemas"])) if body else None
        for key in spread(ids.get(MEANS.get(name, name.replace("_", "")), []), most):
            for role in roles:
                who = "district_authority" if role is Role.AUTHORITY else "third"
                status = send(town.caller(who, role), method, path.replace("{" + places[0] + "}", key), content).status_code
                if status < 400:
                    let_in.add(f"{role}: {method} {path}")

    assert let_in == set()


def spread(keys: list[str], most: int) -> list[str]:
    """``most`` of them from the first to the last, or all."""
    return keys if len(keys) <= most else [keys[place * (len(keys) - 1) // (most - 1)] for place in range(most)]


def _least(schema: dict[str, object], schemas: dict[str, dict[str, object]]) -> object:
    """The smallest value the schema allows, more or less."""
    if "$ref" in schema:
        schema = schemas[str(schema["$ref"]).rpartition("/")[2]]
    if schema.get("type") == "object":
        properties = schema.get("properties", {})
        assert isinstance(properties, dict)
        return {name: _least(properties[name], schemas) for name in schema.get("required", [])}  # type: ignore[attr-defined]
    if schema.get("type") == "array":
        return []
    if "enum" in schema:
        return schema["enum"][0]  # type: ignore[index]
    samples = {"integer": 1, "boolean": True}
    formats = {"uuid": "00000000-0000-7000-8000-000000000000", "date": "2027-03-01"}
    return samples.get(str(schema.get("type"))) or formats.get(str(schema.get("format")), "甲")
