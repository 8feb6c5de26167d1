import math

import numpy as np
import pytest
from intentbench.bench.stats.clustered import error_of, mean_of, shares_of


def test_without_groups_it_is_the_standard_error_of_a_mean():
    values = np.random.default_rng(0).exponential(size=200)
    found = mean_of(values)
    assert found.value == values.mean() and found.n_units == 200
    assert found.error == pytest.approx(values.std(ddof=1) / math.sqrt(200))


def test_of_groups_of_equal_cases_it_is_that_of_one_case_each():
    of_group = np.random.default_rng(1).normal(size=50)
    group = np.repeat(np.arange(50), 4)
    found = mean_of(of_group[group], group)
    assert found.error == pytest.approx(of_group.std(ddof=1) / math.sqrt(50))
    assert found.n_units == 50


def test_whole_weights_move_the_mean_as_repeated_cases():
    values, weight = np.array([1.0, 2.0, 5.0]), np.array([3.0, 1.0, 2.0])
    repeated = np.repeat(values, weight.astype(int))
    found = mean_of(values, None, weight)
    assert found.value == pytest.approx(repeated.mean())
    # Those repeated are one witness each.
    group = np.repeat(np.arange(3), weight.astype(int))
    assert found.error == pytest.approx(mean_of(repeated, group).error)


def test_one_unit_has_no_error():
    assert math.isnan(mean_of(np.array([1.0, 2.0]), np.array([0, 0])).error)
    assert math.isnan(error_of(np.array([0.0])))


def test_shares_of_independent_cases_know_what_so_many_cases_know():
    codes = np.random.default_rng(2).integers(0, 4, 300)
    found = shares_of(codes, 5)
    assert found.n_effective == 300
    np.testing.assert_allclose(found.shares, np.bincount(codes, minlength=5) / 300)
    # Each case its own group is the same, but for the n - 1 of a sample.
    alone = shares_of(codes, 5, np.arange(300))
    assert alone.n_effective == pytest.approx(299, rel=1e-9)


def test_copies_add_nothing_to_the_effective_number():
    codes = np.random.default_rng(3).integers(0, 4, 200)
    group = np.repeat(np.arange(200), 6)
    assert shares_of(codes[group], 4, group).n_effective == pytest.approx(199, rel=1e-9)
    same = shares_of(np.zeros(30, dtype=int), 2, np.repeat(np.arange(5), 6))
    assert same.n_effective == 5


def test_effective_number_is_that_of_the_design_effect():
    rng = np.random.default_rng(4)

    def draw():
        taste = rng.dirichlet([1.0, 1.0, 1.0], 150)
        codes = np.array([rng.choice(3, 5, p=p) for p in taste]).ravel()
        return shares_of(codes, 3, np.repeat(np.arange(150), 5))

    # Two answers of one person are alike by 1/4 (1 / (1 + sum of Dirichlet's parameters)): five
    # cases have a design effect of 1 + 4/4.
    drawn = [draw() for _ in range(100)]
    assert np.median([found.n_effective for found in drawn]) == pytest.approx(750 / 2, rel=0.03)
