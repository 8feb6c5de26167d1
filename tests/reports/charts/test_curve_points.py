import numpy as np
import pytest
from intentbench.bench.judge.judgement import FoldPredictions
from intentbench.reports.charts import curve_points
from sklearn.metrics import average_precision_score, roc_auc_score


def two_folds(seed=0, n=4000, digits=None):
    rng = np.random.default_rng(seed)
    y = (rng.random(2 * n) < 0.3).astype(np.int8)
    p = np.clip(0.3 + 0.2 * y + 0.15 * rng.normal(size=2 * n), 0, 1)
    p = p if digits is None else p.round(digits)
    rows = np.arange(2 * n)
    parts = rows[:n], rows[n:]
    return y, tuple(FoldPredictions(i, part, p[part], 0.5) for i, part in enumerate(parts))


@pytest.mark.parametrize("digits", [None, 1])
def test_the_area_under_the_mean_roc_curve_is_the_mean_of_the_folds(digits):
    y, folds = two_folds(digits=digits)
    area = np.trapezoid(curve_points.roc(y, folds), curve_points.FALSE_ALARM_GRID)
    assert area == pytest.approx(
        np.mean([roc_auc_score(y[fold.rows], fold.p) for fold in folds]), abs=0.003
    )


def test_the_area_under_the_mean_precision_curve_is_the_mean_average_precision():
    y, folds = two_folds()
    area = np.trapezoid(curve_points.precision_recall(y, folds), curve_points.RECALL_GRID)
    assert area == pytest.approx(
        np.mean([average_precision_score(y[fold.rows], fold.p) for fold in folds]), abs=0.01
    )


def test_precision_at_a_recall_counts_ties_together():
    y = np.array([1, 0, 1, 0], dtype=np.int8)
    fold = FoldPredictions(0, np.arange(4), np.array([0.9, 0.5, 0.5, 0.1]), 0.5)
    curve = curve_points.precision_recall(y, (fold,))
    assert curve[curve_points.RECALL_GRID <= 0.5] == pytest.approx(1.0)
    assert curve[curve_points.RECALL_GRID > 0.5] == pytest.approx(2 / 3)


def test_a_constant_score_gives_the_diagonal():
    y = np.array([1, 0, 1, 0], dtype=np.int8)
    fold = FoldPredictions(0, np.arange(4), np.full(4, 0.5), 0.5)
    assert curve_points.roc(y, (fold,)) == pytest.approx(curve_points.FALSE_ALARM_GRID)


def test_folds_of_one_outcome_have_no_curve():
    y = np.array([1, 1, 0, 1], dtype=np.int8)
    one = FoldPredictions(0, np.array([0, 1]), np.array([0.2, 0.4]), 0.5)
    both = FoldPredictions(1, np.array([2, 3]), np.array([0.2, 0.4]), 0.5)
    assert curve_points.roc(y, (one,)) is None
    assert curve_points.precision_recall(y, (one,)) is None
    assert curve_points.roc(y, (one, both)) == pytest.approx(1.0)


def test_reliability_bins_hold_all_cases():
    y = np.array([0, 1, 1, 0], dtype=np.int8)
    fold = FoldPredictions(0, np.arange(4), np.array([0.0, 0.05, 1.0, 0.95]), 0.5)
    bins = curve_points.reliability(y, (fold,))
    assert bins.filled() == [(0.025, 0.5, 2), (0.975, 0.5, 2)]
    assert np.isnan(bins.predicted[1:-1]).all()
