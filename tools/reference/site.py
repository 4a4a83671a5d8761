"""What pages there are, and whose: one row per page of the site."""

import os
import re

import django

HEAD = """\
# Site map

<!-- Made by `python -m tools.reference` from the code: change the code, not this page. -->

Every page of the portal, the roles that own it and the basis it rests on. Whoever is not named gets a page that says so (403);
who is named must still act for the own department, which the services check. *everybody*: whoever is signed in. *open* needs no
session, for the reason beside it. *of the operating authority*: what holds for the whole platform, so not for a district's.
*list*: the same address ends in `.json` and `.xlsx`. The test `tests/portal/test_authorization.py` opens every page as every role
and holds the answers against this table.

| address | name | title | roles | basis | list |
|---|---|---|---|---|---|
"""


def page() -> str:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "govshare.project.settings")
    django.setup()
    from govshare.demo.signin import signin_demo
    from govshare.portal.frame.pages import SIGNED_IN, Page
    from govshare.portal.site import PAGES

    def row(each: Page) -> str:
        if each.open_because:
            roles = "*open*"
        elif each.owners == SIGNED_IN:
            roles = "*everybody*"
        else:
            roles = ", ".join(f"`{role}`" for role in sorted(each.owners))
        roles += " of the operating authority" if each.operator else ""
        address = "/" + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", each.path)
        methods = "" if each.methods == ("GET",) else f" ({', '.join(each.methods)})"
        why = str(each.basis or each.open_because)
        return f"| `{address}`{methods} | `{each.name}` | {each.title} | {roles} | {why} | {'list' if each.lists else ''} |"

    pages = sorted([*PAGES.values(), signin_demo], key=lambda each: (each.path, each.name))
    return HEAD + "\n".join(row(each) for each in pages) + "\n"
