"""The engine that has cells computed by Dask workers, in batches, and collects what they answer."""

from collections.abc import Callable, Generator, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from ..run.engine import Outcome
from ..run.expected_time import ExpectedTime
from ..run.work import Planned, Work
from ..store.store import Store
from .connection import look_at_workers
from .sending import Sending
from .shared_cases import look_for_further

if TYPE_CHECKING:
    from distributed import Client


class DaskEngine:
    """Computes cells by the workers of a Dask scheduler.

    Parameters
    ----------
    client : Client
        Is connected; see ``connected``.
    says : callable
        Is told what a user should know.
    """

    def __init__(self, client: "Client", says: Callable[[str], None]) -> None:
        self.client = client
        self.says = says
        self.jobs = max(1, sum(client.nthreads().values()))

    def outcomes(
        self,
        work: Work,
        cells: Iterable[Planned],
        store: Store,
        scratch: Path,
        expected: ExpectedTime,
    ) -> Generator[Outcome, None, None]:
        """Give what becomes of cells; see ``Engine``.

        Raises
        ------
        EngineError
            If the scheduler is gone, or a worker is not as it must be or does not find cases on
            disk.
        """
        requires = sorted({name for _, described in work.models for name in described.requires})
        look_at_workers(self.client, requires)
        look_for_further(self.client, work.tasks)
        sending = Sending(self.client, work, store, scratch, requires, self.says)
        try:
            yield from sending.outcomes(list(cells), expected.of, self.jobs)
        finally:
            sending.stop()
