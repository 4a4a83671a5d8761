"""What the code says about itself: its modules, its citations, its evidence actions, its workflows, its marked tests."""

import ast
import importlib
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from govshare.kernel.workflow import Workflow
from govshare.regulation.claims import citations, collected
from tools.reference import ROOT

SOURCES = ROOT / "src" / "govshare"
TESTS = ROOT / "tests"
CONVENTION = re.compile(r"\bPC-\d{2,3}\b")

#: The law, its conventions and its gaps name every article; that claims nothing.
_LAW = {"regulation.articles", "regulation.claims", "regulation.conventions"}


@cache
def modules() -> dict[str, Path]:
    """Dotted name below ``govshare`` → file, without migrations."""
    files = sorted(path for path in SOURCES.rglob("*.py") if "migrations" not in path.parts)
    return {".".join(path.relative_to(SOURCES).with_suffix("").parts).removesuffix(".__init__"): path for path in files}


@cache
def trees() -> dict[str, ast.Module]:
    return {name: ast.parse(path.read_text("utf-8")) for name, path in modules().items()}


@cache
def test_trees() -> dict[str, ast.Module]:
    """Path from the root → tree, for every test file."""
    return {str(path.relative_to(ROOT)): ast.parse(path.read_text("utf-8")) for path in sorted(TESTS.rglob("test_*.py"))}


@cache
def claims() -> dict[str, list[str]]:
    """Unit of the law → modules that cite it."""
    return collected((name, citations(path.read_text("utf-8"))) for name, path in modules().items() if name not in _LAW)


def _marks(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "article":
            yield from (word.value for word in node.args if isinstance(word, ast.Constant) and isinstance(word.value, str))


@cache
def marks() -> dict[str, set[str]]:
    """Test file → articles and conventions its tests are marked with."""
    return {name: set(_marks(tree)) for name, tree in test_trees().items()}


@cache
def proofs() -> dict[str, list[str]]:
    """Unit of the law → test files that prove it."""
    return collected((name, {mark for mark in found if not mark.startswith("PC-")}) for name, found in marks().items())


@cache
def convention_uses() -> dict[str, list[str]]:
    """Number of a convention → modules that name it."""
    found: dict[str, list[str]] = {}
    for name, path in modules().items():
        if name not in _LAW:
            for number in sorted(set(CONVENTION.findall(path.read_text("utf-8")))):
                found.setdefault(number, []).append(name)
    return found


@cache
def workflows() -> dict[str, tuple[str, Workflow]]:
    """Name of a workflow → its place in the code and itself."""
    found = {}
    for name in modules():
        if "rules" in name.split("."):
            module = importlib.import_module(f"govshare.{name}")
            for constant, value in vars(module).items():
                if isinstance(value, Workflow) and value.name not in found:
                    found[value.name] = (f"{name}.{constant}", value)
    return dict(sorted(found.items()))
