"""A workflow is a table of moves. One row says who may do what, when, by which article."""

from collections.abc import Iterator
from dataclasses import dataclass

from govshare.kernel.errors import Basis, NotYours, WrongState
from govshare.kernel.roles import Role


@dataclass(frozen=True, kw_only=True, slots=True)
class Move:
    """One permitted step: from any of ``source`` to ``target``, by one of ``actors``."""

    verb: str
    label: str  # what the button says
    source: frozenset[str]
    target: str
    actors: frozenset[Role]
    basis: Basis
    action: str  # the evidence action, subject:object:verb


class Workflow:
    """``name`` is the evidence subject; ``labels`` maps a status to the words people read."""

    def __init__(self, name: str, labels: dict[str, str], *moves: Move) -> None:
        self.name = name
        self.labels = labels
        self._moves = {move.verb: move for move in moves}
        if len(self._moves) != len(moves):
            raise ValueError("two moves share a verb")

    def __iter__(self) -> Iterator[Move]:
        return iter(self._moves.values())

    def __getitem__(self, verb: str) -> Move:
        return self._moves[verb]

    def check(self, verb: str, *, status: str, roles: frozenset[str]) -> Move:
        """Return the move, or raise the reason why not."""
        move = self._moves[verb]
        if not roles & move.actors:
            wanted = "、".join(sorted(role.label for role in move.actors))
            raise NotYours(f"“{move.label}”需要角色：{wanted}", basis=move.basis)
        if status not in move.source:
            raise WrongState(f"当前状态“{self.labels[status]}”不能“{move.label}”，请刷新后再看", basis=move.basis)
        return move

    def open_to(self, *, status: str, roles: frozenset[str]) -> list[Move]:
        """Moves that ``check`` would let through."""
        return [move for move in self if status in move.source and roles & move.actors]
