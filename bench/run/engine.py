"""An engine: whoever computes a list of cells.  Here the one of this machine."""

from collections.abc import Callable, Generator, Iterable
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from ..store.predictions import Predictions
from ..store.store import Store
from .expected_time import ExpectedTime
from .fence import Fence
from .memory_plan import MemoryPlan, free_bytes
from .sender import Sender
from .work import Planned, Work
from .worker_process import Answer


@dataclass(frozen=True)
class Outcome:
    """What became of a cell.

    ``predictions`` reads what was predicted, and raises ``ValueError`` if it is not one probability
    for each case; it is asked for before the next outcome.
    """

    cell: Planned
    answer: Answer
    predictions: Callable[[], Predictions]


class Engine(Protocol):
    """Computes cells; stores nothing."""

    jobs: int
    """Cells at a time, as far as that is known before."""

    def outcomes(
        self,
        work: Work,
        cells: Iterable[Planned],
        store: Store,
        scratch: Path,
        expected: ExpectedTime,
    ) -> Generator[Outcome, None, None]:
        """Give what becomes of cells, in any order; closed early, it stops what it has begun.

        Parameters
        ----------
        work : Work
        cells : iterable of Planned
        store : Store
            Is read only.
        scratch : Path
            A folder that is there until the last outcome.
        expected : ExpectedTime
            What cells are likely to take.
        """


class LocalEngine:
    """Worker processes of this machine, behind the fence.

    Parameters
    ----------
    jobs : int
        Workers at a time.
    goes_on : callable, optional
        Is asked time and again; when it says no, what is in hand is stopped, and no more comes.
    """

    def __init__(self, jobs: int, goes_on: Callable[[], bool] = lambda: True) -> None:
        self.jobs = jobs
        self.goes_on = goes_on

    def memory_plan(self, work: Work, expected: ExpectedTime) -> MemoryPlan:
        """Plan what is computed side by side, by the memory that is free now."""
        most = int(work.suite.limits.gigabytes * 2**30)
        return MemoryPlan(free_bytes(), most, expected.memory.of, expected.memory.shared)

    def outcomes(
        self,
        work: Work,
        cells: Iterable[Planned],
        store: Store,
        scratch: Path,
        expected: ExpectedTime,
    ) -> Generator[Outcome, None, None]:
        """Give what becomes of cells; see ``Engine``.

        None is started that is not likely to fit into memory beside those in hand.
        """
        sender = Sender(work, store, scratch)
        plan = self.memory_plan(work, expected)
        sent: dict[str, Planned] = {}

        def request(cell: Planned) -> dict[str, Any]:
            sent[cell.key] = cell
            return sender.request(cell)

        def admits(request: dict[str, Any], in_hand: list[dict[str, Any]]) -> bool:
            return plan.fits(sent[request["key"]], [sent[other["key"]] for other in in_hand])

        fence = Fence(self.jobs, work.suite.limits, self.goes_on, admits)
        # A generator that is left early, as on Ctrl-C, stops its workers before their folders go.
        with closing(fence.answers(map(request, cells))) as answers:
            for answer in answers:
                cell = sent.pop(answer.request["key"])
                yield Outcome(cell, answer, partial(sender.predictions, cell, answer.request))
                sender.forget(answer.request)
