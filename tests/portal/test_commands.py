"""Commands to copy say what the machine API understands, in every language, whatever stands in them."""

import ast
import json
import shlex

from django.test import RequestFactory
from django.urls import resolve

from govshare.portal.commands import Call, Snippet, commands
from govshare.portal.templatetags.commands import coloured

ORDER = Call("POST", "/transfers", {"grant": "0199", "table": 'o\'brien "x" $HOME'}, note="登记传输")
WATCH = Call("GET", "/transfers", note="查看进度")


def made(*calls: Call) -> dict[str, str]:
    found = commands(RequestFactory().get("/", HTTP_HOST="localhost:8443"), *calls)
    return {each.key: each.text for each in found}


def test_every_language_signs_in_first_and_names_the_platform_as_the_visitor_reaches_it():
    texts = made(ORDER, WATCH)

    assert list(texts) == ["curl", "python", "java"]
    for text in texts.values():
        assert text.index("https://localhost:8445/session") < text.index("https://localhost:8443/api/v1/transfers")


def test_a_shell_reads_the_very_body_that_is_meant():
    text = made(ORDER)["curl"]

    words = shlex.split(text, comments=True)

    assert json.loads(words[words.index("-d") + 1]) == ORDER.body
    assert "https://localhost:8443/api/v1/transfers" in words


def test_python_is_python_and_sends_the_same_body():
    tree = ast.parse(made(ORDER)["python"])

    bodies = [ast.literal_eval(node) for node in ast.walk(tree) if isinstance(node, ast.Dict) and "grant" in ast.dump(node)]

    assert bodies == [ORDER.body]


def test_java_quotes_what_would_end_its_texts():
    text = made(ORDER)["java"]

    assert '\\"table\\": \\"o\'brien \\\\\\"x\\\\\\" $HOME\\"' in text
    assert text.count("{") == text.count("}")


def test_the_calls_are_addresses_of_the_machine_api():
    assert resolve("/api/v1/transfers").route == "api/v1/transfers"


def test_colours_leave_no_markup_of_the_text_itself():
    shown = coloured(Snippet("x", "x", "# <script>\ncurl '<b>' \"&\"").text)

    assert "<script>" not in shown
    assert "<b>" not in shown
    assert '<span class="c"># &lt;script&gt;</span>' in shown
