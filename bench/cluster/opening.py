"""Open the engine that was chosen."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from ..run.engine import Engine, LocalEngine
from .chosen import ChosenEngine


@contextmanager
def opened(chosen: ChosenEngine, jobs: int, says: Callable[[str], None]) -> Iterator[Engine]:
    """Give an engine, and close it afterwards.

    Parameters
    ----------
    chosen : ChosenEngine
    jobs : int
        Worker processes, where they are those of the run itself.
    says : callable
        Is told what a user should know.

    Raises
    ------
    EngineError
        If there is no such cluster, or it is not as it must be.
    """
    if not chosen.is_dask:
        yield LocalEngine(jobs)
        return
    from .connection import connected  # bring Dask, which need not be installed
    from .dask_engine import DaskEngine

    with connected(chosen, says) as client:
        yield DaskEngine(client, says)
