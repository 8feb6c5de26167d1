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


def test_ranks_friedman_and_wilcoxon_are_those_of_scipy():
    values = drawn(noise=0.03)
    found = across_tasks(table(values), rope=0.01)
    ranks = stats.rankdata(-values, axis=1).mean(axis=0)
    assert found.ranks == pytest.approx(dict(zip("abc", ranks, strict=True)))
    chi2 = stats.friedmanchisquare(*values.T).statistic
    f = 11 * chi2 / (12 * 2 - chi2)
    assert found.friedman_p == pytest.approx(stats.f.sf(f, 2, 22))
    best = min(found.ranks, key=found.ranks.get)
    raw = {
        other.name: stats.wilcoxon(
            values[:, "abc".index(best)] - values[:, "abc".index(other.name)]
        ).pvalue
        for other in found.against
    }
    lowest = min(raw, key=raw.get)
    by_name = {other.name: other.p_value for other in found.against}
    assert by_name[lowest] == pytest.approx(min(1, 2 * raw[lowest]))


def test_critical_difference_is_that_of_the_published_table():
    # Demsar (2006), table 5: q = 2.343 for three models, 2.728 for five.
    for n_models, q in ((3, 2.343), (5, 2.728)):
        found = across_tasks(table(drawn(10, np.linspace(0, 0.1, n_models))), rope=0.01)
        expected = q * math.sqrt(n_models * (n_models + 1) / 60)
        assert found.critical_difference == pytest.approx(expected, abs=2e-3)


def test_clear_winners_are_told_apart_and_twins_stand_together():
    found = across_tasks(table(drawn(30, (0.0, 0.0, 0.2), 0.01)), rope=0.01)
    assert set(found.groups) == {tuple(list(found.ranks)[:2])} and "c" not in found.groups[0]
    far = next(other for other in found.against if other.name == "c")
    assert far.p_value < 0.001 and far.odds.better > 0.99 and found.friedman_p < 1e-6


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


def test_false_alarms_are_rare_where_all_are_equal():
    rng = np.random.default_rng(1)
    alarms = [
        across_tasks(table(rng.normal(size=(10, 4))), rope=0.0).friedman_p <= 0.05
        for _ in range(300)
    ]
    assert np.mean(alarms) <= 0.09


@settings(max_examples=25, deadline=None)
@given(st.integers(2, 5), st.integers(5, 8), st.integers(0, 10_000))
def test_ties_everywhere_break_nothing(n_models, n_tasks, seed):
    values = np.random.default_rng(seed).integers(0, 2, (n_tasks, n_models)) / 10
    found = across_tasks(table(values), rope=0.01)
    assert isinstance(found, AcrossTasks)
    numbers = [found.friedman_p, *found.ranks.values(), *(a.p_value for a in found.against)]
    assert np.isfinite(numbers).all() and all(0 <= a.p_value <= 1 for a in found.against)


@pytest.mark.parametrize(
    ("differences", "least"), [([0.1] * 5, 2 / 32), ([0.1, 0.1, 0.2, 0.3, 0.4], 2 / 32)]
)
def test_ties_do_not_make_five_tasks_say_more_than_they_can(differences, least):
    values = np.column_stack([0.5 + np.array(differences), np.full(5, 0.5)])
    found = across_tasks(table(values), rope=0.01)
    assert found.against[0].p_value == pytest.approx(least)
