import warnings

import numpy as np
import pandas as pd
import pytest
from intentbench.bench.cases import Cases
from intentbench.bench.conformance.toy_task import make_parts
from intentbench.models import rbf_svm
from intentbench.models.base_rate import BaseRate
from intentbench.models.catboost import CatBoost
from intentbench.models.decision_tree import DecisionTree
from intentbench.models.ebm import EBM
from intentbench.models.extra_trees import ExtraTrees
from intentbench.models.hist_gradient_boosting import HistGradientBoosting
from intentbench.models.lightgbm import LightGBM
from intentbench.models.logistic_regression import LogisticRegression
from intentbench.models.random_forest import RandomForest
from intentbench.models.rbf_svm import RBFSVM
from intentbench.models.spline_logistic_regression import SplineLogisticRegression
from intentbench.models.xgboost import XGBoost
from scipy.special import expit
from sklearn.metrics import log_loss, roc_auc_score


def fit_on(model, parts):
    return model.fit(parts.fit, parts.y_fit, valid=(parts.valid, parts.y_valid))


def without_columns(cases):
    return Cases(cases.features.iloc[:, :0])


def test_base_rate_is_the_share_of_positive_fit_cases():
    parts = make_parts(0)
    p = fit_on(BaseRate(), parts).predict_proba(parts.new)
    np.testing.assert_array_equal(p[:, 1], parts.y_fit.mean())


@pytest.mark.parametrize(
    "model",
    [
        LogisticRegression(),
        SplineLogisticRegression(),
        DecisionTree(),
        LightGBM(),
        RandomForest(random_state=0),
        ExtraTrees(random_state=0),
        HistGradientBoosting(),
    ],
    ids=lambda model: model.title,
)
def test_without_columns_the_base_rate_is_learnt(model):
    parts = make_parts(0)
    valid = without_columns(parts.valid), parts.y_valid
    model = model.fit(without_columns(parts.fit), parts.y_fit, valid=valid)
    p = model.predict_proba(without_columns(parts.new))[:, 1]
    # Bootstrap samples move a forest's base rate a little.
    np.testing.assert_allclose(p, parts.y_fit.mean(), atol=0.01)
    explained = model.explain()
    (ranked,) = explained if isinstance(explained, tuple) else (explained,)
    assert ranked.rows == ()


def test_leaves_are_shrunk_towards_the_base_rate():
    x = np.repeat([0.0, 1.0], [60, 40])
    cases, y = Cases(pd.DataFrame({"x": x})), x.astype(np.int8)
    p = DecisionTree(prior_cases=10).fit(cases, y, valid=(cases, y)).predict_proba(cases)[:, 1]
    np.testing.assert_allclose(p[[0, -1]], [10 * 0.4 / 70, (40 + 10 * 0.4) / 50])
    pure = DecisionTree(prior_cases=0).fit(cases, y, valid=(cases, y)).predict_proba(cases)[:, 1]
    np.testing.assert_array_equal(pure, y)


@pytest.mark.parametrize(
    ("model", "count"),
    [
        (XGBoost(random_state=0), lambda m: m.booster_.num_boosted_rounds()),
        (HistGradientBoosting(random_state=0), lambda m: m.estimator_.n_iter_),
        (LightGBM(random_state=0), lambda m: m.booster_.best_iteration),
        (CatBoost(random_state=0), lambda m: m.estimator_.tree_count_),
    ],
    ids=["xgboost", "hist_gradient_boosting", "lightgbm", "catboost"],
)
def test_boosting_stops_by_the_valid_cases(model, count):
    parts = make_parts(0)
    n_trees = count(fit_on(model, parts))
    # Valid outcomes turned round: every tree makes their log loss worse.
    parts.y_valid = (1 - parts.y_valid).astype(np.int8)
    assert count(fit_on(model, parts)) <= model.patience + 1 < n_trees


def test_lightgbm_parts_categories_in_sets_and_sends_missing_numbers_to_the_better_side():
    rng = np.random.default_rng(0)
    letter = rng.integers(0, 20, 3000)
    number = np.where(rng.random(3000) < 0.3, np.nan, rng.normal(size=3000))
    y = (rng.random(3000) < np.where(letter % 2, 0.8, 0.2)).astype(np.int8)
    y = np.where(np.isnan(number), 1, y).astype(np.int8)
    columns = {"letter": pd.Series(letter).map("v{}".format), "number": number}
    cases = Cases(pd.DataFrame(columns))
    fit, valid = np.arange(2000), np.arange(2000, 3000)
    model = LightGBM(max_trees=60, max_leaves=3, feature_share=1.0, learning_rate=0.3)
    model.fit(cases.take(fit), y[fit], valid=(cases.take(valid), y[valid]))
    # A code's number says nothing: with questions of order three leaves hardly tell them apart.
    first = model.booster_.trees_to_dataframe().query("tree_index == 0 and node_depth < 3")
    assert "==" in set(first["decision_type"])
    p = model.predict_proba(cases.take(valid))[:, 1]
    assert p[np.isnan(number[valid])].min() > 0.95
    there = ~np.isnan(number[valid])
    assert roc_auc_score(letter[valid][there] % 2, p[there]) > 0.99


def test_spline_bends_where_a_line_cannot():
    rng = np.random.default_rng(1)
    x = rng.uniform(-3, 3, 4000)
    y = (rng.random(4000) < expit(3 - 2 * np.abs(x))).astype(np.int8)
    cases = Cases(pd.DataFrame({"x": x, "noise": rng.normal(size=4000)}))
    fit, valid, new = np.split(np.arange(4000), [2000, 3000])
    aucs = {}
    for model in (LogisticRegression(), SplineLogisticRegression()):
        model.fit(cases.take(fit), y[fit], valid=(cases.take(valid), y[valid]))
        p = model.predict_proba(cases.take(new))[:, 1]
        aucs[type(model)] = roc_auc_score(y[new], p)
    assert aucs[LogisticRegression] < 0.55 and aucs[SplineLogisticRegression] > 0.8
    ranked, curve, _ = model.explain()
    assert ranked.rows[0][0] == "x" and curve.title == "what x adds"
    number, added = np.array(curve.rows).T
    assert np.all(np.diff(number) > 0)
    assert abs(number[np.argmax(added)]) < 1 and added[[0, -1]].max() < added.max() - 2


def test_spline_takes_the_penalty_that_valid_cases_like_best():
    parts = make_parts(0)
    chosen = fit_on(SplineLogisticRegression(), parts)
    losses = {
        C: log_loss(
            parts.y_valid,
            fit_on(SplineLogisticRegression(C=(C,)), parts).predict_proba(parts.valid)[:, 1],
        )
        for C in chosen.C
    }
    assert chosen.C_ == min(losses, key=losses.get)
    parts.y_valid = np.zeros_like(parts.y_valid)
    assert fit_on(SplineLogisticRegression(), parts).C_ == 1.0, "nothing to choose by"


def test_forest_draws_no_more_cases_than_there_are():
    parts = make_parts(0)
    assert fit_on(RandomForest(random_state=0, n_trees=2), parts).n_drawn_ == len(parts.fit)
    few = fit_on(RandomForest(random_state=0, n_trees=2, most_drawn=50), parts)
    assert few.estimator_[0].tree_.weighted_n_node_samples[0] == 50


def test_rbf_svm_takes_the_price_that_valid_cases_like_best():
    parts = make_parts(0)
    chosen = fit_on(RBFSVM(random_state=0), parts)
    first = fit_on(RBFSVM(C=(0.1,), random_state=0), parts)

    def loss(model):
        p = model.predict_proba(parts.valid)[:, 1]
        return log_loss(parts.y_valid, p)

    assert loss(chosen) <= loss(first) and chosen.C_ in chosen.C
    assert roc_auc_score(parts.y_new, chosen.predict_proba(parts.new)[:, 1]) > 0.85
    parts.y_valid = np.zeros_like(parts.y_valid)
    assert fit_on(RBFSVM(random_state=0), parts).C_ == 0.1, "nothing to choose by"


def test_rbf_svm_ranks_where_positive_cases_are_rare():
    rng = np.random.default_rng(3)
    x = rng.normal(size=(9000, 5))
    y = (rng.random(9000) < expit(x @ [1.0, 0.8, 0.6, 0.4, 0.2] - 4.0)).astype(np.int8)
    cases = Cases(pd.DataFrame(x, columns=list("abcde")))
    fit, valid, new = np.split(np.arange(9000), [2000, 3000])
    model = RBFSVM(random_state=0)
    model.fit(cases.take(fit), y[fit], valid=(cases.take(valid), y[valid]))
    # The unweighted hinge ranks .70 here; the true probabilities .82.
    assert roc_auc_score(y[new], model.predict_proba(cases.take(new))[:, 1]) > 0.78


def test_rbf_svm_compares_no_more_cases_than_it_needs(monkeypatch):
    parts = make_parts(3, n_fit=900, n_valid=300)
    everything = fit_on(RBFSVM(random_state=0), parts).predict_proba(parts.valid)[:, 1]
    monkeypatch.setattr(rbf_svm, "_MOST_COMPARED", 600)
    rows = rbf_svm._compared(parts.y_fit, 0)
    assert len(rows) == len(set(rows)) == 600
    assert np.bincount(parts.y_fit[rows]).min() == min(np.bincount(parts.y_fit).min(), 300)
    some = fit_on(RBFSVM(random_state=0), parts).predict_proba(parts.valid)[:, 1]
    assert not np.array_equal(everything, some)
    assert np.corrcoef(everything, some)[0, 1] > 0.97
    rare = (np.arange(900) < 5).astype(np.int8)
    assert rbf_svm._compared(rare, 0)[:5].tolist() == [0, 1, 2, 3, 4]


def test_ebm_takes_cuts_and_parts_from_the_fit_cases_and_watches_all_valid_ones():
    parts = make_parts(0)
    model = fit_on(EBM(random_state=0, n_bags=3, max_rounds=50, n_pairs=1), parts)
    bags = model._bags(len(parts.fit), len(parts.valid))
    assert bags.shape == (len(parts.fit) + len(parts.valid), 3)
    assert set(np.unique(bags[: len(parts.fit)])) == {0, 1}
    assert (bags[len(parts.fit) :] == -1).all()
    far = Cases(parts.valid.features.assign(pages=1e6), parts.valid.events)
    short = {"random_state": 0, "n_bags": 1, "max_rounds": 2, "n_pairs": 0}
    cuts = fit_on(EBM(**short), parts).terms_.cuts
    other = EBM(**short).fit(parts.fit, parts.y_fit, valid=(far, parts.y_valid))
    assert all(map(np.array_equal, cuts, other.terms_.cuts))


def test_parts_of_an_ebm_shrink_where_cases_are_many_until_together_they_hold_them_once():
    model = EBM(random_state=0, n_bags=4)
    model.is_weighted_ = False
    for n_cases, n_in_a_part in ((1_000, 850), (400_000, 212_500), (900_000, 225_000)):
        assert model._bags(n_cases, 0).sum() / 4 == pytest.approx(n_in_a_part, rel=0.02)
    assert model.set_params(n_bags=1)._bags(400_000, 0).mean() == pytest.approx(0.85, rel=0.02)
    model.is_weighted_ = True
    assert model._bags(400_000, 0).all()


def test_ebm_answers_as_the_library_that_boosted_it(monkeypatch):
    import interpret.glassbox as library

    kept = []

    class Kept(library.ExplainableBoostingClassifier):
        def fit(self, X, *words, **named):
            kept.append((self, X))
            return super().fit(X, *words, **named)

    monkeypatch.setattr(library, "ExplainableBoostingClassifier", Kept)
    parts = make_parts(0)
    pages = parts.fit.features["pages"].astype(float)
    parts.fit = Cases(parts.fit.features.assign(pages=pages.where(pages > 1)), parts.fit.events)
    model = fit_on(EBM(random_state=0, n_bags=2, max_rounds=60, n_pairs=3), parts)
    ((booster, x),) = kept
    assert np.isnan(x).any() and max(map(len, model.terms_.terms)) == 2
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        theirs = booster.predict_proba(x)[:, 1]
    np.testing.assert_allclose(expit(model.terms_.log_odds(x)), theirs, rtol=1e-9)
