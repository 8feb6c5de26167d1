"""Comparisons across tasks: whether some models do better on many tasks, or only on one."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from ..language.sentence import Sentence
from .equivalence import Odds

FEWEST_TASKS = 5
_DRAWS = 20_000
_PERMUTATIONS = 999
_SLACK = 1e-9  # of sums of ranks in another order


@dataclass(frozen=True)
class Against:
    """A model against the one of the best mean rank.

    ``p_value`` is that it is no worse: those above 5 % are a confidence set of the best.  ``odds``
    are that the best one is better, practically equal or worse on a further task like these.
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
    against : tuple of Against
        Each model but the best.
    left_out : mapping of str to str
        Models and tasks not compared, with the reason.
    """

    tasks: tuple[str, ...]
    ranks: Mapping[str, float]
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
    Machine Learning Research 7: comparisons by mean ranks.
    """
    models = list(dict.fromkeys(model for of_task in scores.values() for model in of_task))
    table = np.array(
        [[of_task.get(model, math.nan) for model in models] for of_task in scores.values()]
    ).reshape(len(scores), len(models))
    missing = np.isnan(table)
    often = missing.sum(axis=0) > len(scores) / 2
    left_out = {
        model: Sentence("has no score on {n} of {all} tasks", n=n_missing, all=len(scores))
        for model, n_missing, out in zip(models, missing.sum(axis=0), often, strict=True)
        if out
    }
    models = [model for model, out in zip(models, often, strict=True) if not out]
    table = table[:, ~often]
    whole = ~np.isnan(table).any(axis=1)
    left_out |= {
        task: Sentence("a model has no score on it")
        for task, kept in zip(scores, whole, strict=True)
        if not kept
    }
    table = table[whole]
    if len(table) < FEWEST_TASKS or len(models) < 2:
        return Sentence(
            "{tasks} tasks on which {models} models all have a score are too few to compare across "
            "tasks; {least} tasks and two models are needed",
            tasks=len(table),
            models=len(models),
            least=FEWEST_TASKS,
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
    mean_ranks = stats.rankdata(-table, axis=1).mean(axis=0)
    order = np.argsort(mean_ranks, kind="stable")
    ranks = {models[i]: float(mean_ranks[i]) for i in order}
    best, *others = order
    p_values = _p_values(table, int(best), seed)
    return AcrossTasks(
        tuple(tasks),
        ranks,
        tuple(
            Against(
                models[i],
                float(p_values[i]),
                signed_rank_odds(table[:, best] - table[:, i], rope, seed),
            )
            for i in others
        ),
        left_out,
    )


def _p_values(table: np.ndarray, best: int, seed: int) -> np.ndarray:
    """Test which models are behind the one of the best mean rank, the last of them first.

    Where models are worth the same, their order on a task is chance: ranks are permuted within
    tasks, and the distance of the last model is compared with that from the first to the last of
    the permuted ones.  A model that was tested is left out, and the others are ranked anew; this is
    ``step_down.behind_the_best``, with permutations in place of bootstrap draws.
    """
    rng = np.random.default_rng(seed)
    p_values, left, highest = np.ones(table.shape[1]), list(range(table.shape[1])), 0.0
    while len(left) > 1:
        ranks = stats.rankdata(-table[:, left], axis=1)
        behind = ranks.mean(axis=0) - ranks[:, left.index(best)].mean()
        behind[left.index(best)] = -np.inf
        permuted = rng.permuted(np.tile(ranks, (_PERMUTATIONS, 1, 1)), axis=2).mean(axis=1)
        reached = np.ptp(permuted, axis=1) >= behind.max() - _SLACK
        highest = max(highest, (1 + reached.sum()) / (1 + _PERMUTATIONS))
        p_values[left.pop(int(behind.argmax()))] = highest
    return p_values


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
