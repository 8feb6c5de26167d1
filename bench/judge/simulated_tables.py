"""Simulated tables: models of known worth on data sets that are drawn from a known process."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from scipy.optimize import brentq
from scipy.special import expit
from sklearn.model_selection import StratifiedKFold, StratifiedShuffleSplit
from sklearn.tree import DecisionTreeClassifier

from ..splits.fold import Fold, Split
from ..store.records import TaskRecord
from .contestants import Contestant, OutOfSample
from .drawn_task import drawn_task

# Of the models that are compared: each sees these columns through noise of its own.
_WIDTH, _STRENGTH, _PENALTY = 5, 0.6, 0.1
_PARTS = 6  # of the time; the last three are tested
_FEWEST = 2  # cases of an outcome in any part
Predict = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Plan:
    """How one comparison is simulated.

    Parameters
    ----------
    n_cases : int
    how : str
        ``"3 folds"`` (or another number), ``"hold-out"``, ``"in time"`` (three folds), or
        ``"people in time"``: the same, and each person has a case in each sixth of the time.
    n_models : int
        Each sees the same columns through noise of its own; all are worth the same, but for the
        first.
    learner : str
        A key of ``LEARNERS``.
    rate : float
        Base rate.
    noise : float
        Standard deviation of the noise through which a model sees columns of standard deviation 1.
    clearer : float
        By how much of itself the noise in the first model's columns is less.
    """

    n_cases: int
    how: str = "3 folds"
    n_models: int = 2
    learner: str = "logistic"
    rate: float = 0.15
    noise: float = 0.5
    clearer: float = 0.0


def simulated_tables(plan: Plan, seed: int) -> Iterator[tuple[TaskRecord, list[Contestant]]]:
    """Draw data sets without end, with what each of the plan's models predicts on it.

    Data sets in which some part lacks two cases of an outcome are passed over.

    Parameters
    ----------
    plan : Plan
    seed : int
        Of everything.
    """
    rng = np.random.default_rng([seed, plan.n_cases, plan.n_models, round(1000 * plan.rate)])
    intercept = _intercept(plan.rate)
    while True:
        person = _people(plan, rng)
        signal = _drawn(plan.n_cases, person, rng)
        log_odds = intercept + _STRENGTH * signal.sum(axis=1)
        y = (rng.random(plan.n_cases) < expit(log_odds)).astype(np.int8)
        folds = tuple(_folds(y, plan.how, rng))
        parts = [part for fold in folds for part in (fold.test, fold.valid, fold.splits[0].fit)]
        if min(np.bincount(y[part], minlength=2).min() for part in parts) >= _FEWEST:
            task = drawn_task(y, [folds[0].test], person, in_time="time" in plan.how)
            models = [
                _model(plan, number, y, signal + _noise(plan, number, person, rng), folds)
                for number in range(plan.n_models)
            ]
            yield replace(task, folds=folds), models


def _people(plan: Plan, rng: np.random.Generator) -> np.ndarray | None:
    """Say whom each case is about, each person once in each part of the time."""
    if plan.how != "people in time":
        return None
    n_people = -(-plan.n_cases // _PARTS)
    return np.concatenate([rng.permutation(n_people) for _ in range(_PARTS)])[: plan.n_cases]


def _drawn(n_cases: int, person: np.ndarray | None, rng: np.random.Generator) -> np.ndarray:
    """Draw columns of standard deviation 1; a person's cases share half of their variance."""
    own = rng.normal(size=(n_cases, _WIDTH))
    if person is None:
        return own
    return np.sqrt(0.5) * (own + rng.normal(size=(person.max() + 1, _WIDTH))[person])


def _noise(
    plan: Plan, number: int, person: np.ndarray | None, rng: np.random.Generator
) -> np.ndarray:
    size = plan.noise * (1 - plan.clearer * (number == 0))
    return size * _drawn(plan.n_cases, person, rng)


def _model(
    plan: Plan, number: int, y: np.ndarray, x: np.ndarray, folds: Sequence[Fold]
) -> Contestant:
    predicted, refits = [], []
    for fold in folds:
        learnt, *of_halves = (
            LEARNERS[plan.learner](x[split.fit], y[split.fit], number) for split in fold.fits
        )
        predicted.append(OutOfSample(learnt(x[fold.valid]), learnt(x[fold.test])))
        refits += [of_half(x[fold.test]) for of_half in of_halves]
    return Contestant(str(number), f"Model {number}", "", (), tuple(predicted), tuple(refits))


def _intercept(rate: float) -> float:
    """Find the intercept that gives a base rate."""
    z = _STRENGTH * np.sqrt(_WIDTH) * np.random.default_rng(0).normal(size=200_000)
    return float(brentq(lambda intercept: expit(intercept + z).mean() - rate, -20, 20))


def _folds(y: np.ndarray, how: str, rng: np.random.Generator) -> list[Fold]:
    """Plan as ``Resampling`` does, one hold-out inside; drawn anew each time."""
    rows, seed = np.arange(len(y)), int(rng.integers(2**31))
    if "time" in how:
        width = len(y) // _PARTS
        starts = [len(y) - width * left for left in (3, 2, 1)]
        return [
            Fold(
                number,
                rows[start : start + width],
                (Split(rows[: round(0.8 * start)], rows[round(0.8 * start) : start]),),
            )
            for number, start in enumerate(starts)
        ]
    if how == "hold-out":
        outer = StratifiedShuffleSplit(1, test_size=1 / 3, random_state=seed)
    else:
        outer = StratifiedKFold(int(how.split()[0]), shuffle=True, random_state=seed)
    folds = []
    for number, (train, test) in enumerate(outer.split(rows, y)):
        inner = StratifiedShuffleSplit(1, test_size=0.2, random_state=seed + 1 + number)
        ((fit, valid),) = inner.split(train, y[train])
        split = Split(train[np.sort(fit)], train[np.sort(valid)])
        folds.append(Fold(number, test, (split,), _halves(split, y, how, seed)))
    return folds


def _halves(split: Split, y: np.ndarray, how: str, seed: int) -> tuple[Split, ...]:
    """Part the fit cases of an only fold as ``with_halves`` does."""
    if how != "hold-out":
        return ()
    ((one, other),) = StratifiedShuffleSplit(1, test_size=0.5, random_state=seed + 1).split(
        split.fit, y[split.fit]
    )
    return tuple(Split(split.fit[np.sort(half)], split.valid) for half in (one, other))


def _logistic(x: np.ndarray, y: np.ndarray, seed: int) -> Predict:
    """Fit by Newton's method: a fit takes milliseconds."""
    del seed
    ones = np.column_stack([np.ones(len(x)), x])
    weights = np.zeros(ones.shape[1])
    for _ in range(12):
        p = expit(ones @ weights)
        slope = ones.T @ (y - p) - _PENALTY * weights
        bend = (ones * (p * (1 - p))[:, None]).T @ ones + _PENALTY * np.eye(len(weights))
        step = np.linalg.solve(bend, slope)
        weights += step
        if np.abs(step).max() < 1e-6:
            break
    return lambda cases: expit(weights[0] + cases @ weights[1:])


def _tree(x: np.ndarray, y: np.ndarray, seed: int, **limits: int) -> Predict:
    # In the precision of trees, nothing is left to check: that takes longer than a small one.
    tree = DecisionTreeClassifier(random_state=seed, **limits)
    fitted = tree.fit(x.astype(np.float32), y, check_input=False)
    return lambda cases: fitted.predict_proba(cases.astype(np.float32), check_input=False)[:, 1]


LEARNERS: dict[str, Callable[[np.ndarray, np.ndarray, int], Predict]] = {
    "logistic": _logistic,
    "small trees": partial(_tree, max_leaf_nodes=8),
    "large trees": _tree,
}
