"""A sprite of exactly the Tabler outline icons that templates and Python name.

A template names one by ``{% icon "search" %}`` or by ``icon="search"`` in another tag; Python by an argument, a field or a key
called ``icon``, or in a constant whose name ends in ``ICON`` or ``ICONS``. A name that is put together is not seen: write it out.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TypeGuard

from tools.frontend import CODE, PACKAGES, ROOT, Trouble

OUTLINE = PACKAGES / "@tabler" / "icons" / "icons" / "outline"
IN_TEMPLATE = re.compile(r"""\{%\s*icon\s+["']([^"']+)["']|\bicon=["']([^"'{}]+)["']""")
FRAME = re.compile(r'<path stroke="none" d="M0 0h24v24H0z" fill="none" ?/>')
DRAWING = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)

Named = dict[str, str]  # icon -> the first place that names it


def named(code: Path = CODE) -> Named:
    found: Named = {}
    for path in sorted(code.rglob("*.html")):
        for line, name in _in_template(path.read_text("utf-8")):
            found.setdefault(name, f"{_shown(path)}:{line}")
    for path in sorted(code.rglob("*.py")):
        text = path.read_text("utf-8")
        if "icon" in text.lower():
            for line, name in _in_python(ast.parse(text)):
                found.setdefault(name, f"{_shown(path)}:{line}")
    return found


def sprite(names: Named, drawings: Path = OUTLINE) -> bytes:
    """One ``<symbol id="name">`` each; colour and line come from the page's stylesheet."""
    unknown = [f"{place}: {name}" for name, place in names.items() if not (drawings / f"{name}.svg").exists()]
    if unknown:
        raise Trouble("没有这些 Tabler 图标 / no such Tabler outline icon:\n" + "\n".join(unknown))
    symbols = [f'<symbol id="{name}" viewBox="0 0 24 24">{_drawing(drawings / f"{name}.svg")}</symbol>' for name in sorted(names)]
    return "\n".join(['<svg xmlns="http://www.w3.org/2000/svg">', *symbols, "</svg>", ""]).encode()


def _drawing(path: Path) -> str:
    match = DRAWING.search(path.read_text("utf-8"))
    if match is None:
        raise Trouble(f"{path.name} 不是图标 / is no icon")
    return re.sub(r"\s*\n\s*", "", FRAME.sub("", match[1])).replace(" />", "/>")


def _in_template(text: str) -> Iterator[tuple[int, str]]:
    for match in IN_TEMPLATE.finditer(text):
        yield text.count("\n", 0, match.start()) + 1, match[1] or match[2]


def _in_python(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        for value in _values(node):
            yield from ((leaf.lineno, leaf.value) for leaf in ast.walk(value) if isinstance(leaf, ast.Constant) and _is_name(leaf.value))


def _values(node: ast.AST) -> list[ast.expr]:
    """What is handed to something called icon."""
    match node:
        case ast.keyword(arg="icon", value=value):
            return [_result(value)]
        case ast.Dict(keys=keys, values=values):
            return [value for key, value in zip(keys, values, strict=True) if isinstance(key, ast.Constant) and key.value == "icon"]
        case ast.Assign(targets=[ast.Name(id=name)], value=value) | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
            return _held(value) if name == "icon" or name.endswith(("ICON", "ICONS")) else []
    return []


def _held(value: ast.expr) -> list[ast.expr]:
    """A table's icons are its values; its keys are what they stand for."""
    return list(value.values) if isinstance(value, ast.Dict) else [value]


def _result(value: ast.expr) -> ast.expr:
    """Of a look-up with a constant key only the table would name icons."""
    return ast.Constant(None) if isinstance(value, ast.Subscript | ast.Call) else value


def _is_name(value: object) -> TypeGuard[str]:
    return isinstance(value, str) and bool(value)


def _shown(path: Path) -> str:
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)
