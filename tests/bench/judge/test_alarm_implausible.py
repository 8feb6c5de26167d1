"""Alarms over a judged task: figures that do not fit its decisions, or are too good to be true."""

import math
from dataclasses import replace

import numpy as np
import pytest
from intentbench.bench.judge.alarm_implausible import check_confusion, implausible
from intentbench.bench.judge.contestants import Contestant
from intentbench.bench.judge.judgement import (
    Entry,
    FoldPredictions,
    RuleOutcome,
    Score,
    Shortfall,
    TaskJudgement,
)
from intentbench.bench.metrics.key import AT_HALF, CHOSEN, Key
from intentbench.bench.metrics.metrics import METRICS
from intentbench.bench.metrics.thresholds import decide
from intentbench.bench.splits.fold import Fold, Split
from intentbench.bench.store.records import TaskRecord
from intentbench.bench.task import Card

CARD = Card("Visits", "Bought?", "https://shop.example", "CC0", "A purchase.")
DECISIONS = [name for name, metric in METRICS.items() if metric.needs == "decision"]


def around(value, half_width=0.02):
    return Score(float(value), float(value) - half_width, float(value) + half_width)


def a_task(n=300, n_folds=3, rate=0.3):
    rng = np.random.default_rng(4)
    part = np.arange(n) % n_folds
    folds = tuple(
        Fold(i, np.flatnonzero(part == i), (Split(np.flatnonzero(part != i), np.array([0])),))
        for i in range(n_folds)
    )
    return TaskRecord(
        name="visits", card=CARD, plan="", n_features=1, n_events=0, has_events=False,
        fingerprint="", target=(rng.random(n) < rate).astype(np.int8), group=None, time=None,
        folds=folds,
    )  # fmt: skip


def an_entry(task, noise=1.0, name="model", thresholds=(0.3, 0.4, 0.35)):
    """Score a model by the metrics of the house, as the judge does."""
    rng = np.random.default_rng(9)
    p = 1 / (1 + np.exp(-(2 * task.target - 1.3 + noise * rng.normal(size=len(task.target)))))
    folds = tuple(
        FoldPredictions(fold.number, fold.test, p[fold.test], threshold)
        for fold, threshold in zip(task.folds, thresholds, strict=True)
    )

    def mean(name, cuts):
        metric = METRICS[name]
        values = [
            metric(task.target[f.rows], f.p if metric.needs == "p" else decide(f.p, cut))
            for f, cut in zip(folds, cuts, strict=True)
        ]
        return around(np.mean(values))

    scores = {Key(name): mean(name, (0.5,) * len(folds)) for name in METRICS}
    scores |= {Key(name, CHOSEN): mean(name, thresholds) for name in DECISIONS}
    cuts = (0.6,) * len(folds)
    of_rule = {name: mean(name, cuts) for name in ("precision", "recall", "f1")}
    return Entry(
        Contestant(name, name.title(), "linear", (), ()),
        "in the race",
        scores,
        predictions=folds,
        outcomes=(RuleOutcome("budget", "Budget", cuts, of_rule),),
    )


def judged(task, *entries, ensembles=()):
    return TaskJudgement(task, "roc_auc", entries, ensembles)


def test_the_figures_of_the_house_are_those_of_its_decisions():
    task = a_task()
    entry = an_entry(task)
    failed = Entry(Contestant("other", "Other", "linear", ("fold 0: died",), ()))
    assert check_confusion(judged(task, entry, failed, ensembles=(entry,))) == ()
    # Nothing decided yes, no positive case in a fold, all figures not available or by convention.
    nobody = an_entry(task, thresholds=(1.5, 1.5, 1.5))
    assert check_confusion(judged(task, nobody)) == ()
    empty = replace(task, target=np.where(np.arange(300) % 3 == 0, 0, task.target))
    entry = an_entry(empty)
    assert math.isnan(entry.scores[Key("recall")].value)
    assert check_confusion(judged(empty, entry)) == ()


@pytest.mark.parametrize("name", DECISIONS)
@pytest.mark.parametrize("rule", [AT_HALF, CHOSEN])
def test_every_figure_that_is_altered_is_found(name, rule):
    task = a_task()
    entry = an_entry(task)
    key = Key(name, rule)
    wrong = {**entry.scores, key: around(entry.scores[key].value + 1e-6)}
    (sentence,) = check_confusion(judged(task, replace(entry, scores=wrong)))
    where = "the chosen threshold" if rule else "0.5"
    assert sentence.startswith(f"Model on visits: {METRICS[name].title} at {where} is given as")
    lost = {**entry.scores, key: Score(math.nan, math.nan, math.nan)}
    (sentence,) = check_confusion(judged(task, replace(entry, scores=lost)))
    assert "given as not available" in sentence


def test_outcomes_of_rules_and_ensembles_are_looked_at_too():
    task = a_task()
    entry = an_entry(task)
    (outcome,) = entry.outcomes
    wrong = replace(outcome, scores={**outcome.scores, "f1": around(0.99)})
    (sentence,) = check_confusion(judged(task, ensembles=(replace(entry, outcomes=(wrong,)),)))
    assert "F1 at the threshold of 'Budget' is given as 0.9900" in sentence
    # The F1 of mean precision and mean recall is not the mean of F1.
    precision, recall = (entry.scores[Key(name)].value for name in ("precision", "recall"))
    of_means = {**entry.scores, Key("f1"): around(2 * precision * recall / (precision + recall))}
    assert len(check_confusion(judged(task, replace(entry, scores=of_means)))) == 1


def test_usual_figures_raise_no_alarm():
    task = a_task()
    entry = an_entry(task)
    assert implausible(judged(task, entry)) == ()
    assert implausible(judged(task)) == ()
    assert implausible(judged(task, replace(entry, scores={}))) == ()


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        ({Key("roc_auc"): around(0.9951)}, "ranks almost without an error (ROC AUC 0.9951)"),
        ({Key("log_loss"): around(0.02)}, "is hardly ever surprised (log loss 0.0200"),
        ({Key("f1"): around(1.0)}, "makes no wrong decision at 0.5"),
        ({Key("f1", CHOSEN): around(1.0)}, "makes no wrong decision at the chosen threshold"),
    ],
)
def test_figures_too_good_to_be_true(changed, found):
    task = a_task()
    entry = an_entry(task)
    good = replace(entry, scores={**entry.scores, **changed})
    for of_task in (judged(task, good), judged(task, entry, ensembles=(good,))):
        (sentence,) = implausible(of_task)
        assert found in sentence


def test_a_log_loss_is_held_against_the_base_rate():
    task = a_task(n=6000, rate=0.01)
    entry = an_entry(task)
    rare = replace(entry, scores={**entry.scores, Key("log_loss"): around(0.02)})
    assert implausible(judged(task, rare)) == (), "where one case in a hundred is positive"


def test_nothing_honest_beats_the_truth():
    task = a_task()
    entry = an_entry(task)
    for high, alarms in ((-0.006, 1), (-0.004, 0)):
        better = Shortfall("events+features", "roc_auc", Score(-0.02, -0.03, high))
        found = implausible(judged(task, replace(entry, shortfalls=(better,))))
        assert len(found) == alarms
        assert all("true probabilities given events and features" in text for text in found)
