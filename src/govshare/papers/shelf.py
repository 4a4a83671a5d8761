"""The shelf: files kept on disk under the SHA-256 of their content, readable by the platform alone, handed out only unchanged."""

import hashlib
import os
import secrets
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.db import connection, transaction

from govshare.kernel.errors import Basis, Unavailable

_HOLD = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 2916))"
_LEFT_BEHIND = 86_400  # seconds


class Shelf:
    """A folder below ``GOVSHARE_UPLOADS``. ``what`` is the word people read for what lies on it."""

    def __init__(self, folder: str = "", *, what: str, basis: Basis) -> None:
        self.folder = folder
        self.what = what
        self.basis = basis

    def path_of(self, digest: str) -> Path:
        """Where content is kept, by the SHA-256 of it in hexadecimal."""
        return self._root() / digest[:2] / digest

    def hold(self, digest: str) -> None:
        """One at a time for each content, until the transaction ends: it is not removed while somebody else puts it there."""
        with connection.cursor() as cursor:
            cursor.execute(_HOLD, [f"{self.folder}{digest}"])

    def put(self, data: bytes) -> str:
        """Keep ``data``, in the caller's transaction, whose record of it decides whether it stays; returns its digest."""
        digest = hashlib.sha256(data).hexdigest()
        self.hold(digest)
        path = self.path_of(digest)
        if not path.exists():
            _write(path, data)
        return digest

    def open(self, digest: str) -> BinaryIO:
        """The file, for reading; raises Unavailable when what lies there is not what was put there."""
        try:
            file = self.path_of(digest).open("rb")
        except FileNotFoundError:
            raise Unavailable(f"{self.what}文件缺失，请告知运维人员从备份恢复", basis=self.basis) from None
        if hashlib.file_digest(file, "sha256").hexdigest() != digest:
            file.close()
            raise Unavailable(f"{self.what}文件与登记的摘要不符，不予提供，请告知运维人员", basis=self.basis)
        file.seek(0)
        return file

    def take_away(self, digest: str) -> None:
        """Remove content once the caller's transaction, which let go of it, is committed."""
        path = self.path_of(digest)
        transaction.on_commit(lambda: path.unlink(missing_ok=True))

    def sweep(self, *, held: Callable[[str], bool], now: datetime) -> int:
        """Remove contents that nothing holds, left behind where an act came to nothing a day ago or earlier; tells how many."""
        eldest, removed = now.timestamp() - _LEFT_BEHIND, 0
        for path in self._root().glob("[0-9a-f][0-9a-f]/*"):
            if path.stat().st_mtime < eldest:
                removed += self._drop_unheld(path, held)
        return removed

    @transaction.atomic
    def _drop_unheld(self, path: Path, held: Callable[[str], bool]) -> bool:
        self.hold(path.name)
        if held(path.name):
            return False
        path.unlink(missing_ok=True)
        return True

    def _root(self) -> Path:
        return Path(settings.GOVSHARE_UPLOADS) / self.folder


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.parent / f".{secrets.token_hex(8)}"
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
