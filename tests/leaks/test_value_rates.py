"""Categories of many values: what a model learns of them must hold for cases it has not seen."""

import numpy as np
import pandas as pd
import pytest
from intentbench.bench.cases import Cases
from intentbench.bench.encoding import RatedCases, ValueRates
from intentbench.models.aode import AODE
from intentbench.models.bayesian_logistic_regression import BayesianLogisticRegression
from intentbench.models.categorical_nb import CategoricalNB
from intentbench.models.chow_liu_multinet import ChowLiuMultinet
from intentbench.models.hist_gradient_boosting import HistGradientBoosting
from intentbench.models.linear_svm import LinearSVM
from intentbench.models.logistic_regression import LogisticRegression
from intentbench.models.mlp import MLP
from intentbench.models.naive_bayes import NaiveBayes
from intentbench.models.tan import TAN
from intentbench.models.xgboost import XGBoost
from sklearn.metrics import log_loss, roc_auc_score

MODELS = [
    LogisticRegression, BayesianLogisticRegression, LinearSVM, XGBoost, HistGradientBoosting,
    NaiveBayes, CategoricalNB, TAN, AODE, ChowLiuMultinet, MLP,
]  # fmt: skip
every_model = pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
N, N_VALUES = 2400, 600


def shop(tells, seed=0):
    """Cases of 600 articles; their article tells the outcome, or nothing does."""
    rng = np.random.default_rng(seed)
    article = rng.integers(0, N_VALUES, N)
    rate = rng.uniform(0.05, 0.95, N_VALUES)[article] if tells else 0.5
    frame = pd.DataFrame({"article": pd.Series(article).map("a{}".format), "x": rng.normal(size=N)})
    return frame, (rng.random(N) < rate).astype(int)


def judged(model, frame, y):
    fit, valid, test = np.split(np.arange(N), [N // 2, 2 * N // 3])
    cases = {name: Cases(frame.iloc[rows].reset_index(drop=True)) for name, rows in
             zip(("fit", "valid", "test"), (fit, valid, test), strict=True)}  # fmt: skip
    fitted = model().fit(cases["fit"], y[fit], valid=(cases["valid"], y[valid]))
    return y[test], fitted.predict_proba(cases["test"])[:, 1]


@every_model
def test_values_that_tell_nothing_do_not_mislead(model):
    y, p = judged(model, *shop(tells=False))
    assert log_loss(y, p) < np.log(2) + 0.02


@every_model
def test_values_that_tell_the_outcome_are_used(model):
    y, p = judged(model, *shop(tells=True))
    assert roc_auc_score(y, p) > 0.6


def test_no_case_is_rated_by_its_own_outcome():
    """Turning the outcome of one fit case changes the rates of others, never its own."""
    frame, y = shop(tells=True)
    cases, other = Cases(frame), y.copy()
    other[7] = 1 - y[7]
    name = "article: log odds of its value"
    before, after = (RatedCases().fit_transform(cases, of).features[name] for of in (y, other))
    # The share of yes among the other four fifths, towards which it is drawn, stays as it was.
    assert before[7] == after[7] and (before != after).any()


def test_few_values_are_not_rated_and_new_ones_are_answered():
    frame, y = shop(tells=True)
    few = Cases(frame.assign(article=frame["article"].str[:2]))
    assert list(RatedCases().fit_transform(few, y).features) == ["article", "x"]
    rated = RatedCases()
    rated.fit_transform(Cases(frame), y)
    new = rated.transform(Cases(frame.assign(article="never seen")))
    prior = np.log(y.mean() / (1 - y.mean()))
    np.testing.assert_allclose(new.features.iloc[:, -1], prior)


@pytest.mark.parametrize("model", [LogisticRegression, NaiveBayes])
def test_a_rate_learnt_from_the_cases_own_outcome_is_caught(monkeypatch, model):
    own = lambda self, column, y, *_: ValueRates(self.prior_cases).fit(column, y).transform(column)  # noqa: E731
    monkeypatch.setattr(ValueRates, "out_of_fold", own)
    y, p = judged(model, *shop(tells=False))
    assert log_loss(y, p) > np.log(2) + 0.05
