"""Validity: how often tests raise false alarms and find true differences, found by simulation.

Data sets are drawn from a known process, and the very functions that judge a run judge them.
"""

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from scipy.special import expit
from sklearn.linear_model import LogisticRegression

from ..metrics.bootstrap import Answers
from ..metrics.key import Key
from ..splits.fold import Fold
from .drawn_task import drawn_task
from .pairwise import gaps
from .scoring import Question, resample

_INTERCEPT, _STRENGTH = -1.2, 1.0


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
    task = drawn_task(y, tests, None, in_time=plan.in_time)
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
