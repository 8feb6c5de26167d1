import math

import numpy as np
import pytest
from intentbench.bench.stats import confusion_intervals
from intentbench.bench.stats.confusion_intervals import (
    _gradient_of_mcc,
    _mcc_of,
    confusions,
    jeffreys_interval,
)
from scipy import stats

NAMES = ("accuracy", "balanced_accuracy", "precision", "recall", "f1", "mcc", "acted")


def decided(tp, fp, fn, tn):
    """Outcomes and decisions of one fold with these counts, and a unit for each case."""
    y = np.repeat([1, 0, 1, 0], [tp, fp, fn, tn])
    d = np.repeat([1, 1, 0, 0], [tp, fp, fn, tn])
    return y, d, np.arange(len(y))


def intervals(*counts):
    return confusions([decided(*counts)], apart=True).intervals(NAMES)


def test_jeffreys_by_hand():
    # Two of ten: the 2.5 % and 97.5 % quantiles of Beta(2.5, 8.5).
    expected = stats.beta(2.5, 8.5).ppf([0.025, 0.975])
    assert jeffreys_interval(0.2, 10) == pytest.approx(tuple(expected))
    low, high = jeffreys_interval(0.0, 10)
    assert low == 0 and 0.2 < high < 0.3


def test_shares_of_independent_cases_are_jeffreys():
    found = intervals(6, 4, 14, 76)
    assert found["precision"] == pytest.approx(jeffreys_interval(0.6, 10))
    assert found["recall"] == pytest.approx(jeffreys_interval(0.3, 20))
    assert found["accuracy"] == pytest.approx(jeffreys_interval(0.82, 100))
    assert found["acted"] == pytest.approx(jeffreys_interval(0.1, 100))
    # F1 is 2 q / (1 + q) of the share q of those found among all positive or called.
    q = np.array(jeffreys_interval(6 / 24, 24))
    assert found["f1"] == pytest.approx(tuple(2 * q / (1 + q)))


def test_nobody_called_is_no_certainty():
    found = intervals(0, 0, 6, 594)
    assert all(math.isnan(end) for end in found["precision"])
    for name in ("recall", "f1", "mcc"):
        low, high = found[name]
        assert low <= 0 < high, name
    assert found["balanced_accuracy"][0] < 0.5 < found["balanced_accuracy"][1]


def test_without_positive_cases_nothing_is_said_of_them():
    found = intervals(0, 3, 0, 97)
    for name in ("recall", "f1", "balanced_accuracy", "mcc"):
        assert name == "f1" or all(math.isnan(end) for end in found[name]), name


def test_a_group_of_twins_counts_once():
    y, d, unit = decided(6, 4, 14, 76)
    once = confusions([(y, d, unit)], apart=False).intervals(NAMES)
    assert once["recall"] == pytest.approx(intervals(6, 4, 14, 76)["recall"])
    twins = confusions([tuple(np.repeat(part, 2) for part in (y, d, unit))], apart=False)
    for name, (low, high) in twins.intervals(NAMES).items():
        width, alone = high - low, once[name][1] - once[name][0]
        # Half a case on each side, and what few groups teach, count for a little more.
        assert width == pytest.approx(alone, rel=0.12), name


def test_folds_count_by_their_own_cases():
    # A mean over a fold with 5 called cases and one with 500 is worth little more than twice 5.
    folds = [decided(2, 3, 50, 500), decided(200, 300, 50, 500)]
    low, high = confusions(folds, apart=True).intervals(["precision"])["precision"]
    expected = jeffreys_interval(0.4, 4 / (1 / 5 + 1 / 500))
    assert (low, high) == pytest.approx(expected)


def test_a_case_that_is_tested_twice_is_no_two_cases():
    y, d, unit = decided(6, 4, 14, 76)
    twice = confusions([(y, d, unit), (y, d, unit)], apart=False, tests_a_case=2)
    found = twice.intervals(NAMES)
    for name, ends in intervals(6, 4, 14, 76).items():
        assert found[name] == pytest.approx(ends), name


def test_weights_count_and_uneven_ones_are_worth_less():
    y, d, unit = decided(6, 4, 14, 76)
    fold = [(y, d, unit)]
    even = confusions(fold, apart=True, weights=[np.full(100, 3.0)]).intervals(NAMES)
    assert even["recall"] == pytest.approx(intervals(6, 4, 14, 76)["recall"])
    assert even["mcc"] == pytest.approx(intervals(6, 4, 14, 76)["mcc"])
    uneven = np.where(np.arange(100) % 2, 1.0, 9.0)
    low, high = confusions(fold, apart=True, weights=[uneven]).intervals(["recall"])["recall"]
    assert high - low > 1.2 * np.diff(even["recall"])[0]
    # In groups, the same sums.
    grouped = confusions(fold, apart=False, weights=[uneven]).intervals(["recall"])["recall"]
    assert grouped == pytest.approx((low, high))


def test_moments_of_few_units_and_of_many_are_the_same(monkeypatch):
    rng = np.random.default_rng(3)
    folds = [
        (rng.integers(0, 2, 200), rng.integers(0, 2, 200), rng.integers(0, 40, 200))
        for _ in range(3)
    ]
    dense = confusions(folds, apart=False).intervals(NAMES)
    monkeypatch.setattr(confusion_intervals, "_DENSE", 0)
    for name, ends in confusions(folds, apart=False).intervals(NAMES).items():
        assert ends == pytest.approx(dense[name]), name


def test_gradient_of_the_correlation():
    shares = np.array([0.1, 0.2, 0.3, 0.4])
    steps = np.eye(4) * 1e-6
    numeric = [
        (_mcc_of((shares + step)[:, None]) - _mcc_of((shares - step)[:, None]))[0] / 2e-6
        for step in steps
    ]
    assert _gradient_of_mcc(shares) == pytest.approx(numeric, abs=1e-8)
    assert not _gradient_of_mcc(np.array([0.0, 0.0, 0.1, 0.9])).any()


@pytest.mark.parametrize("rates", [(0.002, 0.003, 0.04, 0.955), (0.1, 0.06, 0.1, 0.74)])
def test_intervals_hold_the_truth(rates):
    rng = np.random.default_rng(0)
    tp, fp, fn, tn = rates
    truth = {
        "accuracy": tp + tn, "precision": tp / (tp + fp), "recall": tp / (tp + fn),
        "f1": 2 * tp / (2 * tp + fp + fn), "mcc": float(_mcc_of(np.array(rates)[:, None])[0]),
        "balanced_accuracy": (tp / (tp + fn) + tn / (tn + fp)) / 2,
    }  # fmt: skip
    drawn = [intervals(*counts) for counts in rng.multinomial(2000, rates, 200)]
    for name, true in truth.items():
        held = np.mean([found[name][0] <= true <= found[name][1] for found in drawn])
        assert 0.95 - 3 * math.sqrt(0.05 * 0.95 / 200) <= held, name


class TestWeights:
    def of(self, weight, n=300, group=False):
        rng = np.random.default_rng(3)
        y, decided = rng.integers(0, 2, (2, n))
        unit = np.arange(n) // (3 if group else 1)
        names = ("accuracy", "precision", "recall", "f1", "balanced_accuracy", "mcc", "acted")
        weights = [None] if weight is None else [weight]
        made = confusions([(y, decided, unit)], apart=not group, weights=weights)
        return made.intervals(names)

    @pytest.mark.parametrize("group", [False, True])
    def test_equal_ones_are_none(self, group):
        plain, weighted = self.of(None, group=group), self.of(np.full(300, 4.0), group=group)
        for name, ends in plain.items():
            assert weighted[name] == pytest.approx(ends, rel=1e-9), name

    def test_heavy_rows_make_intervals_wide(self):
        heavy = np.where(np.arange(300) % 10 == 0, 50.0, 1.0)
        plain, weighted = self.of(None), self.of(heavy)
        for name, (low, high) in plain.items():
            assert weighted[name][1] - weighted[name][0] > 1.8 * (high - low), name
