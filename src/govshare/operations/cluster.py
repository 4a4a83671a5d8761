"""The private PostgreSQL cluster: found, made, started, watched and stopped by the platform itself."""

from pathlib import Path


def private_database_url(home: Path, *, role: str) -> str:
    """URL of the platform's database on the private cluster below ``home``, as ``app`` or ``owner``."""
    raise NotImplementedError
