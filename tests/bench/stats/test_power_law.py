import math

import numpy as np
import pytest
from intentbench.bench.stats.power_law import value_of_doubling

SIZES = np.array([250.0, 500.0, 1000.0, 2000.0])
BOUNDS = (0.0, 1.0)


def power(sizes, c=0.5, a=0.85, b=2.0):
    return a - b * np.asarray(sizes, dtype=float) ** -c


def drawn(values, error, seed=0, n_draws=400, shared=0.0):
    rng = np.random.default_rng(seed)
    common = rng.normal(0, shared, n_draws) if shared else 0.0
    return values[:, None] + common + rng.normal(0, error, (len(values), n_draws))


@pytest.mark.parametrize("c", [0.2, 0.5, 1.0])
def test_a_curve_without_noise_is_continued_exactly(c):
    values = power(SIZES, c, b=0.1 * 250.0**c)
    gain, low, high = value_of_doubling(SIZES, values, drawn(values, 1e-4), BOUNDS)
    truth = power([4000], c, b=0.1 * 250.0**c)[0] - values[-1]
    assert gain == pytest.approx(truth, rel=0.02)
    assert low <= gain <= high


def test_the_interval_holds_the_truth_about_as_often_as_it_says():
    truth, hits = power([4000])[0] - power([2000])[0], 0
    for seed in range(120):
        values = power(SIZES) + np.random.default_rng([1, seed]).normal(0, 0.003, len(SIZES))
        gain, low, high = value_of_doubling(SIZES, values, drawn(values, 0.003, seed), BOUNDS)
        assert not math.isnan(gain)
        hits += low <= truth <= high
    assert hits >= 108  # 90 %: four points leave one for the noise


def test_noise_that_the_points_share_costs_nothing():
    values = power(SIZES)
    own, shared = (
        value_of_doubling(SIZES, values, drawn(values, 0.002, shared=s), BOUNDS) for s in (0, 0.01)
    )
    assert shared[2] - shared[1] < 1.2 * (own[2] - own[1])


@pytest.mark.parametrize("values", [np.full(4, 0.7), np.array([0.72, 0.71, 0.7, 0.69])])
def test_a_curve_that_does_not_rise_promises_nothing(values):
    gain, low, _ = value_of_doubling(SIZES, values, drawn(values, 0.01), BOUNDS)
    assert gain == 0 == low


def test_nothing_rises_above_what_is_possible():
    values = np.array([0.9, 0.93, 0.96, 0.99])
    gain, _, high = value_of_doubling(SIZES, values, drawn(values, 0.004), BOUNDS)
    assert gain <= 0.02 and high <= 0.05


UNFIT = {
    "two points": (SIZES[:2], power(SIZES[:2]), 0.01),
    "no noise at all": (SIZES, np.full(4, 0.5), 0.0),
    "a point unknown": (SIZES, np.array([0.6, math.nan, 0.7, 0.72]), 0.01),
    "another law": (SIZES, np.array([0.6, 0.9, 0.6, 0.9]), 0.01),
    "noise that drowns it": (SIZES, power(SIZES), 0.2),
}


@pytest.mark.parametrize(("sizes", "values", "error"), UNFIT.values(), ids=UNFIT)
def test_what_cannot_be_said_is_not_available(sizes, values, error):
    found = value_of_doubling(sizes, values, drawn(values, error), BOUNDS)
    assert all(map(math.isnan, found))


def test_draws_without_the_metric_are_left_out():
    values = power(SIZES)
    draws = drawn(values, 0.002)
    draws[1, :50] = math.nan
    assert value_of_doubling(SIZES, values, draws, BOUNDS) == value_of_doubling(
        SIZES, values, draws[:, 50:], BOUNDS
    )
