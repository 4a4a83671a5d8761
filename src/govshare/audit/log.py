"""The log outside the database: tiles and the last signed checkpoint below ``settings.GOVSHARE_EVIDENCE``."""

import base64
import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from govshare.audit import archived, keys, verifier
from govshare.audit.notes import NoteKey
from govshare.audit.tiles import Tiles
from govshare.audit.verifier import Checkpoint
from govshare.kernel import durable


class LogRewound(Exception):
    """Nothing is signed until this is put right: database, tiles or checkpoint do not continue what was signed last.

    Restore the part that is older (the message says which) from a newer backup; ``fsck`` says where they differ.
    """

    def __init__(self, chinese: str, english: str) -> None:
        super().__init__(f"{chinese} / {english}")
        self.chinese = chinese
        self.english = english


_follow = lru_cache(maxsize=8)(verifier.follow)


@dataclass(frozen=True, slots=True)
class Head:
    """A checkpoint together with the signed note that states it."""

    checkpoint: Checkpoint
    note: str

    @property
    def size(self) -> int:
        return self.checkpoint.size

    @property
    def root(self) -> bytes:
        return self.checkpoint.root


class Log:
    """The evidence directory and the key that signs for it."""

    def __init__(self, directory: Path, key: NoteKey, witnesses: tuple[verifier.Key, ...] = ()) -> None:
        self.directory = directory
        self.witnesses = witnesses
        self.key = key
        self.tree = verifier.tree_of(key.name)
        self.tiles = Tiles(directory, self.tree)
        self.checkpoint_path = directory / "checkpoint"
        self.handover_path = directory / "handover"

    @property
    def origin(self) -> str:
        return self.key.name

    def verification_key(self) -> verifier.Key:
        """The key that signs now."""
        return self.key.verifier

    def handovers(self) -> bytes:
        """Every hand-over from key to key, one after the other; empty while the first key signs."""
        try:
            return self.handover_path.read_bytes()
        except FileNotFoundError:
            return b""

    def trust(self) -> verifier.Trust:
        """Every key of this log with its time, and the witnesses it knows; hand-overs that do not lead here are ``LogRewound``."""
        try:
            known = _follow(self.handovers(), self.key.verifier)
        except verifier.Altered as altered:
            raise LogRewound(
                f"密钥交接文件 {self.handover_path} 不成立：{altered.chinese}。请从备份恢复它，或核对签名密钥",
                f"the hand-overs in {self.handover_path} do not hold: {altered.english}. Restore them, or check the signing key",
            ) from altered
        return replace(known, witnesses=self.witnesses)

    def read(self, note: str, *, where: str) -> Head:
        """Open a checkpoint of this log; one that its own key did not sign is ``LogRewound``."""
        try:
            return Head(verifier.open_checkpoint(note, self.trust()), note)
        except verifier.Altered as altered:
            raise LogRewound(
                f"{where}里的检查点不是本日志所签：{altered.chinese}。请从备份恢复它，或核对签名密钥与 GOVSHARE_LOG_ORIGIN",
                f"the checkpoint in {where} is not this log's: {altered.english}. Restore it, or check key and GOVSHARE_LOG_ORIGIN",
            ) from altered

    def head(self) -> Head | None:
        """The last signed checkpoint, as the signer remembers it; nothing before the first."""
        try:
            note = self.checkpoint_path.read_text("utf-8")
        except FileNotFoundError:
            return None
        except UnicodeDecodeError:
            note = ""
        return self.read(note, where=str(self.checkpoint_path))

    def sign(self, size: int, root: bytes) -> Head:
        """A new checkpoint, by the key whose time it is."""
        if self.trust().eras[-1].key != self.key.verifier:
            raise LogRewound(
                "签名密钥的交接没有办完：请再次执行 govshare audit rotate-key",
                "the hand-over of the signing key is not finished: run govshare audit rotate-key again",
            )
        note = self.key.sign(f"{self.key.name}\n{size}\n{base64.b64encode(root).decode()}\n")
        return Head(Checkpoint(self.key.name, size, root), note)

    def publish(self, head: Head) -> None:
        """Make ``head`` the signer's memory, durably."""
        durable.write(self.checkpoint_path, head.note.encode())

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Only one process at a time writes this directory; the lock ends with the process."""
        durable.make_directory(self.directory)
        with (self.directory / "lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def open_log() -> Log:
    """The platform's own log, with the archive behind its tiles."""
    log = Log(Path(settings.GOVSHARE_EVIDENCE), keys.log_key(), tuple(key for key, _ in settings.GOVSHARE_WITNESSES))
    log.tiles.behind = archived.leaves
    return log
