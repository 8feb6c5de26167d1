from itertools import combinations

import numpy as np
import pytest
from intentbench.bench.judge.drawn_task import drawn_task
from intentbench.bench.judge.pairwise import gaps
from intentbench.bench.judge.scoring import Scores
from intentbench.bench.metrics.key import Key

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
    return drawn_task(y, np.array_split(np.arange(N_CASES), n_folds), None, in_time=in_time)


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


def test_what_is_not_defined_takes_no_part():
    by_fold, draws = table(4, 3)
    without = gaps(task(3), Scores({AUC: by_fold}, {AUC: draws}), AUC, [(0, 1), (0, 2)])
    by_fold[3, 1], draws[3] = np.nan, np.nan
    found = gaps(task(3), Scores({AUC: by_fold}, {AUC: draws}), AUC, [(0, 1), (0, 2), (0, 3)])
    assert [gap.difference for gap in found[:2]] == [gap.difference for gap in without]
    assert not found[2].difference.available and not found[2].established
    assert found[2].odds is None
