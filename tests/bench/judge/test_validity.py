"""A small version of ``make validity``; bounds allow for the number of simulations (3 errors)."""

import numpy as np
import pytest
from intentbench.bench.judge import pairwise
from intentbench.bench.judge.validity import Plan, established

N = 150


def bounds(low, high, n=N):
    """Widen the wanted range by three standard errors of a share of so many simulations."""
    return low - 3 * np.sqrt(low * (1 - low) / n), high + 3 * np.sqrt(high * (1 - high) / n)


@pytest.mark.parametrize(
    "plan", [Plan(600, 3), Plan(600, 3, n_models=5), Plan(600, 3, in_time=True)]
)
def test_false_alarms_are_rare(plan):
    assert established(plan, N) <= bounds(0.06, 0.06)[1]


def test_where_each_pair_stands_alone_alarms_are_many(monkeypatch):
    together = pairwise.step_down

    def alone(statistics, null, level):
        each = [together(statistics[[i]], null[[i]], level) for i in range(len(statistics))]
        return tuple(np.concatenate(part) for part in zip(*each, strict=True))

    monkeypatch.setattr(pairwise, "step_down", alone)
    assert established(Plan(600, 3, n_models=6, in_time=True), N) > bounds(0.06, 0.06)[1]


def test_a_clear_difference_is_found():
    assert established(Plan(2000, 3, extra=0.4), 30) > 0.9
