"""A small version of ``make validity``; bounds allow for the number of simulations (3 errors)."""

from functools import cache

import numpy as np
import pytest
from intentbench.bench.judge import pairwise, validity
from intentbench.bench.judge.simulated_tables import Plan
from intentbench.bench.judge.validity import race, races

N = 150


def bounds(low, high, n=N):
    """Widen the wanted range by three standard errors of a share of so many simulations."""
    return low - 3 * np.sqrt(low * (1 - low) / n), high + 3 * np.sqrt(high * (1 - high) / n)


@pytest.fixture(scope="module")
def found():
    """What tables of each size said that are dealt from the data sets of a plan."""

    @cache
    def of(plan):
        return races(plan, SIZES[plan], N, n_draws=200)

    return of


OF_TREES = Plan(600, "3 folds", 5, "small trees")
SIZES = {
    Plan(600, n_models=5): (2, 5),
    Plan(600, "in time"): (2,),
    Plan(600, "hold-out", 5, "small trees"): (5,),
    OF_TREES: (3, 5),
}


@pytest.mark.parametrize("plan, size", [(plan, size) for plan in SIZES for size in SIZES[plan]])
def test_false_alarms_are_rare_and_the_best_is_in_the_race(plan, size, found):
    said = found(plan)[size]
    assert said.alarms <= bounds(0.06, 0.06)[1]
    assert said.best_in_race >= bounds(0.95, 0.95)[0]


def test_test_cases_alone_raise_many_alarms_about_methods(found):
    said = found(OF_TREES)[5]
    assert said.alarms_as_fitted > bounds(0.06, 0.06)[1] > said.alarms


def test_where_each_pair_stands_alone_alarms_are_many(monkeypatch):
    def ignoring_the_others(task, scores, key, rows):
        order = sorted(rows, key=lambda row: -scores.by_fold[key][row].mean())
        pairs = [[(order[0], row)] for row in order[1:]]
        return order, [pairwise.gaps(task, scores, key, pair)[0] for pair in pairs]

    monkeypatch.setattr(validity, "behind", ignoring_the_others)
    assert race(Plan(600, "in time", 8), N, n_draws=200).alarms > bounds(0.06, 0.06)[1]


def test_a_clear_difference_is_found():
    found = race(Plan(2000, clearer=1.0), 30, n_draws=200)
    assert found.alone > 0.9 and found.in_race < 1.2
