"""A data set read twice: once whole, once without some rows of its source.

Whatever the loader computed across cases - a scaler, a mean outcome, a ranking - and whatever it
looked up in a later time, changes the cases that are left.  What knows its own case and its past
does not.
"""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from ..cases import Cases, is_numeric, texts
from ..errors import DataError
from ..events import Events
from ..task import Task


def changed_cases(whole: Task, part: Task, kept: np.ndarray) -> tuple[str, ...]:
    """Say what of a case hangs on rows that are not its own, or lie after it.

    For authors of data sets.  To prove that nothing looks ahead, read the source once whole and
    once with all rows from some moment on changed or left out; ``kept`` are then the cases of
    before that moment.  To prove that nothing was learnt from all cases, leave any rows out.

    Parameters
    ----------
    whole, part : Task
        As read from all of the source, and from the rest of it.
    kept : ndarray of int, shape (n_kept,)
        Cases of ``whole`` that must not change: the first ``n_kept`` cases of ``part``, in this
        order.

    Returns
    -------
    tuple of str
        A sentence for each column, mark and role that changed; empty if nothing did.

    Raises
    ------
    DataError
        If ``part`` has fewer cases than are to be compared.
    """
    if len(part) < len(kept):
        raise DataError(
            f"task {whole.name!r}: of the {len(kept):,} cases that must not change only "
            f"{len(part):,} are left.  The rows that were left out must not be theirs, and cases "
            "must not be left out for what comes after them."
        )
    old, new = whole.cases.take(kept), part.cases.take(np.arange(len(kept)))
    found = [*_columns(old.features, new.features), *_events(old, new)]
    for role in ("group", "time"):
        before, after = getattr(whole, role), getattr(part, role)
        if (before is None) != (after is None):
            found.append(f"the {role} is there in one reading only")
        elif before is not None:
            found += _told(f"the {role}", before[kept] != after[: len(kept)])
    return tuple(f"{sentence} when other rows of the source change." for sentence in found)


def _columns(old: pd.DataFrame, new: pd.DataFrame) -> Iterator[str]:
    for name in old.columns.symmetric_difference(new.columns):
        yield f"the column {name!r} comes or goes"
    for name in old.columns.intersection(new.columns, sort=False):
        yield from _told(f"the column {name!r}", _differ(old[name], new[name]))


def _differ(old: pd.Series, new: pd.Series) -> np.ndarray:
    if is_numeric(old) and is_numeric(new):
        a, b = (column.to_numpy(dtype=float, na_value=np.nan) for column in (old, new))
        return ~((a == b) | (np.isnan(a) & np.isnan(b)))
    # Codes and dtypes may differ where a category occurs in one reading only.
    a, b = (
        (column if is_numeric(column) else texts(column)).astype("string") for column in (old, new)
    )
    same = (a == b) | (a.isna() & b.isna())
    return ~same.fillna(False).to_numpy(dtype=bool)


def _events(old: Cases, new: Cases) -> Iterator[str]:
    a, b = old.events, new.events
    for name in sorted(set(a.marks) ^ set(b.marks)):
        yield f"the mark {name!r} of events comes or goes"
    longer = a.lengths != b.lengths
    yield from _told("the number of events", longer)
    same = np.flatnonzero(~longer)
    a, b = a.take(same), b.take(same)
    for name in a.marks:
        if name in b.marks:
            apart = _meaning(a, name) != _meaning(b, name)
            cases = np.zeros(len(same), dtype=bool)
            cases[a.owner[apart]] = True
            yield from _told(f"the mark {name!r} of events", cases)


def _meaning(events: Events, name: str) -> np.ndarray:
    mark = events.marks[name]
    if name not in events.vocabulary:
        return mark
    return np.array(events.vocabulary[name], dtype=object)[mark]


def _told(what: str, changed: np.ndarray) -> Iterator[str]:
    if changed.any():
        yield f"{what} changes in {int(changed.sum()):,} of {len(changed):,} cases"
