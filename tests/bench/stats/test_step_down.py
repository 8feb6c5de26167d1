import numpy as np
import pytest
from intentbench.bench.stats.step_down import step_down

LEVEL = 0.95


def plainly(statistics, null):
    """One step after the other: the largest against the maximum over what is left."""
    left, p_values, before = list(range(len(statistics))), np.ones(len(statistics)), 0.0
    while left:
        largest = null[left].max(axis=0)
        at = max(left, key=lambda i: statistics[i])
        p = (1 + (largest >= statistics[at]).sum()) / (null.shape[1] + 1)
        before = p_values[at] = max(before, p)
        left.remove(at)
    return p_values


def test_it_is_the_plain_procedure():
    rng = np.random.default_rng(0)
    for _ in range(20):
        null = np.abs(rng.normal(size=(7, 200)))
        statistics = np.abs(rng.normal(1.5, 1.5, 7))
        found, _ = step_down(statistics, null, LEVEL)
        np.testing.assert_allclose(found, plainly(statistics, null))


def test_an_interval_leaves_zero_out_just_where_the_difference_stands():
    rng = np.random.default_rng(1)
    stood = 0
    for n_draws in (200, 399, 2000):
        for _ in range(30):
            null = np.abs(rng.normal(size=(9, n_draws)) + rng.normal(size=n_draws))
            statistics = np.abs(rng.normal(3, 3, 9))
            p_values, reach = step_down(statistics, null, LEVEL)
            np.testing.assert_array_equal(p_values <= 1 - LEVEL, statistics > reach)
            stood += (p_values <= 1 - LEVEL).sum()
    assert 100 < stood < 700


def test_comparisons_that_are_one_cost_nothing():
    null = np.abs(np.random.default_rng(2).normal(size=4000))
    alone, _ = step_down(np.array([2.2]), null[None], LEVEL)
    together, _ = step_down(np.full(20, 2.2), np.tile(null, (20, 1)), LEVEL)
    assert together == pytest.approx(np.full(20, alone[0]))
    unrelated, _ = step_down(
        np.full(20, 2.2), np.abs(np.random.default_rng(3).normal(size=(20, 4000))), LEVEL
    )
    assert unrelated.min() > 5 * alone[0]
