"""How the house tests read the code: through its syntax trees and its floors."""

import ast
import inspect
import tomllib
from collections.abc import Callable, Iterator
from functools import cache
from importlib import import_module
from typing import Any

from tools.reference import ROOT
from tools.reference.scan import modules, trees


@cache
def floors() -> dict[str, int]:
    """Room → floor, the ground being 0, from the import contract."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    layers = next(contract for contract in contracts if contract["id"] == "floors")["layers"]
    return {room.strip(" ()"): floor for floor, layer in enumerate(reversed(layers)) for room in layer.split("|")}


def service_modules() -> list[str]:
    """Of the rooms with tables; what ``operations`` calls services are the machine's."""
    rooms = {name.split(".")[0] for name in modules() if name.split(".")[1:2] == ["models"]}
    return [name for name in modules() if name.split(".")[1:2] == ["services"] and name.split(".")[0] in rooms]


@cache
def services() -> dict[str, Callable[..., Any]]:
    """``room.services[.noun].verb`` → function: what a room's services export, what other rooms call, and what says by whom and when."""
    return dict(sorted([*_exported(), *_called_from_outside(), *_keyword_only()]))


def _exported() -> Iterator[tuple[str, Callable[..., Any]]]:
    for name in service_modules():
        module = import_module(f"govshare.{name}")
        for verb in getattr(module, "__all__", ()):
            value = getattr(module, verb)
            if inspect.isfunction(value):
                yield _named(value)


def _called_from_outside() -> Iterator[tuple[str, Callable[..., Any]]]:
    for caller, tree in trees().items():
        for place, verb in _uses(tree):
            if place.split(".")[0] != caller.split(".")[0] and place in service_modules():
                value = getattr(import_module(f"govshare.{place}"), verb, None)
                if inspect.isfunction(value):
                    yield _named(value)


def _keyword_only() -> Iterator[tuple[str, Callable[..., Any]]]:
    """Public functions shaped like a service, wherever they are called from."""
    for name in service_modules():
        for verb, value in vars(import_module(f"govshare.{name}")).items():
            if inspect.isfunction(value) and value.__module__ == f"govshare.{name}" and not verb.startswith("_"):
                parameters = inspect.signature(value).parameters
                if {"by", "now"} <= set(parameters) and all(p.kind is p.KEYWORD_ONLY for p in parameters.values()):
                    yield _named(value)


def _named(function: Callable[..., Any]) -> tuple[str, Callable[..., Any]]:
    return f"{function.__module__.removeprefix('govshare.')}.{function.__qualname__}", function


def _uses(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """(module below govshare, name) of everything imported from, or looked up in, a module of ours."""
    aliases = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("govshare."):
            for name in node.names:
                place = str(node.module).removeprefix("govshare.")
                yield place, name.name
                aliases[name.asname or name.name] = f"{place}.{name.name}"
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in aliases:
            yield aliases[node.value.id], node.attr


def is_atomic(function: Callable[..., Any]) -> bool:
    """Decorated with ``transaction.atomic``."""
    tree = trees()[function.__module__.removeprefix("govshare.")]
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name == function.__name__:
            return any("atomic" in ast.unparse(decorator) for decorator in node.decorator_list)
    return False


def docstrings(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield ast.get_docstring(node) or ""
