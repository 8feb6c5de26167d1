import numpy as np
import pytest
from intentbench.bench.stats.intervals import (
    freedom_of,
    logit_interval,
    percentile_interval,
    raised_interval,
)


def test_percentile_interval():
    draws = np.arange(1001) / 1000
    assert percentile_interval(0.5, draws) == pytest.approx((0.025, 0.975))


def test_percentile_interval_is_moved_out_where_few_cases_know_the_spread():
    # Five degrees of freedom: t table 2.57058, times the root of 6/5: 2.81593; the normal tail
    # beyond it is 0.0024315.
    draws = np.arange(100_001) / 100_000
    assert percentile_interval(0.5, draws, freedom=5) == pytest.approx(
        (0.0024315, 0.9975685), abs=2e-5
    )
    assert percentile_interval(0.5, draws, freedom=1e6) == pytest.approx((0.025, 0.975), abs=1e-4)


def test_logit_interval_by_hand():
    # Log odds of 0.8: 1.386294; error 0.04 / 0.16 = 0.25; t table for 10: 2.22814, reach 0.557035.
    low, high = logit_interval(0.8, 0.04**2, 10)
    assert (low, high) == pytest.approx((0.696206, 0.874719), abs=1e-5)
    assert logit_interval(1.0, 0.0, 10) == (1.0, 1.0)


def test_raised_interval_by_hand():
    # Draws 0.6 to 0.8: their 97.5 % quantile is 0.795, their mean 0.7, both above the figure.
    draws = np.linspace(0.6, 0.8, 1001)
    low, high = raised_interval(0.5, draws)
    assert (low, high) == pytest.approx((0.5 - 0.1 - 0.295, 0.5 - 0.1 + 0.295))
    # Five degrees of freedom: the quantile 0.9975685, as above, which is 0.7995137.
    low, high = raised_interval(0.5, draws, freedom=5)
    assert (low, high) == pytest.approx((0.4 - 0.2995137, 0.4 + 0.2995137), abs=1e-5)


def test_freedom_is_that_of_the_units_that_move_a_figure():
    assert freedom_of(np.ones(10), 100) == pytest.approx(20)
    assert freedom_of(np.array([3.0, *np.zeros(99)]), 100) == pytest.approx(2)
    assert freedom_of(np.ones(10), 7) == 7
    assert freedom_of(np.zeros(10), 7) == 7
    assert freedom_of(np.ones(10), 0) == 1


@pytest.mark.parametrize("interval", [percentile_interval, raised_interval])
def test_intervals_hold_the_figure_and_stay_in_range(interval):
    draws = np.random.default_rng(0).normal(0.9, 0.2, 500)
    low, high = interval(0.05, draws, (0.0, 1.0))
    assert 0 <= low <= 0.05 <= high <= 1


@pytest.mark.parametrize("interval", [percentile_interval, raised_interval])
def test_draws_that_are_not_defined_are_left_out(interval):
    draws = np.random.default_rng(0).normal(0.5, 0.1, 500)
    with_gaps = np.concatenate([draws, np.full(200, np.nan)])
    assert interval(0.5, with_gaps) == interval(0.5, draws)
    assert interval(0.5, np.full(10, np.nan), (0.0, 1.0)) == (0.0, 1.0)
