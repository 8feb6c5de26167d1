"""Load: a stored run as a result."""

import os
from pathlib import Path

from ..bench.judge.judge import judge
from ..bench.language.speaking import of_locale
from ..bench.store.run_reader import read_run
from ..bench.store.store import Store
from .result import Result


def load(
    run: str = "latest", *, results: "str | Path" = "results", language: str | None = None
) -> Result:
    """Read a stored run, and judge it; nothing is fitted.

    Parameters
    ----------
    run : str, default="latest"
        Its name in the results folder.
    results : str or Path, default="results"
    language : str, optional
        As in ``compare``.

    Returns
    -------
    Result

    Raises
    ------
    StoreError
        If there is no such run, or it cannot be read.
    """
    store = Store(Path(results))
    language = of_locale(os.environ) if language is None else language
    return Result(judge(read_run(store, run)), store, language=language)
