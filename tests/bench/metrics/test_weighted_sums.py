"""Sums by unit, and the cases with the highest scores read off the steps of the ROC curve."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from intentbench.bench.metrics.ranked import Ranked
from intentbench.bench.metrics.weighted_sums import Columns, Weighted


def under(weights, y, unit=None):
    unit = np.arange(len(y)) if unit is None else unit
    n_cases, n_positive = np.bincount(unit), np.bincount(unit, weights=y)
    return Weighted(n_cases, n_positive, weights)


def found_in(y, p, weights, limit):
    """Read cases one tie after the other, from the highest score down."""
    found = read = 0.0
    for score in np.unique(p)[::-1]:
        tied = p == score
        weight = weights[tied].sum()
        if read + weight >= limit:
            fraction = (limit - read) / weight
            return found + fraction * weights[tied & (y == 1)].sum()
        found, read = found + weights[tied & (y == 1)].sum(), read + weight
    return found


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.booleans(), st.sampled_from([0.01, 0.1, 0.6]))
def test_cases_with_the_highest_scores_are_those_read_one_by_one(seed, ties, rate):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(2, 60))
    y, p = (rng.random(n) < rate).astype(int), rng.random(n)
    p = np.round(p, 1) if ties else p
    weights = rng.poisson(1.0, (n, 5)).astype(np.float32)
    weights[0] += 1  # a draw without any case has no tenth
    limit = np.float32(0.1) * weights.sum(axis=0)
    found = Ranked(y, p).sums(under(weights, y)).found_in(limit)
    expected = [found_in(y, p, weights[:, i], limit[i]) for i in range(5)]
    assert found == pytest.approx(expected, rel=1e-5, abs=1e-6)


@pytest.mark.parametrize("n_units", [40, 13])
def test_sums_over_units_are_those_over_their_cases(n_units):
    rng = np.random.default_rng(3)
    y, p = (rng.random(40) < 0.4).astype(int), np.round(rng.random(40), 1)
    unit = rng.permutation(40) % n_units
    weights = rng.poisson(1.0, (n_units, 6)).astype(np.float32)
    ranked = Ranked(y, p)
    of_units, by_case = under(weights, y, unit), under(weights[unit], y)
    steps, of_cases = ranked.by_unit(unit, n_units).sums(of_units), ranked.sums(by_case)
    for part in ("here", "found", "above", "tied", "read"):
        assert np.array_equal(getattr(steps, part), getattr(of_cases, part)), part
    columns = Columns(rng.normal(size=(3, 40)))
    assert columns.by_unit(unit, n_units).sums(of_units) == pytest.approx(columns.sums(by_case))


@pytest.mark.parametrize("most", [3, 40_000])  # 40,000 cases of a unit are too many for int16
def test_sums_of_counts_are_the_same_in_half_the_width(most):
    rng = np.random.default_rng(4)
    unit = np.repeat(np.arange(20), np.r_[most, np.full(19, 3)])
    y, p = (rng.random(len(unit)) < 0.4).astype(int), np.round(rng.random(len(unit)), 1)
    weights = rng.poisson(1.0, (20, 6)).astype(np.float32)
    ranked, narrow = Ranked(y, p).by_unit(unit, 20), under(weights, y, unit)
    assert (narrow.counts is None) == (most > 3)
    steps, wide = ranked.sums(narrow), ranked.sums(under(weights.astype(float), y, unit))
    for part in ("here", "found", "above", "tied"):
        assert np.array_equal(getattr(steps, part), getattr(wide, part)), part
