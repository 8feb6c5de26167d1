"""Validity: how often tables raise false alarms and know the best, found by simulation.

Data sets are drawn from a known process, and the very functions that judge a run judge them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from scipy.optimize import brentq
from scipy.special import expit
from sklearn.model_selection import StratifiedKFold, StratifiedShuffleSplit
from sklearn.tree import DecisionTreeClassifier

from ..metrics.bootstrap import Answers
from ..metrics.key import Key
from ..splits.fold import Fold, Split
from .contestants import Contestant, OutOfSample
from .drawn_task import drawn_task
from .pairwise import behind
from .refits import training_ratios
from .scoring import Question, resample

# Of the models that are compared: each sees these columns through noise of its own.
_WIDTH, _STRENGTH, _PENALTY = 5, 0.6, 0.1
Predict = Callable[[np.ndarray], np.ndarray]
_FEWEST = 2  # cases of an outcome in any part


@dataclass(frozen=True)
class Plan:
    """How one comparison is simulated.

    Parameters
    ----------
    n_cases : int
    how : str
        ``"3 folds"`` (or another number), ``"hold-out"`` or ``"in time"`` (three folds).
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


@dataclass(frozen=True)
class Found:
    """What a simulated table said, as shares of the simulations.

    Parameters
    ----------
    alarms : float
        That some model was established to be behind.
    alarms_as_fitted : float
        The same of the fitted models alone.
    best_in_race : float
        That the truly best model (the first) was in the race.
    alone : float
        That it was alone in the race.
    in_race : float
        Mean number of models in the race, the probably behind among them.
    n_simulations : int
    """

    alarms: float
    alarms_as_fitted: float
    best_in_race: float
    alone: float
    in_race: float
    n_simulations: int


def race(plan: Plan, n_simulations: int, *, n_draws: int = 400, seed: int = 0) -> Found:
    """Draw tables and count who is in the race.

    Where all models are worth the same (``plan.clearer`` is 0), ``alarms`` are false; elsewhere
    ``alone`` is the power.

    Parameters
    ----------
    plan : Plan
    n_simulations : int
        Data sets; those in which some part lacks two cases of an outcome are drawn anew.
    n_draws, seed : int
        Bootstrap draws, and the seed of everything.
    """
    rng = np.random.default_rng([seed, plan.n_cases, plan.n_models, round(1000 * plan.rate)])
    intercept = _intercept(plan.rate)
    found: list[tuple[float, ...]] = []
    while len(found) < n_simulations:
        signal = rng.normal(size=(plan.n_cases, _WIDTH))
        y = (rng.random(plan.n_cases) < expit(intercept + _STRENGTH * signal.sum(axis=1))).astype(
            np.int8
        )
        folds = _folds(y, plan.how, rng)
        parts = [part for fold in folds for part in (fold.test, fold.valid, fold.splits[0].fit)]
        if min(np.bincount(y[part], minlength=2).min() for part in parts) >= _FEWEST:
            found.append(_said(plan, y, signal, folds, n_draws, len(found), rng))
    return Found(*(float(share) for share in np.mean(found, axis=0)), n_simulations)


def _said(
    plan: Plan,
    y: np.ndarray,
    signal: np.ndarray,
    folds: Sequence[Fold],
    n_draws: int,
    number: int,
    rng: np.random.Generator,
) -> tuple[float, ...]:
    fit = LEARNERS[plan.learner]
    models = []
    for model in range(plan.n_models):
        noise = plan.noise * (1 - plan.clearer * (model == 0))
        x = signal + noise * rng.normal(size=signal.shape)
        predicted = []
        for fold in folds:
            learnt = fit(x[fold.splits[0].fit], y[fold.splits[0].fit], number)
            predicted.append(OutOfSample(learnt(x[fold.valid]), learnt(x[fold.test])))
        models.append(Contestant(str(model), "", "", (), tuple(predicted)))
    task = drawn_task(y, [fold.test for fold in folds], None, in_time=plan.how == "in time")
    task = replace(task, folds=tuple(folds))
    auc = Key("roc_auc")
    answers = [[Answers(of.test, {}) for of in model.folds] for model in models]
    (scores,) = resample(task, [Question(answers, [auc])], n_draws, number)
    scores = replace(scores, training=training_ratios(task, models))
    order, gaps = behind(task, scores, auc, range(plan.n_models))
    in_race = [order[0], *(row for row, gap in zip(order[1:], gaps, strict=True)
                           if not gap.established)]  # fmt: skip
    return (
        any(gap.established for gap in gaps),
        any(gap.as_fitted.established for gap in gaps),
        0 in in_race,
        in_race == [0],
        len(in_race),
    )


def _intercept(rate: float) -> float:
    """Find the intercept that gives a base rate."""
    z = _STRENGTH * np.sqrt(_WIDTH) * np.random.default_rng(0).normal(size=200_000)
    return float(brentq(lambda intercept: expit(intercept + z).mean() - rate, -20, 20))


def _folds(y: np.ndarray, how: str, rng: np.random.Generator) -> list[Fold]:
    """Plan as ``Resampling`` does, one hold-out inside; drawn anew each time."""
    rows, seed = np.arange(len(y)), int(rng.integers(2**31))
    if how == "in time":
        width = len(y) // 6
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
        folds.append(Fold(number, test, (Split(train[np.sort(fit)], train[np.sort(valid)]),)))
    return folds


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
    fitted = DecisionTreeClassifier(random_state=seed, **limits).fit(x, y)
    return lambda cases: fitted.predict_proba(cases)[:, 1]


LEARNERS: dict[str, Callable[[np.ndarray, np.ndarray, int], Predict]] = {
    "logistic": _logistic,
    "small trees": partial(_tree, max_leaf_nodes=8),
    "large trees": _tree,
}
