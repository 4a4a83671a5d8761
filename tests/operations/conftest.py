"""A place for private clusters with an awkward name, and what empties it."""

import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from govshare.operations.cluster import Cluster


@contextmanager
def awkward_place() -> Iterator[Path]:
    """A directory that other accounts may pass through, with a space and Chinese characters in its path."""
    top = Path(tempfile.mkdtemp(prefix="govshare-ops-", dir="/tmp"))
    top.chmod(0o711)
    place = top / "锦享 数据"
    place.mkdir()
    place.chmod(0o711)
    yield place
    shutil.rmtree(top)


@pytest.fixture
def place() -> Iterator[Path]:
    with awkward_place() as place:
        yield place


@pytest.fixture(scope="module")
def standing() -> Iterator[Cluster]:
    """One running platform cluster for tests that only look, or leave nothing that others would see."""
    with awkward_place() as place:
        cluster = Cluster(place)
        cluster.start()
        yield cluster
        cluster.stop()


@pytest.fixture(scope="session")
def initialized() -> Iterator[Path]:
    """The home of a cluster made once and stopped, to be copied by tests that are not about making one."""
    with awkward_place() as place:
        cluster = Cluster(place, settings={"fsync": "off"})
        cluster.start()
        cluster.stop()
        yield place


@pytest.fixture
def make_cluster(place: Path, initialized: Path) -> Iterator[Callable[..., Cluster]]:
    """Clusters that are stopped at the end, made already unless ``fresh``. They need no fsync: what is killed here is processes."""
    made: list[Cluster] = []

    def make(home: Path | None = None, *, fresh: bool = False, settings: dict[str, str] | None = None, **options: Any) -> Cluster:
        cluster = Cluster(home or place, settings={"fsync": "off", **(settings or {})}, copies=place.parent / "programs", **options)
        if not fresh and cluster.name == "platform" and not cluster.place.exists():
            subprocess.run(["cp", "-a", f"{initialized}/.", cluster.home], check=True)
        made.append(cluster)
        return cluster

    yield make
    for cluster in made:
        cluster.stop()
