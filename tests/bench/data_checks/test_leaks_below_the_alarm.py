"""Leaks that leave a column's ROC AUC below .95: pure values, missing ones, totals, positions."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from intentbench.bench.cases import Cases
from intentbench.bench.data_checks.duplicates import duplicates
from intentbench.bench.data_checks.lifetime_totals import lifetime_totals
from intentbench.bench.data_checks.pure_values import pure_values
from intentbench.bench.data_checks.row_position import row_position
from intentbench.bench.data_checks.suspicious_columns import suspicious_columns
from intentbench.bench.task import Card, Task

CARD = Card("Visits", "Bought?", "drawn by the tests", "none", "A purchase.")
N = 3000


def a_task(y, group=None, time=None, **columns):
    return Task(
        "visits", Cases(pd.DataFrame(columns)), y.astype(np.int8), CARD, group=group, time=time
    )


@pytest.fixture
def rng():
    return np.random.default_rng(0)


class TestPureValues:
    def test_all_who_spent_bought(self, rng):
        y = rng.random(N) < 0.3
        spend = np.where(y & (rng.random(N) < 0.6), rng.lognormal(3, 1, N), 0.0)
        (found,) = pure_values(a_task(y, spend=spend), [])
        n = int((spend > 0).sum())
        assert found.check == "values that decide" and found.grave
        assert f"'spend' above 0 (all {n:,} positive)" in found.found

    def test_a_value_or_a_category_or_a_range_can_do_it(self, rng):
        y = rng.random(N) < 0.3
        marked = y & (rng.random(N) < 0.3)
        code = np.where(marked, 7, rng.integers(0, 15, N))
        code = np.where(~marked & (code == 7), 8, code)
        stage = pd.Series(np.where(marked, "invoiced", rng.choice(["a", "b"], N)), dtype="category")
        level = np.where(marked, rng.uniform(4, 5, N), rng.uniform(0, 10, N))
        level = np.where(~marked & (level > 3.9) & (level < 5.1), 9.0, level)
        (found,) = pure_values(a_task(y, code=code, stage=stage, level=level), [])
        n = f"(all {int(marked.sum()):,} positive)"
        assert f"'code' = 7 {n}" in found.found and f"'stage' = 'invoiced' {n}" in found.found
        assert "'level' from 4.0" in found.found

    def test_what_rules_a_purchase_out_is_no_alarm(self, rng):
        carts = rng.poisson(1, N)
        y = (carts > 0) & (rng.random(N) < 0.4)
        (found,) = pure_values(a_task(y, carts=carts), [])
        assert (
            not found.grave and f"'carts' = 0 (all {(carts == 0).sum():,} negative)" in found.found
        )

    @pytest.mark.parametrize("steep", [1.0, 3.0, 8.0])
    def test_what_shades_off_is_none(self, rng, steep):
        x = rng.normal(size=N)
        y = rng.random(N) < 1 / (1 + np.exp(1 - steep * x))
        assert pure_values(a_task(y, x=x, tenths=x.round(1)), []) == []

    def test_cases_of_one_person_prove_nothing(self, rng):
        who = np.repeat(np.arange(60), 50)
        y = (rng.random(60) < 0.4)[who]
        height = rng.normal(size=60)[who]
        assert pure_values(a_task(y, group=who, height=height), []) == []

    @pytest.mark.parametrize(("share", "grave"), [(0.5, False), (0.9, True)])
    def test_missing_values_that_tell(self, rng, share, grave):
        y = rng.random(N) < 0.3
        absent = rng.random(N) < np.where(y, 0.1, 0.1 + 0.9 * share)
        (found,) = pure_values(a_task(y, days=np.where(absent, np.nan, rng.normal(size=N))), [])
        assert found.check == "missing values that tell" and found.grave == grave
        assert "'days' is missing in 1" in found.found and "% of the positive and" in found.found

    def test_missing_by_chance_is_nothing(self, rng):
        y = rng.random(N) < 0.3
        x = np.where(rng.random(N) < 0.4, np.nan, rng.normal(size=N))
        assert pure_values(a_task(y, x=x), []) == []


class TestLifetimeTotals:
    def people(self, rng):
        who = np.repeat(np.arange(500), 6)
        y = rng.random(N) < (rng.random(500) < 0.6)[who] * 0.35
        return who, y

    def test_a_total_of_all_purchases_is_found(self, rng):
        who, y = self.people(rng)
        total = np.bincount(who, y)[who]
        amount = np.bincount(who, y * rng.lognormal(3, 0.2, N))[who]
        (found,) = lifetime_totals(a_task(y, group=who, total=total, amount=amount), [])
        assert found.grave and found.found.startswith("'total', 'amount': the same in all cases")

    def test_what_was_counted_before_and_what_somebody_is_are_none(self, rng):
        who, y = self.people(rng)
        before = np.cumsum(y) - y
        before = before - before[np.arange(N) // 6 * 6]
        age = rng.integers(0, 80, 500)[who]
        noisy = rng.poisson(np.bincount(who, y) + 0.3)[who]
        task = a_task(y, group=who, before=before, age=age, noisy=noisy)
        assert lifetime_totals(task, []) == []
        assert lifetime_totals(replace(task, group=None), []) == []


class TestRowPosition:
    def test_a_file_in_the_order_of_time_is_offered_to_be_split_so(self, rng):
        y = rng.random(N) < np.linspace(0.05, 0.5, N)
        (found,) = row_position(a_task(y, x=rng.normal(size=N)), [])
        assert not found.grave and "ROC AUC 0." in found.found and "--in-order" in found.advice

    def test_it_need_not_grow(self, rng):
        y = rng.random(N) < 0.25 + 0.2 * np.sign(np.sin(np.arange(N) / 200))
        assert len(row_position(a_task(y, x=rng.normal(size=N)), [])) == 1

    @pytest.mark.parametrize("seed", range(5))
    def test_shuffled_files_files_by_outcome_and_known_times_say_nothing(self, seed):
        rng = np.random.default_rng(seed)
        y, x = rng.random(N) < 0.3, rng.normal(size=N)
        assert row_position(a_task(y, x=x), []) == []
        assert row_position(a_task(np.sort(y), x=x), []) == []
        told = np.datetime64("2024-01-01", "s") + np.arange(N) * np.timedelta64(1, "h")
        rising = rng.random(N) < np.linspace(0.05, 0.5, N)
        assert row_position(a_task(rising, time=told, x=x), []) == []


class TestWeightedRows:
    def test_a_column_that_counts_clicks_is_a_total_of_them(self, rng):
        shown = rng.integers(500, 5000, 400)
        clicks = rng.binomial(shown, 0.0005)
        spent, age = clicks * rng.uniform(0.9, 1.1, 400), rng.normal(40, 9, 400)
        rows = np.repeat(np.arange(400), 2)
        counts = np.column_stack([clicks, shown - clicks]).ravel()
        kept = counts > 0
        task = a_task(
            np.tile([1, 0], 400)[kept], rows[kept], spent=spent[rows][kept], age=age[rows][kept]
        )
        assert lifetime_totals(task, []) == []  # each row has one positive case at most
        (found,) = lifetime_totals(replace(task, weight=counts[kept].astype(float)), [])
        assert found.grave and found.found.startswith("'spent':")

    def test_rows_that_hold_both_outcomes_contradict_nothing(self, rng):
        x = rng.normal(size=300)
        task = a_task(np.tile([1, 0], 300), np.repeat(np.arange(300), 2), x=np.repeat(x, 2))
        assert [one.check for one in duplicates(task, [])] == ["contradictions"]
        assert duplicates(replace(task, weight=rng.lognormal(3, 1, 600)), []) == []

    def test_columns_decide_by_weight(self, rng):
        x = rng.normal(size=2000)
        y = (x > 0) ^ (rng.random(2000) < 0.4)
        task = a_task(y, x=x)
        assert suspicious_columns(task, []) == []
        weight = np.where(y == (x > 0), 1000.0, 1.0)
        (found,) = suspicious_columns(replace(task, weight=weight), [])
        assert found.check == "columns that decide"
