"""The command as an operator meets it: a process of its own, and a sentence when something is in the way."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

SOURCES = Path(__file__).parents[2] / "src"


def govshare(*arguments: str, home: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("GOVSHARE_", "DJANGO_"))}
    return subprocess.run(
        [sys.executable, "-m", "govshare.cli", *arguments],
        env={**inherited, "PYTHONPATH": str(SOURCES), "GOVSHARE_HOME": str(home), **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_articles_are_shown_by_their_citation(tmp_path: Path):
    shown = govshare("articles", "CD2016-26", home=tmp_path)

    assert (shown.returncode, shown.stdout.strip()) == (
        0,
        "共享平台对政务信息资源共享交换实现日志、信息查询日志等情况进行记录，记录数据保留时间为15年。",
    )


@pytest.mark.parametrize(
    ("arguments", "environment", "sentence"),
    [
        (["articles", "CD2016-99"], {}, "CD2016 has articles 1 to 42"),
        (["verify"], {}, "govshare doctor"),
        (["verify", "nowhere.tlog-proof"], {}, "--key"),
        (["verify", "nowhere.tlog-proof", "--key", "rubbish"], {}, "公钥应形如"),
        (["web"], {}, "GOVSHARE_TLS_CERTIFICATE"),
        (["doctor"], {"GOVSHARE_PORTAL_PORT": "abc"}, "GOVSHARE_PORTAL_PORT 应为 0–65535 的端口号"),
        (["doctor"], {"GOVSHARE_MODE": "test"}, "GOVSHARE_MODE 应为 production 或 demo"),
        (["doctor"], {"GOVSHARE_LOG_LEVEL": "loud"}, "GOVSHARE_LOG_LEVEL 应为 DEBUG、INFO、WARNING、ERROR 之一"),
        (["doctor"], {"GOVSHARE_HOSTNAMES": " , "}, "GOVSHARE_HOSTNAMES 至少写一个主机名"),
        (["doctor"], {"GOVSHARE_MODE": "demo", "GOVSHARE_BIND": "0.0.0.0"}, "演示只在本机回环地址上监听"),  # noqa: S104 - refused
        (["migrate"], {"GOVSHARE_DATABASE_URL": "mysql://x"}, "postgresql://"),
        (["init", "nowhere.toml"], {}, "nowhere.toml"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_is_in_the_way_is_said_in_a_sentence(arguments: list[str], environment: dict[str, str], sentence: str, tmp_path: Path):
    told = govshare(*arguments, home=tmp_path, **environment)

    assert told.returncode != 0
    assert sentence in told.stdout + told.stderr
    assert "Traceback" not in told.stdout + told.stderr
