"""Who may call what: every endpoint with every role, against the table that people review (docs/reference/authorization.md)."""

import re
import uuid
from pathlib import Path

import pytest

from govshare.api.frame import SIGNED_IN
from govshare.api.routes import api
from govshare.kernel.roles import Role
from tests.api.conftest import Anonymous, Town

TABLE = Path(__file__).parents[2] / "docs/reference/authorization.md"
ROW = re.compile(r"^\| `(?P<method>[A-Z]+) (?P<path>[^`]+)` \| (?P<owners>[^|]*) \|")
HOMES = {
    Role.AUTHORITY: "authority",
    Role.SYSTEM_ADMIN: "authority",
    Role.SECURITY_ADMIN: "authority",
    Role.AUDIT_ADMIN: "authority",
}


def operations() -> list[tuple[str, str, dict[str, object]]]:
    """(method, path below the API's root, OpenAPI operation)."""
    paths = api.get_openapi_schema(path_prefix="")["paths"]
    return [(method.upper(), path, operation) for path, methods in paths.items() for method, operation in methods.items()]


def filled(path: str) -> str:
    """The path with something of the right kind in every place: an id that names nothing."""
    samples = {"year": "2027", "day": "2027-01-01", "number": "PC-99", "ticket": "none"}
    return re.sub(r"{(\w+)}", lambda found: samples.get(found[1], str(uuid.UUID(int=7))), path)


def reviewed() -> dict[tuple[str, str], frozenset[str]]:
    rows = (ROW.match(line) for line in TABLE.read_text("utf-8").splitlines())
    return {(row["method"], row["path"]): frozenset(re.findall(r"`(\w+)`", row["owners"])) for row in rows if row}


def test_the_reviewed_table_names_every_endpoint_and_its_owners():
    declared = {(method, path): frozenset(operation["x-roles"]) for method, path, operation in operations()}

    assert reviewed() == declared


def test_every_open_endpoint_says_why_it_is_open():
    unexplained = [path for _, path, operation in operations() if not operation["x-roles"] and not operation.get("x-open-because")]

    assert unexplained == []


@pytest.mark.article("CD2016-35")
def test_nobody_gets_in_without_a_session(anonymous: Anonymous, db: None):
    let_in = {
        f"{method} {path}": response.status_code
        for method, path, operation in operations()
        if operation["x-roles"] and (response := anonymous(method, filled(path), {})).status_code != 401
    }

    assert let_in == {}


@pytest.mark.article("CD2016-35")
def test_a_made_up_token_opens_nothing(anonymous: Anonymous, db: None):
    statuses = {
        anonymous(method, filled(path), {}, Authorization="Bearer made-up").status_code
        for method, path, operation in operations()
        if operation["x-roles"]
    }

    assert statuses == {401}


@pytest.mark.article("CD2016-35")
@pytest.mark.parametrize("role", sorted(SIGNED_IN), ids=str)
def test_a_role_gets_into_what_it_owns_and_into_nothing_else(role: Role, town: Town):
    caller = town.caller(HOMES.get(role, "provider"), role)
    owned_by, wrongly_let_in, wrongly_kept_out = reviewed(), [], []

    for method, path, _ in operations():
        if (method, path) == ("DELETE", "/auth/session"):
            continue  # it would end the caller's own session; test_sessions proves it
        response = caller.send(method, filled(path), None if method == "GET" else {})
        for _ in response if response.streaming else ():
            pass  # to its end, where its file is closed
        by_role = response.status_code == 403 and response.json()["detail"].startswith("需要角色")
        owners = owned_by[method, path]
        if owners and role not in owners and not by_role:
            wrongly_let_in.append(f"{method} {path}: {response.status_code}")
        if (not owners or role in owners) and by_role:
            wrongly_kept_out.append(f"{method} {path}")
        assert response.status_code < 500, f"{method} {path}: {response.content.decode()}"

    assert (wrongly_let_in, wrongly_kept_out) == ([], [])
