"""What every file of the repository keeps to."""

import re
from itertools import chain
from pathlib import Path

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
HANDED_OUT = {"audit.verifier": 1200}  # goes to whoever verifies as one file, so it cannot be parted

# written with a class of one letter, so that this file does not contain what it looks for
MACHINE_PATHS = re.compile(r"/[w]ork/|/tmp/[w]/|/tmp/[b]rief|/tmp/[g]v|/opt/[g]v")
INDEX_ADDRESSES = re.compile(
    r"[p]ypi\.org/simple|--[i]ndex-url|--[e]xtra-index-url|[r]egistry\.npmjs|\"[r]esolved\":|[f]iles\.pythonhosted"
)
UNDONE = re.compile(r"\b(?:TO[D]O|FIX[M]E|XX[X])\b(?P<reason>.*)")


def text_of(path: Path) -> str:
    """Nothing for a file that is no text."""
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError:
        return ""


def shown(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_no_file_knows_the_machine_it_was_written_on_or_where_packages_come_from():
    found = {(shown(path), hit) for path in FILES for rule in (MACHINE_PATHS, INDEX_ADDRESSES) for hit in rule.findall(text_of(path))}

    assert not found


def test_what_is_left_undone_says_why():
    undone = [(shown(path), match) for path in FILES for match in UNDONE.finditer(text_of(path))]

    assert not [(place, match[0]) for place, match in undone if not re.match(r"[:(] ?\S.{15,}", match["reason"])]


def test_no_file_outgrows_a_head():
    lengths = {name: len(path.read_text("utf-8").splitlines()) for name, path in modules().items()}

    assert not {name: length for name, length in lengths.items() if length > HANDED_OUT.get(name, LONGEST_FILE)}


def test_every_module_says_what_it_is_for():
    silent = [name for name, tree in trees().items() if tree.body and not next(docstrings(tree))]

    assert not [name for name in silent if not name.endswith(".apps")]


def test_every_term_of_the_law_is_in_the_glossary():
    glossary = set(re.findall(r"^\| ([^|]+?) \|", (ROOT / "docs" / "glossary.md").read_text("utf-8"), re.MULTILINE))
    used = {term: module for module, tree in trees().items() for text in docstrings(tree) for term in re.findall(r"「([^」]+)」", text)}

    missing = {term: module for term, module in used.items() if term not in glossary}
    assert not missing
