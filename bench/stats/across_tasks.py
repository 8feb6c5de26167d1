"""Comparisons across tasks: whether some models do better on many tasks, or only on one."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from .equivalence import Odds
from .holm import holm
from .intervals import LEVEL

FEWEST_TASKS = 5
_DRAWS = 20_000
_MOST_EXACT = 15  # tasks, of which all signs are tried


@dataclass(frozen=True)
class Against:
    """A model against the one of the best mean rank.

    ``p_value`` is of the Wilcoxon signed-rank test, Holm-corrected; ``odds`` are that the best one
    is better, practically equal or worse on a further task like these.
    """

    name: str
    p_value: float
    odds: Odds


@dataclass(frozen=True)
class AcrossTasks:
    """What several tasks say together.

    Parameters
    ----------
    tasks : tuple of str
        Those on which all models compared have a score.
    ranks : mapping of str to float
        Mean rank of each model, best first; 1 is best.
    friedman_p : float
        That all models are equal.
    critical_difference : float
        Mean ranks further apart than this differ at 5 % (Nemenyi).
    groups : tuple of tuple of str
        Largest groups of neighbours in rank that do not differ.
    against : tuple of Against
        Each model but the best.
    left_out : mapping of str to str
        Models and tasks not compared, with the reason.
    """

    tasks: tuple[str, ...]
    ranks: Mapping[str, float]
    friedman_p: float
    critical_difference: float
    groups: tuple[tuple[str, ...], ...]
    against: tuple[Against, ...]
    left_out: Mapping[str, str]


def across_tasks(
    scores: Mapping[str, Mapping[str, float]], rope: float, seed: int = 0
) -> AcrossTasks | str:
    """Compare models over tasks.

    Models without a score on more than half of the tasks are left out; of the tasks that remain,
    those on which any other model has none.

    Parameters
    ----------
    scores : mapping of str to mapping of str to float
        By task and model, higher is better; NaN or nothing where a model has none.
    rope : float
        Differences up to this are practically none.
    seed : int, default=0

    Returns
    -------
    AcrossTasks or str
        In words why nothing can be said, where fewer than five tasks or two models are left.

    References
    ----------
    Demsar (2006), "Statistical comparisons of classifiers over multiple data sets", Journal of
    Machine Learning Research 7: Friedman, Nemenyi, Wilcoxon and Holm.
    """
    models = list(dict.fromkeys(model for of_task in scores.values() for model in of_task))
    table = np.array(
        [[of_task.get(model, math.nan) for model in models] for of_task in scores.values()]
    ).reshape(len(scores), len(models))
    missing = np.isnan(table)
    often = missing.sum(axis=0) > len(scores) / 2
    left_out = {
        model: f"has no score on {n_missing} of {len(scores)} tasks"
        for model, n_missing, out in zip(models, missing.sum(axis=0), often, strict=True)
        if out
    }
    models = [model for model, out in zip(models, often, strict=True) if not out]
    table = table[:, ~often]
    whole = ~np.isnan(table).any(axis=1)
    left_out |= {
        task: "a model has no score on it"
        for task, kept in zip(scores, whole, strict=True)
        if not kept
    }
    table = table[whole]
    if len(table) < FEWEST_TASKS or len(models) < 2:
        return (
            f"{len(table)} tasks on which {len(models)} models all have a score are too few to "
            f"compare across tasks; {FEWEST_TASKS} tasks and two models are needed"
        )
    return _compared(table, models, [t for t, k in zip(scores, whole, strict=True) if k],
                     left_out, rope, seed)  # fmt: skip


def _compared(
    table: np.ndarray,
    models: Sequence[str],
    tasks: Sequence[str],
    left_out: Mapping[str, str],
    rope: float,
    seed: int,
) -> AcrossTasks:
    n_tasks, n_models = table.shape
    mean_ranks = stats.rankdata(-table, axis=1).mean(axis=0)
    order = np.argsort(mean_ranks, kind="stable")
    ranks = {models[i]: float(mean_ranks[i]) for i in order}
    critical = _critical_difference(n_models, n_tasks)
    best, *others = order
    p_values = holm(np.array([_wilcoxon_p(table[:, best] - table[:, i]) for i in others]))
    return AcrossTasks(
        tuple(tasks),
        ranks,
        _friedman_p(table),
        critical,
        _groups(ranks, critical),
        tuple(
            Against(models[i], float(p), signed_rank_odds(table[:, best] - table[:, i], rope, seed))
            for i, p in zip(others, p_values, strict=True)
        ),
        left_out,
    )


def _friedman_p(table: np.ndarray) -> float:
    """Test that all models are equal, by the F distribution of Iman and Davenport (1980)."""
    n_tasks, n_models = table.shape
    ranks = stats.rankdata(-table, axis=1)
    between = n_tasks * np.square(ranks.mean(axis=0) - (n_models + 1) / 2).sum()
    within = np.square(ranks - (n_models + 1) / 2).sum() / (n_tasks * (n_models - 1))
    if within == 0:
        return 1.0  # ties everywhere
    chi2 = between / within
    rest = n_tasks * (n_models - 1) - chi2
    if rest <= 1e-9:
        return 0.0  # the same order on every task
    return float(
        stats.f.sf((n_tasks - 1) * chi2 / rest, n_models - 1, (n_models - 1) * (n_tasks - 1))
    )


def _critical_difference(n_models: int, n_tasks: int) -> float:
    """Give Nemenyi's least difference of mean ranks (1963)."""
    q = stats.studentized_range.ppf(LEVEL, n_models, np.inf) / math.sqrt(2)
    return float(q * math.sqrt(n_models * (n_models + 1) / (6 * n_tasks)))


def _wilcoxon_p(differences: np.ndarray) -> float:
    """Test that differences are symmetric around zero; zeros share their ranks (Pratt 1959).

    With few tasks and ties or zeros among them, by all the ways in which the signs could have come
    out.
    """
    ranks = stats.rankdata(np.abs(differences))
    if (differences == 0).all():
        return 1.0
    tied = len(np.unique(ranks)) < len(ranks) or (differences == 0).any()
    if not tied:
        return float(stats.wilcoxon(differences, method="auto").pvalue)
    if len(differences) > _MOST_EXACT:
        return float(stats.wilcoxon(differences, zero_method="zsplit", method="asymptotic").pvalue)
    weights = np.where(differences == 0, 0.0, ranks)
    signs = 1 - 2 * ((np.arange(2 ** len(weights))[:, None] >> np.arange(len(weights))) & 1)
    seen = abs(float(np.sign(differences) @ weights))
    return float(np.mean(np.abs(signs @ weights) >= seen - 1e-9))


def signed_rank_odds(differences: np.ndarray, rope: float, seed: int = 0) -> Odds:
    """Give the odds of a difference on a further task, by the Bayesian signed-rank test.

    Parameters
    ----------
    differences : ndarray, shape (n_tasks,)
        Positive where the first is better.
    rope : float
    seed : int, default=0
        Of the Monte Carlo draws.

    References
    ----------
    Benavoli, Corani, Mangili, Zaffalon, Ruggeri (2014), "A Bayesian Wilcoxon signed-rank test based
    on the Dirichlet process", ICML; as in Benavoli, Corani, Demsar, Zaffalon (2017), "Time for a
    change", Journal of Machine Learning Research 18.  The prior counts as one task without a
    difference.
    """
    values = np.append(0.0, differences)
    weights = np.random.default_rng(seed).dirichlet(np.ones(len(values)), size=_DRAWS)
    sums = values[:, None] + values
    # Each draw weighs pairs of tasks; the region that holds most weight wins the draw.
    shares = [
        np.einsum("di,ij,dj->d", weights, region.astype(float), weights, optimize=True)
        for region in (sums > 2 * rope, np.abs(sums) <= 2 * rope, sums < -2 * rope)
    ]
    winner = np.argmax(shares, axis=0)
    better, equal, worse = (float(np.mean(winner == i)) for i in range(3))
    return Odds(better, equal, worse)


def _groups(ranks: Mapping[str, float], critical: float) -> tuple[tuple[str, ...], ...]:
    names, values = list(ranks), list(ranks.values())
    found: list[tuple[str, ...]] = []
    last_end = 0
    for start in range(len(names)):
        end = start
        while end < len(names) and values[end] - values[start] <= critical:
            end += 1
        if end - start > 1 and end > last_end:
            found.append(tuple(names[start:end]))
        last_end = max(last_end, end)
    return tuple(found)
