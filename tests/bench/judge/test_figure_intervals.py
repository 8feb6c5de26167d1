"""Figures that are not defined, and how wide intervals of the others are."""

import math
from dataclasses import replace

import numpy as np
import pytest
from intentbench.bench.metrics.key import Key
from scipy.special import logit

from .judged_runs import a_run, a_task, by_name, judged


def test_repeats_narrow_no_interval_by_counting_cases_twice():
    once = by_name(judged(a_run(a_task(), {"fair": 1.0}, sets={}), 1000).models)["fair"]
    # The same predictions in each of four repeats of one plan.
    task = a_task()
    again = replace(
        task,
        folds=tuple(
            replace(fold, number=number)
            for number, fold in enumerate(f for _ in range(4) for f in task.folds)
        ),
    )
    run = a_run(task, {"fair": 1.0}, sets={})
    cells = tuple(
        replace(run.cells[0], fold=number, model="fair") for number in range(len(again.folds))
    )
    first = run.predictions
    repeated = replace(
        run,
        tasks=(again,),
        cells=cells,
        predictions=lambda cell: first(replace(cell, fold=cell.fold % 3)),
    )
    four = by_name(judged(repeated, 1000).models)["fair"]
    for key in ("roc_auc", "brier", "f1"):
        a, b = once.scores[Key(key)], four.scores[Key(key)]
        assert (b.value, b.low, b.high) == pytest.approx((a.value, a.low, a.high), rel=1e-4), key


@pytest.mark.parametrize("metric", ["roc_auc", "pr_auc"])
def test_areas_have_intervals_that_are_even_in_log_odds(metric):
    widths = []
    for grouped in (False, True):
        task = a_task(grouped=grouped)
        figure = by_name(judged(a_run(task)).models)["fair"].scores[Key(metric)]
        low, middle, high = logit([figure.low, figure.value, figure.high])
        assert high - middle == pytest.approx(middle - low)
        widths.append(high - low)
    assert widths[0] != pytest.approx(widths[1], rel=0.01)


def test_groups_widen_the_interval_where_their_cases_are_alike():
    task = a_task(grouped=True)
    rate = np.random.default_rng(1).random(task.group.max() + 1)
    alike = replace(task, target=(rate[task.group] < 0.4).astype(np.int8))

    def accuracy(task):
        run = a_run(task, change=lambda name, p: np.full(len(p), 0.1))
        return by_name(judged(run).models)["fair"].scores[Key("accuracy")]

    grouped, single = accuracy(alike), accuracy(replace(alike, group=None))
    assert grouped.value == single.value
    assert grouped.high - grouped.low > 1.5 * (single.high - single.low)


def test_a_fold_with_one_outcome_makes_figures_unavailable_and_nothing_else():
    task = a_task()
    target = task.target.copy()
    target[task.folds[0].test] = 0
    result = judged(a_run(replace(task, target=target)))
    for entry in (*result.models, *result.ensembles):
        for key in ("roc_auc", "pr_auc", "recall", "f1", "f1@chosen", "mcc", "lift_at_10"):
            figure = entry.scores[Key.parse(key)]
            assert not figure.available and math.isnan(figure.low) and math.isnan(figure.high)
        for key in ("accuracy", "log_loss", "brier", "ece"):
            figure = entry.scores[Key(key)]
            assert figure.available and math.isfinite(figure.high)
        assert entry.standing == "in the race" and entry.behind is None
    assert all(not e.gain.difference.available and not e.gain.established for e in result.ensembles)


@pytest.mark.parametrize("p", [0.0, 0.5, 1.0])
def test_constant_predictions(p):
    result = judged(a_run(a_task(), change=lambda name, _: np.full(600, p)))
    for entry in (*result.models, *result.ensembles):
        assert entry.scores[Key("roc_auc")].value == 0.5
        for key, figure in entry.scores.items():
            if key.metric != "precision" or figure.available:  # not where nobody is called
                assert math.isfinite(figure.low) and math.isfinite(figure.high), key
        assert entry.standing == "in the race"


def test_ties_everywhere_and_tiny_folds():
    task = a_task(n=24)
    target = np.tile([0, 1], 12).astype(np.int8)
    run = a_run(replace(task, target=target), change=lambda name, p: np.round(p))
    for entry in judged(run, draws=20).models:
        for key, figure in entry.scores.items():
            if figure.available:
                assert figure.low <= figure.value <= figure.high, key
