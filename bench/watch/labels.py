"""Labels and the cases that they belong to: joined by an id, and only where they are final."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..errors import DataError, RequestError
from .history import WatchedCases


@dataclass(frozen=True, eq=False)
class Labels:
    """Outcomes by the ids of their cases.

    Parameters
    ----------
    file : str
    id : ndarray of str, shape (n_labels,)
    y : ndarray of int8, shape (n_labels,)
        1, 0, or -1 where the cell is empty.
    """

    file: str
    id: np.ndarray
    y: np.ndarray


@dataclass(frozen=True, eq=False)
class Joined:
    """Labels that are new, and what became of the others.

    ``rows`` are those of the cases, ``y`` their outcomes.  ``n_repeated`` say what was known,
    ``n_early`` are not final yet, ``n_elsewhere`` are of cases that were not watched.
    """

    rows: np.ndarray
    y: np.ndarray
    n_repeated: int
    n_early: int
    n_elsewhere: int


def join_labels(
    labels: Labels,
    cases: WatchedCases,
    delay: np.timedelta64 | None = None,
    as_of: np.datetime64 | None = None,
) -> Joined:
    """Join labels to watched cases.

    Parameters
    ----------
    labels : Labels
    cases : WatchedCases
        With ids that differ.
    delay : timedelta64, optional
        How long after its time a case's outcome is final; earlier labels are put aside, of either
        outcome: purchases are known before their absence is, and would be too many.
    as_of : datetime64, optional
        What the clock says; needed with a delay.

    Raises
    ------
    DataError
        If an id stands twice with different outcomes, none is that of a watched case, or a label
        says something else than it did.
    """
    there = labels.y >= 0
    ids, y = labels.id[there], labels.y[there]
    if not len(ids):
        raise DataError(f"{labels.file} has no label: every cell is empty.  Bring it filled.")
    ids, y = _once(labels.file, ids, y)
    at = pd.Index(cases.id).get_indexer(ids)
    matched = at >= 0
    if not matched.any():
        known = next((text for text in cases.id if text), "")
        raise DataError(
            f"{labels.file}: none of its {len(ids):,} ids is that of a case that was watched.  It "
            f"holds {ids[0]!r}, the history {known!r}.  Watch the cases first, with the same "
            "column --id, then bring their labels."
        )
    rows, y = at[matched], y[matched]
    before = cases.y[rows]
    differs = (before >= 0) & (before != y)
    if differs.any():
        first = int(np.argmax(differs))
        raise DataError(
            f"{labels.file}: {differs.sum():,} labels say something else than they did, first "
            f"{cases.id[rows[first]]!r}, which was {before[first]} and is {y[first]}.  What was "
            "tested stays tested: bring labels when they are final (--delay), and begin a new "
            "history with a longer one."
        )
    new = before < 0
    final = np.ones(len(rows), dtype=bool)
    if delay is not None and as_of is not None:
        final = cases.time[rows] + delay <= as_of
    taken = new & final
    order = np.argsort(rows[taken], kind="stable")
    return Joined(
        rows[taken][order],
        y[taken][order],
        int((~new).sum()),
        int((new & ~final).sum()),
        int((~matched).sum()),
    )


def _once(file: str, ids: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Give each id once."""
    _, first, inverse = np.unique(ids.astype(str), return_index=True, return_inverse=True)
    contrary = y != y[first][inverse]
    if contrary.any():
        name = ids[int(np.argmax(contrary))]
        raise DataError(
            f"{file} holds {name!r} with both outcomes.  An id must name one case, which has one "
            "outcome: mend the file, or name another column with --id."
        )
    first = np.sort(first)
    return ids[first], y[first]


def require_different(file: str, ids: np.ndarray, known: np.ndarray | None = None) -> None:
    """Hold the ids of new cases to be different ones, also from those of earlier files.

    Raises
    ------
    RequestError
        Names the first that is not.
    """
    twice = pd.Index(ids).duplicated()
    if twice.any():
        raise RequestError(
            f"{file} holds the id {ids[int(np.argmax(twice))]!r} twice ({twice.sum():,} such "
            "rows).  Name the column that is different in each case with --id."
        )
    if known is None:
        return
    again = pd.Index(ids).isin(known)
    if again.any():
        raise RequestError(
            f"{file}: {again.sum():,} of its {len(ids):,} cases were watched before, first "
            f"{ids[int(np.argmax(again))]!r}.  Bring each case once: take these rows out, or name "
            "a column with --id that no two cases share."
        )
