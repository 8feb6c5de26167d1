import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from intentbench.bench.stats.equivalence import cases_needed, odds_of
from scipy import stats


def test_odds_are_areas_under_the_posterior():
    odds = odds_of(0.012, 0.004, 0.01)
    draws = 0.012 + 0.004 * stats.norm.rvs(size=400_000, random_state=0)
    assert odds.better == pytest.approx(np.mean(draws > 0.01), abs=0.004)
    assert odds.worse == pytest.approx(np.mean(draws < -0.01), abs=0.002)
    assert odds.equal == pytest.approx(np.mean(np.abs(draws) <= 0.01), abs=0.004)


@given(st.floats(-1, 1), st.floats(0, 1))
def test_odds_add_up_and_turn_with_the_sign(mean, error):
    odds, turned = (odds_of(m, error, 0.01) for m in (mean, -mean))
    assert odds.better + odds.equal + odds.worse == pytest.approx(1)
    assert min(odds.better, odds.equal, odds.worse) >= 0
    assert (odds.better, odds.worse) == pytest.approx((turned.worse, turned.better))


def test_no_doubt_is_left_without_an_error():
    assert odds_of(0.02, 0.0, 0.01).better == 1
    assert odds_of(0.0, 0.0, 0.01).equal == 1
    assert odds_of(-0.02, 0.0, 0.01).worse == 1


def test_so_many_cases_do_find_the_difference_eight_times_in_ten():
    rng = np.random.default_rng(0)
    n = cases_needed(0.1, 2.0 / math.sqrt(100), 100)
    found = []
    for _ in range(2000):
        seen = 0.1 + 2.0 * rng.normal(size=round(n))
        found.append(stats.ttest_1samp(seen, 0).pvalue <= 0.05)
    assert np.mean(found) == pytest.approx(0.8, abs=0.03)


def test_nothing_is_said_of_no_difference():
    assert math.isnan(cases_needed(0.0, 0.1, 100)) and math.isnan(cases_needed(0.1, 0.0, 100))
