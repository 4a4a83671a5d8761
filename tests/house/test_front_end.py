"""What the portal is written in: for browsers of 2020, under a strict content policy, and of our own hand."""

import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tools.frontend import VENDOR
from tools.reference import ROOT

PORTAL = ROOT / "src" / "govshare" / "portal"
STATIC = PORTAL / "static"
TEMPLATES = sorted((ROOT / "src" / "govshare").rglob("*.html"))
STYLES = sorted(STATIC.rglob("*.css"))
SCRIPTS = sorted(path for path in STATIC.rglob("*.js") if VENDOR not in path.parents)

#: What Chromium 86 does not know. A stylesheet that uses it shows something else there, or nothing.
UNKNOWN_IN_2020 = {
    "oklch": r"\bokl(?:ch|ab)\(",
    "color-mix": r"color-mix\(",
    "light-dark": r"light-dark\(",
    ":has": r":has\(",
    "@layer": r"@layer\b",
    "@container": r"@container\b",
    "aspect-ratio": r"[;{\s]aspect-ratio\s*:",
    "inset": r"[;{\s]inset(?:-\w+)?\s*:",
    "accent-color": r"accent-color\s*:",
    ":is/:where": r":(?:is|where)\(",
    "dvh": r"\d(?:d|s|l)v[hw]\b",
    "individual transforms": r"[;{\s](?:rotate|scale|translate)\s*:",
}
#: Used by a package all the same, in the rule of that selector: such a component is on no page of ours.
NOT_OURS = {("tom-select.bootstrap5.min.css", "color-mix"): "dropdown-header", ("bootstrap.min.css", "inset"): "form-floating"}

#: Kept from a page by its content policy, or meant for elsewhere.
FORBIDDEN = {
    "inline style": r"<[a-z][^<>]*\sstyle\s*=",
    "style element": r"<style\b",
    "inline script": r"<script(?![^>]*\bsrc=)[^>]*>",
    "handler attribute": r"<[a-z][^<>]*\son[a-z]+\s*=",
    "htmx that evaluates": r"\bhx-on\b|\bhx-(?:vals|headers)\s*=\s*[\"']js:|\bhx-trigger\s*=\s*[\"'][^\"']*\[",
    "javascript address": r"javascript:",
    "frame": r"<(?:iframe|object|embed|base)\b",
}
UNESCAPED = {"unescaped": r"\|\s*safe\b|\{%\s*autoescape\s+off"}
TAGS = re.compile(r"\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
REMOTE = re.compile(r"(?:https?:)?//(?=[a-z0-9-]+\.[a-z]{2,})[^\s\"'<>)]+", re.IGNORECASE)
NAMESPACES = ("http://www.w3.org/",)  # names, never fetched
COMMENTS = re.compile(r"/\*.*?\*/|\{#.*?#\}|\{% comment %\}.*?\{% endcomment %\}|<!--.*?-->", re.DOTALL)
STATIC_NAME = re.compile(r"\{%\s*static\s+[\"']([^\"']+)[\"']")


def text_of(path: Path) -> str:
    """Without comments, in which words may stand that code may not use."""
    return COMMENTS.sub(lambda match: "\n" * match[0].count("\n"), path.read_text("utf-8"))


def shown(path: Path, text: str, at: int) -> str:
    return f"{path.relative_to(ROOT)}:{text.count(chr(10), 0, at) + 1}"


def markup_of(path: Path) -> str:
    """Without template tags, whose arguments are no attributes."""
    return TAGS.sub(lambda match: "\n" * match[0].count("\n"), text_of(path))


def found(paths: list[Path], rules: dict[str, str], read: Callable[[Path], str] = text_of) -> Iterator[tuple[str, str, Path]]:
    for path in paths:
        text = read(path)
        for name, rule in rules.items():
            for match in re.finditer(rule, text, re.IGNORECASE):
                yield shown(path, text, match.start()), name, path


def nested_rules(style: str) -> list[str]:
    """Preludes of rules that stand inside another rule."""
    depth: list[str] = []
    nested, start = [], 0
    plain = re.sub(r"\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'", '""', style)
    for at, letter in enumerate(plain):
        if letter not in "{};":
            continue
        prelude, start = plain[start:at].strip(), at + 1
        if letter == "{":
            if depth and not depth[-1].startswith("@"):
                nested.append(prelude)
            depth.append(prelude)
        elif letter == "}" and depth:
            depth.pop()
    return nested


def test_nothing_of_third_parties_is_committed():
    committed = subprocess.run(["git", "ls-files"], cwd=ROOT, check=True, capture_output=True, text=True).stdout.splitlines()

    parts = {"node_modules", "vendor"}
    assert not [
        name for name in committed if parts & set(Path(name).parts) or ".min." in name or name.startswith("src/govshare/portal/assets/")
    ]


@pytest.mark.parametrize("path", STYLES, ids=lambda path: path.name)
def test_styles_use_what_browsers_of_2020_know(path):
    assert not [(place, name) for place, name, _ in found([path], UNKNOWN_IN_2020) if (path.name, name) not in NOT_OURS]
    assert not nested_rules(text_of(path))


@pytest.mark.parametrize("component", NOT_OURS.values())
def test_components_that_need_a_younger_browser_are_on_no_page(component):
    assert not [
        path.name for path in (*TEMPLATES, *SCRIPTS) if re.search(rf"\b{component.replace('-', '[-_]')}\b", path.read_text("utf-8"))
    ]


def test_a_nested_rule_is_recognised():
    assert nested_rules("@media print{a{color:red}} b{c:d;&:hover{e:f}}") == ["&:hover"]
    assert nested_rules('a{content:"{"} @supports (x:y){@media print{b{c:d}}}') == []


def test_templates_hold_nothing_that_the_content_policy_stops():
    assert not [(place, name) for place, name, _ in (*found(TEMPLATES, FORBIDDEN, markup_of), *found(TEMPLATES, UNESCAPED))]


def test_nothing_of_ours_points_outside_the_platform():
    ours = [path for path in (*STYLES, *SCRIPTS) if VENDOR not in path.parents]
    remote = [
        (shown(path, text, match.start()), match[0])
        for path, text in ((path, text_of(path)) for path in (*TEMPLATES, *ours))
        for match in REMOTE.finditer(text)
        if not match[0].startswith(NAMESPACES)
    ]

    assert not remote


def test_scripts_need_no_evaluation_and_build_no_markup_from_text():
    rules = {
        "eval": r"\beval\(|new Function\b",
        "markup": r"\.(?:innerHTML|outerHTML)\s*=|insertAdjacentHTML|document\.write",
        "style": r"setAttribute\([\"']style",
    }

    assert not [(place, name) for place, name, _ in found(SCRIPTS, rules)]


def test_every_file_that_a_page_names_is_there():
    named = {(name, path) for path in TEMPLATES for name in STATIC_NAME.findall(text_of(path))}
    built_later = {name for name, _ in named if name.startswith("vendor/") and not VENDOR.exists()}

    assert not [(name, path.name) for name, path in named if name not in built_later and not (STATIC / name).is_file()]
