"""Comparisons between entries of a task in a figure: how large, how sure."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from ..metrics.key import Key
from ..metrics.metrics import METRICS
from ..stats.equivalence import cases_needed, odds_of
from ..stats.intervals import LEVEL
from ..stats.step_down import behind_the_best, step_down
from ..stats.training_variance import training_ratio
from ..store.records import TaskRecord
from .findings import AsFitted, Gap
from .refits import plan_overlap
from .score import Score
from .scoring import Scores
from .units import freedom

# A variance below this share of the figures' own is rounding: these entries never differ.
_ROUNDING = 1e-12
# Chosen by simulation: with seven positive cases no difference counts as more than 2.4 standard
# errors, whatever it is; with thirty a mean over them is as good as normal.
_FADES = 6.0
# No interval is more than three times as wide as its standard error says.
_WIDEST = 0.9
_Procedure = Callable[[np.ndarray], tuple[np.ndarray, ...]]


@dataclass(frozen=True, eq=False)
class _Differences:
    """Differences in a figure, each of shape (n_differences,).

    ``of_test`` are their standard errors from test cases alone, ``errors`` those from test cases
    and training; ``most`` is the square of what no size in standard errors can exceed.
    """

    values: np.ndarray
    of_test: np.ndarray
    errors: np.ndarray
    most: float


def gaps(task: TaskRecord, scores: Scores, key: Key, pairs: Sequence[tuple[int, int]]) -> list[Gap]:
    """Compare pairs of entries in a figure, all of them together.

    Two questions are answered.  Would these fitted models keep their order on new cases?  The
    paired bootstrap of the test cases knows.  Would these methods keep it if they were fitted
    again?  The variance that training adds (``training_ratios``) comes on top.  A difference is
    established at 5 % by ``step_down`` over all the pairs given, on the draws that they share.

    Parameters
    ----------
    task : TaskRecord
    scores : Scores
    key : Key
    pairs : sequence of (int, int)
        Entries by their position in ``scores``; a difference is positive where the first is
        better.

    Returns
    -------
    list of Gap
        P-values and intervals are simultaneous: an interval leaves out zero just where the
        difference is established.  Entries that score the same in every fold and every draw are
        equal, whatever else is compared.
    """
    if not pairs:
        return []
    first, second = np.array(pairs).T
    figures, draws = _better_is_more(scores, key)
    values = (figures[first] - figures[second]).mean(axis=1)
    known = ~np.isnan(values)
    drawn = draws[first] - draws[second]
    # A draw in which some figure is not defined is left out for all.
    drawn = drawn[:, ~np.isnan(drawn[known]).any(axis=0)]
    size = np.zeros(len(pairs))
    if drawn.shape[1] > 1:
        size = np.nan_to_num(drawn.std(axis=1, ddof=1))
    found = _differences(task, scores, first, second, values, size)
    apart = known & (size > 0)
    null = drawn[apart] - drawn[apart].mean(axis=1, keepdims=True)
    null = np.abs(null) / size[apart, None]
    return _judged(task, key, found, apart, lambda sizes: step_down(sizes, null, LEVEL))


def behind(
    task: TaskRecord, scores: Scores, key: Key, rows: Sequence[int]
) -> tuple[list[int], list[Gap]]:
    """Order entries, best first, and say how far behind the first one the others are.

    Those whose gap is not established form a confidence set of the best; see
    ``behind_the_best``.  All else is as in ``gaps``.

    Returns
    -------
    order : list of int
        The rows, best first; those without a figure are last.
    behind : list of Gap
        Of each but the first, in this order.
    """
    figures, draws = _better_is_more(scores, key)
    values = figures.mean(axis=1)
    order = sorted(rows, key=lambda row: (math.isnan(values[row]), -np.nan_to_num(values[row])))
    if len(order) < 2:
        return order, []
    others = np.array(order[1:])
    known = ~np.isnan(values[order])
    of_rows = draws[order]
    of_rows = of_rows[:, ~np.isnan(of_rows[known]).any(axis=0)]
    centred = of_rows - of_rows.mean(axis=1, keepdims=True)
    errors = np.zeros((len(order), len(order)))
    if centred.shape[1] > 1:
        covered = centred @ centred.T / (centred.shape[1] - 1)
        own = np.diag(covered)
        squares = own[:, None] + own - 2 * covered
        squares[~(squares > _ROUNDING * (own[:, None] + own))] = 0.0
        errors = np.sqrt(squares)
    found = _differences(
        task, scores, np.full(len(others), order[0]), others,
        values[order[0]] - values[others], errors[0, 1:],
    )  # fmt: skip
    apart = known[1:] & (errors[0, 1:] > 0)
    taking_part = np.concatenate([[True], apart])

    def procedure(sizes: np.ndarray) -> tuple[np.ndarray, ...]:
        p_values, reach = behind_the_best(
            np.concatenate([[0.0], sizes]),
            centred[taking_part],
            errors[np.ix_(taking_part, taking_part)],
            LEVEL,
        )
        return p_values[1:], reach[1:]

    return order, _judged(task, key, found, apart, procedure)


def _better_is_more(scores: Scores, key: Key) -> tuple[np.ndarray, np.ndarray]:
    sign = -1.0 if METRICS[key.metric].minimize else 1.0
    return sign * scores.by_fold[key], sign * scores.draws[key]


def _differences(
    task: TaskRecord,
    scores: Scores,
    first: np.ndarray,
    second: np.ndarray,
    values: np.ndarray,
    of_test: np.ndarray,
) -> _Differences:
    training = scores.training
    if training is None:
        ratio: np.ndarray | float = float(training_ratio(np.ones(1), plan_overlap(task))[0])
    else:
        ratio = training[first, second]
    # Resampling n units has the spread of n, and estimates that of n - 1.
    known = max(freedom(task), 1.0)
    of_test = of_test * np.sqrt(1 + 1 / known)
    return _Differences(values, of_test, of_test * np.sqrt(1 + ratio), max(known**2 / _FADES, 1.0))


def _judged(
    task: TaskRecord, key: Key, found: _Differences, apart: np.ndarray, procedure: _Procedure
) -> list[Gap]:
    """Say what a simultaneous procedure finds, of the methods and of the models as fitted."""
    methods, fitted = (
        _simultaneous(found, errors, apart, procedure) for errors in (found.errors, found.of_test)
    )
    n_tested = len(np.unique(np.concatenate([fold.test for fold in task.folds])))
    margin = METRICS[key.metric].rope
    judged = []
    for i, value in enumerate(map(float, found.values)):
        if math.isnan(value):
            judged.append(Gap(key.metric, Score(value, value, value), 1.0, False))
            continue
        (p_value, low, high), as_fitted = (
            (float(p[i]), value - float(reach[i]), value + float(reach[i]))
            for p, reach in (methods, fitted)
        )
        error = float(found.errors[i])
        judged.append(
            Gap(
                key.metric,
                Score(value, low, high),
                p_value,
                p_value <= 1 - LEVEL,
                odds_of(value, error, margin),
                cases_needed(value, error, n_tested),
                AsFitted(*as_fitted[1:], as_fitted[0], as_fitted[0] <= 1 - LEVEL),
            )
        )
    return judged


def _simultaneous(
    found: _Differences, errors: np.ndarray, apart: np.ndarray, procedure: _Procedure
) -> tuple[np.ndarray, np.ndarray]:
    """Apply a procedure to sizes in the standard errors that there are if nothing differs.

    A handful of positive cases of which one model happens to know four, and the others none, has a
    small variance about its mean; about zero it is larger by the square of the difference.  So a
    score test holds its level on counts where Wald's does not (Wilson 1927, Agresti and Coull
    1998).  It matters where few cases are positive: there even the largest difference has a bounded
    size, and cannot stand out among many.
    """
    p_values, reach = np.ones(len(apart)), np.zeros(len(apart))
    p_values[~apart & (found.values != 0)] = 0.0  # the same in every draw
    if apart.any():
        sizes = np.abs(found.values[apart]) / errors[apart]
        p_values[apart], far = procedure(sizes / np.sqrt(1 + np.square(sizes) / found.most))
        share = np.minimum(np.square(far) / found.most, _WIDEST)
        reach[apart] = errors[apart] * far / np.sqrt(1 - share)
    stands = p_values <= 1 - LEVEL
    return p_values, np.where(stands, reach, np.fmax(reach, np.abs(found.values)))
