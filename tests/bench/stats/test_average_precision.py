import math

import numpy as np
import pytest
from intentbench.bench.stats.average_precision import average_precision_influence
from sklearn.metrics import average_precision_score


@pytest.mark.parametrize("ties", [False, True])
def test_influence_is_the_derivative_by_the_weight_of_each_case(ties):
    rng = np.random.default_rng(1)
    y = (rng.random(40) < 0.3).astype(np.int8)
    p = rng.normal(y, 1.0)
    p = np.round(p) if ties else p
    value, influence = average_precision_influence(y, p)
    assert value == pytest.approx(average_precision_score(y, p))
    step = 1e-6
    for case in range(len(y)):
        weights = np.ones(len(y))
        weights[case] += step
        moved = average_precision_score(y, p, sample_weight=weights) - value
        assert influence[case] == pytest.approx(moved / step, abs=1e-5)
    assert influence.sum() == pytest.approx(0, abs=1e-12)


def test_a_weight_of_two_is_two_cases():
    rng = np.random.default_rng(2)
    y, p = (rng.random(30) < 0.4).astype(np.int8), rng.normal(size=30)
    weight = rng.integers(1, 4, 30).astype(float)
    value, influence = average_precision_influence(y, p, weight)
    rows = np.repeat(np.arange(30), weight.astype(int))
    apart, of_rows = average_precision_influence(y[rows], p[rows])
    assert value == pytest.approx(apart)
    assert influence == pytest.approx(np.bincount(rows, of_rows))


def test_by_hand():
    # Read from the top: yes, no, yes; precisions 1 and 2/3, their mean 5/6.  One more of the last
    # case lowers neither: it brings (2/3 - 5/6 + 1/3) / 2 and takes (2/3 * 1/3) / 2.
    value, influence = average_precision_influence(np.array([1, 0, 1]), np.array([0.9, 0.5, 0.1]))
    assert value == pytest.approx(5 / 6)
    assert influence[2] == pytest.approx((2 / 3 - 5 / 6 + 1 / 3 - 2 / 9) / 2)


def test_without_a_positive_case_there_is_none():
    value, influence = average_precision_influence(np.zeros(3, int), np.arange(3.0))
    assert math.isnan(value) and np.isnan(influence).all()


def test_weights_count_as_cases_and_rows_as_the_sample():
    rng = np.random.default_rng(7)
    y = (rng.random(400) < 0.3).astype(int)
    p, w = np.round(rng.normal(y, 1.0), 1), rng.lognormal(0, 1, 400)
    value, influence = average_precision_influence(y, p, w)
    assert value == pytest.approx(average_precision_score(y, p, sample_weight=w), rel=1e-12)
    assert influence.sum() == pytest.approx(0, abs=1e-12)
    # The derivative by a case's weight, times that weight.
    for case in (0, 57, 311):
        heavier = w.copy()
        heavier[case] *= 1 + 1e-6
        moved = average_precision_score(y, p, sample_weight=heavier) - value
        assert influence[case] == pytest.approx(moved / 1e-6, rel=1e-3, abs=1e-8)
    plain = average_precision_influence(y, p)[1]
    assert average_precision_influence(y, p, np.full(400, 5.0))[1] == pytest.approx(plain)
