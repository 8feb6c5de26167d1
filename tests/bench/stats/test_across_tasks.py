import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from intentbench.bench.stats.across_tasks import (
    AcrossTasks,
    across_tasks,
    signed_rank_odds,
)
from scipy import stats


def table(values, models="abcdefgh"):
    return {
        f"task {i}": dict(zip(models, map(float, row), strict=False))
        for i, row in enumerate(np.asarray(values))
    }


def drawn(n_tasks=12, skills=(0.0, 0.02, 0.05), noise=0.005, seed=0):
    rng = np.random.default_rng(seed)
    hard = rng.uniform(0.6, 0.9, (n_tasks, 1))
    return hard - np.array(skills) + noise * rng.normal(size=(n_tasks, len(skills)))


def test_ranks_are_those_of_scipy():
    values = drawn(noise=0.03)
    ranks = stats.rankdata(-values, axis=1).mean(axis=0)
    found = across_tasks(table(values), rope=0.01)
    assert found.ranks == pytest.approx(dict(zip("abc", ranks, strict=True)))


def test_p_values_of_two_models_are_those_of_the_sign_test():
    # The better one wins on 7 of 8 tasks: 2 * (1 + 8) / 2**8.
    values = np.column_stack([np.full(8, 0.7), np.full(8, 0.6)])
    values[0] = values[0, ::-1]
    (other,) = across_tasks(table(values), rope=0.01).against
    assert other.p_value == pytest.approx(18 / 256, abs=0.025)


def test_clear_losers_are_behind_and_twins_stand_together():
    found = across_tasks(table(drawn(30, (0.0, 0.0, 0.2), 0.01)), rope=0.01)
    twin, far = found.against
    assert far.name == "c" and far.p_value <= 0.01 and far.odds.better > 0.99
    assert twin.p_value > 0.05


def test_equal_models_are_rarely_called_behind():
    alarms = sum(
        any(
            other.p_value <= 0.05
            for other in across_tasks(table(drawn(8, (0.0,) * 6, 0.02, seed)), rope=0.01).against
        )
        for seed in range(200)
    )
    assert alarms <= 0.05 * 200 + 3 * math.sqrt(0.05 * 0.95 * 200)


def test_odds_know_practical_equality():
    rng = np.random.default_rng(0)
    assert signed_rank_odds(0.001 * rng.normal(size=20), 0.01).equal > 0.95
    assert signed_rank_odds(0.05 + 0.01 * rng.normal(size=20), 0.01).better > 0.95
    assert signed_rank_odds(-0.05 + 0.01 * rng.normal(size=20), 0.01).worse > 0.95


def test_models_and_tasks_without_scores_are_left_out_and_named():
    scores = table(drawn(9))
    for i in range(5):
        del scores[f"task {i}"]["c"]
    scores["task 8"]["b"] = math.nan
    found = across_tasks(scores, rope=0.01)
    assert set(found.ranks) == {"a", "b"} and len(found.tasks) == 8
    assert found.left_out == {
        "c": "has no score on 5 of 9 tasks", "task 8": "a model has no score on it",
    }  # fmt: skip


@pytest.mark.parametrize("scores", [{}, table(drawn(4)), table(drawn(9)[:, :1])])
def test_too_little_is_said_to_be_too_little(scores):
    assert "too few to compare across tasks" in across_tasks(scores, rope=0.01)


@settings(max_examples=25, deadline=None)
@given(st.integers(2, 5), st.integers(5, 8), st.integers(0, 10_000))
def test_ties_everywhere_break_nothing(n_models, n_tasks, seed):
    values = np.random.default_rng(seed).integers(0, 2, (n_tasks, n_models)) / 10
    found = across_tasks(table(values), rope=0.01)
    assert isinstance(found, AcrossTasks)
    numbers = [*found.ranks.values(), *(a.p_value for a in found.against)]
    assert np.isfinite(numbers).all() and all(0 <= a.p_value <= 1 for a in found.against)


@pytest.mark.parametrize(
    ("differences", "least"), [([0.1] * 5, 2 / 32), ([0.1, 0.1, 0.2, 0.3, 0.4], 2 / 32)]
)
def test_ties_do_not_make_five_tasks_say_more_than_they_can(differences, least):
    values = np.column_stack([0.5 + np.array(differences), np.full(5, 0.5)])
    found = across_tasks(table(values), rope=0.01)
    assert found.against[0].p_value == pytest.approx(least, abs=0.025)
