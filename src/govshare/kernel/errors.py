"""What can go wrong, named after what the reader of the message should do next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Protocol


class Basis(Protocol):
    """What a rule rests on: an article of the law or a numbered platform convention. ``str()`` is its citation."""

    def __str__(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with what was sent: ``place`` (a field path, a cell, a line) and what to do about it."""

    place: str
    message: str


class Refused(Exception):
    """The platform will not do this, and says by which article."""

    status_code: ClassVar[int] = 400

    def __init__(self, message: str, *, basis: Basis, detail: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.basis = basis
        self.detail = dict(detail or {})  # plain values for the evidence entry; never content that was refused

    @property
    def code(self) -> str:
        """Stable machine name, e.g. ``not-yours``."""
        name = type(self).__name__
        return "".join(f"-{c.lower()}" if c.isupper() else c for c in name).lstrip("-")


class NotSignedIn(Refused):
    """Sign in with a valid certificate."""

    status_code = 401


class NotYours(Refused):
    """Ask someone with the right role."""

    status_code = 403


class NotFound(Refused):
    """Check the number; it names nothing you may see."""

    status_code = 404


class WrongState(Refused):
    """Reload: the thing has moved on since you looked."""

    status_code = 409


class Invalid(Refused):
    """Correct what is named and send it again; nothing was kept."""

    status_code = 422

    def __init__(self, message: str, *, basis: Basis, faults: Sequence[Fault] = (), detail: Mapping[str, str] | None = None) -> None:
        super().__init__(message, basis=basis, detail=detail)
        self.faults = tuple(faults)


class TooMany(Refused):
    """Wait and try again."""

    status_code = 429


class Unavailable(Refused):
    """Try again later; the operator has been told."""

    status_code = 503
