"""A small part of ``make validity``; bounds allow for the number of simulations (3 errors)."""

import numpy as np
import pytest
from intentbench.bench.judge import figure_intervals, scoring
from intentbench.bench.judge.coverage import coverage

N = 150


def bounds(low, high, n=N):
    """Widen the wanted range by three standard errors of a share of so many simulations."""
    return low - 3 * np.sqrt(low * (1 - low) / n), high + 3 * np.sqrt(high * (1 - high) / n)


@pytest.mark.parametrize("grouped", [False, True])
def test_intervals_hold_the_truth(grouped):
    found = coverage(1000, 0.3, N, grouped=grouped)
    low, high = bounds(0.93, 0.97)
    assert all(low <= held.share <= high for held in found.values()), found


@pytest.mark.parametrize("grouped", [False, True])
def test_intervals_hold_the_truth_where_outcomes_are_rare(grouped):
    found = coverage(3000, 0.01, N, grouped=grouped)
    low, _ = bounds(0.92, 0.98)
    assert all(low <= held.share for held in found.values()), found
    # At 0.5 somebody is called in few of the simulations; there is no precision in the others.
    assert found["precision"].available < 0.8 < found["recall"].available


def test_intervals_over_cases_fail_where_cases_share_a_group(monkeypatch):
    # What the check above would see if groups were forgotten.
    for module in (scoring, figure_intervals):
        monkeypatch.setattr(module, "units", lambda task: np.arange(len(task.target), dtype=int))
    found = coverage(1000, 0.3, N, grouped=True)
    assert found["recall"].share < bounds(0.93, 0.97)[0]
