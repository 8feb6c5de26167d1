import numpy as np
import pandas as pd
import pytest
from intentbench.bench.cases import Cases
from intentbench.bench.errors import RequestError
from intentbench.bench.splits.resampling import Resampling
from intentbench.bench.splits.thinning import thinned
from intentbench.bench.task import Card, Task

CARD = Card("Visits", "Bought?", "https://shop.example", "CC0", "A purchase.")
SHARES = (0.1, 0.125, 0.3, 0.5, 0.9)
KINDS = [(False, False), (True, False), (False, True), (True, True)]


def a_task(*, grouped, timed, n=3000):
    rng = np.random.default_rng(3)
    return Task(
        name="visits",
        cases=Cases(pd.DataFrame({"x": rng.normal(size=n)})),
        target=(rng.random(n) < 0.3).astype(np.int8),
        card=CARD,
        group=rng.integers(0, n // 5, n) if grouped else None,
        time=np.datetime64("2024-01-01", "s") + rng.integers(0, 40, n) * np.timedelta64(1, "D")
        if timed
        else None,
    )


@pytest.mark.parametrize(("grouped", "timed"), KINDS)
def test_smaller_shares_are_in_larger_ones_and_only_fit_cases_change(grouped, timed):
    task = a_task(grouped=grouped, timed=timed)
    plan = Resampling(folds=3, inner=2).plan(task)
    thin = [thinned(task, plan, share, seed=0) for share in SHARES]
    for smaller, larger in zip([*thin, plan], [*thin[1:], plan, plan], strict=True):
        for fold, other in zip(smaller, larger, strict=True):
            assert fold.number == other.number
            assert np.array_equal(fold.test, other.test)
            for split, wide in zip(fold.splits, other.splits, strict=True):
                assert np.array_equal(split.valid, wide.valid)
                assert set(split.fit) <= set(wide.fit)
                assert (np.diff(split.fit) > 0).all()
    for share, folds in zip(SHARES, thin, strict=True):
        for fold, whole in zip(folds, plan, strict=True):
            for split, wide in zip(fold.splits, whole.splits, strict=True):
                expected = share * len(wide.fit)
                assert abs(len(split.fit) - expected) <= (0.05 * len(wide.fit) if grouped else 2)


@pytest.mark.parametrize("timed", [False, True])
def test_whole_groups_are_kept_or_dropped(timed):
    task = a_task(grouped=True, timed=timed)
    plan = Resampling(folds=3).plan(task)
    for fold, whole in zip(thinned(task, plan, 0.3, seed=0), plan, strict=True):
        fit, all_of_it = fold.splits[0].fit, whole.splits[0].fit
        kept = np.isin(task.group[all_of_it], task.group[fit])
        assert np.array_equal(all_of_it[kept], fit)
        buying = [np.unique(task.group[rows][task.target[rows] == 1]) for rows in (fit, all_of_it)]
        assert len(buying[0]) == int(0.3 * len(buying[1]))


def test_with_times_the_latest_cases_are_kept():
    task = a_task(grouped=False, timed=True)
    plan = Resampling(folds=3).plan(task)
    for fold, whole in zip(thinned(task, plan, 0.4, seed=0), plan, strict=True):
        fit = fold.splits[0].fit
        dropped = np.setdiff1d(whole.splits[0].fit, fit)
        assert task.time[dropped].max() <= task.time[fit].min()


def test_without_groups_and_times_outcomes_keep_their_shares():
    task = a_task(grouped=False, timed=False)
    plan = Resampling(folds=3).plan(task)
    for fold, whole in zip(thinned(task, plan, 0.25, seed=0), plan, strict=True):
        few, all_of_it = (np.bincount(task.target[f.splits[0].fit]) for f in (fold, whole))
        assert few.tolist() == (all_of_it // 4).tolist()


def test_the_seed_decides_and_each_split_is_drawn_for_itself():
    task = a_task(grouped=False, timed=False)
    plan = Resampling(folds=3).plan(task)

    def fits(seed):
        return [fold.splits[0].fit.tolist() for fold in thinned(task, plan, 0.2, seed)]

    assert fits(1) == fits(1) != fits(2)


@pytest.mark.parametrize(("grouped", "timed"), KINDS)
def test_too_few_cases_of_an_outcome_are_refused(grouped, timed):
    task = a_task(grouped=grouped, timed=timed)
    plan = Resampling(folds=3).plan(task)
    with pytest.raises(RequestError) as refused:
        thinned(task, plan, 0.002, seed=0)
    assert "task 'visits', fold 0: a share of 0.002 leaves" in str(refused.value)
    assert "needs 5 of each.  Leave out the smallest shares" in str(refused.value)
