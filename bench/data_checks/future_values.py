"""What a case knows of a time after its own: marks and columns that hold a moment, and a later one.

A number is taken for a moment where nearly all its values, read as seconds, milliseconds or days
since 1970, fall into the years of the task's own times: amounts hardly ever do.  Times close to
1970 are running numbers, among which amounts do.
"""

from collections.abc import Sequence

import numpy as np

from ..cases import is_numeric
from ..language.sentence import Sentence
from ..language.speaking import marked
from ..splits.fold import Fold
from ..task import Task
from .finding import Finding

_SECONDS = {"seconds": 1.0, "milliseconds": 1e-3, "days": 86_400.0}
_ROOM_SECONDS = 366 * 86_400.0
_NEARLY_ALL = 0.95
_FIRST_MOMENT = np.datetime64("1975-01-01", "s")


def future_values(task: Task, folds: Sequence[Fold]) -> list[Finding]:
    """Find events and columns that tell a moment after the moment of the prediction.

    Without times there is nothing to compare with, and nothing is found.  Gaps between events tell
    how far these are apart, not when they were: look-ahead that leaves no moment behind is found by
    reading the data twice, see ``conformance.reading_twice``.
    """
    if task.time is None or task.time.min() < _FIRST_MOMENT:
        return []
    asked = task.time.astype("datetime64[s]").astype(float)
    events = task.cases.events
    found = []
    for name, mark in events.marks.items():
        if name != "gap" and name not in events.vocabulary:
            late = _late(mark, asked[events.owner], asked)
            n_cases = len(np.unique(events.owner[late]))
            if n_cases:
                found.append(
                    Finding(
                        marked("events after the prediction"),
                        True,
                        Sentence(
                            "by their mark {mark!r}, {n_events:,} events of {n_cases:,} cases lie "
                            "after the moment of the prediction",
                            mark=name,
                            n_events=int(late.sum()),
                            n_cases=n_cases,
                        ),
                        Sentence(
                            "Models see what happened after they were asked: figures are too good, "
                            "and no such event will be there when the model is used."
                        ),
                        Sentence("Cut each case's events before its time."),
                    )
                )
    for name, column in task.cases.features.items():
        if is_numeric(column):
            late = _late(column.to_numpy(dtype=float, na_value=np.nan), asked, asked)
            if late.any():
                found.append(_column_finding(name, int(late.sum())))
    return found


def _column_finding(name: str, n_late: int) -> Finding:
    return Finding(
        marked("columns after the prediction"),
        True,
        Sentence(
            "the column {name!r} holds a moment after that of the prediction in {n:,} cases",
            name=name,
            n=n_late,
        ),
        Sentence(
            "It was written when more was known than a model can know: figures are too good, "
            "unless it is a date that was agreed on before."
        ),
        Sentence(
            "Drop it, or give it only where it was known; a date agreed on before is better given "
            "as the time until then."
        ),
    )


def _late(values: np.ndarray, asked: np.ndarray, all_asked: np.ndarray) -> np.ndarray:
    """Tell which values are moments after those asked about; none if they are no moments."""
    known = values[~np.isnan(values)]
    low, high = all_asked.min() - _ROOM_SECONDS, all_asked.max() + _ROOM_SECONDS
    for seconds in _SECONDS.values():
        moment = known.astype(float) * seconds
        if len(moment) and np.mean((moment >= low) & (moment <= high)) >= _NEARLY_ALL:
            # A float32 knows a moment of our days to two minutes only.
            rounding = np.spacing(np.abs(values).astype(np.float32)).astype(float)
            return (values.astype(float) - rounding) * seconds > asked  # NaN is not
    return np.zeros(len(values), dtype=bool)
