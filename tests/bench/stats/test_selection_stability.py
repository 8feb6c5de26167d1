from itertools import combinations

import numpy as np
import pytest
from intentbench.bench.stats.selection_stability import selection_stability


def drawn(n_samples, n_columns, n_kept, rng):
    return np.array([rng.permutation(n_columns) < n_kept for _ in range(n_samples)])


def kuncheva(kept):
    """The mean consistency of pairs that keep as many columns (Kuncheva, 2007)."""
    n_columns, n_kept = kept.shape[1], int(kept[0].sum())
    by_chance = n_kept**2 / n_columns
    pairs = [
        (float((one & other).sum()) - by_chance) / (n_kept - by_chance)
        for one, other in combinations(kept, 2)
    ]
    return np.mean(pairs)


def test_where_all_keep_as_many_it_is_the_mean_consistency_of_pairs():
    kept = drawn(6, 17, 5, np.random.default_rng(0))
    assert selection_stability(kept)[0] == pytest.approx(kuncheva(kept))


def test_the_same_columns_are_stable_and_columns_by_chance_are_not():
    same = np.tile([True, False, True, False], (5, 1))
    assert selection_stability(same) == (1.0, 0.0)
    rng = np.random.default_rng(1)
    assert abs(np.mean([selection_stability(drawn(5, 20, 6, rng))[0] for _ in range(400)])) < 0.01


def test_its_error_is_its_spread_over_samples():
    rng = np.random.default_rng(2)
    share = np.array([0.95, 0.9, 0.7, 0.5, 0.3, 0.1, 0.05, 0.05])
    found = np.array([selection_stability(rng.random((60, 8)) < share) for _ in range(300)])
    assert found[:, 1].mean() == pytest.approx(found[:, 0].std(), rel=0.15)


@pytest.mark.parametrize("kept", [np.ones((3, 4), bool), np.zeros((3, 4), bool), [[True, False]]])
def test_of_all_or_no_columns_or_of_one_sample_nothing_can_be_said(kept):
    assert np.isnan(selection_stability(np.array(kept))).all()
