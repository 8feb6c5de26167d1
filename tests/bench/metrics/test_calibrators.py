import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from intentbench.bench.metrics.calibrators import CALIBRATORS
from intentbench.bench.metrics.metrics import METRICS
from scipy.special import expit, logit
from sklearn.linear_model import LogisticRegression

LEARN = {calibrator.name: calibrator.learn for calibrator in CALIBRATORS}
LOG_LOSS = METRICS["log_loss"]


def distorted(bend, n=4000, seed=0):
    """Give outcomes, their true probabilities, and probabilities that ``bend`` made untrue."""
    rng = np.random.default_rng(seed)
    truth = expit(rng.normal(-1, 1.5, n))
    return (rng.random(n) < truth).astype(np.int8), truth, bend(truth)


BENDS = {
    "sigmoid": lambda p: expit(2 * logit(p) + 1.5),
    "temperature": lambda p: expit(3 * logit(p)),
    "beta": lambda p: expit(logit(p) * 0.5 - np.log1p(-p)),
    "isotonic": lambda p: np.where(p > 0.3, 0.5 + p / 2, p / 2),
}


@pytest.mark.parametrize("name", LEARN)
def test_each_mends_the_distortion_that_it_is_made_for(name):
    y, truth, p = distorted(BENDS[name])
    fresh_y, fresh_truth, fresh_p = distorted(BENDS[name], seed=1)
    mended = LEARN[name](p, y)(fresh_p)
    assert np.abs(mended - fresh_truth).mean() < 0.02 < np.abs(fresh_p - fresh_truth).mean()
    assert LOG_LOSS(fresh_y, mended) < LOG_LOSS(fresh_y, fresh_p) - 0.02


@pytest.mark.parametrize("name", LEARN)
@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 1), st.sampled_from([0.0, 1e-9, 0.2, 0.2000001, 0.5, 0.9, 1.0])),
        min_size=2,
        max_size=25,
    ).filter(lambda cases: len({y for y, _ in cases}) == 2)
)
def test_order_is_kept_and_nothing_is_certain_or_undefined(name, cases):
    y, p = (np.array(column) for column in zip(*cases, strict=True))
    grid = np.array([0.0, 1e-12, 0.1, 0.2, 0.5, 0.7, 1 - 1e-12, 1.0])
    mended = LEARN[name](p, y)(grid)
    assert np.isfinite(mended).all() and mended.min() >= 0 and mended.max() <= 1
    assert (np.diff(mended) >= -1e-9).all()
    assert np.isfinite(LOG_LOSS(y, LEARN[name](p, y)(p)))


def test_sigmoid_equals_logistic_regression_on_log_odds():
    y, _, p = distorted(BENDS["sigmoid"], n=500)
    theirs = LogisticRegression(C=1e6, tol=1e-10).fit(logit(p)[:, None], y)
    expected = theirs.predict_proba(logit(p)[:, None])[:, 1]
    assert LEARN["sigmoid"](p, y)(p) == pytest.approx(expected, abs=1e-4)


def test_temperature_leaves_one_half_where_it_is():
    y, _, p = distorted(BENDS["temperature"], n=500)
    assert LEARN["temperature"](p, y)(np.array([0.5]))[0] == pytest.approx(0.5)


def test_a_step_of_positive_cases_only_is_no_certainty():
    y, p = np.array([0, 0, 1, 1]), np.array([0.1, 0.2, 0.8, 0.9])
    assert LEARN["isotonic"](p, y)(np.array([0.0, 1.0])) == pytest.approx([0.125, 0.875])
