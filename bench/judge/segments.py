"""Who buys: the segments of the models that find some, and how many of their test cases buy."""

import math
from dataclasses import dataclass

import numpy as np

from ..language.sentence import Sentence, Text
from ..splits.fold import Fold
from ..stats.clustered import mean_of
from ..stats.confusion_intervals import jeffreys_interval
from ..store.records import RunRecord, TaskRecord
from ..store.segments import CellSegments, Difference
from .score import Score

LEAST_CASES = 20  # of a segment that is shown
STABLE = 0.8


@dataclass(frozen=True)
class SegmentOutcome:
    """A segment and what became of its test cases.

    Parameters
    ----------
    number : int
        From 1 on, by the size among the fit cases.
    n_cases : int
        Test cases.
    share : float
        Of all test cases, by weight.
    rate : Score
        The share of positive ones.
    lift : float
        That rate over the rate of all; NaN where nobody buys.
    differences : tuple of Difference
    path : tuple of str
    """

    number: int
    n_cases: int
    share: float
    rate: Score
    lift: float
    differences: tuple[Difference, ...]
    path: tuple[str, ...]


@dataclass(frozen=True)
class ModelSegments:
    """The segments of a model on one fold's test cases, the one that buys most first.

    ``n_hidden`` segments hold fewer than ``LEAST_CASES`` of them and are not among ``outcomes``;
    ``n_hidden_cases`` counts their test cases.  ``rate`` is that of all test cases.
    ``stability``, ``n_bootstraps``, ``unmeasured`` and ``chosen`` are as in ``CellSegments``;
    ``missing`` says why there are no segments, empty where there are.
    """

    outcomes: tuple[SegmentOutcome, ...] = ()
    n_hidden: int = 0
    n_hidden_cases: int = 0
    fold: int = 0
    n_folds: int = 0
    rate: float = math.nan
    chosen: Text = ""
    stability: float = math.nan
    n_bootstraps: int = 0
    unmeasured: Text = ""
    missing: Text = ""

    @property
    def is_stable(self) -> bool:
        """Whether nearly the same segments are found in bootstrap draws of the fit cases."""
        return self.stability >= STABLE


def segments_of_models(run: RunRecord, task: TaskRecord) -> dict[str, ModelSegments]:
    """Judge the segments of each model that finds some, by name.

    Parameters
    ----------
    run : RunRecord
    task : TaskRecord

    Returns
    -------
    dict of str to ModelSegments
        Rates are of the test cases of one fold, which had no part in finding the segments; their
        intervals take groups as independent where there are any, cases elsewhere.
    """
    folds = {fold.number: fold for fold in task.folds}
    return {
        cell.model: _judged(task, folds[cell.fold], cell.segments)
        for cell in run.cells
        if cell.task == task.name and cell.done and cell.segments is not None
    }


def _judged(task: TaskRecord, fold: Fold, noted: CellSegments) -> ModelSegments:
    if noted.missing:
        return ModelSegments(missing=noted.missing)
    number, rows = noted.numbers(), fold.test
    if len(number) != len(rows):
        return ModelSegments(missing=Sentence("they are of other test cases"))
    sizes = np.bincount(number, minlength=len(noted.segments))
    rate, whole = task.rate_of(rows), _weight(task, rows)
    outcomes = []
    for place in np.flatnonzero(sizes >= LEAST_CASES):
        of_segment = rows[number == place]
        found, about = rate_of(task, of_segment), noted.segments[place]
        outcomes.append(
            SegmentOutcome(
                number=int(place) + 1,
                n_cases=len(of_segment),
                share=_weight(task, of_segment) / whole,
                rate=found,
                lift=found.value / rate if rate > 0 else math.nan,
                differences=about.differences,
                path=about.path,
            )
        )
    hidden = sizes[(sizes > 0) & (sizes < LEAST_CASES)]
    return ModelSegments(
        outcomes=tuple(sorted(outcomes, key=lambda one: (-one.rate.value, one.number))),
        n_hidden=len(hidden),
        n_hidden_cases=int(hidden.sum()),
        fold=fold.number,
        n_folds=len(task.folds),
        rate=rate,
        chosen=noted.chosen,
        stability=noted.stability,
        n_bootstraps=noted.n_bootstraps,
        unmeasured=noted.unmeasured,
        missing="" if outcomes else Sentence("every segment holds too few test cases"),
    )


def rate_of(task: TaskRecord, rows: np.ndarray) -> Score:
    """Give the share of positive cases among some, with its interval over groups or cases.

    It is that of as many independent cases as would vary as much: Jeffreys' interval.
    """
    y, weight = task.target[rows].astype(float), task.weight_of(rows)
    group = None if task.group is None else np.unique(task.group[rows], return_inverse=True)[1]
    mean = mean_of(y, group, weight)
    spread = mean.value * (1 - mean.value)
    trials = min(spread / mean.error**2, len(rows)) if mean.error > 0 else float(mean.n_units)
    return Score(mean.value, *jeffreys_interval(mean.value, trials))


def _weight(task: TaskRecord, rows: np.ndarray) -> float:
    weight = task.weight_of(rows)
    return float(len(rows) if weight is None else weight.sum())
