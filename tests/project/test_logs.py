import io
import json
import logging

import pytest
import structlog

from govshare.kernel.context import REQUEST_ID
from govshare.project import logs

PEM = "-----BEGIN PRIVATE KEY-----\nMIIEvQ\n-----END PRIVATE KEY-----"


@pytest.fixture
def lines(monkeypatch):
    """What a process in production logs, as the objects it wrote."""
    monkeypatch.setenv("GOVSHARE_MODE", "production")
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    stream = io.StringIO()
    logs.configure(stream=stream)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.handlers[:], root.level = before, level
    logging.captureWarnings(False)
    structlog.reset_defaults()


def test_a_line_is_one_object_with_time_level_and_the_requests_id(lines):
    token = REQUEST_ID.set("0199-abc")

    structlog.get_logger("exchange").info("交换完成", rows=200_000)
    REQUEST_ID.reset(token)

    (line,) = lines()
    assert line.pop("at").endswith("Z")
    assert line == {"event": "交换完成", "level": "info", "logger": "exchange", "rows": 200_000, "request_id": "0199-abc"}


@pytest.mark.parametrize(
    "name",
    [
        "password",
        "sealed_password",
        "newPassword",
        "session_token",
        "X-Api-Key",
        "hash_key",
        "Authorization",
        "Cookie",
        "signature",
        "conninfo",
    ],
)
@pytest.mark.article("CD2016-33")
def test_a_value_whose_name_says_secret_is_masked(lines, name):
    structlog.get_logger("any").info("seen", **{name: "hunter2-hunter2"}, inside={"deep": [{name: "hunter2-hunter2"}]}, keyword="stays")

    (line,) = lines()
    assert line[name] == logs.MASK
    assert line["inside"] == {"deep": [{name: logs.MASK}]}
    assert line["keyword"] == "stays"


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("postgresql://govshare_app:hunter2@db.example/govshare", "postgresql://govshare_app:***@db.example/govshare"),
        ("connection failed: host=db password=hunter2 dbname=x", "connection failed: host=db password=*** dbname=x"),
        ("password='hun ter2' user=x", "password=*** user=x"),
        ('{"token": "hunter2", "n": 1}', '{"token": ***, "n": 1}'),
        ("GET /api/v1/x?session_token=hunter2&page=2", "GET /api/v1/x?session_token=***&page=2"),
        ("Unauthorized: /api/v1/auth/tickets/hunter2-hun_ter2", "Unauthorized: /api/v1/auth/tickets/***"),
        ("303 https://localhost:8443/signin/ticket/hunter2?next=1", "303 https://localhost:8443/signin/ticket/***?next=1"),
        ("authorization: Bearer hunter2hunter2", "authorization: *** ***"),
        ("Bearer hunter2hunter2", "Bearer ***"),
        (f"key file holds {PEM}", "key file holds ***"),
        ("居民 510104199001011234 不存在", "居民 *** 不存在"),
        ("统一社会信用代码 91510100MA61RXXQ2T 的企业", "统一社会信用代码 91510100MA61RXXQ2T 的企业"),
        ("重试 3 次，共 200000 行", "重试 3 次，共 200000 行"),
    ],
)
@pytest.mark.article("CD2016-33")
def test_a_secret_inside_a_text_is_masked_and_the_rest_stays(lines, text, left):
    structlog.get_logger("any").info(text, where=text)

    (line,) = lines()
    assert (line["event"], line["where"]) == (left, left)


@pytest.mark.article("CD2016-33")
def test_tracebacks_and_the_lines_of_libraries_are_masked_too(lines):
    error = ConnectionError("postgresql://govshare_app:hunter2@/govshare refused")

    structlog.get_logger("any").error("failed", exc_info=error)
    logging.getLogger("uvicorn.error").warning("peer sent %s", {"Authorization": "hunter2"}, extra={"cookie": "hunter2"})

    ours, theirs = lines()
    assert "ConnectionError" in ours["exception"]
    assert theirs["logger"] == "uvicorn.error"
    assert "hunter2" not in json.dumps([ours, theirs])


def test_the_demonstration_logs_for_reading(monkeypatch, lines):
    monkeypatch.setenv("GOVSHARE_MODE", "demo")
    stream = io.StringIO()

    logs.configure(stream=stream)
    structlog.get_logger("any").info("已启动", password="hunter2")

    assert "已启动" in stream.getvalue()
    assert "hunter2" not in stream.getvalue()
    assert not stream.getvalue().startswith("{")
