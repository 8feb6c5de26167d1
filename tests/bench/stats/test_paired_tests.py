import math

import numpy as np
import pytest
from intentbench.bench.stats.intervals import percentile_interval
from intentbench.bench.stats.paired_tests import bootstrap_p_value, holm, resampled_t_test
from scipy.stats import norm, t


def test_bootstrap_p_value_counts_the_draws_beyond_zero():
    draws = np.concatenate([np.full(9, -1.0), np.full(990, 1.0)])
    assert bootstrap_p_value(draws) == pytest.approx(2 * 10 / 1000)
    assert bootstrap_p_value(-draws) == bootstrap_p_value(draws)
    assert bootstrap_p_value(np.full(1999, 3.0)) == pytest.approx(2 / 2000)
    assert bootstrap_p_value(np.zeros(100)) == 1.0
    assert math.isnan(bootstrap_p_value(np.full(5, np.nan)))


def test_bootstrap_p_value_agrees_with_the_interval():
    for seed in range(40):
        draws = np.random.default_rng(seed).normal(1.8 + seed / 100, 1.0, 2000)
        low, _ = percentile_interval(float(draws.mean()), draws)
        if abs(low) > 0.01:
            assert (bootstrap_p_value(draws) <= 0.05) == (low > 0)


def test_resampled_t_test_by_hand():
    # Between folds: variance 0.0001, times one quarter: 0.000025.  Draws: variance 0.000025.  In
    # all 0.00005; freedom 4 * (0.00005 / 0.000025)^2 = 16; t = 0.02 / 0.0070711 = 2.82843; t table
    # for 16 degrees of freedom: 2.11991 for 95 %.
    differences = 0.02 + 0.01 * np.array([-1, 1, 0, -1, 1])
    draws = 0.02 + 0.005 * np.array([-1, 1]) / math.sqrt(2)
    found = resampled_t_test(differences, draws, 0.25)
    p_value, (low, high) = found.p_value, found.interval
    assert p_value == pytest.approx(2 * t.sf(2.828427, 16), abs=1e-6)
    assert (low, high) == pytest.approx(
        (0.02 - 2.11991 * 0.0070711, 0.02 + 2.11991 * 0.0070711), abs=1e-6
    )


def test_resampled_t_test_is_that_of_the_draws_where_folds_agree():
    draws = np.random.default_rng(3).normal(0.01, 0.005, 4000)
    found = resampled_t_test(np.full(3, 0.01), draws, 0.5)
    p_value, (low, high) = found.p_value, found.interval
    assert p_value == pytest.approx(2 * norm.sf(2.0), abs=0.005)
    assert (low, high) == pytest.approx((0.0002, 0.0198), abs=0.0005)


def test_resampled_t_test_is_that_of_the_folds_where_test_cases_say_nothing():
    differences = np.array([0.01, 0.03, 0.02])
    p_value = resampled_t_test(differences, np.full(100, 0.02), 0.5).p_value
    assert p_value == pytest.approx(2 * t.sf(0.02 / math.sqrt(0.5e-4), 2))


def test_resampled_t_test_without_spread():
    nothing = np.full(9, np.nan)
    none = resampled_t_test(np.zeros(5), np.zeros(9), 0.25)
    assert (none.p_value, none.interval, none.error) == (1.0, (0.0, 0.0), 0.0)
    sure = resampled_t_test(np.full(5, 0.5), nothing, 0.25)
    assert (sure.p_value, sure.interval) == (0.0, (0.5, 0.5))


def test_resampled_t_test_rarely_rejects_what_is_equal():
    # Models of equal worth: each fold's difference is a sum of its own test noise and of train
    # noise, correlated over folds as Nadeau and Bengio assume (n_test / (n_test + n_train)).
    rng = np.random.default_rng(5)
    for n_folds in (3, 5):
        rejected = 0
        for _ in range(1000):
            shared, own = math.sqrt(1 / n_folds), math.sqrt(1 - 1 / n_folds)
            train = shared * rng.normal() + own * rng.normal(size=n_folds)
            folds = train + rng.normal(size=n_folds)
            draws = folds.mean() + rng.normal(0, math.sqrt(1 / n_folds), 200)
            rejected += resampled_t_test(folds, draws, 1 / (n_folds - 1)).p_value <= 0.05
        assert rejected <= 80, n_folds


def test_holm_by_hand():
    # 3 * 0.01, then 2 * 0.03, and the last may not be below the one before.
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert holm([0.6, 0.9]) == pytest.approx([1.0, 1.0])
    assert len(holm([])) == 0
