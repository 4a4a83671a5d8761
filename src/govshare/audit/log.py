"""The log outside the database: tiles and the last signed checkpoint below ``settings.GOVSHARE_EVIDENCE``."""

import base64
import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from govshare.audit import durable, keys, verifier
from govshare.audit.notes import NoteKey
from govshare.audit.tiles import Tiles
from govshare.audit.verifier import Checkpoint


class LogRewound(Exception):
    """Nothing is signed until this is put right: database, tiles or checkpoint do not continue what was signed last.

    Restore the part that is older (the message says which) from a newer backup; ``fsck`` says where they differ.
    """

    def __init__(self, chinese: str, english: str) -> None:
        super().__init__(f"{chinese} / {english}")
        self.chinese = chinese
        self.english = english


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

    def __init__(self, directory: Path, key: NoteKey) -> None:
        self.directory = directory
        self.key = key
        self.tiles = Tiles(directory)
        self.checkpoint_path = directory / "checkpoint"

    def verification_key(self) -> verifier.Key:
        return verifier.Key(self.key.name, self.key.public)

    def read(self, note: str, *, where: str) -> Head:
        """Open a checkpoint of this log; one that its own key did not sign is ``LogRewound``."""
        try:
            return Head(verifier.open_checkpoint(note, self.verification_key()), note)
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
    """The platform's own log."""
    return Log(Path(settings.GOVSHARE_EVIDENCE), keys.log_key())
