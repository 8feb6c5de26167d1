"""Columns derived from the time itself are no drift; others are named only beyond chance."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from intentbench.bench.cases import Cases
from intentbench.bench.data_checks.clocks import clocks
from intentbench.bench.data_checks.drift import drift
from intentbench.bench.splits.resampling import Resampling
from intentbench.bench.task import Card, ColumnProfile, Task

N = 2400
RNG = np.random.default_rng(0)
DAY = RNG.integers(0, 200, N)
TIME = np.datetime64("2024-01-01", "s") + DAY * np.timedelta64(1, "D") + RNG.integers(0, 86_400, N)
WHO = RNG.integers(0, 300, N)
WHEN = pd.DatetimeIndex(TIME)
CLOCKS = {
    "date": DAY.astype(float),
    "running total": np.argsort(np.argsort(TIME)) + RNG.normal(0, 50, N),
    "month": WHEN.month.to_numpy(),
    "weekday": WHEN.day_of_week.to_numpy(),
    "weekend": (WHEN.day_of_week >= 5).astype(int),
    "hour": WHEN.hour.to_numpy(),
    "known for": DAY - RNG.integers(0, 4000, 300)[WHO],
    "recency": DAY % 160 + WHO % 7 * 40,
    "rate of the day": RNG.normal(size=200)[DAY],
}
OTHERS = {
    "noise": RNG.normal(size=N),
    "age": RNG.integers(18, 80, 300)[WHO],
    "price": DAY / 60 + RNG.normal(size=N),
    "visits": RNG.poisson(3, N),
}


@pytest.mark.parametrize("name", [*CLOCKS, *OTHERS])
def test_clocks_are_told_from_other_columns(name):
    x = pd.DataFrame({name: {**CLOCKS, **OTHERS}[name]})
    assert clocks(x, x.notna(), TIME, WHO) == ([name] if name in CLOCKS else [])


def test_a_column_that_begins_late_is_no_clock():
    x = pd.DataFrame({"since": np.where(DAY < 100, np.nan, 1.0)})
    assert clocks(x.fillna(-1), x.notna(), TIME, None) == []


def a_task(**columns):
    y = (np.random.default_rng(1).random(N) < 0.3).astype(np.int8)
    card = Card("Visits", "Bought?", "drawn by the tests", "none", "A purchase.")
    return Task("visits", Cases(pd.DataFrame(columns)), y, card, group=WHO, time=TIME)


def test_clean_data_in_time_are_silent():
    task = a_task(**CLOCKS, noise=OTHERS["noise"], age=OTHERS["age"])
    assert drift(task, Resampling(folds=3).plan(task)) == []


def test_the_calendar_of_a_date_in_the_file_is_a_clock():
    month = pd.Series(WHEN.month - RNG.integers(0, 3, N), dtype="category").astype(str)
    task = a_task(**{"first seen: month": month.astype("category"), "noise": OTHERS["noise"]})
    (found,) = drift(task, Resampling(folds=3).plan(task))
    assert "'first seen: month'" in found.found
    dated = replace(task, profile=(ColumnProfile("first seen", "date", 0, N, (), "feature"),))
    assert drift(dated, Resampling(folds=3).plan(dated)) == []


def test_only_columns_beyond_chance_are_named():
    plan = pd.Series(np.where(DAY + RNG.normal(0, 20, N) > 150, "new", "old"), dtype="category")
    task = a_task(**CLOCKS, **OTHERS, plan=plan)
    (found,) = drift(task, Resampling(folds=3).plan(task))
    assert found.found.endswith("most by 'plan', 'price'")
