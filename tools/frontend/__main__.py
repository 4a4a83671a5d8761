"""``python -m tools.frontend``: compile translations, install packages, write vendor files, collect everything; says what it did."""

import fcntl

from tools.frontend import WORK, collecting, messages, packages, vendor

STEPS = {
    "translations compiled": messages.compile_all,
    "packages installed": packages.install,
    "vendor files written": vendor.write,
    "static files collected": collecting.collect,
}

WORK.mkdir(parents=True, exist_ok=True)
with (WORK / ".lock").open("w") as lock:
    fcntl.flock(lock, fcntl.LOCK_EX)  # two at once would collect over each other
    for done, step in STEPS.items():
        if step():
            print(f"front end: {done}")
