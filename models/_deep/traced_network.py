"""Networks with the functions that were traced for them, lent to one fit after another.

TensorFlow takes longer to trace and compile a gradient step than a small network to learn a round.
"""

import weakref
from collections.abc import Callable, Hashable
from typing import Any, Protocol, TypeVar

T = TypeVar("T")

_MOST_FREE = 4


class TracedNetwork:
    """A network and what was traced for it, each once.

    Parameters
    ----------
    network : keras.Model
    """

    def __init__(self, network: Any):
        self.network = network
        self._traced: dict[Hashable, Any] = {}

    def traced(self, what: Hashable, trace: Callable[[], T]) -> T:
        """Give what was traced under a name; it is traced now if it was not yet."""
        if what not in self._traced:
            self._traced[what] = trace()
        return self._traced[what]

    def is_like(self, other: Any) -> bool:
        """Tell whether another network has the same layers with weights of the same shapes."""
        return _anatomy(self.network) == _anatomy(other)

    def starts_as(self, other: Any) -> None:
        """Take over the weights of another network like it, and where its random numbers stand."""
        for mine, its in zip(self.network.variables, other.variables, strict=True):
            mine.assign(its)


class Borrower(Protocol):
    """What is lent networks."""

    def let_go(self) -> None:
        """Hold a lent network no longer; whoever computes with it at this moment still does."""


class LentNetworks:
    """Networks that go from one fit to the next: each has one holder, or is free.

    What is lent is held by an object of the borrower's; when that is gone the network is free.
    """

    def __init__(self) -> None:
        self._free: list[tuple[Hashable, TracedNetwork]] = []
        self._borrowers: weakref.WeakKeyDictionary[Borrower, Hashable]
        self._borrowers = weakref.WeakKeyDictionary()

    def lend(self, architecture: Hashable, fresh: Any) -> TracedNetwork:
        """Give a network that is in all it computes the fresh one, but may be traced already.

        Parameters
        ----------
        architecture : hashable
            What its layers hang on, but for the sizes of weights, which are compared.
        fresh : keras.Model
        """
        for entry in tuple(self._free):
            known, network = entry
            if known == architecture and network.is_like(fresh) and self._taken(entry):
                network.starts_as(fresh)
                return network
        return TracedNetwork(fresh)

    def reclaim(self, architecture: Hashable) -> bool:
        """Have those who hold such networks let them go; tells whether one is free."""
        for borrower, known in list(self._borrowers.items()):
            if known == architecture:
                borrower.let_go()
        return any(known == architecture for known, _ in self._free)

    def held(
        self, borrower: Borrower, holder: object, architecture: Hashable, network: TracedNetwork
    ) -> None:
        """Note who borrowed a network, and the object that holds it for the borrower."""
        self._borrowers[borrower] = architecture
        weakref.finalize(holder, self._give_back, architecture, network).atexit = False

    def _taken(self, entry: tuple[Hashable, TracedNetwork]) -> bool:
        # Holders end at any moment, in any thread: what is free now may not be where it was.
        try:
            self._free.remove(entry)
        except ValueError:
            return False
        return True

    def _give_back(self, architecture: Hashable, network: TracedNetwork) -> None:
        self._free.append((architecture, network))
        del self._free[:-_MOST_FREE]


def _anatomy(network: Any) -> tuple[list[type], list[tuple[str, tuple[int, ...], str]]]:
    operations = [type(operation) for operation in network.operations]
    return operations, [(each.name, each.shape, each.dtype) for each in network.variables]
