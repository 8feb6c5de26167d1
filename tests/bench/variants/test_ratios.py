"""Ratios, totals and differences are found on fit cases, added where they help, and told."""

import numpy as np
import pandas as pd
import pytest
from intentbench.bench.cases import LARGEST, Cases
from intentbench.bench.deploy.stored_objects import from_bytes, to_bytes
from intentbench.bench.plugins.loading import load
from intentbench.bench.plugins.registry import Registry
from intentbench.bench.variants.derived import Derived, derivable, numeric_columns
from intentbench.bench.variants.gainful import best_apart
from intentbench.bench.variants.named import varied
from sklearn.metrics import roc_auc_score

LINEAR = load(Registry("model").find("logistic_regression"))


def drawn_cases(n, seed):
    """Draw visits that end well where much was spent a page; three columns do not matter."""
    rng = np.random.default_rng(seed)
    pages, spent = rng.integers(1, 40, n), rng.gamma(2.0, 50.0, n)
    odds = 2.5 * np.log(spent / pages / 5)
    noise = {f"noise_{j}": rng.gamma(2.0, 20.0, n) for j in range(3)}
    kind = rng.choice(["new", "old"], n)
    features = pd.DataFrame({"spent": spent, "kind": kind, "pages": pages, **noise})
    return Cases(features), (rng.random(n) < 1 / (1 + np.exp(-odds))).astype(np.int8)


def fitted(cases, y):
    model = varied(LINEAR(), ["ratios"]).set_params(random_state=1)
    return model.fit(cases, y, valid=(cases, y))


@pytest.fixture(scope="module")
def visits():
    return drawn_cases(2000, 0)


@pytest.fixture(scope="module")
def model(visits):
    return fitted(*visits)


def test_the_ratio_that_tells_is_found_and_the_model_predicts_better_with_it(model):
    assert model.added_[0] == Derived("/", ("spent", "pages"))
    other, outcomes = drawn_cases(4000, 1)
    plain = LINEAR().fit(other, outcomes, valid=(other, outcomes))
    with_ratios, without = (
        roc_auc_score(outcomes, one.predict_proba(other)[:, 1]) for one in (model, plain)
    )
    assert with_ratios > without + 0.003  # although the other one was fitted on these very cases


def test_what_was_added_is_told_and_kept(model, visits):
    told, *learnt = model.explain()
    assert ("spent / pages",) in told.rows and len(told.rows) == len(model.added_) <= 10
    assert any("spent / pages" in str(row) for one in learnt for row in one.rows)
    module = [LINEAR.__module__]
    again = from_bytes(to_bytes(model, module), "its file", module)
    assert again.added_ == model.added_
    assert np.array_equal(again.predict_proba(visits[0]), model.predict_proba(visits[0]))


def test_a_case_is_read_by_its_own_row(model, visits):
    together = model.predict_proba(visits[0])[:5]
    alone = [model.predict_proba(visits[0].take(np.array([row])))[0] for row in range(5)]
    assert np.allclose(together, alone)


def test_outcomes_by_chance_stay_at_a_half_and_the_order_of_columns_decides_nothing(visits):
    cases, y = visits
    dealt = np.random.default_rng(3).permutation(y)
    by_chance = fitted(cases, dealt)
    other, outcomes = drawn_cases(4000, 1)
    assert roc_auc_score(outcomes, by_chance.predict_proba(other)[:, 1]) != 1.0
    fresh = np.random.default_rng(4).permutation(outcomes)
    assert roc_auc_score(fresh, by_chance.predict_proba(other)[:, 1]) == pytest.approx(
        0.5, abs=0.03
    )
    turned = Cases(cases.features[list(cases.features)[::-1]])
    assert fitted(turned, dealt).added_ == by_chance.added_


def test_few_outcomes_or_no_numbers_leave_the_model_as_it_is(visits):
    cases, y = visits
    few = np.concatenate([np.flatnonzero(y == 1)[:20], np.flatnonzero(y == 0)[:200]])
    words = Cases(cases.features[["kind"]])
    for shown, outcomes in ((cases.take(few), y[few]), (words, y)):
        model = fitted(shown, outcomes)
        plain = LINEAR().fit(shown, outcomes, valid=(shown, outcomes))
        assert model.added_ == ()
        assert np.array_equal(model.predict_proba(shown), plain.predict_proba(shown))


@pytest.mark.parametrize(
    "kind, columns, name, values",
    [
        ("/", ("a", "b"), "a / b", [0.5, np.nan, np.nan]),
        ("*", ("a", "b"), "a * b", [2.0, 0.0, np.nan]),
        ("-", ("a", "b"), "a - b", [-1.0, 3.0, np.nan]),
        ("+", ("a", "b", "c"), "a + b + c", [8.0, 8.0, np.nan]),
        ("max", ("a", "b", "c"), "max(a, b, c)", [5.0, 5.0, np.nan]),
        ("share", ("a", "a", "b"), "a / (a + b)", [1 / 3, 1.0, np.nan]),
    ],
)
def test_formulas(kind, columns, name, values):
    shown = {
        "a": np.array([1.0, 3.0, np.nan]),
        "b": np.array([2.0, 0.0, 1.0]),
        "c": np.full(3, 5.0),
    }
    derived = Derived(kind, columns)
    assert derived.name == name
    assert derived.of(shown) == pytest.approx(values, nan_ok=True)


def test_what_is_worked_out_is_never_infinite():
    huge = {"a": np.array([LARGEST, -LARGEST]), "b": np.array([LARGEST, 1e-30])}
    for kind in ("/", "*", "-", "+", "max"):
        assert np.abs(Derived(kind, ("a", "b")).of(huge)).max() <= LARGEST


def test_candidates_are_of_columns_that_can_be_put_together():
    rng = np.random.default_rng(0)
    features = pd.DataFrame({
        **{f"bill_{month}": rng.gamma(2.0, 1000.0, 50) for month in range(1, 5)},
        "pages": rng.integers(0, 20, 50), "clicks": rng.integers(0, 20, 50),
        "balance": rng.normal(size=50), "is_new": rng.random(50) < 0.5, "kind": ["x", "y"] * 25,
    })  # fmt: skip
    columns = numeric_columns(features)
    assert "is_new" not in columns and "kind" not in columns
    names = {each.name for each in derivable(columns, list(columns))}
    bills = "bill_1 + bill_2 + bill_3 + bill_4"
    assert {bills, f"bill_2 / ({bills})", "bill_1 - bill_2", "clicks + pages"} <= names
    assert "balance / pages" in names or "balance / clicks" in names
    assert not any("balance *" in name or "* balance" in name for name in names)
    assert "bill_1 - pages" not in names  # euros and pages


def test_twins_are_not_picked_twice():
    x = np.random.default_rng(0).normal(size=(500, 3))
    x = np.column_stack([x[:, 0], np.exp(x[:, 0]), x[:, 1], x[:, 2]])
    assert best_apart(x, np.array([0.4, 0.3, 0.2, 0.0]), 10) == [0, 2]
