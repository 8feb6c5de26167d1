import numpy as np
import pytest
from intentbench.bench.stats.training_variance import (
    Overlap,
    instability,
    overlap,
    share_of_change,
    training_ratio,
)


def shares(rows, n):
    return np.bincount(rows, minlength=n) / len(rows)


def test_overlap_of_three_folds_by_hand():
    # Each fits the six cases that it does not test.  Own overlap 1/6, of two folds 3/36; squares on
    # average (3/36 + 6/144) / 9, over 1/6 and times nine cases: 3/4.  What one tests, each of the
    # others fits: 3 * 1/6 * 1/3, for six of nine pairs, times nine cases: 1.
    tests = np.array_split(np.arange(9), 3)
    fits = [np.setdiff1d(np.arange(9), test) for test in tests]
    found = overlap(*(np.array([shares(rows, 9) for rows in side]) for side in (fits, tests)))
    assert found.between_fits == pytest.approx(0.75)
    assert found.test_with_fit == pytest.approx(1.0)
    assert found.n_fitted == pytest.approx(6.0)


def test_one_fold_has_the_ratio_of_test_to_fit_cases():
    found = overlap(shares(np.arange(8), 12)[None], shares(np.arange(8, 12), 12)[None])
    assert (found.between_fits, found.test_with_fit) == pytest.approx((0.5, 0.0))
    assert found.n_fitted == pytest.approx(8.0)


def test_weights_count_as_the_cases_that_they_tell_of():
    # Of ten tested cases one has all the weight but nothing: one case is tested.
    tests = np.array([[1.0 - 9e-9] + [1e-9] * 9 + [0.0] * 20])
    fits = shares(np.arange(10, 30), 30)[None]
    assert overlap(fits, tests).between_fits == pytest.approx(1 / 20)


def test_instability_is_none_for_fits_that_agree_and_all_for_fits_that_share_nothing():
    rng = np.random.default_rng(0)
    first, second = rng.normal(size=(2, 3, 20_000))
    said = [np.hstack([first, second])] * 2
    none = instability([np.zeros_like(first)] * 2, said, (1.0, 2.0))
    assert (none[~np.eye(3, dtype=bool)] == 0).all()
    # What two unrelated fits change is twice the variance of one.
    every = instability([(first - second) / np.sqrt(2)] * 2, said, (1.0, 2.0))
    assert every[~np.eye(3, dtype=bool)] == pytest.approx(1.0, abs=0.03)


def test_what_both_entries_share_does_not_count():
    rng = np.random.default_rng(0)
    shared, own = rng.normal(size=(2, 500))
    # Both change alike from fit to fit; they differ by something that stays.
    changes = [np.stack([shared, shared, rng.normal(size=500)])] * 2
    said = [np.stack([shared, shared + own, own])] * 2
    found = instability(changes, said, (1.0, 1.0))
    assert found[0, 1] == pytest.approx(0.0, abs=1e-12) and found[0, 2] > 0.5


def test_the_ratio_rises_with_instability_and_with_what_folds_share():
    plan, more = Overlap(0.8, 1.0, 400.0), Overlap(1.6, 1.0, 400.0)
    ratio = training_ratio(np.array([0.0, 0.1, 0.5, 1.0]), plan)
    assert ratio[0] == 0 and (np.diff(ratio) > 0).all()
    assert ratio[3] == pytest.approx(1.0 * 0.8 + 0.1)
    assert training_ratio(np.ones(1), more)[0] > ratio[3]


def test_clumps_are_the_share_of_cases_that_change_along():
    # All ten cases of either outcome change as one; of the second entry none is tied to another.
    changes = [np.full((2, 10), 0.5), np.full((2, 10), -0.2)]
    along = [np.square(of) * [[1.0], [0.0]] for of in changes]
    found = share_of_change(changes, along, (1.0, 3.0))
    assert np.diag(found) == pytest.approx([1.0, 0.0])
    assert found[0, 1] == found[1, 0] == pytest.approx(0.5)


def test_what_cannot_be_seen_has_no_clumps():
    changes = [np.array([[0.0, 0.0], [np.nan, np.nan]])] * 2
    found = share_of_change(changes, changes, (1.0, 1.0))
    assert found[0, 0] == 0 and np.isnan(found[[0, 1, 1], [1, 0, 1]]).all()
    plan = Overlap(0.8, 1.0, 400.0)
    assert training_ratio(np.ones((2, 2)), plan, found) == pytest.approx(0.9)


def test_large_clumps_add_to_the_ratio():
    plan = Overlap(0.8, 1.0, 6400.0)
    # A tenth of the root of 640 cases.
    assert training_ratio(np.ones(1), plan, 0.1)[0] == pytest.approx(0.8 * 2.53 + 0.1, rel=0.01)
    assert training_ratio(np.ones(1), plan, 0.001)[0] == pytest.approx(0.8 + 0.1)
    assert training_ratio(np.zeros(1), plan, 0.1)[0] == 0


def test_what_changes_of_full_grown_trees_is_as_even_as_stable_fits():
    plan = Overlap(0.8, 1.0, 6400.0)
    ratios = training_ratio(np.ones(3), plan, 0.0, np.array([0.0, 0.5, 1.0]))
    assert ratios == pytest.approx([0.8 + 0.1, 0.6 + 0.1, 0.4 + 0.1])
    assert training_ratio(np.ones(1), plan, 0.1, 1.0) == training_ratio(np.ones(1), plan, 0.1)
