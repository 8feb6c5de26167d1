from dataclasses import replace

import numpy as np
import pytest
from intentbench.bench.judge.contestants import Contestant, OutOfSample
from intentbench.bench.judge.drawn_task import drawn_task
from intentbench.bench.judge.refits import _along, plan_overlap, training_ratios
from intentbench.bench.splits.fold import Fold, Split
from intentbench.bench.stats.training_variance import training_ratio

N = 3000
RNG = np.random.default_rng(0)
SIGNAL = RNG.normal(size=N)
Y = (RNG.random(N) < 1 / (1 + np.exp(1 - SIGNAL))).astype(np.int8)


def a_task(n_folds=3, n_splits=1, repeats=1, halves=False):
    folds = []
    for repeat in range(repeats):
        part = np.random.default_rng(repeat).permutation(N) % max(n_folds, 3)
        for number in range(n_folds):
            train = np.random.default_rng(9).permutation(np.flatnonzero(part != number))
            valid = [np.sort(rows) for rows in np.array_split(train, 5)[:n_splits]]
            splits = tuple(Split(np.setdiff1d(train, rows), rows) for rows in valid)
            fit, watched = splits[0].fit, splits[0].valid
            parts = (Split(fit[::2], watched), Split(fit[1::2], watched)) if halves else ()
            folds.append(Fold(len(folds), np.flatnonzero(part == number), splits, parts))
    return replace(drawn_task(Y, [folds[0].test], None, in_time=False), folds=tuple(folds))


def a_model(task, name, own, luck):
    """Someone who sees the signal through noise that stays, and through luck of each fit."""
    rng = np.random.default_rng([name, 7])
    seen = SIGNAL + own * rng.normal(size=N)

    def fitted():
        return 1 / (1 + np.exp(-(seen + luck * rng.normal(size=N))))

    folds = [(fold, fitted()) for fold in task.folds]
    predicted = tuple(OutOfSample(p[fold.valid], p[fold.test]) for fold, p in folds)
    only = task.folds[0]
    refits = tuple(fitted()[only.test] for _ in only.refits) if len(task.folds) == 1 else ()
    return Contestant(str(name), "", "", (), predicted, refits)


def test_cases_that_fits_tie_change_as_one():
    task = a_task(n_folds=1, halves=True)
    models = [a_model(task, name, 0.0, 1.0) for name in (0, 1)]

    def rounded(model):
        (fold,) = model.folds
        coarse = OutOfSample(*(np.round(2 * p) / 2 for p in (fold.valid, fold.test)))
        return replace(
            model, folds=(coarse,), refits=tuple(np.round(2 * p) / 2 for p in model.refits)
        )

    coarse = [rounded(model) for model in models]
    smooth, of_both, of_one = (
        training_ratios(task, of)[0, 1] for of in (models, coarse, [models[0], coarse[1]])
    )
    assert smooth <= most(task)
    assert smooth <= of_one < of_both


def promising(task, name, cut):
    """Someone who promises 0 or 1: by chance at the true rate, or as ``cut`` says of it."""
    rng = np.random.default_rng([name, 8])
    rate = 1 / (1 + np.exp(1 - SIGNAL))

    def fitted():
        if cut is None:
            return (rng.random(N) < rate).astype(float)
        return (rate + 0.1 * rng.normal() > cut).astype(float)

    (fold,) = task.folds
    p = fitted()
    refits = tuple(fitted()[fold.test] for _ in fold.refits)
    return Contestant(str(name), "", "", (), (OutOfSample(p[fold.valid], p[fold.test]),), refits)


def test_full_grown_trees_are_as_even_as_stable_fits_and_labels_are_not():
    task = a_task(n_folds=1, halves=True)
    grown, labels = (
        training_ratios(task, [promising(task, name, cut) for name in (0, 1)])[0, 1]
        for cut in (None, 0.5)
    )
    assert grown == pytest.approx(0.5 * most(task), rel=0.1)
    assert labels > 0.7 * most(task)


def test_a_change_goes_along_with_those_tied_to_it_alone():
    # Four cases; the fits tie the first three, of which the third is of another kind.
    kind, tie = np.array([0, 0, 1, 0]), np.array([5, 5, 5, 8])
    along = _along(np.array([1.0, 2.0, 4.0, 8.0]), kind, tie)
    assert along == pytest.approx([1 * 2 / 2, 2 * 1 / 2, 0, 0])


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


def test_one_fold_without_refits_is_given_the_most():
    task = a_task(n_folds=1)
    assert ratio(task, 1, 0.0) == most(task)


@pytest.mark.parametrize("plan", [{"halves": True}, {"n_splits": 3}])
def test_one_fold_is_judged_by_its_refits(plan):
    task = a_task(n_folds=1, **plan)
    steady, shaky, all_luck = (ratio(task, *how) for how in ((1, 0.0), (1, 0.5), (0.0, 1.0)))
    assert steady == pytest.approx(0.0, abs=0.01)
    assert 0.05 < shaky < all_luck <= most(task)
    assert all_luck == pytest.approx(most(task), rel=0.1)


def test_who_has_no_refits_is_given_the_most_and_the_others_are_not():
    task = a_task(n_folds=1, halves=True)
    models = [a_model(task, name, 1, 0.0) for name in (0, 1)]
    found = training_ratios(task, [*models, replace(models[0], refits=())])
    assert found[0, 1] < 0.01 and found[0, 2] == found[1, 2] == most(task)


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


def test_people_who_are_in_every_fold_do_not_make_the_fits_the_same():
    task = a_task()
    returning = np.empty(N, dtype=int)
    for fold in task.folds:
        returning[fold.test] = np.arange(len(fold.test))
    same_people = replace(task, group=returning)
    assert ratio(same_people, 1, 0.0) == pytest.approx(0.0, abs=0.03)
    assert 0.06 < ratio(same_people, 1, 0.5) < most(same_people)
