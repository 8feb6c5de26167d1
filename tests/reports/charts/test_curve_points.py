from types import SimpleNamespace

import numpy as np
import pytest
from intentbench.bench.judge.judgement import FoldPredictions
from intentbench.reports.charts import curve_points
from sklearn.metrics import average_precision_score, roc_auc_score


def task_of(y, weight=None):
    """All that curves ask of a task."""
    return SimpleNamespace(
        target=y, weight_of=lambda rows: None if weight is None else weight[rows]
    )


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
    area = np.trapezoid(curve_points.roc(task_of(y), folds), curve_points.FALSE_ALARM_GRID)
    assert area == pytest.approx(
        np.mean([roc_auc_score(y[fold.rows], fold.p) for fold in folds]), abs=0.003
    )


def test_the_area_under_the_mean_precision_curve_is_the_mean_average_precision():
    y, folds = two_folds()
    area = np.trapezoid(curve_points.precision_recall(task_of(y), folds), curve_points.RECALL_GRID)
    assert area == pytest.approx(
        np.mean([average_precision_score(y[fold.rows], fold.p) for fold in folds]), abs=0.01
    )


def test_precision_at_a_recall_counts_ties_together():
    y = np.array([1, 0, 1, 0], dtype=np.int8)
    fold = FoldPredictions(0, np.arange(4), np.array([0.9, 0.5, 0.5, 0.1]), 0.5)
    curve = curve_points.precision_recall(task_of(y), (fold,))
    assert curve[curve_points.RECALL_GRID <= 0.5] == pytest.approx(1.0)
    assert curve[curve_points.RECALL_GRID > 0.5] == pytest.approx(2 / 3)


def test_a_constant_score_gives_the_diagonal():
    y = np.array([1, 0, 1, 0], dtype=np.int8)
    fold = FoldPredictions(0, np.arange(4), np.full(4, 0.5), 0.5)
    assert curve_points.roc(task_of(y), (fold,)) == pytest.approx(curve_points.FALSE_ALARM_GRID)


def test_folds_of_one_outcome_have_no_curve():
    y = np.array([1, 1, 0, 1], dtype=np.int8)
    one = FoldPredictions(0, np.array([0, 1]), np.array([0.2, 0.4]), 0.5)
    both = FoldPredictions(1, np.array([2, 3]), np.array([0.2, 0.4]), 0.5)
    assert curve_points.roc(task_of(y), (one,)) is None
    assert curve_points.precision_recall(task_of(y), (one,)) is None
    assert curve_points.roc(task_of(y), (one, both)) == pytest.approx(1.0)


def test_reliability_bins_hold_all_cases():
    y = np.array([0, 1, 1, 0], dtype=np.int8)
    fold = FoldPredictions(0, np.arange(4), np.array([0.0, 0.05, 1.0, 0.95]), 0.5)
    bins = curve_points.reliability(task_of(y), (fold,))
    assert bins.filled() == [(0.025, 0.5, 2), (0.975, 0.5, 2)]
    assert np.isnan(bins.predicted[1:-1]).all()


def test_a_case_of_weight_two_is_there_twice():
    rng = np.random.default_rng(0)
    y, p = (rng.random(60) < 0.4).astype(np.int8), rng.random(60).round(1)
    weight = rng.integers(1, 4, 60)
    weighted = (FoldPredictions(0, np.arange(60), p, 0.5),)
    many = np.repeat(np.arange(60), weight)
    repeated = (FoldPredictions(0, np.arange(len(many)), p[many], 0.5),)
    task, expanded = task_of(y, weight.astype(float)), task_of(y[many])
    for curve in (curve_points.roc, curve_points.precision_recall):
        np.testing.assert_allclose(curve(task, weighted), curve(expanded, repeated))
    found, expected = (
        curve_points.reliability(*of) for of in ((task, weighted), (expanded, repeated))
    )
    np.testing.assert_allclose(found.observed, expected.observed)
    np.testing.assert_allclose(found.count, expected.count)
