"""``python -m tools.frontend``: install the packages, write the vendor files, collect everything; says what it did."""

from tools.frontend import collecting, packages, vendor

STEPS = {
    "packages installed": packages.install,
    "vendor files written": vendor.write,
    "static files collected": collecting.collect,
}

for done, step in STEPS.items():
    if step():
        print(f"front end: {done}")
