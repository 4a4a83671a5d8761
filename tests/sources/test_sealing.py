"""Passwords at rest (PC-26, CD2016-34)."""

import base64
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govshare.kernel.clock import utc_now
from govshare.kernel.errors import NotYours, Unavailable
from govshare.kernel.keyring import Keyring
from govshare.kernel.roles import Role
from govshare.sources import connection, queries, sealing, services
from tests.sources.conftest import actor


@pytest.fixture
def ring(tmp_path):
    return Keyring(tmp_path / "keys")


@given(password=st.text(min_size=1, max_size=200).filter(lambda text: "\0" not in text and text.isprintable()))
def test_what_is_sealed_opens_again(tmp_path_factory, password):
    ring, row = Keyring(tmp_path_factory.getbasetemp() / "sealing"), uuid4()

    token = sealing.seal(ring, password, row=row)

    assert sealing.open_sealed(ring, token, row=row) == password
    assert token.startswith("v1:")


@pytest.mark.article("CD2016-34")
def test_a_token_opens_on_its_own_row_alone(ring):
    row = uuid4()
    token = sealing.seal(ring, "secret", row=row)

    with pytest.raises(sealing.CannotOpen):
        sealing.open_sealed(ring, token, row=uuid4())


@pytest.mark.article("CD2016-34")
def test_every_altered_byte_is_noticed(ring):
    row = uuid4()
    version, name, body = sealing.seal(ring, "secret", row=row).split(":")
    content = base64.urlsafe_b64decode(body)

    for place in range(len(content)):
        altered = content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]
        with pytest.raises(sealing.CannotOpen):
            sealing.open_sealed(ring, f"{version}:{name}:{base64.urlsafe_b64encode(altered).decode()}", row=row)


@pytest.mark.parametrize("token", ["", "v1", "v1:", "v2:00000000:AAAA", "v1:{}:", "v1:{}:AAAA", "v1:{}:*", "v1:{}:A"])
def test_what_is_no_token_does_not_open(ring, token):
    with pytest.raises(sealing.CannotOpen):
        sealing.open_sealed(ring, token.format(sealing.key_id(ring.secret(sealing.CURRENT))), row=uuid4())


def test_the_same_password_is_never_sealed_the_same_way(ring):
    row = uuid4()

    assert sealing.seal(ring, "secret", row=row) != sealing.seal(ring, "secret", row=row)


@pytest.mark.article("CD2016-34")
def test_after_rotation_old_tokens_open_and_new_ones_use_the_new_key(ring):
    row = uuid4()
    old = sealing.seal(ring, "secret", row=row)

    fresh = sealing.rotate(ring)

    new = sealing.seal(ring, "secret", row=row)
    assert new.split(":")[1] == fresh != old.split(":")[1]
    assert sealing.open_sealed(ring, old, row=row) == sealing.open_sealed(ring, new, row=row) == "secret"
    assert sorted(path.stat().st_mode & 0o777 for path in ring.directory.iterdir()) == [0o600, 0o600]


def test_a_lost_key_is_said_to_be_lost(ring):
    row = uuid4()
    token = sealing.seal(ring, "secret", row=row)
    (ring.directory / sealing.CURRENT).unlink()

    with pytest.raises(sealing.CannotOpen):
        sealing.open_sealed(ring, token, row=row)


@pytest.mark.django_db
@pytest.mark.article("PC-26", "CD2016-34")
def test_all_passwords_are_sealed_again_after_rotation(provided, receiving, department, admin, settings):
    security = actor(department, Role.SECURITY_ADMIN)
    services.test(front_database=provided.id, by=admin, now=utc_now())
    fresh = sealing.rotate(connection.keyring())

    sealed_again = services.reseal_all(by=security, now=utc_now())

    assert sealed_again == 2
    assert services.reseal_all(by=security, now=utc_now()) == 0
    for path in settings.GOVSHARE_KEYS.glob("credentials-*.key"):
        path.unlink()
    front = queries.get(provided.id)
    assert front.sealed_password.split(":")[1] == fresh
    assert "password=reader" in queries.conninfo(front)


@pytest.mark.django_db
@pytest.mark.article("PC-26")
def test_only_the_security_administrator_seals_again(admin):
    with pytest.raises(NotYours):
        services.reseal_all(by=admin, now=utc_now())


@pytest.mark.django_db
def test_a_password_that_cannot_be_opened_has_to_be_set_again(provided, admin):
    services.test(front_database=provided.id, by=admin, now=utc_now())
    front = queries.get(provided.id)
    front.sealed_password = "v1:00000000:AAAA"

    with pytest.raises(Unavailable, match="重新设置口令"):
        queries.conninfo(front)
