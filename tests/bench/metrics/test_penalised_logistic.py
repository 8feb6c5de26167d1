"""The minimum that Newton's method finds, against a general minimiser and scikit-learn."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from intentbench.bench.metrics.calibrators import beta, sigmoid, temperature
from intentbench.bench.metrics.penalised_logistic import penalised_logistic
from scipy.optimize import minimize
from scipy.special import expit, logit
from sklearn.linear_model import LogisticRegression


def loss_and_slope(w, design, y, aim, penalties):
    z = design @ w
    value = (np.logaddexp(0, z) - y * z).sum() + penalties @ np.square(w - aim) / 2
    return value, design.T @ (expit(z) - y) + penalties * (w - aim)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.booleans(), st.sampled_from([1e-3, 1.0, 100.0]))
def test_no_slope_is_left(seed, separable, penalty):
    rng = np.random.default_rng(seed)
    design = rng.normal(size=(int(rng.integers(3, 80)), 3)) * rng.choice([0.1, 1, 8])
    drawn = design[:, 0] > 0 if separable else rng.random(len(design)) < expit(design[:, 0])
    y, aim, penalties = drawn.astype(int), rng.normal(size=3), np.full(3, penalty)
    found = penalised_logistic(design, y, aim, penalties, aim)
    problem = (design, y, aim, penalties)
    least = minimize(loss_and_slope, aim, problem, jac=True, method="BFGS", tol=1e-10).fun
    assert loss_and_slope(found, *problem)[0] <= least + 1e-6


def test_a_ridge_without_aim_is_scikit_learns():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(400, 4))
    y = (rng.random(400) < expit(x @ [1, -2, 0.5, 0])).astype(int)
    reference = LogisticRegression(C=0.5, fit_intercept=False, tol=1e-10).fit(x, y).coef_[0]
    found = penalised_logistic(x, y, np.zeros(4), np.full(4, 2.0), np.zeros(4))
    assert found == pytest.approx(reference, abs=1e-6)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from(["right", "reversed", "chance", "perfect"]))
def test_calibrators_find_the_best_map_that_never_turns_the_order(seed, kind):
    rng = np.random.default_rng(seed)
    p = rng.random(200)
    turned = {"right": p, "reversed": 1 - p, "chance": np.full(200, 0.3), "perfect": p > 0.5}[kind]
    y = (rng.random(200) < turned).astype(int)
    clipped = np.clip(p, 1e-6, 1 - 1e-6)
    ones = np.ones(200)
    designs = {
        temperature: (logit(clipped)[:, None], [1.0], 1),
        sigmoid: (np.column_stack([logit(clipped), ones]), [1.0, 0.0], 1),
        beta: (np.column_stack([np.log(clipped), -np.log1p(-clipped), ones]), [1.0, 1.0, 0.0], 2),
    }
    for calibrator, (design, start, rising) in designs.items():
        bounds = [(0, None)] * rising + [(None, None)] * (len(start) - rising)
        problem = (design, y, np.array(start), np.full(len(start), 1e-3))
        best = minimize(loss_and_slope, start, problem, jac=True, bounds=bounds, tol=1e-12)
        mapped = calibrator(p, y)(p)
        reached = -np.log(np.clip(np.where(y == 1, mapped, 1 - mapped), 1e-300, 1)).sum()
        at_best = expit(design @ best.x)
        least = -np.log(np.clip(np.where(y == 1, at_best, 1 - at_best), 1e-300, 1)).sum()
        # Penalties tell solutions of one loss apart: they are small but not nothing.
        assert reached <= least + 0.02
        assert (np.diff(mapped[np.argsort(p)]) >= -1e-12).all()
