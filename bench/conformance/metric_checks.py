"""What a metric must do, said in its author's terms."""

import math
from collections.abc import Callable

import numpy as np

from ..errors import ModelError
from ..metrics.metrics import Metric

_DRAWS = 7


def check_declares_itself(metric: Metric) -> None:
    """Name, title, reading, direction, range, needs and region of equivalence have known values."""
    name = metric.name
    _need(isinstance(name, str) and name.isidentifier(), f"name is {name!r}; write it as in 'f2'.")
    for field in ("title", "reading"):
        text = getattr(metric, field)
        _need(isinstance(text, str) and bool(text.strip()), f"{field} is {text!r}; give a text.")
    _need(
        isinstance(metric.minimize, bool),
        f"minimize is {metric.minimize!r}; write True where lower is better, else False.",
    )
    _need(
        metric.needs in ("p", "decision"),
        f"needs is {metric.needs!r}; write 'p' for probabilities, or 'decision' for 1 and 0.",
    )
    good = isinstance(metric.range, tuple) and len(metric.range) == 2
    good = good and all(isinstance(bound, (int, float)) for bound in metric.range)
    _need(
        good and metric.range[0] < metric.range[1],
        f"range is {metric.range!r}; give the least and the greatest possible value, as in "
        "(0.0, 1.0).",
    )
    _need(
        isinstance(metric.rope, (int, float)) and (metric.rope > 0 or math.isnan(metric.rope)),
        f"rope is {metric.rope!r}; give the largest difference that is practically none, as in "
        "0.01.",
    )


def check_one_number_a_draw(metric: Metric) -> None:
    """``function`` gives one number of its range for each draw, or NaN where it is not defined."""
    y, values, weights = _cases(metric)
    found = _computed(lambda: metric.many(y, values, weights))
    _need(
        isinstance(found, np.ndarray) and found.shape == (_DRAWS,),
        f"function returned the shape {np.shape(found)} for {_DRAWS} draws; it must be "
        f"({_DRAWS},): compute with arrays along the last axis of the sums.",
    )
    low, high = metric.range
    wrong = found[~(np.isnan(found) | ((found >= low - 1e-9) & (found <= high + 1e-9)))]
    _need(not len(wrong), f"function gave {wrong[:1]}, which is outside of range {metric.range}.")
    _need(not np.isnan(found[0]), "function gave NaN for cases of both outcomes, weighed once.")


def check_weights_repeat_cases(metric: Metric) -> None:
    """A case of weight 2 counts like two cases."""
    y, values, _ = _cases(metric)
    weights = np.ones(len(y))
    weights[::3] = 2
    weighed = _computed(lambda: metric(y, values, weights))
    rows = np.repeat(np.arange(len(y)), weights.astype(int))
    repeated = _computed(lambda: metric(y[rows], values[rows]))
    _need(
        math.isclose(weighed, repeated, rel_tol=1e-5, abs_tol=1e-7),
        f"with every third case at weight 2 it is {weighed}, with those cases twice {repeated}; "
        "compute from sums and from cases.positives, negatives and total, not from counts of rows.",
    )


def check_single_outcome_is_answered(metric: Metric) -> None:
    """Cases of a single outcome give a number or NaN, and no error."""
    _, values, weights = _cases(metric)
    for outcome in (0, 1):
        y = np.full(len(values), outcome, dtype=np.int8)
        _computed(lambda y=y: metric.many(y, values, weights))


CHECKS: tuple[Callable[[Metric], None], ...] = (
    check_declares_itself,
    check_one_number_a_draw,
    check_weights_repeat_cases,
    check_single_outcome_is_answered,
)


def check_metric(metric: Metric) -> None:
    """Run all checks.

    Raises
    ------
    ModelError
        Says what is wrong with the first that fails.
    """
    for check in CHECKS:
        check(metric)


def _need(good: bool, message: str) -> None:
    if not good:
        raise ModelError(message)


def _cases(metric: Metric) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Draw outcomes, values that know something of them, and weights; the first draw weighs 1."""
    rng = np.random.default_rng(20_240_601)
    y = (np.arange(60) % 3 == 0).astype(np.int8)
    p = np.clip(0.3 * y + rng.uniform(0, 0.7, len(y)), 0, 1)
    weights = rng.integers(0, 4, (_DRAWS, len(y))).astype(float)
    weights[0] = 1
    return y, p if metric.needs == "p" else (p > 0.5).astype(float), weights


def _computed(compute: Callable[[], object]) -> object:
    # The fence around plugin code: whatever it raises becomes a finding.
    try:
        return compute()
    except Exception as error:
        raise ModelError(f"computing it failed: {type(error).__name__}: {error}") from error
