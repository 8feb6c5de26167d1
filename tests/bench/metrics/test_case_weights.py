"""A case of weight k counts as k such cases would, in every figure and in all that is learnt."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from intentbench.bench.metrics.bootstrap import Answers, FoldScores, FoldUnits
from intentbench.bench.metrics.calibrators import CALIBRATORS
from intentbench.bench.metrics.key import keys_of
from intentbench.bench.metrics.metrics import METRICS, N_BINS
from intentbench.bench.metrics.thresholds import (
    best_thresholds,
    f1,
    least_cost,
    least_precision,
    least_recall,
    most_profit,
    within_budget,
    youden,
)
from sklearn import metrics as sk

KEYS = keys_of(rules=[""])
CASES = st.lists(
    st.tuples(st.integers(0, 1), st.integers(0, 20), st.integers(1, 6), st.integers(0, 4)),
    min_size=2,
    max_size=40,
).filter(lambda cases: len({y for y, *_ in cases}) == 2)


def scored(y, p, unit=None, weight=None):
    unit = np.arange(len(y)) if unit is None else unit
    tested = FoldUnits(y, unit, weight)
    entry = Answers(p, {"": (p >= 0.5).astype(int)})
    return FoldScores(tested, [entry], KEYS), tested


@given(CASES)
def test_a_weight_counts_as_so_many_cases_in_every_figure(cases):
    y, p, k, _ = (np.array(column) for column in zip(*cases, strict=True))
    p = p / 20
    weighted, _ = scored(y, p, weight=k.astype(float))
    repeated, _ = scored(np.repeat(y, k), np.repeat(p, k))
    for key in KEYS:
        found, expected = weighted.once[key][0], repeated.once[key][0]
        assert found == pytest.approx(expected, rel=1e-9, abs=1e-12, nan_ok=True), key


@given(CASES)
def test_a_drawn_unit_brings_its_weight(cases):
    y, p, k, unit = (np.array(column) for column in zip(*cases, strict=True))
    p = p / 20
    draws = np.random.default_rng(0).poisson(1.5, (unit.max() + 1, 3)).astype(np.float32)
    weighted, tested = scored(y, p, unit, k.astype(float))
    repeated, cases_tested = scored(np.repeat(y, k), np.repeat(p, k), np.repeat(unit, k))
    found = weighted.under(tested.under(draws))
    expected = repeated.under(cases_tested.under(draws))
    for key in KEYS:
        # Single precision holds counts exactly, but not weights.
        assert found[key][0] == pytest.approx(expected[key][0], rel=1e-4, abs=1e-3, nan_ok=True), (
            key
        )


@given(CASES, st.floats(1e-3, 1e6))
def test_the_unit_of_weight_does_not_matter(cases, unit_of_weight):
    y, p, k, _ = (np.array(column) for column in zip(*cases, strict=True))
    one, _ = scored(y, p / 20, weight=k.astype(float))
    other, _ = scored(y, p / 20, weight=unit_of_weight * k)
    for key in KEYS:
        assert one.once[key][0] == pytest.approx(other.once[key][0], abs=1e-6, nan_ok=True)


def test_figures_are_those_of_scikit_learn_with_sample_weights():
    rng = np.random.default_rng(5)
    y = (rng.random(500) < 0.3).astype(int)
    p = np.clip(np.round(0.3 + 0.2 * y + rng.normal(0, 0.2, 500), 2), 0.01, 0.99)
    w = rng.lognormal(3, 1.5, 500)
    scores, _ = scored(y, p, weight=w)
    found = {key.metric: values[0] for key, values in scores.once.items()}
    said = (p >= 0.5).astype(int)
    of = {"sample_weight": w}
    bins = np.clip((p * N_BINS).astype(int), 0, N_BINS - 1)
    gaps = [abs((w * (p - y))[bins == b].sum()) for b in range(N_BINS)]
    expected = {
        "accuracy": sk.accuracy_score(y, said, **of),
        "balanced_accuracy": sk.balanced_accuracy_score(y, said, **of),
        "precision": sk.precision_score(y, said, **of),
        "recall": sk.recall_score(y, said, **of),
        "f1": sk.f1_score(y, said, **of),
        "mcc": sk.matthews_corrcoef(y, said, **of),
        "roc_auc": sk.roc_auc_score(y, p, **of),
        "pr_auc": sk.average_precision_score(y, p, **of),
        "log_loss": sk.log_loss(y, p, **of),
        "brier": sk.brier_score_loss(y, p, **of),
        "ece": sum(gaps) / w.sum(),
    }
    assert set(expected) | {"lift_at_10"} == set(METRICS)
    for name, value in expected.items():
        assert found[name] == pytest.approx(value, rel=1e-9), name
    # scikit-learn has no lift: from the highest score down, the last ties as far as they fit in.
    left, positive = 0.1 * w.sum(), 0.0
    for score in np.unique(p)[::-1]:
        of_score = p == score
        part = min(1.0, left / w[of_score].sum())
        positive += part * (w * y)[of_score].sum()
        left -= part * w[of_score].sum()
    lift = positive / (0.1 * w.sum()) / np.average(y, weights=w)
    assert found["lift_at_10"] == pytest.approx(lift, rel=1e-9)


@given(CASES)
def test_thresholds_are_chosen_as_on_so_many_cases(cases):
    y, p, k, _ = (np.array(column) for column in zip(*cases, strict=True))
    p = p / 20
    merits = [
        f1, youden, least_cost(1, 5), most_profit(7, 2), within_budget(0.3), least_precision(0.6),
        least_recall(1.0),
    ]  # fmt: skip
    weighted = best_thresholds(y, p, merits, k)
    assert weighted == best_thresholds(np.repeat(y, k), np.repeat(p, k), merits)


def test_full_recall_is_reached_whatever_the_weights():
    rng = np.random.default_rng(0)
    y = (rng.random(300) < 0.4).astype(int)
    p, w = rng.random(300), rng.lognormal(0, 3, 300)
    (threshold,) = best_thresholds(y, p, [least_recall(1.0)], w)
    assert threshold < p[y == 1].min()


@pytest.mark.parametrize("calibrator", CALIBRATORS, ids=lambda calibrator: calibrator.name)
def test_calibrators_learn_as_from_so_many_cases(calibrator):
    rng = np.random.default_rng(2)
    y = (rng.random(200) < 0.3).astype(int)
    p = np.clip(0.2 + 0.2 * y + rng.normal(0, 0.15, 200), 0.01, 0.95)
    k = np.where(y == 1, rng.integers(1, 4, 200), rng.integers(3, 9, 200))
    asked = np.linspace(0.02, 0.9, 30)
    weighted = calibrator.learn(p, y, k.astype(float))(asked)
    repeated = calibrator.learn(np.repeat(p, k), np.repeat(y, k), None)(asked)
    assert weighted == pytest.approx(repeated, abs=1e-5)
    assert np.abs(weighted - calibrator.learn(p, y, None)(asked)).max() > 0.05
