"""What can be documented from the code is, and is never stale."""

import pytest

from govshare.project.environment import VARIABLES
from tools.reference import PAGES as DIRECTORY
from tools.reference.actions import ACTION, actions
from tools.reference.pages import PAGES

#: Actions with a word known only when they are written, and why.
OPEN_ACTIONS = {"api:*:call": "a refused call names the operation that was called; the operations are those of the OpenAPI description"}


@pytest.mark.parametrize("name", PAGES)
def test_generated_pages_are_current(name):
    written = (DIRECTORY / name).read_text("utf-8")

    assert written == PAGES[name](), f"docs/reference/{name} is stale: make docs"


@pytest.mark.parametrize("name", actions())
def test_an_evidence_action_is_subject_object_verb_and_says_what_for(name):
    assert ACTION.fullmatch(name)
    assert "*" not in name or name in OPEN_ACTIONS
    assert all(place.why for place in actions()[name]), f"{name}: the function that says it has no docstring"


def test_every_setting_says_what_it_sets():
    for variable in VARIABLES:
        assert variable.name.startswith("GOVSHARE_")
        assert variable.help.endswith((".", "。")), variable.name
    assert len({variable.name for variable in VARIABLES}) == len(VARIABLES)
