import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from intentbench.bench.stats.moderated_variance import moderated
from scipy import stats


def drawn(n, prior, common, freedom, seed=0):
    """Draw true variances from a scaled inverse chi-squared, and what few folds show of them."""
    rng = np.random.default_rng(seed)
    true = prior * common / rng.chisquare(prior, n)
    return true, true * rng.chisquare(freedom, n) / freedom


@pytest.mark.parametrize("freedom", [2, 4])
def test_the_common_distribution_is_found(freedom):
    _, seen = drawn(20_000, 6.0, 2.0, freedom)
    shrunk, total = moderated(seen, freedom)
    assert total - freedom == pytest.approx(6.0, rel=0.1)
    common = (shrunk * total - freedom * seen) / (total - freedom)
    assert common == pytest.approx(2.0, rel=0.03)


def test_tests_with_moderated_variances_keep_their_level_and_gain_power():
    true, seen = drawn(20_000, 5.0, 1.0, 2)
    rng = np.random.default_rng(1)
    chance = rng.normal(size=20_000) * np.sqrt(true)
    shrunk, freedom = moderated(seen, 2)

    def rejected(difference, variance, freedom):
        return np.mean(2 * stats.t.sf(np.abs(difference) / np.sqrt(variance), freedom) <= 0.01)

    assert rejected(chance, shrunk, freedom) == pytest.approx(0.01, abs=0.003)
    shifted = chance + 6
    assert rejected(shifted, shrunk, freedom) > 2 * rejected(shifted, seen, 2)


def test_variances_that_are_all_alike_become_their_mean_and_no_more_certain_than_that():
    seen = 3.0 * np.random.default_rng(2).chisquare(2, 50) / 2
    shrunk, freedom = moderated(seen, 2)
    assert freedom == pytest.approx(2 + 100)
    assert np.ptp(shrunk) < 0.1 * np.ptp(seen) and shrunk.mean() == pytest.approx(3.0, rel=0.3)


def test_one_or_two_variances_stay_as_they_are():
    for seen in (np.array([2.0]), np.array([2.0, 9.0]), np.array([0.0, 0.0, 0.0, 4.0])):
        shrunk, freedom = moderated(seen, 3)
        assert np.array_equal(shrunk, seen) and freedom == 3


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.sampled_from([0.0, 1e-300, 1e-30, 1e-9, 1.0, 1e6]), min_size=1, max_size=12),
    st.integers(1, 9),
)
def test_whatever_comes_is_finite_and_between_the_extremes(seen, freedom):
    seen = np.array(seen)
    shrunk, total = moderated(seen, freedom)
    assert np.isfinite(shrunk).all() and (shrunk >= 0).all() and total >= freedom
    order = np.argsort(seen, kind="stable")
    assert (np.diff(shrunk[order]) >= 0).all()
