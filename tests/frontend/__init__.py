"""Tests of tools.frontend."""

import os

import pytest

from tools.frontend import VENDOR

#: Where every optional part is required (GOVSHARE_REQUIRE_ALL) nothing is skipped, and a missing package fails the test.
needs_packages = pytest.mark.skipif(
    not VENDOR.exists() and not os.environ.get("GOVSHARE_REQUIRE_ALL"), reason="no front-end packages: python -m tools.frontend"
)
