"""The splits: which cases were learnt from, watched and tested."""

import numpy as np

from ...bench.judge.judgement import TaskJudgement
from ...bench.store.records import TaskRecord
from .. import formats
from ..blocks import Section
from ..elements import Cell, Table, plain_table

_SHOWN_DIGITS = 16
_FIRST_DATE = np.datetime64("1975-01-01", "s")


def section(judged: TaskJudgement) -> Section:
    """Show the splits."""
    return Section(
        "splits",
        "The splits",
        (splits_table(judged.task),),
        formats.count(len(judged.task.folds), "fold"),
    )


def splits_table(task: TaskRecord) -> Table:
    """Tabulate the splits with sizes, base rates, periods and the first fingerprint digits."""
    dated = is_dated(task)
    lines = []
    for fold in task.folds:
        for number, split in enumerate(fold.splits):
            many = len(fold.splits) > 1
            name = f"{fold.number}, inner split {number}" if many else f"{fold.number}"
            sides = [_side(task, rows) for rows in (split.fit, split.valid, fold.test)]
            period = [period_of(task, fold.test)] if dated else []
            lines.append((name, *sides, *period, fold.fingerprint()[:_SHOWN_DIGITS]))
    period = ("Test period",) if dated else ()
    return plain_table(
        "Cases of each fold, and the share of positive ones",
        ("Fold", "Fit", "Valid", "Test", *period, "Fingerprint"),
        lines,
        "Models learn from fit cases and may watch valid cases; figures are from test cases. "
        "Every model of a fold had these very cases: the fingerprint is a hash of their numbers.",
    )


def _side(task: TaskRecord, rows: np.ndarray) -> Cell:
    rate = formats.share(task.rate_of(rows)) if len(rows) else formats.MISSING
    return Cell(formats.count(len(rows)), rate, str(len(rows)))


def is_dated(task: TaskRecord) -> bool:
    """Tell whether times are dates: a position in a file, or hours since a start, are none."""
    return task.time is not None and task.time.min() >= _FIRST_DATE


def period_of(task: TaskRecord, rows: np.ndarray) -> str:
    """Write from which day to which some cases are."""
    days = task.time[rows].astype("datetime64[D]")
    first, last = days.min(), days.max()
    return f"{first}" if first == last else f"{first} to {last}"
