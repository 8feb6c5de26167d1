import numpy as np
import pandas as pd
import pytest
from intentbench.bench.cases import Cases
from intentbench.bench.splits.resampling import Resampling
from intentbench.bench.splits.thinning import thinned
from intentbench.bench.splits.verify import verify_plan
from intentbench.bench.task import Card, Task

CARD = Card("Visits", "Bought?", "https://shop.example", "CC0", "A purchase.")
LATER = Resampling(test_after="2024-01-28")


def a_task(*, grouped=False, given=False, rate=0.3, n=1200):
    rng = np.random.default_rng(3)
    days = rng.integers(0, 40, n) * np.timedelta64(1, "D")
    return Task(
        name="visits",
        cases=Cases(pd.DataFrame({"x": rng.normal(size=n)})),
        target=(rng.random(n) < rate).astype(np.int8),
        card=CARD,
        group=rng.integers(0, n // 4, n) if grouped else None,
        time=None if given else np.datetime64("2024-01-01", "s") + days,
        given_split=np.where(np.arange(n) % 3 == 0, 0, -1) if given else None,
    )


@pytest.mark.parametrize("how", [{}, {"grouped": True}, {"given": True}])
def test_an_only_fold_has_two_halves_of_what_it_fits(how):
    task = a_task(**how)
    (fold,) = (Resampling() if "given" in how else LATER).plan(task)
    one, other = fold.halves
    (split,) = fold.splits
    assert fold.fits == (split, one, other) and fold.refits == (one, other)
    assert np.array_equal(np.union1d(one.fit, other.fit), np.sort(split.fit))
    assert len(one.fit) + len(other.fit) == len(split.fit)
    assert one.valid is split.valid and other.valid is split.valid
    assert abs(len(one.fit) - len(other.fit)) < (40 if "grouped" in how else 3)
    if task.group is not None:
        assert not set(task.group[one.fit]) & set(task.group[other.fit])
    verify_plan(task, (fold,))


def test_halves_are_the_same_whatever_the_seed_and_are_no_part_of_what_is_judged():
    task = a_task()
    (one,), (other,) = (
        Resampling(test_after="2024-01-28", seed=seed).plan(task) for seed in (0, 1)
    )
    assert np.array_equal(one.halves[0].fit, other.halves[0].fit)
    assert one.fingerprint() == other.fingerprint()


def test_several_folds_or_inner_splits_need_no_halves():
    assert all(fold.halves == () for fold in Resampling(folds=3).plan(a_task()))
    (fold,) = Resampling(test_after="2024-01-28", inner=3).plan(a_task())
    assert fold.halves == () and fold.refits == fold.splits


def test_there_are_none_where_a_half_would_be_too_small():
    (fold,) = LATER.plan(a_task(rate=0.01))
    assert fold.halves == () and fold.refits == ()


def test_a_learning_curve_has_none_of_its_own():
    task = a_task()
    (thin,) = thinned(task, LATER.plan(task), 0.5, seed=0)
    assert thin.halves == ()
