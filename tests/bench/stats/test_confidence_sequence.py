import math

import numpy as np
from intentbench.bench.stats.confidence_sequence import sequence_reach
from scipy import stats


def test_it_is_wider_than_an_interval_of_one_look():
    for n_units in (30, 500, 10**6):
        assert sequence_reach(1.0, n_units) > stats.norm.ppf(0.975)


def test_it_is_the_formula_of_the_paper():
    n, error, outside = 800, 0.02, 0.05
    rho = math.sqrt((-2 * math.log(outside) + math.log(-2 * math.log(outside)) + 1) / 500)
    sigma = error * math.sqrt(n)
    inside = 2 * (n * rho**2 + 1) / (n**2 * rho**2)
    expected = sigma * math.sqrt(inside * math.log(math.sqrt(n * rho**2 + 1) / outside))
    assert math.isclose(sequence_reach(error, n), expected)


def test_all_looks_together_hold_the_mean_as_often_as_was_said():
    rng = np.random.default_rng(0)
    at = np.arange(50, 2001, 25)
    missed = 0
    for _ in range(300):
        values = (rng.random(2000) < 0.2).astype(float)
        for n in at:
            seen = values[:n]
            reach = sequence_reach(seen.std(ddof=1) / math.sqrt(n), n)
            if abs(seen.mean() - 0.2) > reach:
                missed += 1
                break
    assert missed <= 24  # 15 are to be expected at most; 25 or more have a chance of 1 %
