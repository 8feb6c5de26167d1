"""Validity: how often tables raise false alarms and know the best, found by simulation.

Data sets are drawn from a known process, and the very functions that judge a run judge them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice

import numpy as np

from ..metrics.bootstrap import Answers
from ..metrics.key import Key
from ..stats.intervals import LEVEL
from ..stats.step_down import behind_the_best
from ..store.records import TaskRecord
from .contestants import Contestant
from .pairwise import behind
from .refits import training_ratios
from .scoring import Question, Scores, resample
from .simulated_tables import Plan, simulated_tables

_AUC = Key("roc_auc")


@dataclass(frozen=True)
class Found:
    """What simulated tables of one size said, as shares of the tables.

    Parameters
    ----------
    alarms, alarms_error : float
        That some model was established to be behind, and the standard error of this share.
    alarms_as_fitted : float
        The same of the fitted models alone.
    best_in_race : float
        That the truly best model (or the first of equal ones) was in the race.
    alone, alone_error : float
        That it was alone in the race.
    alone_of_oracle : float
        The same of a test that knows how figures of methods vary and go together, and need not
        estimate it.
    in_race : float
        Mean number of models in the race, the probably behind among them.
    n_simulations, n_tables : int
        Data sets, and tables of models on them.
    """

    alarms: float
    alarms_error: float
    alarms_as_fitted: float
    best_in_race: float
    alone: float
    alone_error: float
    alone_of_oracle: float
    in_race: float
    n_simulations: int
    n_tables: int


def race(plan: Plan, n_simulations: int, *, n_draws: int = 400, seed: int = 0) -> Found:
    """Draw tables and count who is in the race; see ``races``."""
    return races(plan, [plan.n_models], n_simulations, n_draws=n_draws, seed=seed)[plan.n_models]


def races(
    plan: Plan, sizes: Sequence[int], n_simulations: int, *, n_draws: int = 400, seed: int = 0
) -> dict[int, Found]:
    """Draw data sets, compare models on each in tables of several sizes, and count.

    Where all models are worth the same (``plan.clearer`` is 0), ``alarms`` are false, and the
    models of a data set are dealt into as many tables of a size as they are enough for.  Elsewhere
    ``alone`` is the power, and each table holds the first model.

    Parameters
    ----------
    plan : Plan
    sizes : sequence of int
        Of the tables, ``plan.n_models`` at most.
    n_simulations : int
        Data sets.
    n_draws, seed : int
        Bootstrap draws, and the seed of everything.

    Returns
    -------
    dict of int to Found
        By size.
    """
    dealt = {size: _dealt(plan, size) for size in sizes}
    said: dict[int, list[np.ndarray]] = {size: [] for size in sizes}
    figures = []
    for number, (task, models) in enumerate(islice(simulated_tables(plan, seed), n_simulations)):
        scores = _scored(task, models, n_draws, number)
        figures.append(scores.by_fold[_AUC].mean(axis=1))
        for size, tables in dealt.items():
            said[size].append(np.array([_said(task, scores, rows) for rows in tables]))
    return {
        size: _found(np.array(said[size]), _alone_of_oracle(np.array(figures), tables))
        for size, tables in dealt.items()
    }


def _dealt(plan: Plan, size: int) -> list[list[int]]:
    """Deal models into tables of a size; where the first is better, each table holds it."""
    leading = [0] if plan.clearer else []
    others, taken = range(len(leading), plan.n_models), size - len(leading)
    starts = range(0, len(others) - taken + 1, taken)
    return [[*leading, *others[start : start + taken]] for start in starts]


def _found(said: np.ndarray, alone_of_oracle: float) -> Found:
    """Sum up what tables said, shape (n_simulations, n_tables, 5)."""
    # Tables on one data set go together: errors are over data sets.
    by_data_set = said.mean(axis=1)
    alarms, as_fitted, best_in_race, alone, in_race = by_data_set.mean(axis=0)
    n = len(said)
    # As if one more table had said the other thing: a share of none is not known to be none.
    least = 0.5 / (n * said.shape[1])
    spread = np.sqrt(np.maximum(by_data_set.var(axis=0) / n, least**2))
    return Found(
        *(float(share) for share in (alarms, spread[0], as_fitted, best_in_race, alone, spread[3])),
        alone_of_oracle, float(in_race), n, n * said.shape[1],
    )  # fmt: skip


def _alone_of_oracle(figures: np.ndarray, tables: Sequence[Sequence[int]]) -> float:
    """How often the first model would be alone if the spread of figures were known.

    ``figures`` are of shape (n_simulations, n_models).  All models but the first are alike.
    """
    others = np.cov(figures[:, 1:], rowvar=False).reshape(figures.shape[1] - 1, -1)
    n = len(others)
    apart = others.sum() - np.trace(others)
    known = np.full((n + 1, n + 1), apart / (n * (n - 1)) if n > 1 else 0.0)
    np.fill_diagonal(known, np.trace(others) / n)
    with_first = np.cov(figures[:, 0], figures[:, 1:].mean(axis=1))
    known[0, :], known[:, 0], known[0, 0] = with_first[0, 1], with_first[0, 1], with_first[0, 0]
    draws = np.random.default_rng(0).multivariate_normal(np.zeros(n + 1), known, 2000, "raise").T
    alone = []
    for rows in tables:
        error = np.sqrt(np.maximum(_squares_apart(known[np.ix_(rows, rows)]), 0.0))
        for of_rows in figures[:, rows]:
            lead = int(of_rows.argmax())
            size = np.divide(of_rows[lead] - of_rows, error[lead], where=error[lead] > 0,
                             out=np.zeros(len(rows)))  # fmt: skip
            p_values, _ = behind_the_best(size, draws[rows], error, LEVEL)
            alone.append(lead == 0 and (p_values <= 1 - LEVEL).sum() == len(rows) - 1)
    return float(np.mean(alone))


def _squares_apart(covariance: np.ndarray) -> np.ndarray:
    own = np.diag(covariance)
    return own[:, None] + own - 2 * covariance


def _scored(task: TaskRecord, models: Sequence[Contestant], n_draws: int, number: int) -> Scores:
    answers = [[Answers(of.test, {}) for of in model.folds] for model in models]
    (scores,) = resample(task, [Question(answers, [_AUC])], n_draws, number)
    return replace(scores, training=training_ratios(task, models))


def _said(task: TaskRecord, scores: Scores, rows: Sequence[int]) -> tuple[float, ...]:
    order, gaps = behind(task, scores, _AUC, rows)
    in_race = [order[0], *(row for row, gap in zip(order[1:], gaps, strict=True)
                           if not gap.established)]  # fmt: skip
    return (
        any(gap.established for gap in gaps),
        any(gap.as_fitted.established for gap in gaps),
        rows[0] in in_race,
        in_race == [rows[0]],
        len(in_race),
    )
