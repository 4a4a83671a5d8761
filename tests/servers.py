"""The platform's servers for tests: real TLS on loopback, in a thread, on a database of the test's own."""

import http.client
import json
import queue
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.x509.oid import ExtendedKeyUsageOID
from django.test import override_settings

from govshare.kernel.roles import Role
from govshare.organizations.models import Certificate
from govshare.organizations.services import certificates, trust
from govshare.project import serve
from tests.cast import Cast, assemble
from tests.databases import cloned
from tests.pki import Authority, Issued

CITY = Authority.root("城市CA")


@dataclass
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Client:
    """One connection that stays open. ``client.get("/healthz")``."""

    def __init__(self, port: int, directory: Path, identity: Issued | None, *, trusts: bytes = CITY.pem) -> None:
        context = ssl.create_default_context(cadata=trusts.decode())
        if identity is not None:
            context.load_cert_chain(*identity.write(directory, "client"))
        self.connection = http.client.HTTPSConnection("localhost", port, context=context, timeout=20)

    def request(self, method: str, path: str, **headers: str) -> Answer:
        self.connection.request(method, path, headers=headers)
        response = self.connection.getresponse()
        return Answer(response.status, response.headers, response.read())

    def get(self, path: str, **headers: str) -> Answer:
        return self.request("GET", path, **headers)


@dataclass
class Platform:
    """``platform.connect("gateway", identity)`` opens a connection; ``platform.bind(...)`` issues and binds a certificate."""

    cast: Cast
    directory: Path
    city: Authority
    ports: dict[str, int] = field(default_factory=dict)
    clients: list[Client] = field(default_factory=list)

    def connect(self, name: str, identity: Issued | None) -> Client:
        self.clients.append(Client(self.ports[name], self.directory, identity))
        return self.clients[-1]

    def bind(self, who: str, role: Role, *, city: Authority | None = None) -> Issued:
        """A certificate for the holder of the post, or for the organization's system."""
        issued = (city or self.city).issue(f"{who} {role}")
        holder = {"system": self.cast.system(who).pk} if role is Role.SYSTEM else {"person": self.cast.person(who, role).pk}
        certificates.bind(certificate=issued.der, by=self.guard, now=datetime.now(UTC), **holder)
        return issued

    @property
    def guard(self):
        return self.cast.actor("authority", Role.SECURITY_ADMIN)

    def revoke_here(self, issued: Issued) -> None:
        row = Certificate.objects.get(serial=format(issued.certificate.serial_number, "x"))
        certificates.revoke(certificate=row.pk, reason="丢失", by=self.guard, now=datetime.now(UTC))

    def revoke_at_authority(self, issued: Issued) -> None:
        self.city.revoke(issued)
        self.load_list()

    def load_list(self, at: datetime | None = None) -> None:
        trust.load_list(data=self.city.revocation_list(at=at), by=self.guard, now=datetime.now(UTC))


@contextmanager
def running(listeners: list[serve.Listener]) -> Iterator[serve.Running]:
    """The servers in a thread; what goes wrong there fails the test."""
    told: queue.Queue[serve.Running | BaseException] = queue.Queue()

    def work() -> None:
        try:
            serve.run(listeners, ready=told.put)
        except BaseException as error:
            told.put(error)
            raise

    thread = threading.Thread(target=work, name="servers")
    thread.start()
    answering = told.get(timeout=30)
    if isinstance(answering, BaseException):
        raise answering
    try:
        yield answering
    finally:
        answering.stop()
        thread.join(timeout=30)
    assert not thread.is_alive()


@pytest.fixture(scope="module")
def platform(cluster, template, django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[Platform]:
    """Gateway and sign-in, answering, for all tests of a module; each binds certificates of its own."""
    from django.db import connection

    directory = tmp_path_factory.mktemp("platform")
    before = dict(connection.settings_dict)
    with django_db_blocker.unblock(), cloned(cluster, template), override_settings(**_tls(directory)):
        built = Platform(assemble(datetime.now(UTC)), directory, Authority(CITY.issued))
        trust.add_anchor(name="城市CA", certificate=CITY.pem, by=built.guard, now=datetime.now(UTC))
        built.load_list(at=datetime.now(UTC) - timedelta(hours=1))
        gateway = serve.Listener("gateway", serve.gateway, 0, "required")
        with running([gateway, serve.Listener("signin", serve.signin, 0, "required")]) as answering:
            built.ports.update(answering.ports)
            yield built
            for client in built.clients:
                client.connection.close()
        connection.close()
    connection.settings_dict.update(before)


def _tls(directory: Path) -> dict[str, object]:
    server = CITY.issue("localhost", hosts=["localhost", "127.0.0.1"], usages=[ExtendedKeyUsageOID.SERVER_AUTH])
    certificate, key = server.write(directory, "server")
    return {"GOVSHARE_TLS_CERTIFICATE": certificate, "GOVSHARE_TLS_KEY": key, "GOVSHARE_BIND": "127.0.0.1"}
