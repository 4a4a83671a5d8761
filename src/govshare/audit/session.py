"""A session of its own for the thread that writes evidence, beside Django's."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

import psycopg
from django.db import connection

from govshare.audit import writing


class Lost(Exception):
    """The session broke before anything was committed; it is safe to write again."""


class Session:
    """Opened at the first write, and anew when it is lost or the settings name another database."""

    def __init__(self) -> None:
        self._connection: psycopg.Connection[Any] | None = None
        self._parameters: dict[str, Any] = {}

    def write(self, bodies: Sequence[bytes], leaves: Sequence[bytes]) -> tuple[int, datetime]:
        """Write one batch and commit it. Any error but ``Lost`` may have come at the commit, or says that it cannot be written."""
        current = self._open()
        try:
            with psycopg.Cursor(current) as cursor:
                written = writing.write(cursor, bodies, leaves)
        except psycopg.Error as problem:
            if current.closed:
                raise Lost from problem
            current.rollback()
            raise
        current.commit()
        return written

    def close(self) -> None:
        if self._connection is not None:
            with suppress(psycopg.Error):
                self._connection.close()
        self._connection = None

    def _open(self) -> psycopg.Connection[Any]:
        parameters = connection.get_connection_params()
        if self._connection is None or self._connection.closed or parameters != self._parameters:
            self.close()
            self._connection, self._parameters = connection.get_new_connection(parameters), parameters
        return self._connection
