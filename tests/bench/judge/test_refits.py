from dataclasses import replace

import numpy as np
import pytest
from intentbench.bench.judge.contestants import Contestant, OutOfSample
from intentbench.bench.judge.drawn_task import drawn_task
from intentbench.bench.judge.refits import plan_overlap, training_ratios
from intentbench.bench.splits.fold import Fold, Split
from intentbench.bench.stats.training_variance import training_ratio

N = 3000
RNG = np.random.default_rng(0)
SIGNAL = RNG.normal(size=N)
Y = (RNG.random(N) < 1 / (1 + np.exp(1 - SIGNAL))).astype(np.int8)


def a_task(n_folds=3, n_splits=1, repeats=1):
    folds = []
    for repeat in range(repeats):
        part = np.random.default_rng(repeat).permutation(N) % max(n_folds, 3)
        for number in range(n_folds):
            train = np.random.default_rng(9).permutation(np.flatnonzero(part != number))
            valid = [np.sort(rows) for rows in np.array_split(train, 5)[:n_splits]]
            splits = tuple(Split(np.setdiff1d(train, rows), rows) for rows in valid)
            folds.append(Fold(len(folds), np.flatnonzero(part == number), splits))
    return replace(drawn_task(Y, [folds[0].test], None, in_time=False), folds=tuple(folds))


def a_model(task, name, own, luck):
    """Someone who sees the signal through noise that stays, and through luck of each fit."""
    rng = np.random.default_rng([name, 7])
    seen = SIGNAL + own * rng.normal(size=N)
    folds = []
    for fold in task.folds:
        p = 1 / (1 + np.exp(-(seen + luck * rng.normal(size=N))))
        folds.append(OutOfSample(p[fold.valid], p[fold.test]))
    return Contestant(str(name), "", "", (), tuple(folds))


def ratio(task, own, luck):
    return training_ratios(task, [a_model(task, name, own, luck) for name in (0, 1)])[0, 1]


def most(task):
    return float(training_ratio(np.ones(1), plan_overlap(task))[0])


@pytest.mark.parametrize("plan", [{}, {"n_folds": 5}, {"n_splits": 3}, {"repeats": 2}])
def test_training_adds_nothing_for_steady_models_and_much_for_shaky_ones(plan):
    task = a_task(**plan)
    steady, shaky, all_luck = (ratio(task, *how) for how in ((1, 0.0), (1, 0.5), (0.0, 1.0)))
    assert steady == pytest.approx(0.0, abs=0.03)
    assert 0.06 < shaky < all_luck == pytest.approx(most(task))


def test_one_fold_is_given_the_most():
    task = a_task(n_folds=1)
    assert ratio(task, 1, 0.0) == most(task)


def test_groups_and_weights_are_allowed_for():
    task = a_task()
    grouped = replace(task, group=np.arange(N) // 3)
    weighted = replace(task, weight=RNG.gamma(1.0, size=N) + 0.1)
    for one in (grouped, weighted):
        assert ratio(one, 1, 0.0) == pytest.approx(0.0, abs=0.03)
        assert 0.06 < ratio(one, 1, 0.5) < most(one)


def test_too_few_of_an_outcome_are_given_the_most():
    task = replace(a_task(), target=(np.arange(N) < 2).astype(np.int8))
    assert ratio(task, 1, 0.0) == most(task)
