"""``python -m tools.frontend``: compile translations, install packages, write vendor files, collect everything; says what it did."""

from tools.frontend import collecting, messages, packages, vendor

STEPS = {
    "translations compiled": messages.compile_all,
    "packages installed": packages.install,
    "vendor files written": vendor.write,
    "static files collected": collecting.collect,
}

for done, step in STEPS.items():
    if step():
        print(f"front end: {done}")
