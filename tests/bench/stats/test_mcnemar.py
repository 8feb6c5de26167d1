import numpy as np
import pytest
from intentbench.bench.stats.mcnemar import mcnemar
from scipy.stats import binomtest


def decided(only_first, only_second, both=30, neither=5):
    """Outcomes and decisions with these numbers of cases that one, both or no model got right."""
    counts = (only_first, only_second, both, neither)
    y = np.arange(sum(counts)) % 2
    first_right = np.repeat([1, 0, 1, 0], counts)
    second_right = np.repeat([0, 1, 1, 0], counts)
    return y, np.where(first_right, y, 1 - y), np.where(second_right, y, 1 - y)


@pytest.mark.parametrize(("one", "other"), [(1, 9), (9, 1), (0, 6), (12, 12), (1, 0), (14, 10)])
def test_few_discordant_cases_are_tested_exactly(one, other):
    found = mcnemar(*decided(one, other))
    assert (found.only_first, found.only_second) == (one, other)
    assert found.p_value == pytest.approx(binomtest(one, one + other).pvalue)


def test_mid_p_by_hand():
    # 25 discordant cases, 6 on the smaller side: sums of binomial coefficients up to 5, and the
    # half of the sixth, twice, over 2 to the 25th.
    coefficients = [1, 25, 300, 2300, 12650, 53130, 177100]
    expected = 2 * (sum(coefficients[:-1]) + coefficients[-1] / 2) / 2**25
    assert mcnemar(*decided(6, 19)).p_value == pytest.approx(expected)
    assert mcnemar(*decided(19, 6)).p_value == pytest.approx(expected)


def test_many_discordant_cases_agree_with_the_chi_squared_test():
    # (5200 - 5000)^2 / 10200 = 3.9216: p = 0.04766.
    assert mcnemar(*decided(5200, 5000)).p_value == pytest.approx(0.04766, abs=1e-4)


@pytest.mark.parametrize("discordant", [0, 200])
def test_models_that_are_right_equally_often_do_not_differ(discordant):
    found = mcnemar(*decided(discordant // 2, discordant // 2))
    assert found.p_value == pytest.approx(1.0, abs=1e-12)


def test_cases_on_which_models_agree_say_nothing():
    few, many = mcnemar(*decided(20, 40, 0, 0)), mcnemar(*decided(20, 40, 9000, 500))
    assert few == many


@pytest.mark.parametrize("n", [20, 200])
def test_equal_models_are_rarely_told_apart(n):
    rng = np.random.default_rng(n)
    most, n_simulations, rejected = 0.06, 1500, 0
    for one in rng.binomial(n, 0.5, n_simulations):
        rejected += mcnemar(*decided(int(one), n - int(one), 5, 5)).p_value <= 0.05
    # Wider by three standard errors of a share of so many simulations.
    assert rejected / n_simulations <= most + 3 * np.sqrt(most * (1 - most) / n_simulations)
