"""From a suite to a stored run: what the command ``run`` and ``intentbench.compare`` both do."""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from numbers import Integral
from typing import Any

from ..bench.errors import RequestError
from ..bench.plugins.registry import Registry
from ..bench.run.engine import Engine
from ..bench.run.execute import Watcher, execute_run
from ..bench.run.prepare import prepare
from ..bench.run.threads import cores
from ..bench.run.time_budget import TimeBudget
from ..bench.run.work import Work
from ..bench.store.records import RunRecord
from ..bench.store.store import Store
from ..bench.suite.suite import Suite
from .progress import judging_seconds

_REPORT_SECONDS = 4.0


def run_suite(
    suite: Suite,
    models: Registry,
    datasets: Registry,
    store: Store,
    watcher: Watcher,
    about: dict[str, Any],
    *,
    jobs: int,
    engine: Engine | None = None,
    has_canaries: bool = False,
    awaits_report: bool = False,
    loading: AbstractContextManager[object] | None = None,
    looks: Callable[[Work], None] = lambda work: None,
    minutes: float | None = None,
    policies: Registry | None = None,
) -> RunRecord:
    """Load the data, plan, look at both, and compute what is missing.

    Parameters
    ----------
    suite : Suite
    models, datasets : Registry
        Where the suite's names are found.
    store : Store
    watcher : Watcher
    about : dict
        What the manifest says of the call.
    jobs : int
        Cells at a time.
    engine : Engine, optional
        As in ``execute_run``.
    has_canaries : bool, default=False
        Whether models are tried on outcomes by chance, too.
    awaits_report : bool, default=False
        As in ``execute_run``.
    loading : context manager, optional
        Is entered while data are loaded.
    looks : callable, optional
        Is shown what was loaded and planned, before the first fit.
    minutes : float, optional
        For all of it, judging and the report included; see ``TimeBudget``.
    policies : Registry, optional
        Those that act or wait, where the suite asks for it; those of the house where not given.

    Raises
    ------
    RequestError
        If a number or a name has no meaning, or a task cannot be split as asked.
    DataError
        If data are missing or damaged.
    StoreError
        If the results folder cannot be written.
    """
    if not isinstance(jobs, Integral) or jobs < 1:
        raise RequestError(f"jobs {jobs}: at least one worker is needed, in a whole number.")
    store.check_place()
    begun = time.monotonic()
    with loading or nullcontext():
        work = prepare(suite, models, datasets, policies, is_limited=minutes is not None)
        work = replace(work, has_canaries=has_canaries)
    looks(work)
    budget = None
    if minutes is not None:
        engine = None
        budget = TimeBudget.of(minutes, begun, _REPORT_SECONDS + judging_seconds(work))
    return execute_run(
        work,
        store,
        jobs,
        watcher,
        about,
        engine=engine,
        awaits_report=awaits_report,
        budget=budget,
    )


def workers(asked: int | None) -> int:
    """Say how many worker processes there are to be: as many as cores where nobody says."""
    return cores() if asked is None else asked
