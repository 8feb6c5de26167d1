"""Distances to the truth, where it is known."""

from dataclasses import replace

import numpy as np
import pytest
from intentbench.bench.metrics.key import Key
from sklearn.metrics import roc_auc_score

from .judged_runs import a_run, a_task, by_name, judged, truths


def test_where_the_truth_is_known_each_entry_has_its_distance_to_it():
    task = a_task()
    task = replace(task, truth=truths(task))
    run = a_run(task)
    narrow = replace(run.models[0], views=frozenset({"features"}))
    result = judged(replace(run, models=(narrow, *run.models[1:])))
    assert [ceiling.views for ceiling in result.ceilings] == ["events+features", "features"]
    best = [
        np.mean([roc_auc_score(task.target[f.test], p[f.test]) for f in task.folds])
        for p in task.truth.values()
    ]
    found = [ceiling.scores[Key("roc_auc")].value for ceiling in result.ceilings]
    assert found == pytest.approx(best)
    good = by_name(result.models)["good"]
    gaps = {(gap.views, gap.metric): gap.difference for gap in good.shortfalls}
    assert len(gaps) == 4
    for views, ceiling in zip(("events+features", "features"), result.ceilings, strict=True):
        auc, loss = gaps[views, "roc_auc"], gaps[views, "log_loss"]
        ours = good.scores
        assert auc.value == pytest.approx(
            ceiling.scores[Key("roc_auc")].value - ours[Key("roc_auc")].value
        )
        assert loss.value == pytest.approx(
            ours[Key("log_loss")].value - ceiling.scores[Key("log_loss")].value
        )
        assert auc.low < auc.value < auc.high and loss.low < loss.value < loss.high


def test_an_entry_that_reads_everything_is_measured_against_everything():
    task = a_task()
    run = a_run(replace(task, truth=truths(task)))
    models = tuple(replace(m, views=frozenset({"features", "events"})) for m in run.models)
    result = judged(replace(run, models=models))
    for entry in (*result.models, *result.ensembles):
        assert {gap.views for gap in entry.shortfalls} == {"events+features"}


def test_without_a_truth_there_is_no_distance_to_it():
    result = judged(a_run(a_task()))
    assert result.ceilings == () and result.models[0].shortfalls == ()
