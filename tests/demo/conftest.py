"""The small city, built once for all tests of a module that look at it."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings

from govshare.demo import city as demo_city
from govshare.demo import frontends
from govshare.demo.city.people import City
from govshare.demo.roster import MAIN_BODIES
from govshare.kernel.clock import utc_now
from tests.databases import cloned

ROWS = 50  # of each table


@dataclass(frozen=True)
class Built:
    """A city that stands in a database of its own; ``home`` holds its certificates and evidence."""

    city: City
    home: Path


@contextmanager
def placed(home: Path) -> Iterator[None]:
    """What settings say lies in ``home``, as when the demonstration runs there."""
    names = {
        "GOVSHARE_HOME": home,
        "GOVSHARE_EVIDENCE": home / "evidence",
        "GOVSHARE_TLS_CERTIFICATE": home / "tls" / "server.pem",
        "GOVSHARE_TLS_KEY": home / "tls" / "server.key",
    }
    before = {name: getattr(django_settings, name) for name in names}
    for name, value in names.items():
        setattr(django_settings, name, value)
    try:
        yield
    finally:
        for name, value in before.items():
            setattr(django_settings, name, value)


@pytest.fixture(scope="module")
def building(cluster: str, template: str, django_db_setup: None, django_db_blocker: Any) -> Iterator[Callable[..., Any]]:
    """``with building(...) as built``: a city built in a database of its own, as ``city.build`` is told."""
    from django.db import connection

    @contextmanager
    def build(**told: Any) -> Iterator[Built]:
        before, home = dict(connection.settings_dict), Path(tempfile.mkdtemp(prefix="gs-city-", dir="/tmp"))
        home.chmod(0o711)
        with django_db_blocker.unblock(), cloned(cluster, template), placed(home):
            yield Built(demo_city.build(tell=lambda _text: None, **told), home)
        connection.settings_dict.update(before)
        shutil.rmtree(home)

    yield build


@pytest.fixture(scope="module")
def front_ends() -> Iterator[frontends.FrontEnds]:
    home = Path(tempfile.mkdtemp(prefix="gs-fronts-", dir="/tmp"))
    home.chmod(0o711)
    prepared = frontends.prepare(home, rows=ROWS, roster=MAIN_BODIES)
    yield prepared
    prepared.cluster.stop()
    shutil.rmtree(home)


@pytest.fixture(scope="module")
def built(building: Callable[..., Any], front_ends: frontends.FrontEnds) -> Iterator[Built]:
    """The small city, as a start leaves it."""
    with building(front_ends=front_ends, roster=MAIN_BODIES) as made:
        demo_city.renew(utc_now())
        yield made


@pytest.fixture
def city(built: Built, evidence: Path) -> Iterator[City]:
    """The same, with the settings of its place: every test has put its own there."""
    with placed(built.home):
        yield built.city
