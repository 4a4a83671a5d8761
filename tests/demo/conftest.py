"""The small city that runs for all tests of a run, looked at from inside; and cities built for one test."""

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
from govshare.demo.city.people import City, signed_in
from govshare.demo.roster import Body
from govshare.kernel.actor import Actor
from govshare.kernel.roles import Role
from govshare.operations.cluster import Cluster
from govshare.organizations.models import Organization, Person
from govshare.project.settings import database
from tests.databases import cloned
from tests.worlds import undo
from tools.demonstration import Demonstration


class Stood:
    """Everybody by the keys of the roster, in a city that stands already."""

    def organization(self, body: Body) -> Organization:
        return Organization.objects.get(uscc=body.credit_code)

    def actor(self, body: Body, role: Role) -> Actor:
        return signed_in(body, role)

    def person(self, body: Body, role: Role) -> Person:
        return Person.objects.get(pk=self.actor(body, role).id)


@dataclass(frozen=True)
class Built:
    """A city that stands in a database of its own; ``home`` holds its certificates and evidence."""

    city: City | Stood
    home: Path


@contextmanager
def placed(home: Path) -> Iterator[None]:
    """What settings say lies in ``home``, as when the demonstration runs there."""
    names = {
        "GOVSHARE_HOME": home,
        "GOVSHARE_KEYS": home / "keys",
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
        try:
            with django_db_blocker.unblock(), cloned(cluster, template), placed(home):
                yield Built(demo_city.build(tell=lambda _text: None, **told), home)
        finally:
            connection.settings_dict.update(before)
            shutil.rmtree(home)

    yield build


@pytest.fixture(scope="module")
def built(demonstration: Demonstration, django_db_setup: None, django_db_blocker: Any) -> Iterator[Built]:
    """The small city as a start leaves it: the one that answers for the whole run, which others add to while it is looked at."""
    from django.db import connection

    before = dict(connection.settings_dict)
    with django_db_blocker.unblock():
        undo()
    connection.close()
    connection.settings_dict.update(database(Cluster(demonstration.home).url("app")))
    with django_db_blocker.unblock():
        yield Built(Stood(), demonstration.home)
        connection.close()
    connection.settings_dict.update(before)


@pytest.fixture
def city(built: Built, evidence: Path) -> Iterator[Stood]:
    """The same, with the settings of its place: every test has put its own there."""
    with placed(built.home):
        yield built.city
