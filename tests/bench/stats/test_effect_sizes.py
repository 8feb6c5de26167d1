import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from intentbench.bench.stats.clustered import Shares
from intentbench.bench.stats.effect_sizes import (
    cohens_w,
    share_difference,
    stability_index,
    together,
)
from scipy import stats

LEVEL = 0.95


def of_counts(counts):
    counts = np.array(counts, dtype=float)
    return Shares(counts / counts.sum(), counts.sum())


def test_it_is_the_chi_square_of_a_table_freed_of_chance():
    before, after = [200, 300, 500], [90, 60, 50]
    chi2, _, freedom, _ = stats.chi2_contingency([before, after], correction=False)
    n = 1000 * 200 / 1200
    found = cohens_w(of_counts(before), of_counts(after), LEVEL, ordered=True)
    assert found.value == pytest.approx(math.sqrt((chi2 - freedom) / n), rel=1e-9)


def test_ends_are_where_so_much_is_as_improbable_as_was_said():
    before, after = [200, 300, 500], [90, 60, 50]
    chi2, _, freedom, _ = stats.chi2_contingency([before, after], correction=False)
    n = 1000 * 200 / 1200
    found = cohens_w(of_counts(before), of_counts(after), LEVEL, ordered=True)
    assert stats.ncx2.sf(chi2, freedom, n * found.low**2) == pytest.approx(0.025, rel=1e-4)
    assert stats.ncx2.cdf(chi2, freedom, n * found.high**2) == pytest.approx(0.025, rel=1e-4)


def test_what_is_alike_has_no_effect():
    found = cohens_w(of_counts([50, 50]), of_counts([520, 480]), LEVEL, ordered=True)
    assert found.value == found.low == 0 and found.high > 0


def test_too_few_cases_say_nothing():
    found = cohens_w(of_counts([50, 50]), of_counts([4, 3]), LEVEL, ordered=True)
    assert math.isnan(found.value) and math.isnan(found.low)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.integers(0, 400), min_size=3, max_size=9).filter(lambda c: sum(c) > 100),
    st.lists(st.integers(0, 400), min_size=3, max_size=9).filter(lambda c: sum(c) > 100),
    st.booleans(),
)
def test_interval_holds_the_value_and_widens_with_the_level(before, after, ordered):
    size = min(len(before), len(after))
    before, after = before[:size], after[:size]
    if not sum(before) or not sum(after):
        return
    narrow, wide = (
        cohens_w(of_counts(before), of_counts(after), level, ordered=ordered)
        for level in (0.9, 0.99999)
    )
    if math.isnan(narrow.value):
        return
    assert 0 <= wide.low <= narrow.low <= narrow.value <= narrow.high <= wide.high


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(0.001, 1), min_size=1, max_size=12), st.floats(20, 5000), st.booleans())
def test_bins_are_put_together_without_losing_a_case(shares, n, ordered):
    shares = np.array(shares) / np.sum(shares)
    before, after = together(shares, shares[::-1], n, ordered=ordered)
    assert before.sum() == pytest.approx(1) and after.sum() == pytest.approx(1)
    assert len(before) == 1 or (n * before >= 10 - 1e-9).all()


@pytest.mark.parametrize(("n_new", "level"), [(300, 0.99), (1000, 0.999)])
def test_no_drift_is_taken_for_some_more_seldom_than_was_said(n_new, level):
    rng = np.random.default_rng(0)
    p = np.array([0.55, 0.2, 0.1, 0.08, 0.04, 0.02, 0.01])
    n_draws, false = 1000, 0
    before = rng.multinomial(8000, p, n_draws)
    after = rng.multinomial(n_new, p, n_draws)
    for one, other in zip(before, after, strict=True):
        chi2_low = cohens_w(of_counts(one), of_counts(other), level, ordered=False).low
        false += chi2_low > 0
    said = (1 - level) / 2
    assert false <= stats.binom.ppf(0.999, n_draws, said)


def test_difference_of_shares_is_newcombes():
    # Newcombe (1998), table II, example (a): 56 of 70 less 48 of 80, method 10.
    found = share_difference(48 / 80, 80, 56 / 70, 70, 0.95)
    assert found.value == pytest.approx(0.2)
    assert (found.low, found.high) == pytest.approx((0.0524, 0.3339), abs=5e-5)


def test_difference_of_shares_agrees_with_wilson_of_scipy_against_a_known_share():
    found = share_difference(0.0, 1e12, 30 / 400, 400, 0.99)
    wilson = stats.binomtest(30, 400).proportion_ci(0.99, method="wilson")
    assert (found.low, found.high) == pytest.approx((wilson.low, wilson.high), abs=1e-6)


def test_stability_index_is_symmetric_and_near_the_square_of_w():
    p, q = np.full(10, 0.1), np.array([0.12, 0.08] * 5)
    assert stability_index(p, q) == pytest.approx(stability_index(q, p))
    found = cohens_w(Shares(p, 1e9), Shares(q, 1e9), LEVEL, ordered=True)
    assert stability_index(p, q) == pytest.approx(found.value**2, rel=0.03)
    assert math.isfinite(stability_index(np.array([0.0, 1.0]), np.array([1.0, 0.0])))
