"""A small part of ``make validity``; bounds allow for the number of simulations (3 errors)."""

import numpy as np
import pytest
from intentbench.bench.judge import scoring
from intentbench.bench.judge.coverage import coverage

N = 150


def bounds(low, high, n=N):
    """Widen the wanted range by three standard errors of a share of so many simulations."""
    return low - 3 * np.sqrt(low * (1 - low) / n), high + 3 * np.sqrt(high * (1 - high) / n)


@pytest.mark.parametrize("grouped", [False, True])
def test_intervals_hold_the_truth(grouped):
    found = coverage(1000, N, grouped=grouped)
    low, high = bounds(0.93, 0.97)
    assert all(low <= share <= high for share in found.values()), found


def test_intervals_over_cases_fail_where_cases_share_a_group(monkeypatch):
    # What the check above would see if groups were forgotten.
    monkeypatch.setattr(scoring, "units", lambda task: np.arange(len(task.target), dtype=int))
    assert coverage(1000, N, grouped=True)["brier"] < bounds(0.93, 0.97)[0]
