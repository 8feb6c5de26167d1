import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from intentbench.bench.thresholds import best_f1_threshold, decide


def f1_score(y, yes):
    return 2 * np.sum(y[yes == 1]) / (np.sum(yes) + np.sum(y))


SCORED = st.lists(
    st.tuples(st.integers(0, 1), st.sampled_from([0.0, 0.1, 0.3, 0.5, 0.5000001, 0.9, 1.0])),
    min_size=2,
    max_size=30,
)


@settings(max_examples=100, deadline=None)
@given(SCORED)
def test_no_other_threshold_has_a_higher_f1(cases):
    y, p = (np.array(column) for column in zip(*cases, strict=True))
    found = best_f1_threshold(y, p)
    if len(set(y)) == 1:
        assert found == 0.5
        return
    best = max(f1_score(y, p >= t) for t in np.linspace(0, 1, 41))
    best = max(best, f1_score(y, p >= 0.50000005))
    assert f1_score(y, decide(p, found)) == pytest.approx(best)


def test_threshold_lies_midway_between_scores():
    assert best_f1_threshold(np.array([0, 0, 1, 1]), np.array([0.1, 0.2, 0.6, 0.7])) == 0.4


def test_of_equally_good_thresholds_the_nearest_to_one_half():
    # Yes from 0.9 on: precision 1, recall 1/2; yes from 0.2 on: precision 1/2, recall 1.
    y = np.array([1, 0, 0, 1])
    assert best_f1_threshold(y, np.array([0.9, 0.4, 0.3, 0.2])) == pytest.approx(0.65)
    assert best_f1_threshold(y, np.array([0.99, 0.89, 0.6, 0.5])) == pytest.approx(0.25)


def test_constant_scores_decide_yes_for_all():
    threshold = best_f1_threshold(np.array([0, 1, 0]), np.full(3, 0.2))
    assert decide(np.full(3, 0.2), threshold).all()
    assert decide(np.zeros(3), best_f1_threshold(np.array([0, 1, 0]), np.zeros(3))).all()


def test_neighbouring_floats_are_told_apart():
    # Their middle is rounded to one of the two: to the lower one for every other number.
    low = 0.3
    for _ in range(4):
        high = np.nextafter(low, 1)
        threshold = best_f1_threshold(np.array([0, 1]), np.array([low, high]))
        assert decide(np.array([low, high]), threshold).tolist() == [0, 1]
        low = high


def test_a_score_at_the_threshold_is_yes():
    assert decide(np.array([0.49, 0.5, 0.51]), 0.5).tolist() == [0, 1, 1]
