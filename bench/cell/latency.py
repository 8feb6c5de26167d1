"""What a fitted model takes to answer for a single case, and to be kept."""

import pickle
import time
import warnings
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import numpy as np

from ..errors import said_in_a_line
from ..language.sentence import Sentence
from ..language.speaking import marked

_MOST_CASES = 120
_MOST_SECONDS = 2.0
_MOST_SECONDS_TO_WRITE = 0.8
# Of so many calls one lies beyond the quantile.
_LEAST_CALLS = {"p50_seconds": 1, "p95_seconds": 20, "p99_seconds": 100}
_TOO_FEW_FOR_P99 = marked("{n} timed calls are too few for a p99, which needs {least}")
_TOO_FEW = marked("{n} timed calls are too few for a p99, which needs {least}, and for a p95")

Case = TypeVar("Case")


def measured(
    fitted: Any, answer: Callable[[Case], object], case: Callable[[int], Case], n_cases: int
) -> dict[str, Any]:
    """Measure a fitted model when all its predictions are made.

    Parameters
    ----------
    fitted : object
        What would be kept of the model.
    answer : callable
        Predicts a single case; timed.
    case : callable
        Gives what ``answer`` reads of a case's number; not timed.
    n_cases : int

    Returns
    -------
    dict
        ``p50_seconds``, ``p95_seconds``, ``p99_seconds`` of processor time of a call after a first
        one that is not counted, ``n_calls`` and ``stored_bytes``; None where one is not available,
        and ``missing`` says why.  It takes 3 s at most, and the time of two calls.
    """
    facts: dict[str, Any] = {"stored_bytes": None, "n_calls": 0, **dict.fromkeys(_LEAST_CALLS)}
    missing = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # they were noted with the predictions
        # The fence around plugin code: a model that can be neither timed nor kept has predicted.
        try:
            facts |= quantiles(_call_seconds(answer, case, n_cases))
        except Exception as error:
            missing.append(
                Sentence("a single case could not be timed: {why}", why=said_in_a_line(error))
            )
        try:
            facts["stored_bytes"] = _pickled_bytes(fitted)
        except Exception as error:
            missing.append(
                Sentence("the size could not be measured: {why}", why=said_in_a_line(error))
            )
    if 0 < facts["n_calls"] < _LEAST_CALLS["p99_seconds"]:
        missing.append(
            Sentence(
                _TOO_FEW if facts["p95_seconds"] is None else _TOO_FEW_FOR_P99,
                n=facts["n_calls"],
                least=_LEAST_CALLS["p99_seconds"],
            )
        )
    return facts | {"missing": missing}


def quantiles(seconds: Sequence[float]) -> dict[str, float | int | None]:
    """Give p50, p95 and p99 of some durations, None where they are too few for one."""
    found = {
        name: float(np.quantile(seconds, int(name[1:3]) / 100, method="inverted_cdf"))
        if len(seconds) >= least
        else None
        for name, least in _LEAST_CALLS.items()
    }
    return found | {"n_calls": len(seconds)}


def _call_seconds(
    answer: Callable[[Case], object], case: Callable[[int], Case], n_cases: int
) -> list[float]:
    begun = time.perf_counter()
    answer(case(0))  # compiles, loads and fills caches
    took: list[float] = []
    # Spread over the test cases: the first ones may all be of one day or one customer.
    for row in np.linspace(0, n_cases - 1, min(n_cases, _MOST_CASES)).astype(int):
        asked = case(int(row))
        # A busy machine makes a call wait that alone takes microseconds.
        started = time.process_time()
        answer(asked)
        took.append(time.process_time() - started)
        if time.perf_counter() - begun > _MOST_SECONDS:
            break
    return took


class _Counter:
    """A file that keeps nothing but its length, and closes when it took too long."""

    def __init__(self) -> None:
        self.n_bytes = 0
        self._begun = time.perf_counter()

    def write(self, content: bytes) -> int:
        if time.perf_counter() - self._begun > _MOST_SECONDS_TO_WRITE:
            raise TimeoutError(f"writing it took longer than {_MOST_SECONDS_TO_WRITE:g} s")
        # Arrays come as they lie in memory, without a copy.
        size = memoryview(content).nbytes
        self.n_bytes += size
        return size


def _pickled_bytes(fitted: Any) -> int:
    counter = _Counter()
    pickle.Pickler(counter, protocol=5).dump(fitted)
    return counter.n_bytes
