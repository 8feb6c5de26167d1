"""From rows to cases: which rows count, with which outcome, and for how many."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ...bench.errors import DataError
from ...bench.language.sentence import Sentence
from .arrow_table import RawTable
from .column import Note


@dataclass(frozen=True, eq=False)
class Counted:
    """The cases of a table.

    Parameters
    ----------
    rows : ndarray of int, shape (n_cases,)
        The row of each case.
    outcome : ndarray of int8, shape (n_cases,)
    weight : ndarray of float, shape (n_cases,), optional
        How many cases each stands for; None where each stands for itself.
    positive : str
        What means yes.
    notes : sequence of Note
    """

    rows: np.ndarray
    outcome: np.ndarray
    weight: np.ndarray | None
    positive: str
    notes: Sequence[Note]


def of_rows(outcome: np.ndarray, positive: str, notes: Sequence[Note]) -> Counted:
    """Take each row with an outcome (not -1) for a case."""
    rows = np.flatnonzero(outcome >= 0)
    left_out = _left_out(outcome < 0, "their target is missing or neither of the two values named")
    return Counted(rows, outcome[rows], None, positive, [*left_out, *notes])


def of_weights(
    raw: RawTable,
    outcome: np.ndarray,
    positive: str,
    notes: Sequence[Note],
    name: str,
    weight: np.ndarray,
) -> Counted:
    """Take each row with an outcome for as many cases as its weight says.

    Raises
    ------
    DataError
        If rows of one outcome are left only.
    """
    counted = of_rows(outcome, positive, notes)
    known = outcome >= 0
    rows = np.flatnonzero(known & (weight > 0))
    if len(np.unique(outcome[rows])) < 2:
        raise DataError(
            f"column {name!r} of {raw.label} is above 0 in rows of one outcome only; a target "
            "needs two.  Name another column as weight, or fill it."
        )
    told = [
        *counted.notes,
        *_left_out(known & np.isnan(weight), Sentence("{column!r} is missing", column=name)),
        *_left_out(known & (weight == 0), _none(name)),
        _stand_for(name, len(rows), weight[rows]),
    ]
    return Counted(rows, outcome[rows], weight[rows], positive, told)


def of_trials(
    raw: RawTable, target: str, positives: np.ndarray, name: str, trials: np.ndarray
) -> Counted:
    """Make of each row its positive and its negative cases, weighed by how many there are.

    Raises
    ------
    DataError
        If a row has more positive cases than cases, or all cases have one outcome.
    """
    if (more := positives > trials).any():
        row = int(np.argmax(more))
        raise DataError(
            f"{raw.label}, {raw.place(row)}: {target!r} is {positives[row]:g}, more than the "
            f"{trials[row]:g} cases of {name!r} of which it counts the positive ones.  Mend the "
            "row, or take it out."
        )
    known = ~np.isnan(positives) & ~np.isnan(trials)
    negatives = np.where(known, trials - positives, 0.0)
    positives = np.where(known, positives, 0.0)
    weight = np.stack([positives, negatives], axis=1).ravel()
    cases = np.flatnonzero(weight > 0)
    if not (positives.any() and negatives.any()):
        same = f"equal to {name!r}" if positives.any() else "0"
        raise DataError(
            f"{raw.label}: {target!r} is {same} in every row, so that all cases have one outcome; "
            "a target needs two.  Name other columns."
        )
    told = [
        *_left_out(
            ~known, Sentence("{column!r} or {other!r} is missing", column=target, other=name)
        ),
        *_left_out(known & (trials == 0), _none(name)),
        _stand_for(name, len(np.unique(cases // 2)), weight[cases]),
    ]
    outcome = (cases % 2 == 0).astype(np.int8)
    return Counted(cases // 2, outcome, weight[cases], f"counted in {target!r}", told)


def _none(name: str) -> Sentence:
    return Sentence("{column!r} is 0: they stand for no case", column=name)


def _left_out(rows: np.ndarray, why: Sentence) -> list[Note]:
    if not rows.any():
        return []
    n_out, n_all = int(rows.sum()), len(rows)
    said = Sentence("{n:,} of {all:,} rows are left out: {why}", n=n_out, all=n_all, why=why)
    return [Note(said, (int(np.argmax(rows)),))]


def _stand_for(name: str, n_rows: int, weight: np.ndarray) -> Note:
    return Note(
        Sentence(
            "{n:,} rows stand for {cases:,.10g} cases, as {column!r} says: figures are of those "
            "cases, and intervals take the rows for the sample",
            n=n_rows,
            cases=weight.sum(),
            column=name,
        )
    )
