"""Who may call what: one row per operation of the machine API."""

import os

import django

HEAD = """\
# Authorization

<!-- Made by `python -m tools.reference` from the code: change the code, not this page. -->

Every operation of the machine API (below `/api/v1`), the roles that own it and the basis it rests on. Whoever is not named is refused
with 403; who is named must still act for the own department, which the services check. *open* needs no session, for the reason beside it.
*of the operating authority*: what holds for the whole platform, so not for a district's.
The test `tests/api/test_authorization.py` calls every operation with every role and holds the answers against this table.

| operation | roles | basis | what |
|---|---|---|---|
"""


def page() -> str:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "govshare.project.settings")
    django.setup()
    from govshare.api.routes import api  # its modules read Django's settings when they are imported

    paths = api.get_openapi_schema(path_prefix="")["paths"]
    rows = [_row(method.upper(), path, operation) for path, methods in paths.items() for method, operation in methods.items()]
    return HEAD + "\n".join(sorted(rows, key=lambda row: row.split("`")[1].split()[::-1])) + "\n"


def _row(method: str, path: str, operation: dict[str, object]) -> str:
    owners = operation["x-roles"]
    roles = ", ".join(f"`{role}`" for role in owners) if isinstance(owners, list) and owners else "*open*"
    roles += " of the operating authority" if operation.get("x-operator") else ""
    basis = operation.get("x-basis") or operation.get("x-open-because")
    return f"| `{method} {path}` | {roles} | {basis} | {str(operation.get('description', '')).strip()} |"
