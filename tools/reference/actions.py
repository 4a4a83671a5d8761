"""Every evidence action the code can write: those of the workflows' moves, and what is given as ``action`` anywhere else.

An action put together from a word, ``f"organizations:person:{verb}"``, is resolved through the function's callers in the same
module; what cannot be resolved stands as ``*``.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import product

from tools.reference.scan import trees, workflows

ACTION = re.compile(r"[a-z][a-z0-9_]*(?::(?:[a-z][a-z0-9_-]*|\*)){2}")
Function = ast.FunctionDef | ast.AsyncFunctionDef
Owner = ast.Module | Function
Texts = dict[str, Owner]


@dataclass(frozen=True, slots=True)
class Action:
    """One place that writes an evidence action; ``why``: the button's words, or the first line of the function's or module's docstring."""

    name: str
    module: str
    why: str


class _Module:
    def __init__(self, tree: ast.Module) -> None:
        self.functions = {node.name: node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
        self.owners: list[Owner] = [tree, *self.functions.values()]
        self.calls = [(call, owner) for owner in self.owners for call in _own_nodes(owner) if isinstance(call, ast.Call)]
        self.tree = tree

    def given(self) -> Iterator[tuple[ast.expr, Owner]]:
        """Every expression given as ``action`` with the function it stands in, except where one is only passed through."""
        for call, owner in self.calls:
            if _called(call) in {"add_argument", "Criteria"}:  # argparse has an action of its own; a search asks for one
                continue
            for argument in self.arguments(call, "action"):
                if not (isinstance(argument, ast.Name) and argument.id == "action"):
                    yield argument, owner

    def arguments(self, call: ast.Call, name: str) -> Iterator[ast.expr]:
        """What ``call`` gives as parameter ``name``, by keyword or by place."""
        yield from (keyword.value for keyword in call.keywords if keyword.arg == name)
        function = self.functions.get(_called(call))
        if function is not None:
            places = [argument.arg for argument in function.args.args]
            if name in places and places.index(name) < len(call.args):
                yield call.args[places.index(name)]

    def texts(self, expression: ast.expr, owner: Owner, depth: int = 4) -> Texts:
        """The words ``expression`` can stand for, ``*`` for any; each with the function that says it."""
        match expression:
            case ast.Constant(value=str(text)):
                found: Texts = {text: owner}
            case ast.Attribute(attr="action"):
                found = {}  # of a move: the workflows say it
            case ast.Attribute(value=ast.Name(id=name), attr=member) if (name, member) in choices():
                found = {choices()[name, member]: owner}
            case ast.IfExp(body=body, orelse=other):
                found = self.texts(body, owner, depth) | self.texts(other, owner, depth)
            case ast.JoinedStr(values=values):
                found = _joined([self.texts(value, owner, depth) for value in values], owner)
            case ast.FormattedValue(value=value):
                found = self.texts(value, owner, depth)
            case ast.Name(id=name) if (constant := _constant(self.tree, name)) is not None:
                found = self.texts(constant, owner, depth)
            case ast.Name(id=name) if not isinstance(owner, ast.Module) and depth:
                found = self._passed(name, owner, depth - 1) or {"*": owner}
            case _:
                found = {"*": owner}
        return found

    def _passed(self, name: str, function: Function, depth: int) -> Texts:
        calls = [(call, owner) for call, owner in self.calls if _called(call) == function.name]
        found: Texts = {}
        for call, owner in calls:
            for value in self.arguments(call, name):
                found |= self.texts(value, owner, depth)
        return found


def _constant(tree: ast.Module, name: str, seen: frozenset[str] = frozenset()) -> ast.expr | None:
    """What ``name`` is given in a module, or in the module of ours that it is taken from."""
    for node in tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id=given)], value=value) if given == name:
                return value
            case ast.ImportFrom(module=str(place), names=names):
                place = place.removeprefix("govshare.")
                for taken in names:
                    if (taken.asname or taken.name) == name and place in trees() and place not in seen:
                        return _constant(trees()[place], taken.name, seen | {place})
    return None


def _joined(parts: list[Texts], owner: Owner) -> Texts:
    found: Texts = {}
    for words in product(*(part.items() for part in parts)):
        callers = [caller for _, caller in words if caller is not owner]
        found["".join(word for word, _ in words)] = callers[-1] if callers else owner
    return found


@cache
def choices() -> dict[tuple[str, str], str]:
    """Class and member → value, of every enumeration of words."""
    found: dict[tuple[str, str], str] = {}
    for tree in trees().values():
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                found |= {(node.name, member): value for member, value in _members(node)}
    return found


def _members(node: ast.ClassDef) -> Iterator[tuple[str, str]]:
    for statement in node.body:
        match statement:
            case ast.Assign(
                targets=[ast.Name(id=name)], value=ast.Constant(value=str(word)) | ast.Tuple(elts=[ast.Constant(value=str(word)), *_])
            ):
                yield name, word


def _called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _own_nodes(owner: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a function or module that are not in a function inside it."""
    for child in ast.iter_child_nodes(owner):
        if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            yield child
            yield from _own_nodes(child)


def _summary(owner: Owner, tree: ast.Module) -> str:
    return (ast.get_docstring(owner) or ast.get_docstring(tree) or "").partition("\n")[0]


def _moves() -> Iterator[Action]:
    for place, workflow in workflows().values():
        for move in workflow:
            yield Action(move.action, place.rpartition(".")[0], f"“{move.label}”（`{workflow.name}`，`{move.basis}`）")


def _records() -> Iterator[Action]:
    for name, tree in trees().items():
        module = _Module(tree)
        for expression, owner in module.given():
            for text, sayer in sorted(module.texts(expression, owner).items()):
                yield Action(text, name, _summary(sayer, tree))


@cache
def actions() -> dict[str, list[Action]]:
    """Name of an evidence action → places that write it."""
    found: dict[str, list[Action]] = {}
    for action in _moves():
        found.setdefault(action.name, []).append(action)
    moves = set(found)
    for action in _records():
        if action.name not in moves:
            found.setdefault(action.name, []).append(action)
    return dict(sorted(found.items()))
