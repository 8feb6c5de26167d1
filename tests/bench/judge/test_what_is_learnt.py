"""What is learnt from which outcomes."""

from dataclasses import replace

import numpy as np
import pytest
from intentbench.bench.metrics.key import Key
from intentbench.bench.metrics.thresholds import best_threshold, f1

from .judged_runs import a_run, a_task, by_name, judged


@pytest.mark.parametrize("n_splits", [1, 3])
@pytest.mark.parametrize("grouped", [False, True])
def test_nothing_is_learnt_from_test_outcomes(grouped, n_splits):
    # Each case is tested in one fold and watched in others: so a single fold, whose test
    # outcomes are then turned over.
    task = a_task(grouped=grouped, n_splits=n_splits)
    task = replace(task, folds=task.folds[:1])
    turned = task.target.copy()
    test = task.folds[0].test
    turned[test] = 1 - turned[test]
    before = judged(a_run(task), draws=50)
    after = judged(a_run(replace(task, target=turned), target=task.target), draws=50)
    for table in ("models", "ensembles"):
        known = by_name(getattr(before, table))
        for entry in getattr(after, table):
            old = known[entry.name]
            assert entry.predictions[0].threshold == old.predictions[0].threshold
            assert np.array_equal(entry.predictions[0].p, old.predictions[0].p)
            assert entry.contestant.members == old.contestant.members and entry.rival == old.rival
            assert entry.scores[Key("roc_auc")].value != old.scores[Key("roc_auc")].value


def test_valid_outcomes_are_learnt_from():
    task = a_task()
    task = replace(task, folds=task.folds[:1])
    turned = task.target.copy()
    valid = task.folds[0].splits[0].valid
    turned[valid] = np.random.default_rng(0).permutation(turned[valid])
    before = by_name(judged(a_run(task), draws=50).ensembles)
    after = by_name(judged(a_run(replace(task, target=turned), target=task.target), 50).ensembles)
    for name in ("weighted_all", "stacking_all"):
        assert before[name].contestant.members != after[name].contestant.members


def test_seeds_and_inner_splits_are_averaged():
    task = a_task(n_splits=2)
    run = a_run(task, seeds=(0, 7))
    entry = by_name(judged(run).models)["fair"]
    of_fold = [
        run.predictions(cell).test for cell in run.cells if (cell.model, cell.fold) == ("fair", 1)
    ]
    assert len(of_fold) == 4
    assert entry.predictions[1].p == pytest.approx(np.mean(of_fold, axis=0))
    valid, outcomes = [], []
    for split in (0, 1):
        rows = task.folds[1].splits[split].valid
        of_split = [
            run.predictions(cell).valid
            for cell in run.cells
            if (cell.model, cell.fold, cell.split) == ("fair", 1, split)
        ]
        valid.append(np.mean(of_split, axis=0))
        outcomes.append(task.target[rows])
    chosen = best_threshold(np.concatenate(outcomes), np.concatenate(valid), f1)
    assert entry.predictions[1].threshold == chosen
