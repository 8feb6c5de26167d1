import numpy as np
import pandas as pd
import pytest
from intentbench.bench.cases import Cases
from intentbench.bench.conformance.toy_task import make_parts
from intentbench.models.base_rate import BaseRate
from intentbench.models.decision_tree import DecisionTree
from intentbench.models.hist_gradient_boosting import HistGradientBoosting
from intentbench.models.logistic_regression import LogisticRegression
from intentbench.models.random_forest import RandomForest
from intentbench.models.rbf_svm import RBFSVM
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
    [LogisticRegression(), DecisionTree(), RandomForest(random_state=0), HistGradientBoosting()],
    ids=lambda model: model.title,
)
def test_without_columns_the_base_rate_is_learnt(model):
    parts = make_parts(0)
    valid = without_columns(parts.valid), parts.y_valid
    model = model.fit(without_columns(parts.fit), parts.y_fit, valid=valid)
    p = model.predict_proba(without_columns(parts.new))[:, 1]
    # Bootstrap samples move a forest's base rate a little.
    np.testing.assert_allclose(p, parts.y_fit.mean(), atol=0.01)
    assert model.explain().rows == ()


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
    ],
    ids=["xgboost", "hist_gradient_boosting"],
)
def test_boosting_stops_by_the_valid_cases(model, count):
    parts = make_parts(0)
    n_trees = count(fit_on(model, parts))
    # Valid outcomes turned round: every tree makes their log loss worse.
    parts.y_valid = (1 - parts.y_valid).astype(np.int8)
    assert count(fit_on(model, parts)) <= model.patience + 1 < n_trees


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
