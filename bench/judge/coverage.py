"""Coverage: how often the interval of each figure holds the truth, found by simulation."""

import numpy as np
from scipy.special import expit

from ..metrics.key import Key
from ..metrics.metrics import METRICS
from ..metrics.thresholds import DEFAULT, decide
from .drawn_task import drawn_task
from .judgement import FoldPredictions
from .scoring import score, with_intervals

_INTERCEPT = -1.2
_CASES_OF_TRUTH = 1_000_000
_CASES_A_GROUP = 5


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
        task = drawn_task(y, [np.arange(n_cases)], group, in_time=False)
        predictions = [(FoldPredictions(0, np.arange(n_cases), p, DEFAULT),)]
        scores = score(task, predictions, n_draws, number)
        (figures,) = with_intervals(scores, task, predictions)
        for name in METRICS:
            figure = figures[Key(name)]
            if figure.available:
                held[name].append(figure.low <= truth[name] <= figure.high)
    return {name: float(np.mean(found)) for name, found in held.items()}


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
