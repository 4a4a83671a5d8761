"""A platform that may be killed and run out of disk."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from govshare.operations.cluster import Cluster
from tests.audit.recorders import TOP


@pytest.fixture
def platform():
    """The private database of a platform of its own, and the environment of processes that use it."""
    home = Path(tempfile.mkdtemp(prefix="govshare-evidence-", dir="/tmp"))
    home.chmod(0o711)  # as root, the server is another account
    cluster = Cluster(home)
    environment = {name: value for name, value in os.environ.items() if name != "GOVSHARE_DATABASE_URL"}
    environment |= {"GOVSHARE_HOME": str(home), "GOVSHARE_MODE": "demo", "PYTHONPATH": str(TOP / "src")}
    subprocess.run([sys.executable, "-m", "govshare.cli", "migrate"], env=environment, check=True, stdout=subprocess.DEVNULL)
    yield cluster, environment | {"GOVSHARE_DATABASE_URL": cluster.url("app"), "GOVSHARE_KEYS": str(home / "keys")}
    cluster.stop()
    shutil.rmtree(home)
