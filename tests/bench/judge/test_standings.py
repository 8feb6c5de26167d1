"""Who is ahead of whom, how surely, and what it would take to tell."""

import numpy as np
import pytest
from intentbench.bench.metrics.key import Key

from .judged_runs import a_run, a_task, by_name, judged


def test_standings_of_clear_and_of_close_races():
    clear = judged(a_run(a_task(n=1500, n_folds=5)), draws=1000).models
    assert [entry.standing for entry in clear] == ["in the race", "behind", "behind"]
    assert clear[0].behind is None
    for entry in clear[1:]:
        gap = entry.behind
        lead = clear[0].scores[Key("roc_auc")].value - entry.scores[Key("roc_auc")].value
        assert gap.metric == "roc_auc" and gap.difference.value == pytest.approx(lead)
        assert 0 < gap.difference.low <= gap.difference.value <= gap.difference.high
        assert gap.established and gap.p_value <= 0.05
    close = judged(a_run(a_task(), {"one": 1.0, "two": 1.0, "far": 5.0}), draws=1000).models
    assert [entry.standing for entry in close] == ["in the race", "in the race", "behind"]
    assert not close[1].behind.established and close[1].behind.p_value > 0.05
    assert close[1].behind.difference.low < 0 < close[1].behind.difference.high


@pytest.mark.parametrize("timed", [False, True])
@pytest.mark.parametrize("n_folds", [2, 5])
def test_other_train_cases_count_for_the_methods_and_not_for_the_fitted_models(n_folds, timed):
    for entry in judged(a_run(a_task(n_folds=n_folds, timed=timed)), draws=1000).models[1:]:
        gap = entry.behind
        methods = gap.difference.high - gap.difference.low
        assert methods > 1.02 * (gap.as_fitted.high - gap.as_fitted.low)


@pytest.mark.parametrize("timed", [False, True])
def test_gaps_say_how_likely_they_matter_and_what_it_would_take_to_tell(timed):
    noise = {"good": 0.4, "twin": 0.4, "far": 4.0}
    task = a_task(n=3000, timed=timed)
    first, twin, far = judged(a_run(task, noise), draws=1000).models
    assert {first.name, twin.name, far.name} == set(noise) and far.name == "far"
    assert twin.behind.odds.equal > 0.9 and far.behind.odds.better > 0.99
    for entry in (twin, far):
        odds = entry.behind.odds
        assert odds.better + odds.equal + odds.worse == pytest.approx(1)
    assert far.behind.cases_needed < 3000 < twin.behind.cases_needed


def test_p_values_are_corrected_for_who_could_have_come_to_lead():
    task = a_task(timed=True)
    noise = {"good": 1.0, "a": 1.1, "b": 1.2, "c": 1.3}
    four, two = (judged(a_run(task, dict(list(noise.items())[:n])), draws=999) for n in (4, 2))
    (alone,) = [entry.behind.p_value for entry in two.models[1:]]
    in_four = by_name(four.models)["a" if four.models[0].name != "a" else "good"].behind
    # Least of six pairs at most, so between one and six times as large.
    assert alone * 0.99 <= in_four.p_value <= min(1.0, 6.01 * alone)
    for entry in four.models[1:]:
        assert entry.behind.established == (entry.behind.p_value <= 0.05)


def test_a_single_model_leads_nobody():
    (entry,) = judged(a_run(a_task(), {"good": 0.4}, sets={})).models
    assert entry.standing == "in the race" and entry.behind is None


def test_decisions_are_held_against_the_leaders_case_by_case():
    task = a_task()
    leader, *others = judged(a_run(task)).models
    assert leader.discordant is None
    right = [
        np.concatenate([(f.p >= 0.5) == task.target[f.rows] for f in entry.predictions])
        for entry in (leader, *others)
    ]
    for entry, own in zip(others, right[1:], strict=True):
        found = entry.discordant
        assert found.only_first == int((right[0] & ~own).sum())
        assert found.only_second == int((own & ~right[0]).sum())
    for dependent in (a_task(grouped=True), a_task(repeats=2)):
        assert all(entry.discordant is None for entry in judged(a_run(dependent)).models)
