import math

import numpy as np
import pytest
from intentbench.bench.stats.delong import delong_influence
from intentbench.bench.stats.intervals import logit_interval
from scipy.stats import norm
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
        y, p = scores(seed, n=120)
        auc, influence = delong_influence(y, p)
        rarer = min(y.sum(), len(y) - y.sum())
        low, high = logit_interval(auc, np.square(influence).sum(), rarer - 1)
        covered += low <= truth <= high
    assert 0.91 <= covered / 300 <= 0.985


def test_weights_count_as_cases_in_the_area_and_rows_as_the_sample():
    rng = np.random.default_rng(4)
    y = (rng.random(300) < 0.4).astype(int)
    p = np.round(rng.normal(y, 1.5), 1)
    w = rng.lognormal(0, 1, 300)
    auc, influence = delong_influence(y, p, w)
    assert auc == pytest.approx(roc_auc_score(y, p, sample_weight=w), rel=1e-12)
    # The unit of weight is nothing; equal weights are none.
    assert delong_influence(y, p, 7 * w)[1] == pytest.approx(influence)
    assert delong_influence(y, p, np.full(300, 3.0))[1] == pytest.approx(delong_influence(y, p)[1])
    rows = [rng.integers(0, 300, 300) for _ in range(2000)]
    drawn = [delong_influence(y[of], p[of], w[of])[0] for of in rows]
    assert np.sqrt(np.square(influence).sum()) == pytest.approx(np.std(drawn), rel=0.06)
