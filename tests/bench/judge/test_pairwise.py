from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from intentbench.bench.judge.pairwise import behind, gaps
from intentbench.bench.judge.scoring import Scores
from intentbench.bench.metrics.key import Key
from intentbench.bench.splits.fold import Fold, Split
from intentbench.bench.store.records import TaskRecord
from intentbench.bench.task import Card

AUC = Key("roc_auc")
N_CASES, N_DRAWS = 300, 400


def table(n_entries, n_folds, seed=0):
    """Figures of entries that differ, by fold and in shared draws."""
    rng = np.random.default_rng(seed)
    worth = 0.7 + 0.02 * rng.normal(size=(n_entries, 1))
    by_fold = worth + 0.01 * rng.normal(size=(n_entries, n_folds))
    draws = by_fold.mean(axis=1, keepdims=True) + 0.006 * rng.normal(size=(n_entries, N_DRAWS))
    return by_fold, draws


def task(n_folds, in_time=False):
    y = (np.arange(N_CASES) % 3 == 0).astype(np.int8)
    rows = np.arange(N_CASES)
    folds = []
    for number, test in enumerate(np.array_split(rows, n_folds + (n_folds == 1))[:n_folds]):
        train = np.setdiff1d(rows, test)
        folds.append(Fold(number, test, (Split(train[20:], train[:20]),)))
    time = rows.astype("datetime64[s]") if in_time else None
    card = Card("Drawn", "?", "drawn at random", "none", "drawn", real=False)
    return TaskRecord("drawn", card, "", 0, 0, False, "", y, None, time, tuple(folds))


@pytest.mark.parametrize(("n_folds", "in_time"), [(5, False), (3, False), (3, True), (1, False)])
def test_an_interval_leaves_zero_out_just_where_a_difference_is_established(n_folds, in_time):
    established = 0
    for seed in range(10):
        by_fold, draws = table(9, n_folds, seed)
        pairs = list(combinations(range(9), 2))
        for gap in gaps(task(n_folds, in_time), Scores({AUC: by_fold}, {AUC: draws}), AUC, pairs):
            outside = not gap.difference.low <= 0 <= gap.difference.high
            assert gap.established == outside == (gap.p_value <= 0.05)
            established += gap.established
    assert 20 < established < 340


@pytest.mark.parametrize("in_time", [False, True])
def test_twins_are_equal_whatever_else_is_compared(in_time):
    by_fold, draws = table(6, 3)
    by_fold[1], draws[1] = by_fold[0], draws[0]
    by_fold[5] = [0.5, 0.7, 0.95]  # as a plugin of hard labels can be
    pairs = list(combinations(range(6), 2))
    found = gaps(task(3, in_time), Scores({AUC: by_fold}, {AUC: draws}), AUC, pairs)
    twins = found[pairs.index((0, 1))]
    assert (twins.difference.low, twins.difference.high, twins.p_value) == (0.0, 0.0, 1.0)
    assert twins.odds.equal == 1 and not twins.established


def test_where_few_cases_are_positive_intervals_are_wider():
    by_fold, draws = table(4, 1)
    scores = Scores({AUC: by_fold}, {AUC: draws}, np.zeros((4, 4)))
    reaches = {}
    for n_positive in (50, 8):
        target = (np.arange(N_CASES) % (N_CASES // 2 // n_positive) == 0).astype(np.int8)
        few = replace(task(1), target=target)
        assert target[few.folds[0].test].sum() >= n_positive
        (gap,) = gaps(few, scores, AUC, [(0, 1)])
        reaches[n_positive] = gap.difference.high - gap.difference.value
    size = (draws[0] - draws[1]).std(ddof=1)
    assert reaches[50] == pytest.approx(1.96 * size, rel=0.1)
    # 1.96 / sqrt(1 - 1.96**2 / most), where most is seven squared over six.
    assert reaches[8] == pytest.approx(2.69 * np.sqrt(8 / 7) * size, rel=0.1)


def test_with_a_handful_of_positive_cases_nothing_stands_out_among_many():
    rng = np.random.default_rng(0)
    target = np.zeros(N_CASES, dtype=np.int8)
    target[: N_CASES // 2 : 25] = 1
    few = replace(task(1), target=target)
    assert target[few.folds[0].test].sum() == 6
    worth = np.array([0.9, *[0.5] * 11])
    draws = worth[:, None] + 0.01 * rng.normal(size=(12, N_DRAWS))
    scores = Scores({AUC: worth[:, None]}, {AUC: draws}, np.zeros((12, 12)))
    _, found = behind(few, scores, AUC, range(12))
    assert not any(gap.established for gap in found)
    # The interval does not leave zero out, either, although the draws never come near it.
    assert all(gap.difference.low <= 0 for gap in found)
    _, found = behind(task(1), scores, AUC, range(12))
    assert all(gap.established for gap in found)


def test_what_is_not_defined_takes_no_part():
    by_fold, draws = table(4, 3)
    without = gaps(task(3), Scores({AUC: by_fold}, {AUC: draws}), AUC, [(0, 1), (0, 2)])
    by_fold[3, 1], draws[3] = np.nan, np.nan
    found = gaps(task(3), Scores({AUC: by_fold}, {AUC: draws}), AUC, [(0, 1), (0, 2), (0, 3)])
    assert [gap.difference for gap in found[:2]] == [gap.difference for gap in without]
    assert not found[2].difference.available and not found[2].established
    assert found[2].odds is None


@pytest.mark.parametrize(("n_folds", "in_time"), [(5, False), (3, True), (1, False)])
def test_the_set_of_the_best_and_its_intervals_say_the_same(n_folds, in_time):
    n_behind = 0
    for seed in range(10):
        by_fold, draws = table(9, n_folds, seed)
        scores = Scores({AUC: by_fold}, {AUC: draws})
        order, found = behind(task(n_folds, in_time), scores, AUC, range(9))
        values = by_fold.mean(axis=1)
        assert order == sorted(range(9), key=lambda row: -values[row])
        for row, gap in zip(order[1:], found, strict=True):
            assert gap.difference.value == pytest.approx(values[order[0]] - values[row])
            assert gap.established == (gap.difference.low > 0) == (gap.p_value <= 0.05)
            assert gap.as_fitted.established == (gap.as_fitted.low > 0)
            # Other train cases can only widen what other test cases leave open.
            assert gap.as_fitted.low >= gap.difference.low or gap.established
            n_behind += gap.established
    assert 10 < n_behind < 80


def test_the_set_is_sharper_than_all_pairs():
    by_fold, draws = table(20, 3)
    scores = Scores({AUC: by_fold}, {AUC: draws})
    order, found = behind(task(3), scores, AUC, range(20))
    pairs = [(order[0], row) for row in order[1:]] + list(combinations(order[1:], 2))
    for ours, among_all in zip(found, gaps(task(3), scores, AUC, pairs)[:19], strict=True):
        assert ours.difference.value == pytest.approx(among_all.difference.value)
        assert ours.difference.low > among_all.difference.low
        assert ours.p_value <= among_all.p_value


def test_a_twin_of_the_best_is_in_the_race_whatever_else_is_in_the_table():
    by_fold, draws = table(6, 3)
    best = int(by_fold.mean(axis=1).argmax())
    by_fold = np.vstack([by_fold, by_fold[best], [0.4, 0.6, 0.85], [0.5, 0.5, 0.5]])
    draws = np.vstack([draws, draws[best], draws[0] - 0.1, np.full(N_DRAWS, 0.5)])
    order, found = behind(task(3), Scores({AUC: by_fold}, {AUC: draws}), AUC, range(9))
    assert set(order[:2]) == {best, 6}
    twin = found[0]
    assert (twin.difference.low, twin.difference.value, twin.difference.high) == (0.0, 0.0, 0.0)
    assert twin.practically_equal and twin.odds.equal == 1 and twin.p_value == 1.0


def test_the_order_of_those_without_a_figure_is_last():
    by_fold, draws = table(4, 3)
    by_fold[1, 0], draws[1] = np.nan, np.nan
    order, found = behind(task(3), Scores({AUC: by_fold}, {AUC: draws}), AUC, range(4))
    assert order[-1] == 1 and not found[-1].established and found[-1].odds is None
    without = behind(task(3), Scores({AUC: by_fold}, {AUC: draws}), AUC, [0, 2, 3])
    assert [gap.difference for gap in found[:-1]] == [gap.difference for gap in without[1]]


def test_training_widens_the_one_answer_and_not_the_other():
    by_fold, draws = table(3, 3)
    still, shaken = (
        gaps(task(3), Scores({AUC: by_fold}, {AUC: draws}, np.full((3, 3), ratio)), AUC, [(0, 1)])
        for ratio in (0.0, 3.0)
    )
    widths = [gap.difference.high - gap.difference.low for gap in (still[0], shaken[0])]
    assert widths[1] == pytest.approx(2 * widths[0], rel=0.01)
    assert still[0].as_fitted == shaken[0].as_fitted
    assert still[0].as_fitted.low == pytest.approx(still[0].difference.low)
