import numpy as np
import pandas as pd
import pytest
from intentbench.bench.cases import Cases
from intentbench.bench.conformance.toy_task import make_parts
from intentbench.bench.errors import ModelError
from intentbench.models import _laplace
from intentbench.models._laplace import laplace_posterior
from intentbench.models.bayesian_logistic_regression import BayesianLogisticRegression
from scipy.special import expit
from sklearn.linear_model import LogisticRegression


def draw(seed, n_cases=400, weights=(1.0, -0.7, 0.0, 0.4), intercept=-1.0):
    rng = np.random.default_rng(seed)
    x = rng.normal(0.3, 1.0, (n_cases, len(weights)))
    y = (rng.random(n_cases) < expit(intercept + x @ np.array(weights))).astype(np.int8)
    return x, y


def fit_on_table(x, y, **keywords):
    cases = Cases(pd.DataFrame(x, columns=[f"column {i}" for i in range(x.shape[1])]))
    return BayesianLogisticRegression(**keywords).fit(cases, y, valid=(cases, y)), cases


@pytest.mark.parametrize("precision", [0.05, 1.0, 40.0])
def test_the_mode_is_the_penalised_fit_of_scikit_learn(precision):
    x, y = draw(0)
    theirs = LogisticRegression(C=1 / precision, tol=1e-12, max_iter=10_000).fit(x, y)
    ours = laplace_posterior(x, y, precision)
    np.testing.assert_allclose(ours.mode[1:], theirs.coef_[0], atol=1e-5)
    intercept = ours.mode[0] - ours.centre @ ours.mode[1:]
    assert intercept == pytest.approx(theirs.intercept_[0], abs=1e-4)


def test_the_covariance_is_the_inverse_of_the_numerical_hessian():
    x, y = draw(1)
    posterior = laplace_posterior(x, y, 2.0)
    z = np.column_stack([np.ones(len(x)), x - posterior.centre])
    prior = np.array([_laplace._INTERCEPT_PRECISION, 2.0, 2.0, 2.0, 2.0])

    def log_posterior(w):
        score = z @ w
        return (y * score - np.logaddexp(0, score)).sum() - (prior * w**2).sum() / 2

    h, axes = 1e-3, np.eye(5)
    at = posterior.mode
    hessian = [
        [
            sum(
                sign * log_posterior(at + h * (a * axes[i] + b * axes[j]))
                for a, b, sign in ((1, 1, 1), (1, -1, -1), (-1, 1, -1), (-1, -1, 1))
            )
            / (4 * h * h)
            for j in range(5)
        ]
        for i in range(5)
    ]
    np.testing.assert_allclose(np.linalg.inv(-np.array(hessian)), posterior.covariance, rtol=1e-3)


def test_blocks_of_rows_change_nothing(monkeypatch):
    x, y = draw(2)
    whole = laplace_posterior(x, y)
    p = whole.predict(x)
    monkeypatch.setattr(_laplace, "_ROWS", 7)
    np.testing.assert_allclose(laplace_posterior(x, y).mode, whole.mode, rtol=1e-9)
    np.testing.assert_allclose(whole.predict(x), p, rtol=1e-12)


@pytest.mark.parametrize(("n_cases", "size"), [(400, 0.5), (70, 0.4)])
def test_the_prior_chosen_has_the_highest_evidence(n_cases, size):
    x, y = draw(3, n_cases, (size,) * 12)

    def log_evidence(precision):
        """Laplace's approximation, with the hyperprior: a second way to the same choice."""
        posterior = laplace_posterior(x, y, precision)
        w = posterior.mode
        score = w[0] + (x - posterior.centre) @ w[1:]
        fit = (y * score - np.logaddexp(0, score)).sum() - precision * (w[1:] @ w[1:]) / 2
        volume = (12 * np.log(precision) + np.linalg.slogdet(posterior.covariance)[1]) / 2
        return fit + volume + (np.log(precision) - 0.01 * precision) / 2

    chosen = laplace_posterior(x, y).precision
    around = [log_evidence(chosen * factor) for factor in (0.4, 0.7, 1.0, 1.4, 2.5)]
    # The update drops the third derivative of the likelihood, which moves the top a little.
    assert max(around) - around[2] < 0.02
    assert around[0] < around[2] - 0.1 and around[4] < around[2] - 0.1


def test_noise_gets_a_tight_prior_and_signal_a_loose_one():
    noise = laplace_posterior(*draw(4, weights=(0.0,) * 8))
    signal = laplace_posterior(*draw(4, weights=(1.5,) * 8))
    assert noise.precision > 50 > 1 > signal.precision
    assert noise.n_determined < 4 and signal.n_determined > 7


def test_credible_intervals_hold_the_coefficients_as_often_as_they_say():
    rng, held = np.random.default_rng(5), []
    for seed in range(150):
        weights = rng.normal(0, 0.5, 6)  # from the very prior that the model has
        posterior = laplace_posterior(*draw(seed, weights=weights), precision=4.0)
        sd = np.sqrt(np.diag(posterior.covariance)[1:])
        held += (np.abs(posterior.mode[1:] - weights) < 1.96 * sd).tolist()
    # 900 coefficients: three standard errors around .95.
    assert np.mean(held) == pytest.approx(0.95, abs=0.022)


def test_the_probability_is_the_mean_over_the_posterior():
    x, y = draw(6, n_cases=40)
    posterior = laplace_posterior(x, y, 0.2)
    new = np.random.default_rng(7).normal(0, 3, (50, 4))
    weights = np.random.default_rng(8).multivariate_normal(
        posterior.mode, posterior.covariance, 200_000
    )
    z = np.column_stack([np.ones(50), new - posterior.centre])
    np.testing.assert_allclose(posterior.predict(new), expit(z @ weights.T).mean(1), atol=0.004)
    plain = expit(z @ posterior.mode)
    assert np.abs(posterior.predict(new) - plain).max() > 0.03, "the mode alone would be too sure"


def test_strangers_get_probabilities_nearer_to_the_middle():
    x, y = draw(9, n_cases=60)
    posterior = laplace_posterior(x, y, 0.5)
    direction = posterior.mode[1:] / np.linalg.norm(posterior.mode[1:])
    far = posterior.centre + np.outer([2.0, 30.0], direction)
    plain = expit(posterior.mode[0] + (far - posterior.centre) @ posterior.mode[1:])
    shrunk = plain - posterior.predict(far)
    assert (shrunk > 0).all()
    assert plain[1] > 1 - 1e-9 and posterior.predict(far)[1] < 0.9999


def test_separated_outcomes_stay_finite():
    x = np.linspace(-1, 1, 30)[:, None]
    y = (x[:, 0] > 0).astype(np.int8)
    model, cases = fit_on_table(x, y)
    p = model.predict_proba(cases)[:, 1]
    assert np.isfinite(p).all() and 0 < p.min() < 0.2 and 0.8 < p.max() < 1
    assert 0 < model.posterior_.precision < 1


def test_a_single_positive_and_columns_that_repeat_each_other():
    x = np.random.default_rng(10).normal(size=(30, 1))
    y = np.zeros(30, dtype=np.int8)
    y[3] = 1
    model, cases = fit_on_table(np.hstack([x, x, x]), y)
    assert np.isfinite(model.predict_proba(cases)).all()
    (_, first, *_), (_, second, *_) = model.explain().rows[:2]
    assert first == pytest.approx(second)


def test_without_columns_the_base_rate_is_known_and_nothing_explained():
    parts = make_parts(0)
    nothing = Cases(parts.fit.features.iloc[:, :0])
    model = BayesianLogisticRegression().fit(nothing, parts.y_fit, valid=(nothing, parts.y_fit))
    np.testing.assert_allclose(model.predict_proba(nothing)[:, 1], parts.y_fit.mean(), atol=0.001)
    assert model.explain().rows == ()


def test_the_explanation_shows_the_surest_columns_per_standard_deviation():
    rng = np.random.default_rng(11)
    x = rng.normal(0, 1, (600, 30))
    y = (rng.random(600) < expit(1.5 * x[:, 7] - 1.0)).astype(np.int8)
    in_pounds, _ = fit_on_table(x, y)
    in_pence, _ = fit_on_table(x * 100, y)
    shown = in_pounds.explain()
    assert shown.kind == "intervals" and len(shown.rows) == 20
    name, estimate, low, high = shown.rows[0]
    assert name == "column 7" and low < estimate < high
    assert low < 1.5 * x[:, 7].std() < high and low > 0.5
    np.testing.assert_allclose(in_pence.explain().rows[0][1:], (estimate, low, high), rtol=1e-6)
    surety = [abs(row[1]) / (row[3] - row[2]) for row in shown.rows]
    assert surety == sorted(surety, reverse=True)


def test_a_flag_is_weighed_by_its_spread_like_any_number():
    rng = np.random.default_rng(14)
    flag = (rng.random(4_000) < 0.1).astype(float)
    y = (rng.random(4_000) < expit(2.0 * flag - 1.0)).astype(np.int8)
    cases = Cases(pd.DataFrame({"flag": pd.Categorical.from_codes(flag.astype(int), ["a", "b"])}))
    model = BayesianLogisticRegression().fit(cases, y, valid=(cases, y))
    estimates = {name: estimate for name, estimate, _, _ in model.explain().rows}
    # The two columns say the same, and share what it adds.
    assert estimates["flag=b"] - estimates["flag=a"] == pytest.approx(2.0 * 0.3, abs=0.08)


def test_a_constant_column_is_not_explained():
    x, y = draw(12)
    model, _ = fit_on_table(np.hstack([x, np.full((len(x), 1), 3.0)]), y)
    assert len(model.explain().rows) == 4


@pytest.mark.parametrize("precision", [0, -1.0, float("nan")])
def test_a_precision_that_is_none_is_refused(precision):
    x, y = draw(13)
    with pytest.raises(ModelError, match=r"precision .* above 0"):
        fit_on_table(x, y, precision=precision)
