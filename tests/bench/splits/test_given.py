"""The split that came with the data is kept, and refused where it would flatter."""

import numpy as np
import pandas as pd
import pytest
from intentbench.bench.cases import Cases
from intentbench.bench.errors import RequestError
from intentbench.bench.splits.resampling import Resampling
from intentbench.bench.splits.verify import verify_plan
from intentbench.bench.task import ALWAYS_TRAIN, ALWAYS_VALID, Card, Task

ROWS = np.arange(120)
CARD = Card("Visits", "Bought?", "drawn by the tests", "none", "A purchase.")


def a_task(given_split, **roles):
    target = (ROWS % 3 == 0).astype(np.int8)
    cases = Cases(pd.DataFrame({"x": ROWS}))
    return Task("visits", cases, target, CARD, given_split=np.asarray(given_split), **roles)


def test_test_cases_are_those_that_the_data_name():
    task = a_task(np.where(ROWS >= 90, 0, ALWAYS_TRAIN))
    (fold,) = Resampling().plan(task)
    assert fold.test.tolist() == list(range(90, 120))
    (split,) = fold.splits
    assert sorted([*split.fit, *split.valid]) == list(range(90))
    verify_plan(task, [fold])


def test_valid_cases_are_those_that_the_data_name():
    sides = np.select([ROWS >= 90, ROWS >= 70], [0, ALWAYS_VALID], ALWAYS_TRAIN)
    (fold,) = Resampling(inner=3).plan(a_task(sides))
    (split,) = fold.splits
    assert split.valid.tolist() == list(range(70, 90)) and split.fit.tolist() == list(range(70))


def test_each_number_is_a_fold():
    task = a_task(ROWS % 4)
    folds = Resampling(inner=2).plan(task)
    tested = [fold.test.tolist() for fold in folds]
    assert tested == [ROWS[ROWS % 4 == k].tolist() for k in range(4)]
    assert {len(fold.splits) for fold in folds} == {2}
    verify_plan(task, folds)
    assert "as the data say, in 4 folds" in Resampling().describe(task)


@pytest.mark.parametrize("change", [{"repeats": 2}, {"test_after": "2024-01-01"}])
def test_what_would_change_it_is_refused(change):
    with pytest.raises(RequestError, match="Leave these out, or --split"):
        Resampling(**change).plan(a_task(ROWS % 4))


@pytest.mark.parametrize("side", [ALWAYS_TRAIN, ALWAYS_VALID, 0])
def test_one_side_alone_is_no_split(side):
    with pytest.raises(RequestError, match="both sides need cases"):
        Resampling().plan(a_task(np.full(120, side)))


def test_groups_on_both_sides_are_told_with_what_to_do():
    with pytest.raises(RequestError, match="puts 40 groups on both sides.*Leave --split out"):
        Resampling().plan(a_task(ROWS % 3, group=ROWS // 3))


def test_what_was_not_known_yet_is_refused():
    time = np.datetime64("2024-01-01", "s") + ROWS * np.timedelta64(1, "D")
    task = a_task(np.where(ROWS < 30, 0, ALWAYS_TRAIN), time=time)
    with pytest.raises(RequestError, match="were not known"):
        verify_plan(task, Resampling().plan(task))
