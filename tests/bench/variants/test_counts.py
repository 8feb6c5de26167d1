"""How many fit cases share a case's values is counted on fit cases, and added where it helps."""

import numpy as np
import pandas as pd
import pytest
from intentbench.bench.cases import Cases
from intentbench.bench.deploy.stored_objects import from_bytes, to_bytes
from intentbench.bench.plugins.loading import load
from intentbench.bench.plugins.registry import Registry
from intentbench.bench.variants.counts import Count, _digests
from intentbench.bench.variants.named import varied
from sklearn.metrics import roc_auc_score

LINEAR = load(Registry("model").find("logistic_regression"))


def drawn_cases(n, seed):
    """Draw visits that end well where their value is stamped on many, wherever it lies."""
    rng = np.random.default_rng(seed)
    stamps = np.random.default_rng(9).gamma(2.0, 50.0, 20)
    stamped = rng.random(n) < 0.4
    value = np.where(stamped, rng.choice(stamps, n), rng.gamma(2.0, 50.0, n))
    features = pd.DataFrame({"value": value, "minutes": rng.gamma(2.0, 5.0, n)})
    return Cases(features), (rng.random(n) < np.where(stamped, 0.6, 0.2)).astype(np.int8)


def fitted(cases, y):
    model = varied(LINEAR(), ["counts"]).set_params(random_state=1)
    return model.fit(cases, y, valid=(cases, y))


@pytest.fixture(scope="module")
def visits():
    return drawn_cases(2000, 0)


@pytest.fixture(scope="module")
def model(visits):
    return fitted(*visits)


def counted(column, weight=None):
    features = pd.DataFrame({"a": column})
    return Count.learnt(("a",), _digests(features, ["a"]), weight)


def others(count, column, own=0):
    return np.expm1(count.of(_digests(pd.DataFrame({"a": column}), ["a"]), own))


def test_the_count_that_tells_is_found_and_the_model_predicts_better_with_it(model):
    assert model.added_[0].name == "#(value)"
    other, outcomes = drawn_cases(4000, 1)
    plain = LINEAR().fit(other, outcomes, valid=(other, outcomes))
    with_counts, without = (
        roc_auc_score(outcomes, one.predict_proba(other)[:, 1]) for one in (model, plain)
    )
    assert with_counts > without + 0.1


@pytest.mark.parametrize("values", [[1, 2, 3, 4], ["a", "b", "c", "d"], [np.nan, 2.0, 3.0, 4.0]])
def test_a_fit_case_does_not_count_itself_and_fewer_than_two_others_are_none(values):
    one, two, three, four = values
    count = counted([one, one, one, two, two, three])
    assert others(count, [one, two, three, four]) == pytest.approx([3, 2, 0, 0])
    assert others(count, [one, two, three], own=1) == pytest.approx([2, 0, 0])
    assert len(count.values) == 2  # of the one case with the third value nothing is kept


def test_the_model_is_fitted_on_counts_of_others_and_predicts_with_counts_of_all(visits):
    shown = []

    class Spy(LINEAR):
        def fit(self, cases, y, *, valid):
            shown.append(cases.features)
            return super().fit(cases, y, valid=valid)

        def predict_proba(self, cases):
            shown.append(cases.features)
            return super().predict_proba(cases)

    cases, y = visits
    model = varied(Spy(), ["counts"]).set_params(random_state=1).fit(cases, y, valid=(cases, y))
    fitted_on = np.expm1(shown[-1]["#(value)"])
    model.predict_proba(cases)
    alike = cases.features.groupby("value")["value"].transform("size")
    many = alike > 2
    assert many.sum() > 500
    assert fitted_on[many].to_numpy() == pytest.approx(alike[many] - 1)
    assert np.expm1(shown[-1]["#(value)"])[many].to_numpy() == pytest.approx(alike[many])


def test_values_of_two_columns_are_counted_together():
    features = pd.DataFrame({"a": [1, 1, 1, 2, 2], "b": ["x", "x", "y", "x", "x"]})
    digests = _digests(features, ["a", "b"])
    found = Count.learnt(("a", "b"), digests, None).of(digests)
    assert np.expm1(found) == pytest.approx([2, 2, 0, 2, 2])


def test_what_a_value_is_kept_as_does_not_matter():
    count = counted([0, 0, 0, 7])
    for column in ([-0.0], np.array([0], dtype=np.int8), pd.array([0], dtype="Int64")):
        assert others(count, column) == pytest.approx([3])
    count = counted(["x", "x", "y"])
    assert others(count, pd.Categorical(["x"], ["y", "x"])) == pytest.approx([2])


def test_a_case_that_stands_for_several_is_counted_as_often():
    once = counted([1, 2, 3], np.array([3.0, 2.0, 1.0]))
    assert others(once, [1, 2, 3, 4]) == pytest.approx([3, 2, 0, 0])


def test_what_was_added_is_told_and_kept(model, visits):
    told, *learnt = model.explain()
    assert ("#(value)",) in told.rows and len(told.rows) == len(model.added_) <= 10
    assert any("#(value)" in str(row) for one in learnt for row in one.rows)
    module = [LINEAR.__module__]
    again = from_bytes(to_bytes(model, module), "its file", module)
    assert np.array_equal(again.predict_proba(visits[0]), model.predict_proba(visits[0]))


def test_a_case_is_read_by_its_own_row(model, visits):
    together = model.predict_proba(visits[0])[:5]
    alone = [model.predict_proba(visits[0].take(np.array([row])))[0] for row in range(5)]
    assert np.allclose(together, alone)


def test_outcomes_by_chance_stay_at_a_half(visits):
    cases, y = visits
    by_chance = fitted(cases, np.random.default_rng(3).permutation(y))
    other, outcomes = drawn_cases(4000, 1)
    fresh = np.random.default_rng(4).permutation(outcomes)
    assert roc_auc_score(fresh, by_chance.predict_proba(other)[:, 1]) == pytest.approx(
        0.5, abs=0.03
    )


def test_values_that_no_two_cases_share_leave_the_model_as_it_is(visits):
    rng = np.random.default_rng(5)
    cases, y = Cases(pd.DataFrame({"value": rng.normal(size=2000)})), visits[1]
    model = fitted(cases, y)
    plain = LINEAR().fit(cases, y, valid=(cases, y))
    assert model.added_ == ()
    assert np.array_equal(model.predict_proba(cases), plain.predict_proba(cases))
