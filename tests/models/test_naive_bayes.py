import numpy as np
import pandas as pd
import pytest
from intentbench.bench.cases import Cases
from intentbench.bench.conformance.toy_task import make_parts
from intentbench.models._column_evidence import (
    CategoryEvidence,
    NumberEvidence,
    learn_evidence,
    left_out_evidence,
)
from intentbench.models.categorical_nb import CategoricalNB
from intentbench.models.naive_bayes import NaiveBayes
from scipy.optimize import minimize
from scipy.special import expit, logit
from sklearn import naive_bayes
from sklearn.metrics import roc_auc_score


def numbers(n=500, seed=0):
    rng = np.random.default_rng(seed)
    y = (rng.random(n) < 0.3).astype(np.int8)
    return rng.normal(size=(n, 3)) * (1 + 0.5 * y[:, None]) + [[1, 50, -2]] + y[:, None], y


def fitted(model, cases, y):
    return model.fit(cases, y, valid=(cases, y))


def test_unweighted_and_unsmoothed_it_is_gaussian_nb():
    x, y = numbers()
    cases = Cases(pd.DataFrame(x, columns=["a", "b", "c"]))
    ours = fitted(NaiveBayes(smoothing=1e-9, weight_penalty=None), cases, y)
    theirs = naive_bayes.GaussianNB(var_smoothing=1e-15).fit(x, y)
    inside = np.abs((x - x.mean(axis=0)) / x.std(axis=0)).max(axis=1) < 4.9
    np.testing.assert_allclose(
        ours.predict_proba(cases)[inside], theirs.predict_proba(x)[inside], atol=1e-7
    )


def test_categorical_nb_ranks_as_that_of_scikit_learn():
    rng = np.random.default_rng(1)
    y = (rng.random(600) < 0.3).astype(np.int8)
    codes = (rng.integers(0, 3, (600, 4)) + y[:, None] * (rng.random((600, 4)) < 0.7)).clip(max=2)
    frame = pd.DataFrame(codes, columns=list("abcd")).astype("string")
    cases = Cases(frame)
    ours = fitted(CategoricalNB(equivalent_cases=(8e-9,), weight_penalty=None), cases, y)
    theirs = naive_bayes.CategoricalNB(alpha=1e-9, force_alpha=True).fit(codes, y)
    log_odds = ours._log_odds(cases)
    np.testing.assert_allclose(log_odds, logit(theirs.predict_proba(codes)[:, 1]), atol=1e-6)
    p = ours.predict_proba(cases)[:, 1]
    assert (np.argsort(p, kind="stable") == np.argsort(log_odds, kind="stable")).mean() > 0.99


def test_a_missing_value_is_no_evidence():
    parts = make_parts(2)
    features = parts.fit.features.copy()
    gone = np.random.default_rng(0).random(features.shape) < 0.3
    features = features.astype({"weekend": "Float64", "pages": "Float64"}).mask(gone)
    model = fitted(NaiveBayes(), Cases(features), parts.y_fit)
    nothing = Cases(features.iloc[:5].mask(np.ones((5, features.shape[1]), bool)))
    p = model.predict_proba(nothing)[:, 1]
    np.testing.assert_allclose(logit(p), model.prior_log_odds_)


def test_a_repeated_column_counts_once():
    x, y = numbers(2000)
    one = Cases(pd.DataFrame(x[:, :1], columns=["a"]))
    five = Cases(pd.DataFrame(np.repeat(x[:, :1], 5, axis=1), columns=list("abcde")))
    p_one = fitted(NaiveBayes(), one, y).predict_proba(one)[:, 1]
    p_five = fitted(NaiveBayes(), five, y).predict_proba(five)[:, 1]
    textbook = fitted(NaiveBayes(weight_penalty=None), five, y).predict_proba(five)[:, 1]
    assert np.abs(p_one - p_five).max() < 0.05 < 0.3 < np.abs(p_one - textbook).max()


def test_no_weight_is_negative():
    # "b" is mostly the noise of "a": a regression would subtract it.
    rng = np.random.default_rng(5)
    y = (rng.random(2000) < 0.5).astype(np.int8)
    noise = rng.normal(size=2000)
    cases = Cases(pd.DataFrame({"a": y + noise, "b": 0.3 * y + noise}))
    model = fitted(NaiveBayes(weight_penalty=0.0), cases, y)
    assert model.weights_[1] == 0.0 < model.weights_[0]


def test_noise_of_many_values_hardly_counts():
    rng = np.random.default_rng(4)
    y = (rng.random(1500) < 0.2).astype(np.int8)
    noise = {f"noise {j}": pd.Categorical(rng.integers(0, 30, 1500).astype(str)) for j in (0, 1)}
    cases = Cases(pd.DataFrame({"signal": y + rng.normal(size=1500), **noise}))
    model = fitted(NaiveBayes(), cases, y)
    assert model.weights_[0] > 0.8 and model.weights_[1:].max() < 0.3
    # In the cases that it was learnt from, noise looks like evidence.
    seen = model._evidence(cases)[:, 1]
    left_out, outcome, _ = left_out_evidence(model.columns_, cases.features, y, model.smoothing)
    assert roc_auc_score(y, seen) > 0.56 > roc_auc_score(outcome, left_out[:, 1]) + 0.02


def test_no_part_is_judged_by_itself():
    rng = np.random.default_rng(5)
    y = (rng.random(400) < 0.3).astype(np.int8)
    # Every value occurs once: whoever has not seen it knows nothing.
    cases = Cases(pd.DataFrame({"id": [f"{number:03}" for number in range(400)]}))
    seen = {"id": CategoryEvidence(5.0).fit(cases.features["id"], y)}
    evidence, outcome, _ = left_out_evidence(seen, cases.features, y, 5.0)
    np.testing.assert_array_equal(outcome, y)
    assert len(np.unique(evidence.round(9))) <= 5


def test_weights_are_the_best_by_an_independent_search():
    x, y = numbers(300)
    cases = Cases(pd.DataFrame(np.repeat(x[:, :2], 2, axis=1), columns=list("abcd")))
    model = fitted(NaiveBayes(weight_penalty=20.0), cases, y)
    evidence, y, _ = left_out_evidence(model.columns_, cases.features, y, model.smoothing)

    def loss(parameters):
        weights = parameters[:4]
        p = expit(evidence @ weights + parameters[4])
        likelihood = np.where(y == 1, np.log(p), np.log1p(-p)).sum()
        return 10.0 * ((weights - 1) ** 2).sum() - likelihood

    found = np.append(model.weights_, model.prior_log_odds_)
    assert model.weights_.max() < 0.9
    best = minimize(loss, found + 0.1, method="Nelder-Mead", options={"maxiter": 5000}).fun
    assert loss(found) <= best + 1e-3


def test_a_strong_penalty_gives_the_textbook_model():
    x, y = numbers()
    cases = Cases(pd.DataFrame(np.repeat(x, 2, axis=1), columns=list("abcdef")))
    pulled = fitted(NaiveBayes(weight_penalty=1e7), cases, y)
    np.testing.assert_allclose(pulled.weights_, 1.0, atol=1e-3)
    assert fitted(NaiveBayes(), cases, y).weights_.max() < 0.9


def test_a_number_with_few_values_is_read_as_a_category():
    y = np.tile([0, 1], 100)
    column = pd.Series(np.tile([1, 2, 3, 4], 50))
    evidence = learn_evidence(column, y, 1.0)
    assert isinstance(evidence, CategoryEvidence)
    with_gap = pd.Series([1.0, np.nan, 2.0, 99.0])
    odds = evidence.log_odds(with_gap)
    assert odds[0] < -1 and odds[1] == 0 and odds[2] > 1 and abs(odds[3]) < 0.1


def test_zero_is_a_value_of_its_own():
    rng = np.random.default_rng(0)
    y = np.tile([0, 1], 500).astype(np.int8)
    spent = np.where(rng.random(1000) < np.where(y == 1, 0.1, 0.9), 0.0, rng.exponential(9, 1000))
    evidence = NumberEvidence(1.0).fit(pd.Series(spent), y)
    # log(0.1 / 0.9) for a zero, log(0.9 / 0.1) and a little from the density otherwise.
    odds = evidence.log_odds(pd.Series([0.0, 8.0, np.nan]))
    np.testing.assert_allclose(odds, [np.log(1 / 9), np.log(9), 0], atol=0.5)


def test_one_wild_number_does_not_decide():
    y = np.tile([0, 0, 1], 200).astype(np.int8)
    column = pd.Series(np.random.default_rng(0).normal(size=600) * (1 + y))
    odds = NumberEvidence(5.0).fit(column, y).log_odds(pd.Series([10.0, 1e4]))
    assert odds[0] == odds[1] < 25


@pytest.mark.parametrize("scale", [1e-300, 1e-12, 1e12, 1.7e308])
def test_numbers_of_any_size_give_finite_odds(scale):
    x = np.linspace(-1, 1, 300) ** 5 * scale
    y = (np.arange(300) % 3 == 0).astype(np.int8)
    evidence = NumberEvidence(5.0).fit(pd.Series(x), y)
    assert np.isfinite(evidence.log_odds(pd.Series([0.0, scale, -1.7e308, 5e-324]))).all()


def test_constant_up_to_rounding_is_no_evidence():
    x = 0.1 + 1e-17 * np.arange(200)
    y = (np.arange(200) % 3 == 0).astype(np.int8)
    evidence = NumberEvidence(5.0).fit(pd.Series(x), y)
    np.testing.assert_array_equal(evidence.log_odds(pd.Series([0.1, 7.0])), 0)
