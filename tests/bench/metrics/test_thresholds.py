import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from intentbench.bench.metrics import thresholds
from intentbench.bench.metrics.thresholds import best_threshold, decide, f1, youden


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
    found = best_threshold(y, p, f1)
    if len(set(y)) == 1:
        assert found == 0.5
        return
    best = max(f1_score(y, p >= t) for t in np.linspace(0, 1, 41))
    best = max(best, f1_score(y, p >= 0.50000005))
    assert f1_score(y, decide(p, found)) == pytest.approx(best)


def test_threshold_lies_midway_between_scores():
    assert best_threshold(np.array([0, 0, 1, 1]), np.array([0.1, 0.2, 0.6, 0.7]), f1) == 0.4


def test_of_equally_good_thresholds_the_nearest_to_one_half():
    # Yes from 0.9 on: precision 1, recall 1/2; yes from 0.2 on: precision 1/2, recall 1.
    y = np.array([1, 0, 0, 1])
    assert best_threshold(y, np.array([0.9, 0.4, 0.3, 0.2]), f1) == pytest.approx(0.65)
    assert best_threshold(y, np.array([0.99, 0.89, 0.6, 0.5]), f1) == pytest.approx(0.25)


def test_constant_scores_decide_yes_for_all():
    threshold = best_threshold(np.array([0, 1, 0]), np.full(3, 0.2), f1)
    assert decide(np.full(3, 0.2), threshold).all()
    assert decide(np.zeros(3), best_threshold(np.array([0, 1, 0]), np.zeros(3), f1)).all()


def test_neighbouring_floats_are_told_apart():
    # Their middle is rounded to one of the two: to the lower one for every other number.
    low = 0.3
    for _ in range(4):
        high = np.nextafter(low, 1)
        threshold = best_threshold(np.array([0, 1]), np.array([low, high]), f1)
        assert decide(np.array([low, high]), threshold).tolist() == [0, 1]
        low = high


def test_a_score_at_the_threshold_is_yes():
    assert decide(np.array([0.49, 0.5, 0.51]), 0.5).tolist() == [0, 1, 1]


def every_threshold(y, p):
    """Try all decisions that scores can be cut into, none included."""
    for threshold in [*np.unique(p), 2.0]:
        yes = p >= threshold
        yield threshold, int(y[yes].sum()), int((1 - y)[yes].sum())


MERITS = {
    "youden": (youden, lambda hits, alarms, n_yes, n_no: hits / n_yes - alarms / n_no),
    "cost": (thresholds.least_cost(1, 5), lambda h, a, n_yes, n_no: -a - 5 * (n_yes - h)),
    "profit": (thresholds.most_profit(40, 3), lambda h, a, n_yes, n_no: 40 * h - 3 * (h + a)),
    "budget": (
        thresholds.within_budget(0.3),
        lambda h, a, n_yes, n_no: h + a if h + a <= 0.3 * (n_yes + n_no) else -np.inf,
    ),
    "precision": (
        thresholds.least_precision(0.6),
        lambda h, a, n_yes, n_no: h if h >= 0.6 * (h + a) else -np.inf,
    ),
    "recall": (
        thresholds.least_recall(0.7),
        lambda h, a, n_yes, n_no: -h - a if h >= 0.7 * n_yes else -np.inf,
    ),
}


@pytest.mark.parametrize("name", MERITS)
@settings(max_examples=60, deadline=None)
@given(cases=SCORED)
def test_no_other_threshold_does_better(name, cases):
    y, p = (np.array(column) for column in zip(*cases, strict=True))
    merit, by_hand = MERITS[name]
    found = best_threshold(y, p, merit)
    if len(set(y)) == 1:
        assert found == 0.5
        return
    n_yes, n_no = int(y.sum()), int((1 - y).sum())
    yes = decide(p, found) == 1
    reached = by_hand(int(y[yes].sum()), int((1 - y)[yes].sum()), n_yes, n_no)
    best = max(by_hand(hits, alarms, n_yes, n_no) for _, hits, alarms in every_threshold(y, p))
    assert reached == pytest.approx(best)


def test_a_budget_smaller_than_the_first_tie_acts_on_nobody():
    y, p = np.array([1, 0, 1, 0]), np.array([1.0, 1.0, 1.0, 0.2])
    assert not decide(p, best_threshold(y, p, thresholds.within_budget(0.5))).any()
    assert decide(p, best_threshold(y, p, thresholds.within_budget(0.75))).sum() == 3


def test_acting_on_nobody_is_best_where_acting_costs_more_than_it_brings():
    y, p = np.array([1, 0, 0, 0]), np.array([0.3, 0.4, 0.2, 0.1])
    assert not decide(p, best_threshold(y, p, thresholds.most_profit(5, 3))).any()
