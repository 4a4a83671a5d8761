import threading

import pytest

from govshare.kernel.keyring import KeyDestroyed, Keyring


def test_a_key_is_made_once_whoever_asks_first(tmp_path):
    ring, made = Keyring(tmp_path / "keys"), []
    threads = [threading.Thread(target=lambda: made.append(ring.secret("subjects/2026-03.key", 64))) for _ in range(8)]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(made) == 8
    assert len(set(made)) == 1
    assert len(made[0]) == 64


def test_keys_are_for_the_owners_eyes_only(tmp_path):
    Keyring(tmp_path / "keys").secret("subjects/2026-03.key")

    paths = [tmp_path / "keys", tmp_path / "keys/subjects", tmp_path / "keys/subjects/2026-03.key"]
    assert [path.stat().st_mode & 0o777 for path in paths] == [0o700, 0o700, 0o600]


@pytest.mark.article("CD2016-39", "PC-100")
def test_a_destroyed_key_is_gone_and_never_made_again(tmp_path):
    ring = Keyring(tmp_path)
    ring.secret("subjects/2026-03.key")

    ring.destroy("subjects/2026-03.key", b"ordered by ...")
    ring.destroy("subjects/2026-03.key", b"again")

    assert ring.destroyed("subjects/2026-03.key")
    with pytest.raises(KeyDestroyed):
        ring.secret("subjects/2026-03.key")
    assert [path.name for path in (tmp_path / "subjects").iterdir()] == ["2026-03.destroyed"]
    assert (tmp_path / "subjects/2026-03.destroyed").read_bytes() == b"ordered by ..."


@pytest.mark.article("CD2016-39")
def test_a_key_that_never_was_can_be_destroyed_beforehand(tmp_path):
    ring = Keyring(tmp_path)

    ring.destroy("subjects/2026-04.key", b"ordered")

    with pytest.raises(KeyDestroyed):
        ring.secret("subjects/2026-04.key")
