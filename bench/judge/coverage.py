"""Coverage: how often the interval of each figure holds the truth, found by simulation."""

from dataclasses import dataclass
from functools import cache

import numpy as np
from scipy.optimize import brentq
from scipy.special import expit

from ..metrics.key import Key
from ..metrics.metrics import METRICS
from ..metrics.thresholds import DEFAULT, decide
from .drawn_task import drawn_task
from .figure_intervals import with_intervals
from .findings import FoldPredictions
from .scoring import score

# What the scorer sees, and what it does not, in log odds a standard deviation.
_SEEN, _UNSEEN, _TAKEN = 1.5, 0.7, 1.7
_CASES_OF_TRUTH = 1_000_000
_CASES_A_GROUP = 5


@dataclass(frozen=True)
class Held:
    """How often the interval of a figure held the truth, and was there at all.

    ``share`` is of the simulations in which there was one, NaN where there never was.
    """

    share: float
    available: float


def coverage(
    n_cases: int,
    base_rate: float,
    n_simulations: int,
    *,
    grouped: bool = False,
    n_folds: int = 1,
    n_draws: int = 400,
    seed: int = 0,
) -> dict[str, Held]:
    """Count how often the 95 % interval of each figure holds the true figure.

    A scorer that ranks well and is a little too sure of itself is given ``n_cases`` test cases.

    Parameters
    ----------
    n_cases : int
    base_rate : float
    n_simulations : int
    grouped : bool, default=False
        Five cases share a group, and with it all that the scorer sees and half of the rest.
    n_folds : int, default=1
        Into which the cases fall; the scorer is the same in all.
    n_draws, seed : int
        Bootstrap draws, and the seed of everything.

    Returns
    -------
    dict of str to Held
        By metric.
    """
    truth = _truth(base_rate, grouped)
    rng = np.random.default_rng([seed, n_cases, int(1000 * base_rate), grouped])
    held: dict[str, list[bool]] = {name: [] for name in METRICS}
    tests = np.array_split(np.arange(n_cases), n_folds)
    for number in range(n_simulations):
        y, p, group = _scored(n_cases, _intercept(base_rate), grouped, rng)
        task = drawn_task(y, tests, group, in_time=False)
        predictions = [
            tuple(FoldPredictions(i, rows, p[rows], DEFAULT) for i, rows in enumerate(tests))
        ]
        (figures,) = with_intervals(score(task, predictions, n_draws, number), task, predictions)
        for name in METRICS:
            figure = figures[Key(name)]
            if figure.available:
                held[name].append(figure.low <= truth[name] <= figure.high)
    return {
        name: Held(float(np.mean(found)) if found else np.nan, len(found) / n_simulations)
        for name, found in held.items()
    }


@cache
def _truth(base_rate: float, grouped: bool) -> dict[str, float]:
    rng = np.random.default_rng(0)
    y, p, _ = _scored(_CASES_OF_TRUTH, _intercept(base_rate), grouped, rng)
    return {
        name: metric(y, decide(p, DEFAULT) if metric.needs == "decision" else p)
        for name, metric in METRICS.items()
    }


@cache
def _intercept(base_rate: float) -> float:
    """Find the log odds at which so many cases are positive."""
    at, weight = np.polynomial.hermite_e.hermegauss(60)
    spread = np.hypot(_SEEN, _UNSEEN) * at
    weight = weight / weight.sum()
    return float(brentq(lambda log_odds: weight @ expit(log_odds + spread) - base_rate, -20, 20))


def _scored(
    n: int, intercept: float, grouped: bool, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
    """Draw outcomes, a scorer's probabilities, and groups where asked for."""
    group = np.arange(n) // _CASES_A_GROUP if grouped else None
    seen, unseen = rng.normal(size=(2, n))
    if group is not None:
        shared, half = rng.normal(size=(2, group[-1] + 1))[:, group]
        seen, unseen = shared, np.sqrt(0.5) * (half + unseen)
    y = rng.random(n) < expit(intercept + _SEEN * seen + _UNSEEN * unseen)
    return y.astype(np.int8), expit(intercept + _TAKEN * seen), group
