"""Load: a stored run as a result."""

import os
from pathlib import Path

from ..bench.judge.judge import judge
from ..bench.language.speaking import of_locale
from ..bench.store.objects import opened_objects
from ..bench.store.run_reader import read_run
from ..bench.store.shared_store import opened_store
from .result import Result


def load(
    run: str = "latest",
    *,
    results: "str | Path" = "results",
    store: str | None = None,
    language: str | None = None,
) -> Result:
    """Read a stored run, and judge it; nothing is fitted.

    Parameters
    ----------
    run : str, default="latest"
        Its name in the results folder.
    results : str or Path, default="results"
    store : str, optional
        As in ``compare``: the run is brought from there.
    language : str, optional
        As in ``compare``.

    Returns
    -------
    Result

    Raises
    ------
    StoreError
        If there is no such run, or it cannot be read.
    RequestError
        If ``store`` is none.
    """
    kept = opened_store(Path(results), opened_objects(store) if store else None)
    kept.bring(run)
    language = of_locale(os.environ) if language is None else language
    return Result(judge(read_run(kept, run)), kept, language=language)
