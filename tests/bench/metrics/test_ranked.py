import numpy as np
import pytest
from intentbench.bench.judge.gains import of_top
from intentbench.bench.metrics.metrics import METRICS
from intentbench.bench.metrics.ranked import Ranked
from intentbench.bench.metrics.weighted_sums import Weighted

FIGURES = [METRICS["roc_auc"], METRICS["lift_at_10"]] + [
    of_top(f"top {share}", share, lambda found, cases: found / cases.positives)
    for share in (0.01, 0.3, 0.8, 1.0)
]


def drawn(seed, n_values, rate):
    """Give outcomes, scores of so many values that tell of them, and draws of cases."""
    rng = np.random.default_rng(seed)
    y = (rng.random(300) < rate).astype(np.int8)
    p = 1 / (1 + np.exp(-rng.normal(2.0 * y, 1.0)))
    if n_values:
        p = np.round(p * n_values) / n_values
    weights = rng.multinomial(300, np.full(300, 1 / 300), size=40).T
    return y, p, np.ascontiguousarray(weights, dtype=np.float32)


@pytest.mark.parametrize("n_values", [0, 4, 60])
@pytest.mark.parametrize("rate", [0.01, 0.3, 0.9])
def test_figures_are_the_same_where_steps_are_joined(n_values, rate):
    y, p, weights = drawn(1, n_values, rate)
    cases = Weighted(np.ones(len(y)), y, weights)
    alone, joined = Ranked(y, p), Ranked(y, p).joined()
    assert len(joined.sums(cases).here) <= len(alone.sums(cases).here)
    for figure in FIGURES:
        expected, found = (figure.of_sums(of.sums(cases), cases) for of in (alone, joined))
        np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-12, err_msg=figure.name)


def test_figures_of_weighed_cases_and_of_groups_are_too():
    y, p, _ = drawn(2, 60, 0.4)
    rng = np.random.default_rng(3)
    weight, group = rng.integers(1, 9, len(y)) / 4, rng.integers(0, 30, len(y))
    counts = rng.poisson(1.0, (30, 20)).astype(np.float32)
    evidence = Ranked(y, p).weighed(weight).by_unit(group, 30)
    cases = Weighted(np.bincount(group, weight), np.bincount(group, weight * y), counts)
    for figure in FIGURES:
        expected, found = (
            figure.of_sums(of.sums(cases), cases) for of in (evidence, evidence.joined())
        )
        np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-12, err_msg=figure.name)


def test_runs_of_positive_cases_are_one_step():
    y = np.array([1, 1, 1, 0, 1, 1, 0, 1, 0, 1])
    p = np.array([9, 8, 7, 6, 5, 4, 4, 3, 2, 1]) / 10
    once = Weighted(np.ones(10), y, np.ones((10, 1)))
    steps = Ranked(y, p).joined().sums(once)
    # The fifth positive case has the score of a negative one, and is a step of its own.
    assert steps.here[:, 0].tolist() == [3, 1, 1, 1, 1]
    assert steps.above[:, 0].tolist() == [0, 1, 1, 2, 3]
    assert steps.tied[:, 0].tolist() == [0, 0, 1, 0, 0]


def test_where_no_case_is_positive_nothing_is_joined():
    y, p = np.zeros(4, dtype=int), np.array([0.1, 0.2, 0.2, 0.4])
    cases = Weighted(np.ones(4), y, np.ones((4, 2), dtype=np.float32))
    assert Ranked(y, p).joined().sums(cases).here.shape == (0, 2)
