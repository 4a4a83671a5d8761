"""``govshare audit``: from sealing to giving up, as the operator types it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from psycopg.conninfo import conninfo_to_dict

from govshare.archive import layout
from tests.archive.sealed import record

pytestmark = pytest.mark.article("CD2016-26")
SOURCES = Path(__file__).parents[2] / "src"
PLACES = ("GOVSHARE_HOME", "GOVSHARE_EVIDENCE", "GOVSHARE_KEYS", "GOVSHARE_ARCHIVE", "GOVSHARE_SEALING")


def address(parts):
    return "postgresql://{user}:{password}@/{dbname}?host={host}&port={port}".format(**conninfo_to_dict(parts))


@pytest.fixture
def govshare(own_database, settings):
    def run(*arguments):
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("GOVSHARE_")},
            **{name: str(getattr(settings, name)) for name in PLACES},
            "GOVSHARE_MODE": "demo",
            "GOVSHARE_DATABASE_URL": address(own_database("app")),
            "GOVSHARE_OWNER_DATABASE_URL": address(own_database("owner")),
            "PYTHONPATH": str(SOURCES),
        }
        return subprocess.run(
            [sys.executable, "-m", "govshare.cli", *arguments], env=environment, capture_output=True, text=True, check=False, timeout=300
        )

    return run


def test_the_archives_commands_do_what_they_say(govshare, settings, tmp_path):
    record(600)

    sealed = govshare("audit", "seal", "--all", "--drop")
    shown = govshare("audit", "status")
    sound = govshare("audit", "verify")
    exported = govshare("audit", "export", str(tmp_path / "out"), "--month", "2026-03")
    offline = govshare("verify", str(tmp_path / "out"), "--key", str(tmp_path / "out/log.vkey"))
    entries = next(Path(settings.GOVSHARE_ARCHIVE).rglob(layout.ENTRIES))
    entries.write_bytes(entries.read_bytes()[:-100])
    altered = govshare("audit", "verify")
    restored = govshare("audit", "restore", str(tmp_path / "out"), "--table")
    mended = govshare("audit", "verify", "--archive-only")
    early = govshare("audit", "dispose", "0", "--reason", "清理")

    assert (sealed.returncode, "512 条" in sealed.stdout, "分区 0" in sealed.stdout) == (0, True, True), sealed.stderr
    assert (shown.returncode, "0–511" in shown.stdout) == (0, True), shown.stderr
    assert (sound.returncode, "没有发现改动" in sound.stdout) == (0, True), sound.stderr
    assert (exported.returncode, offline.returncode) == (0, 0), exported.stderr + offline.stdout
    assert (altered.returncode, layout.ENTRIES in altered.stdout) == (1, True)
    assert (restored.returncode, "512 条" in restored.stdout) == (0, True), restored.stderr
    assert mended.returncode == 0, mended.stdout
    assert (early.returncode, "至少保存十五年" in early.stderr) == (1, True)
