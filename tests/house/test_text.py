"""What every file of the repository keeps to."""

import re
from itertools import chain
from pathlib import Path

import pytest

from tests.house.code import docstrings
from tools.reference import ROOT
from tools.reference.scan import modules, trees

FOLDERS = ("src", "tests", "tools", "bench", "docs", "deploy", "requirements", ".ci")
SUFFIXES = {".py", ".md", ".toml", ".txt", ".yml", ".yaml", ".cfg", ".sh", ".service", ".conf", ".html", ".js", ".css", ".json", ""}
FILES = sorted(
    path
    for path in chain(*((ROOT / name).rglob("*") for name in FOLDERS), ROOT.glob("*"))
    if path.is_file() and path.suffix in SUFFIXES and "__pycache__" not in path.parts and "node_modules" not in path.parts
)
LONGEST_FILE = 400  # lines of code that one head holds

# written with a class of one letter, so that this file does not contain what it looks for
MACHINE_PATHS = re.compile(r"/[w]ork/|/tmp/[w]/|/tmp/[b]rief|/tmp/[g]v|/opt/[g]v")
INDEX_ADDRESSES = re.compile(
    r"[p]ypi\.org/simple|--[i]ndex-url|--[e]xtra-index-url|[r]egistry\.npmjs|\"[r]esolved\":|[f]iles\.pythonhosted"
)
UNDONE = re.compile(r"\b(?:TO[D]O|FIX[M]E|XX[X])\b(?P<reason>.*)")


def shown(path: Path) -> str:
    return str(path.relative_to(ROOT))


every_file = pytest.mark.parametrize("path", FILES, ids=shown)


@every_file
def test_no_file_knows_the_machine_it_was_written_on_or_where_packages_come_from(path):
    text = path.read_text("utf-8")

    assert not MACHINE_PATHS.findall(text)
    assert not INDEX_ADDRESSES.findall(text)


@every_file
def test_what_is_left_undone_says_why(path):
    for match in UNDONE.finditer(path.read_text("utf-8")):
        assert re.match(r"[:(] ?\S.{15,}", match["reason"]), match[0]


@pytest.mark.parametrize("module", modules())
def test_no_file_outgrows_a_head(module):
    assert len(modules()[module].read_text("utf-8").splitlines()) <= LONGEST_FILE


@pytest.mark.parametrize("module", modules())
def test_every_module_says_what_it_is_for(module):
    tree = trees()[module]

    assert not tree.body or next(docstrings(tree)) or module.endswith("apps")


def test_every_term_of_the_law_is_in_the_glossary():
    glossary = set(re.findall(r"^\| ([^|]+?) \|", (ROOT / "docs" / "glossary.md").read_text("utf-8"), re.MULTILINE))
    used = {term: module for module, tree in trees().items() for text in docstrings(tree) for term in re.findall(r"「([^」]+)」", text)}

    missing = {term: module for term, module in used.items() if term not in glossary}
    assert not missing
