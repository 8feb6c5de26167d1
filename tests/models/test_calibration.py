import numpy as np
import pandas as pd
import pytest
from intentbench.bench.cases import Cases
from intentbench.models._calibration import Sigmoid, calibrate, is_clearly_lower
from sklearn.calibration import CalibratedClassifierCV
from sklearn.frozen import FrozenEstimator
from sklearn.svm import LinearSVC


def scored(n, seed=0):
    rng = np.random.default_rng(seed)
    score = rng.normal(size=n)
    return score, (rng.random(n) < 1 / (1 + np.exp(1 - 2 * score))).astype(np.int8)


def test_sigmoid_is_that_of_scikit_learn():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(600, 3))
    y = (x @ [1.0, -0.5, 0] + rng.normal(size=600) > 0.7).astype(np.int8)
    svm = LinearSVC(dual=False).fit(x[:300], y[:300])
    theirs = CalibratedClassifierCV(FrozenEstimator(svm), method="sigmoid", ensemble=False, cv=2)
    theirs.fit(x[300:], y[300:])
    score = svm.decision_function(x)
    ours = Sigmoid().fit(score[300:], y[300:]).predict(score)
    np.testing.assert_allclose(ours, theirs.predict_proba(x)[:, 1], atol=2e-5)


@pytest.mark.parametrize("outcome", [0, 1])
def test_one_outcome_gives_its_smoothed_share(outcome):
    score, _ = scored(50)
    p = Sigmoid().fit(score, np.full(50, outcome)).predict(score)
    expected = 51 / 52 if outcome else 1 / 52
    np.testing.assert_allclose(p, expected, atol=1e-4)


def test_separated_cases_give_finite_odds():
    score = np.concatenate([np.full(40, -1.0), np.full(40, 1.0)])
    p = Sigmoid().fit(score, np.repeat([0, 1], 40)).predict(score)
    np.testing.assert_allclose([p[0], p[-1]], [1 / 42, 41 / 42], atol=1e-4)


@pytest.mark.parametrize("level", [0.0, 3e7])
def test_constant_evidence_is_no_evidence(level):
    evidence = level * (1 + 1e-14 * np.random.default_rng(0).normal(size=40))
    y = np.repeat([0, 0, 0, 1], 10)
    p = Sigmoid().fit(evidence, y).predict(evidence * 2)
    np.testing.assert_allclose(p, (30 / 32 + 10 * 11 / 12 - 30 / 32 + 30 / 32) / 40, atol=0.02)
    assert np.ptp(p) == 0


def test_evidence_in_any_unit_gives_the_same():
    score, y = scored(400)
    p = Sigmoid().fit(score, y).predict(score)
    np.testing.assert_allclose(Sigmoid().fit(1e6 * score - 5, y).predict(1e6 * score - 5), p)


def cases_of(score):
    return Cases(pd.DataFrame({"score": score}))


def read_score(cases):
    return cases.features["score"].to_numpy()


def test_valid_cases_alone_calibrate_where_they_are_enough():
    score, y = scored(300)
    valid = cases_of(score), y
    one = calibrate(read_score, cases_of(score), y, valid)
    other = calibrate(read_score, cases_of(-score), y, valid)
    assert one.slope_ == other.slope_ and one.slope_[0] > 0


def test_too_few_valid_cases_are_joined_by_the_fit_cases():
    score, y = scored(300)
    no = y == 0
    sigmoid = calibrate(read_score, cases_of(score), y, (cases_of(score[no]), y[no]))
    together = Sigmoid().fit(np.append(score, score[no]), np.append(y, y[no]))
    assert sigmoid.slope_[0] == together.slope_[0] > 0.5


def test_a_gain_within_its_standard_error_is_no_clear_one():
    rng = np.random.default_rng(0)
    than, noise = rng.uniform(0.2, 0.6, 400), rng.normal(size=400)
    noise = (noise - noise.mean()) / noise.std()  # its mean has a standard error of .05
    assert is_clearly_lower(than - 0.06 + noise, than)
    assert not is_clearly_lower(than - 0.04 + noise, than)
    assert not is_clearly_lower(than, than)
    weight = np.where(np.arange(400) < 100, 3.0, 0.0)
    assert is_clearly_lower(than - 0.01 * weight, than, weight)
    assert not is_clearly_lower(than - 0.01 * (weight == 0), than, weight)
