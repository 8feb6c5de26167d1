import math

import numpy as np
import pytest
from intentbench.bench.stats.delong import delong_influence
from intentbench.bench.stats.expected_figures import expected_auc, expected_log_loss
from sklearn.metrics import log_loss, roc_auc_score


def test_expected_is_what_outcomes_of_these_probabilities_give_on_average():
    rng = np.random.default_rng(0)
    p = rng.beta(1, 4, 4000)
    drawn = [(rng.random(4000) < p).astype(int) for _ in range(60)]
    assert expected_log_loss(p).mean() == pytest.approx(
        np.mean([log_loss(y, p) for y in drawn]), abs=0.002
    )
    assert expected_auc(p)[0] == pytest.approx(
        np.mean([roc_auc_score(y, p) for y in drawn]), abs=0.003
    )


def test_each_case_counts_as_some_positive_and_some_negative_ones():
    p = np.array([0.1, 0.4, 0.4, 0.9])
    expected = roc_auc_score(
        np.repeat([1, 0], 4), np.concatenate([p, p]), sample_weight=np.concatenate([p, 1 - p])
    )
    assert expected_auc(p)[0] == pytest.approx(expected)


def test_influence_is_how_much_a_case_more_moves_it():
    rng = np.random.default_rng(1)
    p = rng.beta(2, 5, 300)
    auc, influence = expected_auc(p)
    assert influence.sum() == pytest.approx(0.0, abs=1e-12)
    without = np.array([expected_auc(np.delete(p, i))[0] for i in range(300)])
    np.testing.assert_allclose(auc - without, influence, rtol=0.03, atol=1e-5)


def test_its_error_is_close_to_delongs_where_scores_are_nearly_outcomes():
    rng = np.random.default_rng(2)
    y = rng.integers(0, 2, 500)
    scores = rng.normal(size=500) + y
    auc, influence = delong_influence(y, scores)
    assert 0.6 < auc < 0.9 and influence @ influence > 0
    p = 1 / (1 + np.exp(-scores))
    assert 0 < math.sqrt(float(expected_auc(p)[1] @ expected_auc(p)[1])) < 0.05


def test_without_an_outcome_there_is_none():
    assert math.isnan(expected_auc(np.zeros(3))[0])
    assert expected_log_loss(np.array([0.0, 1.0])).tolist() == [0.0, 0.0]
