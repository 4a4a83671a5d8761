"""The wheel alone, with no repository and no Node beside it, is the whole platform."""

import ast
import http.client
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import venv
import zipfile
from collections.abc import Iterator
from contextlib import closing
from email.message import Message
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from govshare.project import assets
from tests.frontend import needs_packages
from tools.demonstration import Demonstration, demonstration
from tools.reference import ROOT
from tools.reference.scan import trees

STATIC_NAME = re.compile(r"\{%\s*static\s+[\"']([^\"']+)[\"']|\bstatic\([\"']([^\"']+)[\"']\)")
ASSETS = "govshare/portal/assets"

pytestmark = needs_packages


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    """Built as ``make wheel`` builds it."""
    folder = tmp_path_factory.mktemp("dist")
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    subprocess.run([sys.executable, "-m", "tools.frontend"], cwd=ROOT, env=environment, check=True, capture_output=True)
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder], cwd=ROOT, check=True, capture_output=True)
    return next(folder.glob("govshare-*.whl"))


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory) -> Path:
    """A new environment with this wheel, its dependencies borrowed from the one that runs the tests; returns its ``bin``."""
    home = tmp_path_factory.mktemp("installed")
    venv.create(home, with_pip=False, symlinks=True)
    site = next(home.glob("lib/python*/site-packages"))
    borrowed = next(path for path in map(Path, sys.path) if (path / "django").is_dir())
    (site / "borrowed.pth").write_text(f"{borrowed}\n")
    pip = [sys.executable, "-m", "pip", "--python", home / "bin" / "python", "--disable-pip-version-check", "install"]
    subprocess.run([*pip, "--quiet", "--no-deps", "--no-index", "--no-warn-script-location", wheel], check=True)
    return home / "bin"


def run(installed: Path, *command: str, home: Path) -> subprocess.CompletedProcess[str]:
    """Outside the repository, with an environment of its own."""
    environment = {"PATH": f"{installed}:/usr/bin:/bin", "HOME": str(home), "GOVSHARE_HOME": str(home / "platform"), "LANG": "C.UTF-8"}
    return subprocess.run([installed / command[0], *command[1:]], cwd=home, env=environment, check=False, capture_output=True, text=True)


def test_a_wheel_without_what_pages_load_is_not_built(tmp_path):
    for name in ("pyproject.toml", "README.md", "LICENSE", "NOTICE", "hatch_build.py", "src/govshare/__init__.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, tmp_path / name)

    done = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel"], cwd=tmp_path, check=False, capture_output=True, text=True
    )

    assert done.returncode != 0
    assert "make wheel" in done.stdout + done.stderr
    assert not list(tmp_path.glob("dist/*.whl"))


def test_the_wheel_holds_every_file_that_a_page_names(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    paths = json.loads(zipfile.ZipFile(wheel).read(f"{ASSETS}/{assets.MANIFEST}"))["paths"]
    code = [*(ROOT / "src" / "govshare").rglob("*.html"), *(ROOT / "src" / "govshare" / "portal").rglob("*.py")]
    named = {a or b for path in code for a, b in STATIC_NAME.findall(path.read_text("utf-8"))}

    assert {"vendor/bootstrap.min.css", "vendor/htmx.min.js", "vendor/icons.svg", "vendor/LICENSES.txt"} <= set(paths)
    assert not named - set(paths)
    assert not {f"{ASSETS}/{path}" for path in paths.values()} - names


def test_the_wheel_holds_everything_beside_the_code(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    beside = {path for path in committed("src/govshare") if not path.startswith("govshare/portal/static/")}

    assert not beside - names
    assert not [name for name in names if name.startswith("govshare/portal/static/") or "node_modules" in name]


def committed(folder: str) -> set[str]:
    listed = subprocess.run(["git", "ls-files", folder], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return {name.removeprefix("src/") for name in listed.splitlines() if (ROOT / name).exists() and not name.endswith(".po")}


def test_the_command_runs_from_the_wheel(installed, tmp_path):
    where = run(installed, "python", "-c", "import govshare; print(govshare.__file__)", home=tmp_path)
    helped = run(installed, "govshare", "--help", home=tmp_path)
    cited = run(installed, "govshare", "articles", "CD2016-25.2", home=tmp_path)

    assert where.stdout.startswith(str(installed.parent)), where.stderr
    assert (helped.returncode, "锦享 GovShare" in helped.stdout) == (0, True), helped.stderr
    assert "约定" in cited.stdout, cited.stderr


def test_from_the_wheel_pages_name_hashed_files(installed, tmp_path):
    program = (
        "from govshare.cli.start import use_django; use_django(); "
        "from django.templatetags.static import static; from govshare.project import assets; "
        "print(static('vendor/bootstrap.min.css'), (assets.BUILT / assets.MANIFEST).exists(), assets.SOURCE.exists())"
    )

    answer = run(installed, "python", "-c", program, home=tmp_path)

    assert re.fullmatch(r"/static/vendor/bootstrap\.min\.[0-9a-f]{12}\.css True False\n", answer.stdout), answer.stderr


@pytest.mark.long
def test_the_demonstration_runs_from_the_wheel_alone(installed, short_directory):
    with demonstration(short_directory / "city", command=[str(installed / "govshare")]) as city:
        pages = [fetch(city, address) for address in ("/signin/", "/signin/challenge/", "/nope/")]
        named = {name for _, _, page in pages for name in re.findall(r'(?:href|src)="(/static/[^"#]+)', page.decode())}
        assets_ = {name: fetch(city, name) for name in named}

    assert [status for status, _, _ in pages] == [200, 200, 404]
    assert {status for status, _, _ in assets_.values()} == {200}
    assert all(headers["Cache-Control"].endswith("immutable") for _, headers, _ in assets_.values())
    assert any("bootstrap.min." in name for name in named)
    assert any("icons." in name for name in named)


def fetch(city: Demonstration, address: str) -> tuple[int, Message, bytes]:
    with closing(http.client.HTTPSConnection("localhost", city.portal, context=city.context(), timeout=60)) as connection:
        connection.request("GET", address)
        response = connection.getresponse()
        return response.status, response.headers, response.read()


@pytest.fixture
def short_directory() -> Iterator[Path]:
    """A unix socket's path has 107 bytes; as root, the database server is another account."""
    with tempfile.TemporaryDirectory(prefix="gsw-", dir="/tmp") as name:
        path = Path(name)
        path.chmod(0o711)
        yield path


#: Imported by us, brought by a declared package as part of its own interface.
BROUGHT = {"pydantic": "django-ninja"}


def test_the_program_needs_nothing_that_the_wheel_does_not_ask_for(wheel):
    metadata = next(name for name in zipfile.ZipFile(wheel).namelist() if name.endswith("METADATA"))
    lines = zipfile.ZipFile(wheel).read(metadata).decode().splitlines()
    asked = {
        _plain(re.split(r"[\[<>=!~; ]", line.removeprefix("Requires-Dist: "))[0]) for line in lines if line.startswith("Requires-Dist: ")
    }
    known = packages_distributions()

    foreign = {top for top in _imported() if top not in sys.stdlib_module_names and top != "govshare"}
    unasked = {top for top in foreign if not {_plain(name) for name in known.get(top, [top])} & asked and BROUGHT.get(top) not in asked}

    assert not unasked


def _imported() -> set[str]:
    """Top-level names of everything that is imported anywhere in the program."""
    nodes = [node for tree in trees().values() for node in ast.walk(tree)]
    whole = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    parts = {node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module and not node.level}
    return {name.split(".")[0] for name in whole | parts}


def _plain(name: str) -> str:
    return name.lower().replace("_", "-")
