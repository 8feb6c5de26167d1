import math

import numpy as np
import pytest
from intentbench.bench.stats.intervals import (
    bootstrap_p_value,
    delong_influence,
    holm,
    logit_interval,
    normal_interval,
    percentile_interval,
    raised_interval,
    resampled_t_test,
)
from scipy.stats import norm, t
from sklearn.metrics import roc_auc_score


def scores(seed, n=60, ties=False):
    rng = np.random.default_rng(seed)
    y = (rng.random(n) < 0.4).astype(int)
    p = rng.normal(y, 1.0)
    return y, np.round(p) if ties else p


def delong_components(y, p):
    """Structural components by the paper's definition, over all pairs."""
    order = np.sign(p[y == 1][:, None] - p[y == 0][None, :]) / 2 + 0.5
    return order.mean(axis=1), order.mean(axis=0)


@pytest.mark.parametrize("ties", [False, True])
def test_delong_agrees_with_the_definition_over_all_pairs(ties):
    y, p = scores(1, ties=ties)
    of_yes, of_no = delong_components(y, p)
    variance = of_yes.var(ddof=1) / len(of_yes) + of_no.var(ddof=1) / len(of_no)
    auc, influence = delong_influence(y, p)
    assert auc == pytest.approx(roc_auc_score(y, p), abs=1e-12)
    assert np.square(influence).sum() == pytest.approx(variance, rel=1e-12)


def test_delong_by_hand():
    # Pairs: 9 beats 5 and 1; 4 beats 1 only.  Components 1, 1/2 and 1/2, 1: variance 1/8 each.
    auc, influence = delong_influence(np.array([1, 1, 0, 0]), np.array([9.0, 4.0, 5.0, 1.0]))
    assert auc == 0.75
    assert np.square(influence).sum() == pytest.approx(1 / 8)


def test_delong_influences_give_the_variance_of_a_difference():
    y, p = scores(2)
    q = p + np.random.default_rng(3).normal(size=len(y))
    yes, no = zip(delong_components(y, p), delong_components(y, q), strict=True)
    expected = sum(
        (np.cov(part)[0, 0] + np.cov(part)[1, 1] - 2 * np.cov(part)[0, 1]) / len(part[0])
        for part in (yes, no)
    )
    difference = delong_influence(y, p)[1] - delong_influence(y, q)[1]
    assert np.square(difference).sum() == pytest.approx(expected)


@pytest.mark.parametrize("y", [[0, 0, 0], [1, 0, 0], [1, 1]])
def test_delong_needs_two_cases_of_each_outcome(y):
    auc, influence = delong_influence(np.array(y), np.arange(len(y)))
    assert math.isnan(auc) and np.isnan(influence).all()


def test_delong_interval_holds_the_truth_with_few_positive_cases():
    # Where the normal interval does not: it holds it in nine tenths.
    truth = norm.cdf(1.5 / math.sqrt(2))
    covered = 0
    for seed in range(1000):
        rng = np.random.default_rng(seed)
        y = np.repeat([0, 1], [60, 12])
        auc, influence = delong_influence(y, rng.normal(1.5 * y, 1.0))
        low, high = logit_interval(auc, np.square(influence).sum(), 11)
        covered += low <= truth <= high
    # Three standard errors around 93 to 97 %.
    assert 0.906 <= covered / 1000 <= 0.986


def test_delong_interval_covers_the_truth():
    truth = norm.cdf(1 / math.sqrt(2))
    covered = 0
    for seed in range(300):
        auc, influence = delong_influence(*scores(seed, n=120))
        low, high = normal_interval(auc, np.square(influence).sum(), (0, 1))
        covered += low <= truth <= high
    assert 0.91 <= covered / 300 <= 0.985


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
