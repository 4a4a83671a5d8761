"""An S3 server, started as a process of its own; and acting as the database's owner."""

import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from urllib.error import URLError
from urllib.request import urlopen

import pyarrow.fs as pafs
import pytest

from tests.archive.owner import owner

__all__ = ["owner"]


@pytest.fixture(scope="session")
def s3_server() -> Iterator[str]:
    """Address of a running S3 server."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=dict(os.environ)) as server:
        address = f"http://127.0.0.1:{port}"
        try:
            _wait_for(address)
            yield address
        finally:
            server.terminate()


def _wait_for(address: str) -> None:
    for _ in range(600):
        try:
            urlopen(address, timeout=5).close()  # noqa: S310 - our own server
        except (URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
        else:
            return
    raise AssertionError("the S3 server does not answer")


@pytest.fixture
def bucket(s3_server, settings) -> str:
    """The archive is a bucket of its own on that server."""
    name = f"archive-{secrets.token_hex(4)}"
    files = pafs.S3FileSystem(
        access_key="key",
        secret_key="secret",
        endpoint_override=s3_server.removeprefix("http://"),
        scheme="http",
        allow_bucket_creation=True,
    )
    files.create_dir(name)
    settings.GOVSHARE_ARCHIVE, settings.GOVSHARE_ARCHIVE_ENDPOINT = f"s3://{name}/log", s3_server
    settings.GOVSHARE_ARCHIVE_ACCESS_KEY, settings.GOVSHARE_ARCHIVE_SECRET_KEY = "key", "secret"
    return name
