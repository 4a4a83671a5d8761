"""What ``deploy/`` and the how-to pages tell an operator to type exists."""

import configparser
import re
import tomllib
from pathlib import Path

import pytest
import typer

from govshare.cli.main import app
from govshare.operations.doctor import running
from govshare.operations.metrics import REGISTRY
from govshare.operations.plan import _AUTHORITY, _OFFICER, _TRUST
from govshare.project.environment import VARIABLES

ROOT = Path(__file__).parents[2]
UNITS = sorted((ROOT / "deploy/systemd").glob("*.service"))
PAGES = [ROOT / "docs/how-to" / f"{name}.md" for name in ("first-start", "systemd", "upgrade")]
KNOWN = {variable.name for variable in VARIABLES}


def commands(group, before=()):
    """All that can be typed after ``govshare``."""
    for name, command in group.commands.items():
        yield " ".join([*before, name])
        if hasattr(command, "commands"):
            yield from commands(command, (*before, name))


COMMANDS = set(commands(typer.main.get_command(app)))


class Unit(dict):
    """systemd lets a key stand twice."""

    def __init__(self, path):
        parser = configparser.RawConfigParser(strict=False)
        parser.optionxform = str
        parser.read_string(path.read_text())
        super().__init__({f"{section}.{key}": value for section in parser.sections() for key, value in parser.items(section)})


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.stem)
def test_a_unit_runs_a_command_there_is_as_an_account_without_rights(path):
    unit = Unit(path)

    for key in ("Service.ExecStart", "Service.ExecStop"):
        if key in unit:
            assert unit[key].removeprefix("/opt/govshare/bin/govshare ") in COMMANDS
    assert unit["Service.User"] == "govshare"
    assert unit["Service.CapabilityBoundingSet"] == ""
    assert unit["Service.NoNewPrivileges"] == "yes"
    assert unit["Service.ReadWritePaths"] == "/var/lib/govshare"


def test_only_migrating_knows_the_owners_password():
    knowing = [path.stem for path in UNITS if "owner.env" in path.read_text()]

    assert knowing == ["govshare-migrate"]


@pytest.mark.parametrize("path", [ROOT / "deploy/govshare.env", ROOT / "deploy/owner.env", *PAGES], ids=lambda path: path.name)
def test_every_setting_that_is_named_exists(path):
    named = set(re.findall(r"\bGOVSHARE_[A-Z_]+\b", path.read_text("utf-8")))

    assert named
    assert named <= KNOWN


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.stem)
def test_every_command_of_the_how_to_pages_exists(page):
    said = re.findall(r"(?:`|bin/|\n)govshare ([a-z]+(?: (?:start|stop|status))?)\b", page.read_text("utf-8"))

    assert said
    assert set(said) <= COMMANDS


def test_the_plan_on_the_page_has_all_that_a_plan_needs():
    text = PAGES[0].read_text("utf-8")
    plan = tomllib.loads(text.partition("```toml\n")[2].partition("```")[0])

    assert set(_AUTHORITY) <= set(plan["authority"])
    assert all(set(_TRUST) <= set(row) for row in plan["trust"])
    assert all(set(_OFFICER) <= set(row) for row in plan["officer"])


@pytest.mark.django_db
def test_every_metric_on_the_page_is_served():
    served = {sample.name for family in REGISTRY.collect() for sample in family.samples} | {
        "govshare_requests_total",
        "govshare_refusals_total",
    }

    named = set(re.findall(r"`(govshare_[a-z_]+)", PAGES[1].read_text("utf-8")))

    assert named <= served
    assert {name for name in served if name.startswith("govshare_") and not name.endswith("_created")} <= named
    assert f"over {running.PROMISE_WITHIN.seconds}" in PAGES[1].read_text("utf-8")
