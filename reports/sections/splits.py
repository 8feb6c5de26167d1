"""The splits: which cases were learnt from, watched and tested."""

import numpy as np

from ...bench.judge.judgement import TaskJudgement
from ...bench.language.speaking import _
from ...bench.store.records import TaskRecord
from .. import formats
from ..blocks import Section
from ..counted import folds
from ..elements import Cell, Table, plain_table

_SHOWN_DIGITS = 16
_FIRST_DATE = np.datetime64("1975-01-01", "s")


def section(judged: TaskJudgement) -> Section:
    """Show the splits."""
    return Section(
        "splits",
        _("The splits"),
        (splits_table(judged.task),),
        folds(len(judged.task.folds)),
    )


def splits_table(task: TaskRecord) -> Table:
    """Tabulate the splits with sizes, base rates, periods and the first fingerprint digits."""
    dated = is_dated(task)
    lines = []
    for fold in task.folds:
        for number, split in enumerate(fold.splits):
            many = len(fold.splits) > 1
            name = f"{fold.number}"
            if many:
                name = _("{fold}, inner split {number}").format(fold=fold.number, number=number)
            sides = [_side(task, rows) for rows in (split.fit, split.valid, fold.test)]
            period = [period_of(task, fold.test)] if dated else []
            lines.append((name, *sides, *period, fold.fingerprint()[:_SHOWN_DIGITS]))
    period = (_("Test period"),) if dated else ()
    return plain_table(
        _("Cases of each fold, and the share of positive ones"),
        (_("Fold"), _("Fit cases"), _("Valid cases"), _("Test cases"), *period, _("Fingerprint")),
        lines,
        _(
            "Models learn from fit cases and may watch valid cases; figures are from test cases. "
            "Every model of a fold had these very cases: the fingerprint is a hash of their "
            "numbers."
        ),
    )


def _side(task: TaskRecord, rows: np.ndarray) -> Cell:
    rate = formats.share(task.rate_of(rows)) if len(rows) else formats.missing()
    return Cell(formats.count(len(rows)), rate, str(len(rows)))


def is_dated(task: TaskRecord) -> bool:
    """Tell whether times are dates: a position in a file, or hours since a start, are none."""
    return task.time is not None and task.time.min() >= _FIRST_DATE


def period_of(task: TaskRecord, rows: np.ndarray) -> str:
    """Write from which day to which some cases are."""
    days = task.time[rows].astype("datetime64[D]")
    first, last = days.min(), days.max()
    return f"{first}" if first == last else _("{low} to {high}").format(low=first, high=last)
