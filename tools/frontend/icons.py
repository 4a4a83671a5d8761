"""A sprite of exactly the Tabler outline icons that templates and Python name.

By name, and a mistake if the package has no such icon: ``{% icon "search" %}`` or ``icon="search"`` in a template; in Python an argument,
its default, a field or a key called ``icon``, or a constant whose name ends in ``ICON`` or ``ICONS``. Where they stand among other words
(a component's positional argument, a table such as ``SHARE_TYPES``), words that are icons are taken for icons.
"""

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TypeGuard

from tools.frontend import CODE, PACKAGES, ROOT, Trouble

OUTLINE = PACKAGES / "@tabler" / "icons" / "icons" / "outline"
IN_TEMPLATE = re.compile(r"""\{%\s*icon\s+["']([^"']+)["']|\bicon=["']([^"'{}]+)["']""")
COMPONENT = re.compile(
    r"\{%\s*(?!url|static|translate|blocktranslate|include|extends|block|load|if|elif|for|with|query|may)(\w+)\s([^%]*)%\}"
)
QUOTED = re.compile(r"""["']([a-z0-9-]+)["']""")
FRAME = re.compile(r'<path stroke="none" d="M0 0h24v24H0z" fill="none" ?/>')
DRAWING = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)

Named = dict[str, str]  # icon -> the first place that names it


def named(code: Path = CODE, drawings: Path = OUTLINE) -> Named:
    known = {path.stem for path in drawings.glob("*.svg")}
    found: Named = {}
    for path in sorted(code.rglob("*.html")):
        text = path.read_text("utf-8")
        for line, name in (*_in_template(text), *_among_words(text, known)):
            found.setdefault(name, f"{_shown(path)}:{line}")
    for path in sorted(code.rglob("*.py")):
        text = path.read_text("utf-8")
        if "icon" in text.lower():
            tree = ast.parse(text)
            for line, name in (*_in_python(tree), *(each for each in _in_tables(tree) if each[1] in known)):
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


def _among_words(text: str, known: Iterable[str]) -> Iterator[tuple[int, str]]:
    for match in COMPONENT.finditer(text):
        yield from ((text.count("\n", 0, match.start()) + 1, name) for name in QUOTED.findall(match[2]) if name in known)


def _in_python(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        for value in _values(node):
            yield from _names(value)


def _in_tables(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                if name.isupper():
                    yield from _names(value)


def _names(value: ast.expr) -> Iterator[tuple[int, str]]:
    return ((leaf.lineno, leaf.value) for leaf in ast.walk(value) if isinstance(leaf, ast.Constant) and _is_name(leaf.value))


def _values(node: ast.AST) -> list[ast.expr]:
    """What is handed to something called icon."""
    match node:
        case ast.keyword(arg="icon", value=value):
            return [_result(value)]
        case ast.arguments():
            return _defaults(node)
        case ast.Dict(keys=keys, values=values):
            return [value for key, value in zip(keys, values, strict=True) if isinstance(key, ast.Constant) and key.value == "icon"]
        case ast.Assign(targets=[ast.Name(id=name)], value=value) | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
            return _held(value) if name == "icon" or name.endswith(("ICON", "ICONS")) else []
    return []


def _defaults(arguments: ast.arguments) -> list[ast.expr]:
    positional = [*arguments.posonlyargs, *arguments.args]
    pairs = [*zip(positional[len(positional) - len(arguments.defaults) :], arguments.defaults, strict=True)]
    pairs += [(name, value) for name, value in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True) if value is not None]
    return [value for name, value in pairs if name.arg == "icon"]


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
