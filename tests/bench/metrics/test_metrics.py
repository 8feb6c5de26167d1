import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from intentbench.bench.metrics.metrics import METRICS
from intentbench.bench.metrics.ranked import accumulated
from sklearn import metrics as sk

SKLEARN = {
    "accuracy": sk.accuracy_score,
    "balanced_accuracy": sk.balanced_accuracy_score,
    "precision": lambda *a, **k: sk.precision_score(*a, zero_division=0, **k),
    "recall": sk.recall_score,
    "f1": sk.f1_score,
    "mcc": sk.matthews_corrcoef,
    "roc_auc": sk.roc_auc_score,
    "pr_auc": sk.average_precision_score,
    # scikit-learn's own clip follows the type of its input.
    "log_loss": lambda y, p, **k: sk.log_loss(y, np.clip(p, 1e-15, 1 - 1e-15), **k),
    "brier": sk.brier_score_loss,
}
NAMES = list(METRICS)
UNDEFINED_WITHOUT_POSITIVES = (
    "balanced_accuracy", "recall", "f1", "mcc", "roc_auc", "pr_auc", "lift_at_10",
)  # fmt: skip


def predictions(seed, n=300, ties=False):
    rng = np.random.default_rng(seed)
    y = (rng.random(n) < 0.3).astype(np.int8)
    p = np.clip(0.3 + 0.2 * y + rng.normal(0, 0.25, n), 0.001, 0.999)
    return y, np.round(p, 1) if ties else p


def values_for(metric, p):
    return (p >= 0.5).astype(int) if metric.needs == "decision" else p


def expected_calibration_error(y, p, weights):
    total = 0.0
    for low in np.arange(10) / 10:
        inside = (p >= low) & ((p < low + 0.1 - 1e-12) | (low == 0.9))
        if inside.any() and weights[inside].sum() > 0:
            gap = np.average(p[inside], weights=weights[inside]) - np.average(
                y[inside], weights=weights[inside]
            )
            total += weights[inside].sum() / weights.sum() * abs(gap)
    return total


def lift(y, p, weights):
    limit = 0.1 * weights.sum()
    taken = found = 0.0
    for score in sorted(set(p), reverse=True):
        group = p == score
        share = min(1.0, (limit - taken) / max(weights[group].sum(), 1e-300))
        taken += share * weights[group].sum()
        found += share * (weights * y)[group].sum()
        if share < 1:
            break
    return (found / limit) / (np.dot(weights, y) / weights.sum())


@pytest.mark.parametrize("ties", [False, True])
@pytest.mark.parametrize("name", SKLEARN)
def test_agrees_with_scikit_learn(name, ties):
    metric = METRICS[name]
    y, p = predictions(1, ties=ties)
    weights = np.random.default_rng(2).exponential(size=len(y))
    values = values_for(metric, p)
    assert metric(y, values) == pytest.approx(SKLEARN[name](y, values), abs=1e-12)
    weighted = SKLEARN[name](y, values, sample_weight=weights)
    assert metric(y, values, weights) == pytest.approx(weighted, abs=1e-12)


@pytest.mark.parametrize("ties", [False, True])
@pytest.mark.parametrize("weighted", [False, True])
def test_calibration_error_and_lift_agree_with_a_loop(ties, weighted):
    y, p = predictions(3, ties=ties)
    p = np.clip(p + 0.013, 0, 1)
    weights = np.random.default_rng(4).exponential(size=len(y)) if weighted else np.ones(len(y))
    assert METRICS["ece"](y, p, weights) == pytest.approx(expected_calibration_error(y, p, weights))
    assert METRICS["lift_at_10"](y, p, weights) == pytest.approx(lift(y, p, weights))


def test_roc_auc_is_the_share_of_ordered_pairs():
    y, p = predictions(5, n=80, ties=True)
    pairs = [1.0 if a > b else 0.5 if a == b else 0.0 for a in p[y == 1] for b in p[y == 0]]
    assert METRICS["roc_auc"](y, p) == pytest.approx(np.mean(pairs), abs=1e-12)


def test_lift_splits_the_group_at_the_border():
    y = np.array([1, 0, 1, 0] + [0] * 16)
    p = np.array([0.9, 0.5, 0.5, 0.5] + [0.1] * 16)
    # Two cases make a tenth: the first, and a third of the three at 0.5, one in three positive.
    assert METRICS["lift_at_10"](y, p) == pytest.approx((1 + 1 / 3) / 2 / 0.1)


def test_lift_reads_on_where_weights_lie_low_in_the_ranking():
    y, p = predictions(9, n=2000)
    weights = np.where(np.argsort(np.argsort(p)) < 1000, 1.0, 0.0)
    rows = weights == 1
    assert METRICS["lift_at_10"](y, p, weights) == METRICS["lift_at_10"](y[rows], p[rows])


def test_log_loss_of_certain_and_wrong_is_finite():
    assert METRICS["log_loss"](np.array([1, 0]), np.array([0.0, 0.0])) == pytest.approx(
        -np.log(1e-15) / 2
    )


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("ties", [False, True])
def test_weights_are_repetitions(name, ties):
    metric = METRICS[name]
    y, p = predictions(6, ties=ties)
    weights = np.random.default_rng(7).poisson(1.0, (5, len(y)))
    many = metric.many(y, values_for(metric, p), weights.astype(np.float32))
    for draw, counts in enumerate(weights):
        rows = np.repeat(np.arange(len(y)), counts)
        once = metric(y[rows], values_for(metric, p[rows]))
        assert many[draw] == pytest.approx(once, rel=2e-6)


@pytest.mark.parametrize("name", NAMES)
def test_a_draw_without_positives_is_not_defined_where_they_are_needed(name):
    metric = METRICS[name]
    y, p = predictions(8)
    weights = np.stack([np.ones(len(y)), (y == 0).astype(float), np.zeros(len(y))])
    full, without, empty = metric.many(y, values_for(metric, p), weights)
    assert np.isfinite(full)
    assert np.isnan(without) == (name in UNDEFINED_WITHOUT_POSITIVES)
    assert np.isnan(empty)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("outcomes", [[0], [1], [0, 0], [1, 1], [0, 1], [1, 0, 0]])
@pytest.mark.parametrize("p", [0.0, 0.2, 0.5, 1.0])
def test_constant_predictions_stay_in_range(name, outcomes, p):
    metric = METRICS[name]
    y = np.array(outcomes)
    value = metric(y, values_for(metric, np.full(len(y), p)))
    undefined = len(set(outcomes)) == 1 or (name == "precision" and p < 0.5)
    assert (metric.range[0] <= value <= metric.range[1] + 1e-9) or (undefined and np.isnan(value))
    if name == "roc_auc" and not undefined:
        assert value == 0.5


def test_nothing_decided_positive_has_no_precision():
    y = np.array([0, 1, 1])
    nothing = np.zeros(3, dtype=int)
    assert np.isnan(METRICS["precision"](y, nothing))
    assert METRICS["f1"](y, nothing) == METRICS["mcc"](y, nothing) == 0.0


@st.composite
def scored_cases(draw):
    n = draw(st.integers(2, 40))
    y = np.array(draw(st.lists(st.integers(0, 1), min_size=n, max_size=n)))
    p = np.array(draw(st.lists(st.integers(0, 20), min_size=n, max_size=n))) / 20
    y[:2] = 0, 1
    return y, p


@settings(max_examples=50, deadline=None)
@given(scored_cases(), st.randoms(use_true_random=False))
def test_order_of_cases_does_not_matter(cases, random):
    y, p = cases
    rows = list(range(len(y)))
    random.shuffle(rows)
    for metric in METRICS.values():
        values = values_for(metric, p)
        assert metric(y, values) == pytest.approx(
            metric(y[rows], values[rows]), abs=1e-9, nan_ok=True
        )


@settings(max_examples=50, deadline=None)
@given(scored_cases())
def test_ranking_metrics_see_only_the_order(cases):
    y, p = cases
    for name in ("roc_auc", "pr_auc", "lift_at_10"):
        assert METRICS[name](y, p) == pytest.approx(METRICS[name](y, p**3 / 2 + 0.1), abs=1e-12)
    assert METRICS["roc_auc"](y, p) == pytest.approx(1 - METRICS["roc_auc"](y, -p), abs=1e-12)


@settings(max_examples=50, deadline=None)
@given(scored_cases())
def test_ranges_hold_and_f1_follows_from_precision_and_recall(cases):
    y, p = cases
    found = {name: metric(y, values_for(metric, p)) for name, metric in METRICS.items()}
    if not (p >= 0.5).any():
        assert np.isnan(found.pop("precision")) and found["f1"] == 0
        found["precision"] = 0.0
    for name, metric in METRICS.items():
        assert metric.range[0] - 1e-9 <= found[name] <= metric.range[1] + 1e-9
    both = found["precision"] + found["recall"]
    f1 = 2 * found["precision"] * found["recall"] / both if both else 0.0
    assert found["f1"] == pytest.approx(f1)


@pytest.mark.parametrize("n_rows", [0, 1, 2, 3, 7, 16, 24, 25, 100])
def test_accumulated_is_a_cumulative_sum(n_rows):
    rows = np.random.default_rng(n_rows).integers(0, 9, (n_rows, 3)).astype(float)
    assert np.array_equal(accumulated(rows.copy()), np.cumsum(rows, axis=0))


def test_metrics_say_what_they_are():
    assert list(METRICS) == [
        "accuracy", "balanced_accuracy", "precision", "recall", "f1", "mcc",
        "roc_auc", "pr_auc", "log_loss", "brier", "ece", "lift_at_10",
    ]  # fmt: skip
    for name, metric in METRICS.items():
        assert metric.name == name and metric.needs in ("p", "decision")
        assert metric.reading.endswith(".") and "\n" not in metric.reading


@pytest.mark.parametrize("name", NAMES)
def test_region_of_practical_equivalence_is_a_small_part_of_what_the_metric_can_be(name):
    low, high = METRICS[name].range
    assert 0 < METRICS[name].rope <= 0.02 * (high - low)
