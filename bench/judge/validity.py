"""Validity: how often intervals hold the truth and tests raise false alarms, found by simulation.

Data sets are drawn from a known process, and the very functions that judge a run judge them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from scipy.special import expit
from sklearn.linear_model import LogisticRegression

from ..metrics.bootstrap import Answers
from ..metrics.key import Key
from ..metrics.metrics import METRICS
from ..metrics.thresholds import DEFAULT, decide
from ..splits.fold import Fold, Split
from ..store.records import TaskRecord
from ..task import Card
from .judgement import FoldPredictions
from .pairwise import gaps
from .scoring import Question, resample, score, with_intervals

_CARD = Card("Drawn", "?", "drawn at random", "none", "drawn", real=False)
_INTERCEPT, _STRENGTH = -1.2, 1.0
_CASES_OF_TRUTH = 1_000_000
_CASES_A_GROUP = 5


@dataclass(frozen=True)
class Plan:
    """How one comparison is simulated.

    Parameters
    ----------
    n_cases, n_folds : int
    n_models : int
        Each learns from columns of its own; all are worth the same, but for the first.
    extra : float
        By how much the first model's columns count for more.
    in_time : bool
        Whether the folds are taken as following each other in time.
    """

    n_cases: int
    n_folds: int
    n_models: int = 2
    extra: float = 0.0
    in_time: bool = False


def coverage(
    n_cases: int, n_simulations: int, *, grouped: bool = False, n_draws: int = 400, seed: int = 0
) -> dict[str, float]:
    """Count how often the 95 % interval of each figure holds the true figure.

    A scorer that ranks well and is a little too sure of itself is given ``n_cases`` test cases.

    Parameters
    ----------
    n_cases, n_simulations : int
    grouped : bool, default=False
        Five cases share a group, and with it all that the scorer sees and half of the rest.
    n_draws, seed : int
        Bootstrap draws, and the seed of everything.

    Returns
    -------
    dict of str to float
        By metric; simulations in which it is not defined are left out.
    """
    rng = np.random.default_rng([seed, n_cases, grouped])
    y, p, _ = _scored(_CASES_OF_TRUTH, grouped, rng)
    truth = {
        name: metric(y, decide(p, DEFAULT) if metric.needs == "decision" else p)
        for name, metric in METRICS.items()
    }
    held: dict[str, list[bool]] = {name: [] for name in METRICS}
    for number in range(n_simulations):
        y, p, group = _scored(n_cases, grouped, rng)
        task = _task(y, [np.arange(n_cases)], group, in_time=False)
        predictions = [(FoldPredictions(0, np.arange(n_cases), p, DEFAULT),)]
        scores = score(task, predictions, n_draws, number)
        (figures,) = with_intervals(scores, task, predictions)
        for name in METRICS:
            figure = figures[Key(name)]
            if figure.available:
                held[name].append(figure.low <= truth[name] <= figure.high)
    return {name: float(np.mean(found)) for name, found in held.items()}


def established(plan: Plan, n_simulations: int, *, n_draws: int = 400, seed: int = 0) -> float:
    """Count how often some difference to the leading model in ROC AUC is established.

    Where all models are worth the same (``plan.extra`` is 0), that is the rate of false alarms of
    the whole table, Holm's correction included; elsewhere it is the power.
    """
    rng = np.random.default_rng([seed, plan.n_cases, plan.n_folds, plan.n_models, plan.in_time])
    alarms = [_any_established(plan, n_draws, number, rng) for number in range(n_simulations)]
    return float(np.mean(alarms))


def _any_established(plan: Plan, n_draws: int, number: int, rng: np.random.Generator) -> bool:
    n, width = plan.n_cases, 2
    x = rng.normal(size=(n, plan.n_models * width))
    weights = np.full(plan.n_models * width, _STRENGTH / np.sqrt(plan.n_models))
    weights[:width] += plan.extra
    y = (rng.random(n) < expit(_INTERCEPT + x @ weights)).astype(np.int8)
    part = rng.permutation(n) % plan.n_folds
    tests = [np.flatnonzero(part == k) for k in range(plan.n_folds)]
    if any(len(np.unique(y[rows])) < 2 for rows in tests):
        return False
    task = _task(y, tests, None, in_time=plan.in_time)
    of_folds = [_fitted(x, y, fold, plan.n_models, width) for fold in task.folds]
    answers = [[Answers(p, {}) for p in of_model] for of_model in zip(*of_folds, strict=True)]
    auc = Key("roc_auc")
    (scores,) = resample(task, [Question(answers, [auc])], n_draws, number)
    # As a report does: the highest figure leads, and every pair counts in the correction.
    order = np.argsort(-scores.by_fold[auc].mean(axis=1), kind="stable")
    found = gaps(task, scores, auc, list(combinations(order.tolist(), 2)))
    return any(gap.established for gap in found[: plan.n_models - 1])


def _fitted(
    x: np.ndarray, y: np.ndarray, fold: Fold, n_models: int, width: int
) -> list[np.ndarray]:
    """Fit each model to its own columns of the train part; P(target = 1) of the test part."""
    train = np.concatenate([fold.splits[0].fit, fold.splits[0].valid])
    predictions = []
    for model in range(n_models):
        own = x[:, model * width : (model + 1) * width]
        fitted = LogisticRegression().fit(own[train], y[train])
        predictions.append(fitted.predict_proba(own[fold.test])[:, 1])
    return predictions


def _scored(
    n: int, grouped: bool, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
    """Draw outcomes, a scorer's probabilities, and groups where asked for."""
    group = np.arange(n) // _CASES_A_GROUP if grouped else None
    seen, unseen = rng.normal(size=(2, n))
    if group is not None:
        shared, half = rng.normal(size=(2, group[-1] + 1))[:, group]
        seen, unseen = shared, np.sqrt(0.5) * (half + unseen)
    y = (rng.random(n) < expit(_INTERCEPT + 1.5 * seen + 0.7 * unseen)).astype(np.int8)
    return y, expit(_INTERCEPT + 1.7 * seen), group


def _task(
    y: np.ndarray, tests: Sequence[np.ndarray], group: np.ndarray | None, *, in_time: bool
) -> TaskRecord:
    folds = []
    for number, test in enumerate(tests):
        train = np.setdiff1d(np.arange(len(y)), test)
        folds.append(Fold(number, test, (Split(train, train[:0]),)))
    time = np.zeros(len(y), "datetime64[s]") if in_time else None
    return TaskRecord("drawn", _CARD, "", 0, 0, False, "", y, group, time, tuple(folds))
