"""A step of the check: its name, its basis, what it does. Steps run in the order in which they are written."""

from collections.abc import Callable
from dataclasses import dataclass

from govshare.demo.check.scene import Scene
from govshare.kernel.errors import Basis
from govshare.regulation.articles import cite
from govshare.regulation.conventions import convention

Act = Callable[[Scene], str]


@dataclass(frozen=True, slots=True)
class Step:
    """``act`` returns a few words on what it saw, or raises."""

    name: str
    basis: Basis
    act: Act


class Part(list[Step]):
    """The steps of one part of the main job, collected by decoration."""

    def step(self, name: str, basis: str) -> Callable[[Act], Act]:
        """``basis`` is a citation; a wrong one fails when the module is loaded."""
        source: Basis = convention(basis) if basis.startswith("PC-") else cite(basis)

        def collect(act: Act) -> Act:
            self.append(Step(name, source, act))
            return act

        return collect
