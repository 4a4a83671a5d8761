"""What the packages bring, as it stands in the package."""

import gzip
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import brotli
import pytest

from govshare.project import assets
from tests.frontend import needs_packages
from tools.frontend import HERE, ROOT, packages, vendor

LOCK = json.loads((HERE / "package-lock.json").read_text("utf-8"))["packages"]
EXACT = re.compile(r"\d+\.\d+\.\d+")


def test_versions_are_exact_and_their_content_is_locked():
    wanted = json.loads((HERE / "package.json").read_text("utf-8"))
    parts = {name: part for name, part in LOCK.items() if name}

    assert all(EXACT.fullmatch(version) for kind in ("dependencies", "devDependencies") for version in wanted[kind].values())
    assert all(part["integrity"].startswith("sha512-") for part in parts.values())
    assert not [name for name, part in parts.items() if "resolved" in part or part.get("hasInstallScript")]


def test_every_part_that_ships_stands_with_its_licence():
    shipped = {name.removeprefix("node_modules/") for name, part in LOCK.items() if name and not part.get("dev")}

    assert set(vendor.PARTS) == shipped


@pytest.mark.parametrize(
    "code", [b"x()\n//# sourceMappingURL=x.js.map", b"x()\n//# sourceMappingURL=x.js.map\n", b"x()/*# sourceMappingURL=x.css.map */"]
)
def test_comments_that_point_at_missing_source_maps_go(code):
    assert vendor.SOURCE_MAP.sub(b"\n", code) == b"x()\n"


def test_a_source_map_named_inside_the_code_stays():
    code = b'const tail = "//# sourceMappingURL=x"; run(tail)\n'

    assert vendor.SOURCE_MAP.sub(b"\n", code) == code


@needs_packages
def test_licences_name_version_and_text_of_every_part():
    text = vendor.licences().decode()

    for name in vendor.PARTS:
        assert f"{name} {LOCK[f'node_modules/{name}']['version']} · {LOCK[f'node_modules/{name}']['license']}" in text
    assert "Permission is hereby granted" in text
    assert "The Apache Software Foundation" in text


@needs_packages
def test_a_second_run_finds_nothing_to_do_and_left_overs_go(tmp_path):
    first, second = vendor.write(tmp_path), vendor.write(tmp_path)
    (tmp_path / "left-over.js").write_text("old")

    assert (first, second, vendor.write(tmp_path), packages.install()) == (True, False, True, False)
    assert {path.name for path in tmp_path.iterdir()} == {*vendor.FILES, "icons.svg", "LICENSES.txt"}


def test_collected_files_have_hashed_names_and_are_packed(tmp_path):
    source, built = tmp_path / "static", tmp_path / "assets"
    (source / "portal").mkdir(parents=True)
    (source / "portal" / "mark.svg").write_text("<svg/>" * 100)
    (source / "portal" / "gx.css").write_text("a{background:url(mark.svg)}" * 100)
    program = "import sys, pathlib; from tools.frontend.collecting import collect; print(collect(*map(pathlib.Path, sys.argv[1:])))"
    command = [sys.executable, "-c", program, source, built]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}

    runs = [subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True).stdout for _ in range(2)]

    named = json.loads((built / assets.MANIFEST).read_text("utf-8"))["paths"]
    style = built / named["portal/gx.css"]
    assert runs == ["True\n", "False\n"]
    assert Path(named["portal/mark.svg"]).name in style.read_text("utf-8")
    assert brotli.decompress(style.with_name(f"{style.name}.br").read_bytes()) == style.read_bytes()
    assert gzip.decompress(style.with_name(f"{style.name}.gz").read_bytes()) == style.read_bytes()
    assert not (built / "portal" / "gx.css").exists()
